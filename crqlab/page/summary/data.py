"""What the summary of a page speaks of: numbers, and codes of what they allow to be said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan

from crqlab.page.participation.data import ResponseCounts
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
    cautions : tuple of str
        Codes of what makes the interval doubtful.
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
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the client stands: share of the peers below in [0, 1], with its interval.

    ``peers`` is a code of who they are, empty where all are; ``half`` is ``upper``, ``lower`` or
    ``middle``. ``unique`` is told against the whole panel: ``unique``, ``perhaps_unique`` or
    ``not_unique``, empty where not known, with its probability.
    """

    percentile: float
    low: float
    high: float
    n_clients: int
    level: float = LEVEL
    peers: str = ""
    half: str = "middle"
    unique: str = ""
    p_unique: float = nan


@dataclass(frozen=True, slots=True)
class Fix:
    """The one thing to fix: a driver, the chance that it is the one, and the next in line.

    ``own_share`` of its importance rests on the client's ``n_own`` complete answers, the rest on
    ``n_weighed`` complete answers of all clients.
    """

    label: str
    probability: float
    clear: bool
    n_respondents: int
    n_accounts: int
    runner_up: str = ""
    runner_up_probability: float = nan
    own_share: float = nan
    n_own: int = 0
    n_weighed: int = 0


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
    silent: float = nan
    currency: str = ""
    level: float = LEVEL


@dataclass(frozen=True, slots=True)
class Unproven:
    """Why no money is named: how well renewals were foretold, as AUC with its interval."""

    auc: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Mix:
    """Accounts by segment.

    Attributes
    ----------
    accounts : mapping of str to int
        Sorted accounts of each segment, the best segment first.
    first : (float, float, float)
        Share of the first segment with its interval, in [0, 1].
    level : float
    """

    accounts: Mapping[str, int]
    first: tuple[float, float, float] = (nan, nan, nan)
    level: float = LEVEL


@dataclass(frozen=True, slots=True)
class Findings:
    """All that a summary may speak of; whatever is left out is not mentioned.

    ``unknown`` has codes of what the study cannot tell, see `crqlab.page.summary.unknown`;
    ``alone`` says that of nobody an account is known; ``unscored`` why nothing is scored of
    ``n_unscored`` responses.
    """

    scores: tuple[Score, ...] = field(default=())
    participation: ResponseCounts | None = None
    place: Place | None = None
    fix: Fix | None = None
    risk: Risk | None = None
    mix: Mix | None = None
    unknown: tuple[str, ...] = ()
    alone: bool = False
    unproven: Unproven | None = None
    unscored: str = ""
    n_unscored: int = 0
