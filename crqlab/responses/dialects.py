"""How survey tools shape their exports: extra header rows, codes in headers, known columns."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from dataclasses import replace

from crqlab.base.spreadsheets.grid import Grid

_STAMPS = ("Timestamp", "Zeitstempel", "Tidstämpel", "Horodateur", "Marca temporal", "Tijdstempel")
#: Our column: what the tool calls it, in the order in which names are tried.
KNOWN_COLUMNS = {
    "qualtrics": {
        "response_id": ("ResponseId", "ResponseID", "responseId"),
        "contact_id": ("ExternalReference", "ExternalDataReference", "externalDataReference"),
        "started": ("StartDate", "startDate"),
        "seconds": ("Duration (in seconds)", "duration"),
        "language": ("UserLanguage", "Q_Language", "userLanguage"),
    },
    "limesurvey": {
        "response_id": ("id", "Response ID", "Antwort-ID", "Svars-ID"),
        "started": ("startdate", "Date started"),
        "seconds": ("interviewtime", "Total time"),
        "language": ("startlanguage", "Start language"),
        "contact_id": ("token", "Access code", "Token"),
    },
    "surveymonkey": {"response_id": ("Respondent ID",), "started": ("Start Date",)},
    "alchemer": {
        "response_id": ("Response ID",),
        "started": ("Time Started",),
        "language": ("Language",),
        "contact_id": ("Contact ID",),
    },
    "typeform": {"response_id": ("#", "Token"), "started": ("Start Date (UTC)",)},
    "googleforms": {"started": _STAMPS},
    "msforms": {
        "response_id": ("ID", "Id"),
        "started": (
            "Start time",
            "Startzeit",
            "Starttid",
            "Heure de début",
            "Hora de inicio",
            "Begintijd",
        ),
    },
}
#: Names that only one tool gives its columns, and how many of them tell it.
_SIGNS = {
    "qualtrics": (
        {"startdate", "enddate", "status", "ipaddress", "progress", "finished", "recordeddate",
         "responseid", "responseset", "distributionchannel", "userlanguage"},
        4,
    ),
    "surveymonkey": (
        {"respondent id", "collector id", "collector", "date created", "date modified",
         "ip address", "email address", "custom data 1"},
        2,
    ),
    "limesurvey": ({"response id", "date submitted", "last page", "start language"}, 3),
    "alchemer": ({"response id", "time started", "date submitted", "legacy comments"}, 3),
    "typeform": ({"#", "response type", "start date (utc)", "submit date (utc)", "network id"}, 3),
    "msforms": (
        {"id", "start time", "completion time", "email", "name", "startzeit", "fertigstellungszeit",
         "e-mail", "starttid", "slutförandetid", "e-post", "namn", "heure de début", "heure de fin",
         "adresse de messagerie", "nom", "hora de inicio", "hora de finalización", "nombre",
         "correo electrónico", "begintijd", "tijd van voltooien", "naam"},
        4,
    ),
}  # fmt: skip
_TAKES = {None, "csv", "xlsx"}  # formats that leave the tool to be found
_NUMBER_OR_DATE = re.compile(r"-?\d+([.,]\d+)?|\d{4}-\d{2}-\d{2}.*|R_\w{10,}")
_CODED = re.compile(r"([A-Za-z]\w*(?:\[[^\]]*\])*)\.\s+(.*)", re.DOTALL)
_CODE = re.compile(r"[A-Za-z]\w*(\[[^\]]*\])+$|[A-Za-z]\w*_SQ\d{2,}$")
_LEGACY = re.compile(r"V\d{1,2}")
_UNDER = {"", "response", "open-ended response"}  # SurveyMonkey's words for no sub-question


def understood(grid: Grid, stated: str | None) -> Grid:
    """Return the grid with the survey tool's own shape turned into names and wording."""
    tool = _tool(grid) if stated in _TAKES else stated
    if tool == "qualtrics":
        return _qualtrics(_legacy(grid))
    if tool == "limesurvey":
        return _limesurvey(grid)
    if tool == "surveymonkey":
        return _surveymonkey(grid)
    if not tool and _headed_twice(grid):
        return replace(_surveymonkey(grid), dialect="")
    return replace(grid, dialect=tool) if tool in KNOWN_COLUMNS else grid


