"""What the summary of a page speaks of: numbers, and codes of what they allow to be said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan

from crqlab.page.participation.data import ResponseCounts
from crqlab.page.segments.data import NOBODY, Moved
from crqlab.stats.defaults import LEVEL


@dataclass(frozen=True, slots=True)
class Score:
    """A headline number with its change.

    Attributes
    ----------
    measure, label : str
        As in ``client_scores``, and what the codebook calls it.
    value, low, high : float
        In units of the measure; missing where withheld.
    n_respondents, n_accounts : int
    level : float
        Coverage of both intervals, in (0, 1).
    before : str
        The wave that the change is counted from; empty for a first wave.
    change, change_low, change_high : float
        Missing where there is nothing to compare with.
    verdict : str
        Whether the change is clear: ``higher``, ``lower``, ``no_clear_change`` or ``unknown``.
    """

    measure: str
    label: str
    value: float
    low: float
    high: float
    n_respondents: int
    n_accounts: int
    level: float = LEVEL
    before: str = ""
    change: float = nan
    change_low: float = nan
    change_high: float = nan
    verdict: str = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the client stands: share of the peers below in [0, 1], with its interval.

    ``peers`` is a code of who they are, empty where all are.
    """

    percentile: float
    low: float
    high: float
    n_clients: int
    level: float = LEVEL
    peers: str = ""
    unique: bool | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """The one thing to fix: a driver, the chance that it is the one, and the next in line."""

    label: str
    probability: float
    clear: bool
    n_respondents: int
    n_accounts: int
    runner_up: str = ""
    runner_up_probability: float = nan


@dataclass(frozen=True, slots=True)
class Risk:
    """Yearly revenue that is expected to be lost, in currency units, with its interval.

    Attributes
    ----------
    expected, low, high : float
    revenue : float
        Of the accounts looked at.
    n_accounts : int
        How many they are.
    at_risk : int or None
        Those of them that are on the point of leaving; None where that is not known.
    silent : float
        The part of ``expected`` that lies with silent accounts; missing where not known.
    currency : str
    level : float
    """

    expected: float
    low: float
    high: float
    revenue: float
    n_accounts: int
    at_risk: int | None = None
    silent: float = nan
    currency: str = ""
    level: float = LEVEL


@dataclass(frozen=True, slots=True)
class Mix:
    """Accounts by segment, and how many moved since the wave before.

    Attributes
    ----------
    accounts : mapping of str to int
        Sorted accounts of each segment, the best segment first.
    first : (float, float, float)
        Share of the first segment with its interval, in [0, 1].
    before : str
        The earlier wave; empty where nobody can have moved.
    up, down : Moved
        Accounts that climbed, and that fell, of those judged in both waves.
    level : float
    """

    accounts: Mapping[str, int]
    first: tuple[float, float, float] = (nan, nan, nan)
    before: str = ""
    up: Moved = NOBODY
    down: Moved = NOBODY
    level: float = LEVEL


@dataclass(frozen=True, slots=True)
class Findings:
    """All that a summary may speak of; whatever is left out is not mentioned.

    ``unknown`` has codes of what the study cannot tell, see `crqlab.page.summary.unknown`;
    ``alone`` says that of nobody an account is known.
    """

    scores: tuple[Score, ...] = field(default=())
    participation: ResponseCounts | None = None
    place: Place | None = None
    fix: Fix | None = None
    risk: Risk | None = None
    mix: Mix | None = None
    unknown: tuple[str, ...] = ()
    alone: bool = False
