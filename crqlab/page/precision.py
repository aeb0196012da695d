"""Numbers as precise as their intervals bear: rounded in the cells, not by their format only.

A number of sixteen digits can be solved for what was withheld beside it. Whatever is written
for a client, on a page, in a notebook, workbook, slide or CRM file, comes from a view that was
rounded here; exact tables stay in ``data/processed``.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

#: Decimals of a client's score and of a share, of one account's or group's score; of NPS, that of
#: roles and units, and its change.
CLIENT, ACCOUNT, NPS, NPS_GROUP, NPS_CHANGE = 2, 1, 0, -1, 1
#: People from whom on weighted NPS has its units, and the share of n below which weights differ.
_MANY, _ALIKE = 100, 0.995
#: A number, and the ends of its interval; the first of its kind in a table owns them.
_FAMILIES = (
    *((name, f"{name}_low", f"{name}_high") for name in (
        "shrunken change nps score share gap percentile performance importance".split())),
    ("difference", "difference_low", "difference_high"),
    *((name, "low", "high") for name in ("value", "estimate", "effect", "share")),
    ("p_renew", "p_low", "p_high"),
    ("year_mean", "year_low", "year_high"),
    ("expected_loss", "expected_low", "expected_high"),
    ("expected_loss", "loss_low", "loss_high"),
)  # fmt: skip
_MONEY = frozenset(
    "revenue expected_loss expected_low expected_high loss_low loss_high silent_loss".split()
)
_COUNTED = ("asked", "answered")  # people, accounts or, by their unit, money
_SHARES = frozenset(
    "p power power_all second_p probability runner_up_probability importance weight now "
    "revenue_heard".split()
)
_PLACES = ("percentile", "before", "change")  # shares too, in a table of places among peers
_TELLING = (
    "measure",
    "unit",
    "percentile",
    "n_respondents",
    "n_effective",
)  # beside a number, say what it is
_LEVELS = frozenset(["level", "rate"])  # chosen, not found
_DIGITS = 2  # of half an interval's width that say anything
#: Tables of a view whose rows are accounts.
_OF_ACCOUNTS = frozenset(
    "accounts participation.silent segments.accounts drivers.accounts actions.lifts "
    "managers.table".split()
)
_OF_GROUPS = ("groups.", "years.gaps")  # tables whose rows are roles and units, or years of few
_SECTIONS = frozenset(
    "participation scores groups years accounts benchmark segments drivers renewal actions themes "
    "managers".split()
)
_Part = TypeVar("_Part")


def rounded_view(view: _Part, figures: int) -> _Part:
    """Round every number of a client's view.

    Parameters
    ----------
    view : ClientView
        What is counted (people, accounts, contracts) stays as it is.
    figures : int
        Significant figures of an amount of money, 1 or more.

    Returns
    -------
    ClientView
        A copy; numbers by `rounded`, those of one account with one decimal.
    """
    told = {name: _part(getattr(view, name), name, figures) for name in _SECTIONS}
    return replace(view, **told)


def _part(part: Any, path: str, figures: int) -> Any:
    if isinstance(part, pd.DataFrame):
        places = most_decimals(path)
        return rounded(part, figures=figures, places=places, nps=nps_decimals(path))
    if isinstance(part, float):
        return round(part, CLIENT)
    if isinstance(part, dict):
        return {key: _part(value, path, figures) for key, value in part.items()}
    if not is_dataclass(part):
        return part
    parts = {one.name: getattr(part, one.name) for one in fields(part) if one.init}
    told = {name: _part(one, f"{path}.{name}", figures) for name, one in parts.items()}
    return replace(part, **told) if path in _SECTIONS else part


def most_decimals(table: str) -> int:
    """Return the most decimals of a score in a table of a view.

    Examples
    --------
    >>> most_decimals("accounts"), most_decimals("scores.trend")
    (1, 2)
    """
    return ACCOUNT if table in _OF_ACCOUNTS or table.startswith(_OF_GROUPS) else CLIENT


def nps_decimals(table: str) -> int:
    """Return the decimals of NPS in a table of a view: whole tens where groups are small.

    Examples
    --------
    >>> nps_decimals("groups.table"), nps_decimals("scores.trend")
    (-1, 0)
    """
    return NPS_GROUP if table.startswith(_OF_GROUPS) else NPS


def rounded(
    rows: pd.DataFrame, *, figures: int, places: int = CLIENT, nps: int = NPS
) -> pd.DataFrame:
    """Round the numbers of one table to what they can say.

    Parameters
    ----------
    rows : DataFrame
        Columns by the names of the contracts; whole numbers without an interval are counts and
        stay, and so do levels.
    figures : int
        Significant figures of an amount of money, 1 or more.
    places : int
        Most decimals of a score; a share has its own.
    nps : int
        Those of NPS.

    Returns
    -------
    DataFrame
        A copy. A number with an interval keeps no digit below the second one of half the
        interval's width, and neither do the ends.

    References
    ----------
    JCGM 100:2008, Guide to the expression of uncertainty in measurement, 7.2.6: two significant
    digits of an uncertainty suffice, and estimates are rounded to agree with it.

    Examples
    --------
    >>> rows = pd.DataFrame({"value": [5.2149, 4.3217], "low": [5.031, 2.912], "high": [5.4, 5.9]})
    >>> rounded(rows, figures=3).to_numpy().tolist()
    [[5.21, 5.03, 5.4], [4.3, 2.9, 5.9]]
    >>> rounded(pd.DataFrame({"revenue": [1234567.0]}), figures=3)["revenue"].tolist()
    [1230000.0]
    """
    written = decimals(rows, figures=figures, places=places, nps=nps)
    return rows.assign(**{name: _to(rows[name].to_numpy(float), n) for name, n in written.items()})


def decimals(
    rows: pd.DataFrame, *, figures: int, places: int = CLIENT, nps: int = NPS
) -> dict[str, NDArray]:
    """Return to how many decimals each number of a table is written.

    Parameters
    ----------
    rows, figures, places, nps
        As of `rounded`.

    Returns
    -------
    dict of column to ndarray
        Negative where tens are the last digit written; columns that are not rounded have no entry.

    Examples
    --------
    >>> rows = pd.DataFrame({"value": [5.2149, 4.3217], "low": [5.031, 2.912], "high": [5.4, 5.9]})
    >>> decimals(rows, figures=3)["value"].tolist()
    [2.0, 1.0]
    """
    numbers = {name: rows[name].to_numpy(float) for name in rows if rows[name].dtype.kind == "f"}
    borne = _borne(numbers, len(rows))
    found = {}
    for name, values in numbers.items():
        if name in _LEVELS or (name not in {*borne, *_MONEY, *_COUNTED} and _whole(values)):
            continue
        finest = _finest(rows, name, values, figures, places, nps)
        found[name] = np.minimum(finest, borne.get(name, finest))
    return found


def decimals_of(
    rows: pd.DataFrame, column: str, *, figures: int, places: int = CLIENT, nps: int = NPS
) -> NDArray | None:
    """Return `decimals` of one column alone; None where it is not rounded.

    Examples
    --------
    >>> rows = pd.DataFrame({"value": [5.2149, 4.3217], "low": [5.031, 2.912], "high": [5.4, 5.9]})
    >>> decimals_of(rows, "value", figures=3).tolist()
    [2.0, 1.0]
    """
    beside = {column, *_TELLING}.union(*(one for one in _FAMILIES if column in one))
    some = rows[[name for name in rows.columns if name in beside]]
    return decimals(some, figures=figures, places=places, nps=nps).get(column)


def _borne(numbers: dict[str, NDArray], n: int) -> dict[str, NDArray]:
    """Decimals that the interval of each number bears; without a width any."""
    found: dict[str, NDArray] = {}
    for value, low, high in _FAMILIES:
        if {value, low, high} <= numbers.keys() and low not in found:
            half = np.abs(numbers[high] - numbers[low]) / 2
            known = (half > 0) & np.isfinite(half)
            borne = np.full(n, np.inf)
            borne[known] = _DIGITS - 1 - np.floor(np.log10(half[known]))
            found = dict.fromkeys((value, low, high), borne) | found
    return found


def _whole(values: NDArray) -> bool:
    known = values[np.isfinite(values)]
    return bool((known == np.round(known)).all())


def _finest(
    rows: pd.DataFrame, name: str, values: NDArray, figures: int, places: int, nps: int
) -> NDArray:
    """Most decimals of each cell of a column."""
    if name in _MONEY:
        return _figures(values, figures)
    if name in _COUNTED:
        money = rows["unit"].to_numpy() == "revenue" if "unit" in rows else np.False_
        return np.where(money, _figures(values, figures), np.inf)
    if name.startswith("nps"):
        of_sheet = "dimension" in rows and name != "nps_unweighted"
        return np.where(of_sheet & weighted_few(rows), float(NPS_GROUP), float(NPS))
    among_peers = "percentile" in rows and name.startswith(_PLACES)
    share = name in _SHARES or name.endswith("_share") or name.startswith("p_") or among_peers
    most = np.full(len(rows), float(CLIENT if share else places))
    if "measure" in rows and not share:
        own = NPS_CHANGE if name.startswith("change") else nps
        of_nps = rows["measure"].to_numpy() == "nps"
        most[of_nps] = own
        if own == NPS:
            most[of_nps & weighted_few(rows)] = NPS_GROUP
    return most


def weighted_few(rows: pd.DataFrame) -> NDArray:
    """Say which rows are of few people whose weights differ: finer steps would tell their sides.

    Examples
    --------
    >>> rows = pd.DataFrame({"n_respondents": [30, 30], "n_effective": [30.0, 24.5]})
    >>> weighted_few(rows).tolist()
    [False, True]
    """
    if not {"n_respondents", "n_effective"} <= set(rows.columns):
        return np.zeros(len(rows), dtype=bool)
    n, worth = (rows[name].to_numpy(float) for name in ("n_respondents", "n_effective"))
    return (n < _MANY) & (worth < _ALIKE * n)


def _figures(values: NDArray, figures: int) -> NDArray:
    size = np.abs(np.where((values == 0) | ~np.isfinite(values), 1.0, values))
    return figures - 1 - np.floor(np.log10(size))


def _to(values: NDArray, decimals: NDArray) -> NDArray:
    """Round each number to its own decimals, so that it is written with no more."""
    told = values.copy()
    for places in np.unique(decimals[np.isfinite(decimals)]):
        some = decimals == places
        told[some] = np.round(values[some], int(places)) + 0.0  # no negative zero
    return told