def _headed_twice(grid: Grid) -> bool:
    """Whether the first record names the columns that the header leaves open, and no first one."""
    below = grid.record(0) if len(grid) else []
    held = [
        any((cell or "").strip() for cell in column[1:].to_pylist())
        for column in grid.cells.columns
    ]
    open_ = [n for n, name in enumerate(grid.names) if not name and held[n]]
    return bool(open_) and not below[0].strip() and all(below[n].strip() for n in open_)


def known_columns(grid: Grid) -> dict[str, str]:
    """Return our column: the file's, as the survey tool names it."""
    usual = KNOWN_COLUMNS.get(grid.dialect, {})
    found = {ours: [n for n in names if n in grid.names] for ours, names in usual.items()}
    return {ours: names[0] for ours, names in found.items() if names}


def _tool(grid: Grid) -> str:
    """The survey tool that wrote a file, by its rows and names; empty if none is known."""
    if _import_ids(grid, 0) or _import_ids(grid, 1):
        return "qualtrics"
    if grid.names[:1] == ("V1",) and len(grid) and "ResponseID" in grid.record(0):
        return "qualtrics"
    if _looks_lime(grid):
        return "limesurvey"
    names = {name.lower() for name in grid.names}
    for tool, (signs, least) in _SIGNS.items():
        if len(names & signs) >= least:
            return tool
    return "googleforms" if names & {stamp.lower() for stamp in _STAMPS} else ""


def _import_ids(grid: Grid, place: int) -> bool:
    """Whether this record is Qualtrics' row of ``{"ImportId": …}``."""
    if len(grid) <= place:
        return False
    cells = [cell for cell in grid.record(place) if cell.strip()]
    return bool(cells) and all(_import_id(cell) for cell in cells)


def _import_id(cell: str) -> bool:
    for parse in (json.loads, ast.literal_eval):  # exports of 2016 and 2017 have single quotes
        try:
            return "ImportId" in parse(cell)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            continue
    return False


def _legacy(grid: Grid) -> Grid:
    """Exports of old call their columns V1, V2 …; the row below has the names."""
    if not len(grid) or not any(map(_LEGACY.fullmatch, grid.names)):
        return grid
    pairs = zip(grid.names, grid.record(0), strict=True)
    names = [told.strip() if _LEGACY.fullmatch(name) else name for name, told in pairs]
    return replace(grid, names=tuple(names))


def _qualtrics(grid: Grid) -> Grid:
    """One to three header rows: names, wording, import ids."""
    named = replace(grid, dialect="qualtrics")
    if not len(grid):
        return named
    if _import_ids(grid, 0):
        return named.without_first(1)
    second = grid.record(0)
    if any(_NUMBER_OR_DATE.fullmatch(cell.strip()) for cell in second):
        return named
    pairs = zip(grid.names, second, strict=True)
    worded = {name: " ".join(text.split()) for name, text in pairs if text.strip()}
    return replace(named, wording=worded).without_first(2 if _import_ids(grid, 1) else 1)


def _looks_lime(grid: Grid) -> bool:
    return any(name == "id" or name.startswith("id. ") for name in grid.names) and any(
        _CODE.match(name) or _CODED.fullmatch(name) for name in grid.names
    )


def _limesurvey(grid: Grid) -> Grid:
    """Headers ``G01Q01[SQ001]. Wording`` become their codes."""
    split = [_CODED.fullmatch(name) for name in grid.names]
    names = [found[1] if found else name for found, name in zip(split, grid.names, strict=True)]
    wording = {found[1]: " ".join(found[2].split()) for found in split if found}
    return replace(grid, names=tuple(names), wording=wording, dialect="limesurvey")


def _surveymonkey(grid: Grid) -> Grid:
    """The question stands above the first of its columns, the sub-questions in the row below."""
    named = replace(grid, dialect="surveymonkey")
    below = [" ".join(cell.split()) for cell in grid.record(0)] if len(grid) else []
    if not below or below[0] or not any(below):
        return named
    names, question = [], ""
    for head, sub in zip(grid.names, below, strict=True):
        question = head or question
        names.append(question if sub.lower() in _UNDER else f"{question} - {sub}")
    twice = {name for name, n in Counter(names).items() if n > 1 and name}
    told = [f"{name} ({i + 1})" if name in twice else name for i, name in enumerate(names)]
    return replace(named, names=tuple(told)).without_first(1)
