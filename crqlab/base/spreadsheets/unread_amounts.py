"""Why amounts of money were not read, and what is to be done about each kind."""

from __future__ import annotations

import re

import pandas as pd

from crqlab.base.spreadsheets import cells
from crqlab.base.spreadsheets.cells import Cells

_SHORTENED = re.compile(r"[-+]?[0-9.,]+E[-+]?[0-9]+", re.IGNORECASE)
_SCALED = re.compile(
    r"[0-9]\W*(?:[ktm]|mm|mn|bn|mio|mill?|mrd|md|tsd|million\w*|thousand|tausend)\b"
    r"|(?:[0-9\W]|\b)(?:[km] ?(?:€|\$|£|eur|usd|gbp|sek|nok|dkk|chf|kr)"
    r"|t ?€|(?:t|ts)(?:eur|usd|gbp|sek|nok|dkk|chf|kr)|mkr)\b",
    re.IGNORECASE,
)
_FOREIGN = re.compile(r"[€$£¥]|\bkr\b|\b[A-Z]{3}\b", re.IGNORECASE)


_ADVICE = {
    "scaled": "{!r} counts in thousands or millions: write amounts out in full, as in 12000",
    "shortened": "{!r} was shortened by a spreadsheet: export the column with all its digits",
    "foreign": "{!r} stands in another currency than the study: convert it, or state currency: in "
    "codebook.yaml",
    "either": "{!r} may be a thousand or one and a bit, or the column writes thousands in several "
    "ways: state decimal: ',' or '.' in this file's entry of the codebook",
    "negative": "{!r} is less than nothing: leave it empty where it is not known, or write 0",
    "other": "write {!r} as a plain number, or leave it empty where it is not known",
}


def kinds(texts: pd.Series, read: Cells, currency: str) -> dict[str, str]:
    """Return one example of each kind of cells that are no amounts of 0 or more.

    Parameters
    ----------
    texts : Series of str
    read : Cells
        What was made of them.
    currency : str
        Of the study; empty where none is known.

    Examples
    --------
    >>> texts = pd.Series(["12k", "13k", "$5", "1.231", "(8)"], dtype="str")
    >>> kinds(texts, cells.amounts(texts, None, "EUR"), "EUR")
    {'scaled': '12k', 'foreign': '$5', 'either': '1.231', 'negative': '(8)'}
    """
    less = texts[read.found < 0]
    found = {"negative": less.iloc[0]} if len(less) else {}
    for text in texts[read.broken].unique():
        found.setdefault(_kind(text, cells.without_currency(text, currency)), text)
    return {kind: found[kind] for kind in _ADVICE if kind in found}


def advice(found: dict[str, str]) -> str:
    """Say what to do about amounts that cannot be read for certain.

    Parameters
    ----------
    found : dict of kind to example
        As `kinds` returns them.

    Examples
    --------
    >>> advice({"shortened": "1.2E+06"})
    "'1.2E+06' was shortened by a spreadsheet: export the column with all its digits"
    """
    return "; ".join(_ADVICE[kind].format(text) for kind, text in found.items())


def _kind(text: str, bare: str) -> str:
    if _SHORTENED.fullmatch(bare):
        return "shortened"
    if _SCALED.search(text):
        return "scaled"
    if _FOREIGN.search(bare) and any(sign.isdigit() for sign in bare):
        return "foreign"
    return "either" if re.fullmatch(r"[-( ]*[0-9][0-9.,\s'’]*[-) ]*", bare) else "other"
