"""Responses that a survey tool marks as no answers in earnest: previews, tests, spam, unfinished.

They are read like all others, flagged, and left out of the scores unless a person decides
otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pandas as pd

from crqlab.base.codebook import Responses
from crqlab.base.spreadsheets import cells
from crqlab.base.spreadsheets.cells import folded
from crqlab.base.spreadsheets.grid import Grid
from crqlab.responses.column_signs import plain
from crqlab.responses.findings import findings

#: Why a row is set aside, and the check that says so.
CHECKS = {
    "preview": "test_answer",
    "test": "test_answer",
    "spam": "test_answer",
    "unfinished": "unfinished",
    "disqualified": "unfinished",
}
_WORDS = {
    "survey preview": "preview", "preview": "preview", "vorschau": "preview",
    "survey test": "test", "test": "test", "test data": "test",
    "spam": "spam", "possible spam": "spam", "potential spam": "spam",
    "partial": "unfinished", "partially completed": "unfinished", "incomplete": "unfinished",
    "unfinished": "unfinished", "in progress": "unfinished", "started": "unfinished",
    "abandoned": "unfinished", "unvollständig": "unfinished", "ofullständig": "unfinished",
    "disqualified": "disqualified", "deleted": "disqualified", "screened out": "disqualified",
}  # fmt: skip
#: What a header is about, of files of no known tool.
_HEADERS = {
    "status": re.compile(
        r"(?:(?:response|survey|completion|record|interview|submission) )?(?:status|state|type"
        r"|disposition)|statut|estado|svarsstatus|antwortstatus"
    ),
    "unfinished": re.compile(
        r"(?:is |survey |response )?(?:complete|completed|finished|submitted)|abgeschlossen|beendet"
        r"|slutförd|avslutad|terminée?|complétée?|completad[oa]|voltooid|afgerond"
    ),
    "test": re.compile(r"(?:is |response |survey )?(?:a )?(?:test|preview|spam)(?: ?(?:response"
                       r"|answer|data|mode|entry))?"),
}  # fmt: skip
_YES = frozenset("yes y true 1 ja j oui si sí x".split())
_NO = frozenset("no n false 0 nein nej nee non falsch".split())
_FEW = 12  # different words that marks may have
_PREVIEW, _TEST, _SPAM = 1, 2, 8  # bits of Qualtrics' numeric status


def statuses(grid: Grid, said: Responses) -> pd.Series:
    """Return why each row is set aside, as one of `CHECKS`; an empty text where it counts.

    Parameters
    ----------
    grid : Grid
        One file of answers.
    said : Responses
        Its ``set_aside`` names columns and their words, for tools that are not known here.
    """
    found = pd.Series("", index=range(len(grid)), dtype="str")
    for column, tell in columns(grid, said).items():
        told = grid.text(column)
        why = told.map(tell, na_action=None).fillna("").astype("str")
        found = found.mask(found == "", why)
    return found


def columns(grid: Grid, said: Responses | None = None) -> dict[str, Callable[[object], str]]:
    """Return the columns of a file that tell a row's status, and how each is read."""
    known: dict[str, Callable[[object], str]] = {}
    names = {name.lower(): name for name in grid.names if grid.names.count(name) == 1}
    for column, tell in _TOOLS.get(grid.dialect, {}).items():
        if column in names:
            known[names[column]] = tell
    for column, words in (said.set_aside if said else {}).items():
        if column in grid.names:
            known[column] = _told(words)
    return known


def guessed(grid: Grid) -> dict[str, dict[str, str]]:
    """Return columns that mark rows in a file of no known tool, and why by their words.

    Examples
    --------
    >>> import numpy as np
    >>> from crqlab.base.spreadsheets.grid import grid, texts
    >>> cells = texts([["done", "test"], ["Yes", "No"]])
    >>> guessed(grid("a.csv", ["Status", "Completed"], [cells], np.array([2, 3])))
    {'Status': {'test': 'test'}, 'Completed': {'No': 'unfinished'}}
    """
    found = {}
    known = columns(grid)
    for name in grid.names:
        kind = next((why for why, sign in _HEADERS.items() if sign.fullmatch(plain(name))), "")
        if not kind or name in known or grid.names.count(name) > 1:
            continue
        said = [str(text) for text in grid.text(name).dropna().unique()]
        words = {text: why for text in said[:_FEW] if (why := _marked(kind, folded(text)))}
        if words and len(said) <= _FEW:
            found[name] = words
    return found


def _marked(kind: str, word: str) -> str:
    if kind == "status":
        return _WORDS.get(word, "")
    marks = _NO if kind == "unfinished" else _YES
    return kind if word in marks else ""


def _told(words: Mapping[str, str]) -> Callable[[object], str]:
    plain = {folded(word): why for word, why in words.items()}
    return lambda text: plain.get(folded(str(text)), "") if isinstance(text, str) else ""


def _worded(text: object) -> str:
    return _WORDS.get(folded(text), "") if isinstance(text, str) else ""


def _qualtrics(text: object) -> str:
    """Status: words, or a number whose bits say preview, test and spam."""
    value = cells.number(text) if isinstance(text, str) else None
    if value is None:
        return _worded(text)
    bits = int(value)
    return next(
        (why for bit, why in ((_PREVIEW, "preview"), (_TEST, "test"), (_SPAM, "spam"))
         if bits & bit), "")  # fmt: skip


def _finished(text: object) -> str:
    no = isinstance(text, str) and folded(text) in {"0", "false", "no", "nein", "nej", "falsch"}
    return "unfinished" if no else ""


def _submitted(text: object) -> str:
    return "" if isinstance(text, str) and folded(text) not in ("n/a", "") else "unfinished"


_TOOLS: dict[str, dict[str, Callable[[object], str]]] = {
    "qualtrics": {"status": _qualtrics, "finished": _finished},
    "limesurvey": {"submitdate": _submitted, "date submitted": _submitted},
    "alchemer": {"status": _worded},
    "typeform": {"response type": _worded},
}


def set_aside(status: pd.Series) -> pd.DataFrame:
    """List the responses that a survey tool set aside, by the check that says so."""
    parts = []
    for check in dict.fromkeys(CHECKS.values()):
        whys = [why for why, named in CHECKS.items() if named == check]
        where = status.isin(whys)
        parts.append(findings(where, check, status, "answer_in_earnest"))
    return pd.concat(parts)
