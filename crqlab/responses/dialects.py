"""How survey tools shape their exports: extra header rows, codes in headers, known columns."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from crqlab.responses.grid import Grid

#: Our column: what the tool calls it, where the codebook does not say otherwise.
KNOWN_COLUMNS = {
    "qualtrics": {
        "response_id": "ResponseId",
        "contact_id": "ExternalReference",
        "started": "StartDate",
        "seconds": "Duration (in seconds)",
        "language": "UserLanguage",
    },
    "limesurvey": {
        "response_id": "id",
        "started": "startdate",
        "seconds": "interviewtime",
        "language": "startlanguage",
    },
}
_NUMBER_OR_DATE = re.compile(r"-?\d+([.,]\d+)?|\d{4}-\d{2}-\d{2}.*|R_\w{10,}")
_CODED = re.compile(r"([A-Za-z]\w*(?:\[[^\]]*\])*)\.\s+(.*)", re.DOTALL)
_CODE = re.compile(r"[A-Za-z]\w*(\[[^\]]*\])+")


def understood(grid: Grid, stated: str | None) -> Grid:
    """Return the grid with the survey tool's own shape turned into names and wording."""
    if stated == "qualtrics" or (stated in (None, "csv", "xlsx") and _import_ids(grid, 1)):
        return _qualtrics(grid)
    if stated == "limesurvey" or (stated in (None, "csv", "xlsx") and _looks_lime(grid)):
        return _limesurvey(grid)
    return grid


def _import_ids(grid: Grid, place: int) -> bool:
    """Whether this record is Qualtrics' row of ``{"ImportId": …}``."""
    if len(grid) <= place:
        return False
    cells = [cell for cell in grid.record(place) if cell.strip()]
    return bool(cells) and all(_import_id(cell) for cell in cells)


def _import_id(cell: str) -> bool:
    try:
        return "ImportId" in json.loads(cell)
    except (ValueError, TypeError):
        return False


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
        _CODE.match(name) for name in grid.names
    )


def _limesurvey(grid: Grid) -> Grid:
    """Headers ``G01Q01[SQ001]. Wording`` become their codes."""
    split = [_CODED.fullmatch(name) for name in grid.names]
    names = [found[1] if found else name for found, name in zip(split, grid.names, strict=True)]
    wording = {found[1]: " ".join(found[2].split()) for found in split if found}
    return replace(grid, names=tuple(names), wording=wording, dialect="limesurvey")
