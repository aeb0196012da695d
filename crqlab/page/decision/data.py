"""What the first screen shows, as numbers and codes."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan


@dataclass(frozen=True, slots=True)
class Tile:
    """One of the numbers that a report opens with.

    Attributes
    ----------
    code : str
        ``crq``, ``nps``, ``loss`` (money at risk a year) or ``heard`` (share of the revenue).
    value, low, high : float
        In units of the number; the ends are missing where everybody was counted.
    level : float
        Coverage of the interval, in (0, 1).
    change, change_low, change_high : float
        Since ``before``; missing where there is nothing to compare with.
    verdict : str
        Whether the change is clear: ``higher``, ``lower``, ``no_clear_change`` or ``unknown``.
    before : str
    n_respondents, n_accounts : int or None
    unweighted : float
        The same without survey weights; missing where there are none.
    weighted : float
        The same with accounts weighted by revenue, where it lies outside the interval.
    rolling, rolling_low, rolling_high : float
        The same of all accounts, where the wave asked a slice of them.
    n_rolling : int or None
        These accounts.
    flag : str
        Cautions, as codes.
    withheld : bool
    """

    code: str
    value: float
    low: float = nan
    high: float = nan
    level: float = nan
    change: float = nan
    change_low: float = nan
    change_high: float = nan
    verdict: str = "unknown"
    before: str = ""
    n_respondents: int | None = None
    n_accounts: int | None = None
    unweighted: float = nan
    weighted: float = nan
    rolling: float = nan
    rolling_low: float = nan
    rolling_high: float = nan
    n_rolling: int | None = None
    flag: str = "ok"
    withheld: bool = False
