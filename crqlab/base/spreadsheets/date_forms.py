"""In which form the dates of a file are written, and whether it might be another one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from crqlab.base.spreadsheets import cells
from crqlab.base.spreadsheets.cells import EXCEL

#: Forms of dates that survey tools write, tried in this order; ISO needs none.
DATE_FORMS = tuple(
    f"{day}{time}"
    for day in ("%d.%m.%Y", "%d.%m.%y", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%Y/%m/%d",
                "%d-%m-%Y", "%d-%m-%y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%B %d, %Y",
                "%d %b %Y", "%d %B %Y", "%Y-%m-%d", "%Y.%m.%d", "%Y%m%d")
    for time in ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
)  # fmt: skip
_SERIALS = (20_000, 80_000)  # days of a workbook that are dates of our time: 1954 to 2119


def date_form(texts: pd.Series) -> tuple[bool, str | None]:
    """Return whether all cells are dates, and in which form; None for ISO.

    Examples
    --------
    >>> date_form(pd.Series(["2025-03-01"])), date_form(pd.Series(["13/03/2025", "01/04/2025"]))
    ((True, None), (True, '%d/%m/%Y'))
    >>> date_form(pd.Series(["good", "2025-03-01"]))
    (False, None)
    """
    found = date_forms([texts])
    return bool(found), found[0] if found else None


def date_forms(columns: Sequence[pd.Series], *, serials: bool = False) -> list[str | None]:
    """Return all forms in which every cell of every column is a date, the likeliest first.

    Parameters
    ----------
    columns : sequence of Series
    serials : bool
        Whether plain numbers may be a workbook's count of days: where a header says date.

    Examples
    --------
    >>> date_forms([pd.Series(["03/04/2025"])]), date_forms([pd.Series(["45716"])], serials=True)
    (['%m/%d/%Y', '%d/%m/%Y'], ['excel'])
    >>> date_forms([pd.Series(["03/04/2025"]), pd.Series(["13/04/2025"])])
    ['%d/%m/%Y']
    """
    filled = [known for column in columns if len(known := column.dropna())]
    if serials and filled and all(map(_serial, filled)):
        return [EXCEL]
    if not all(_dated(known) for known in filled):
        return []
    forms: Iterable[str | None] = (None, *DATE_FORMS)
    for known in filled:
        forms = cells.forms_that_read(known.head(20), forms)
        forms = cells.forms_that_read(known, forms)
    return list(forms)


def advice(texts: pd.Series) -> str:
    """Return what to do about dates that were not read: their form, where all of them have one.

    Examples
    --------
    >>> advice(pd.Series(["31.01.2025 09:00", "01.02.2025 10:30"]))
    "state their form in this file's entry of the codebook: dates: '%d.%m.%Y %H:%M'"
    >>> advice(pd.Series(["03/04/2025", "04/04/2025"]))[-45:]
    "dates: '%m/%d/%Y' (or '%d/%m/%Y': day first?)"
    """
    forms = date_forms([texts], serials=True)
    where = "state their form in this file's entry of the codebook: dates: "
    if not forms or forms[0] is None:
        return f"{where}'%d/%m/%Y' or the like; what is no date at all is to be corrected"
    other = f" (or {forms[1]!r}: day first?)" if doubt([texts], forms) else ""
    return f"{where}{forms[0]!r}{other}"


def doubt(columns: Sequence[pd.Series], forms: Sequence[str | None]) -> str:
    """Return what is asked where day and month may be either; empty where one cell decides.

    Examples
    --------
    >>> dates = [pd.Series(["03/04/2025"])]
    >>> doubt(dates, date_forms(dates))[:52]
    "'03/04/2025' may be day or month first; drafted as '"
    """
    first = forms[0] if forms else None
    for other in forms[1:] if first else ():
        unlike = [texts for texts in columns
                  if (cells.moments(texts, first).found != cells.moments(texts, other).found)[
                      texts.notna()].any()]  # fmt: skip
        if unlike:
            example = unlike[0].dropna().iloc[0]
            said = f"{example!r} may be day or month first; drafted as {first!r}"
            return f"{said}, else write dates: {other!r}"
    return ""


def _dated(known: pd.Series) -> bool:
    return bool(known.head(20).str.contains(r"\d.*[-/. ,].*\d|^(?:19|20)\d{6}$").all())


def _serial(known: pd.Series) -> bool:
    days = pd.to_numeric(known, errors="coerce")
    return bool(days.between(*_SERIALS).all())
