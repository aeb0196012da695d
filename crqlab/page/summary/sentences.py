"""What a sales director should remember: a few sentences, each with its n and its interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isnan, nan

from crqlab.base.standards import TARGET
from crqlab.page.participation.data import ResponseCounts
from crqlab.show.number_format import count, decimals, number, percent, share, span
from crqlab.stats.defaults import LEVEL

#: Share of the revenue that should have a voice (method, section 4).


@dataclass(frozen=True, slots=True)
class Score:
    """A headline number with its change.

    Attributes
    ----------
    measure, label : str
        As in ``client_scores``, and what readers call it.
    value, low, high : float
        In units of the measure; missing where withheld.
    n_respondents, n_accounts : int
    level : float
        Coverage of both intervals, in (0, 1).
    before : str
        The wave that the change is counted from; empty for a first wave.
    change, change_low, change_high : float
        Missing where there is nothing to compare with.
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


@dataclass(frozen=True, slots=True)
class Place:
    """Where the client stands: share of the peers below in [0, 1], with its interval."""

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
    up, down : int
        Accounts that climbed, and that fell, among those sorted in both waves.
    n_both : int
        Accounts sorted in both waves.
    level : float
    """

    accounts: Mapping[str, int]
    first: tuple[float, float, float] = (nan, nan, nan)
    before: str = ""
    up: int = 0
    down: int = 0
    n_both: int = 0
    level: float = LEVEL


@dataclass(frozen=True, slots=True)
class Findings:
    """All that a summary may speak of; whatever is left out is not mentioned."""

    client: str
    scores: tuple[Score, ...] = field(default=())
    participation: ResponseCounts | None = None
    place: Place | None = None
    fix: Fix | None = None
    risk: Risk | None = None
    mix: Mix | None = None


def sentences(found: Findings) -> tuple[str, ...]:
    r"""Say what changed, where the client stands, what to fix, and who is at risk.

    Parameters
    ----------
    found : Findings
        A part that is None, or whose number is missing, is passed over.

    Returns
    -------
    tuple of str
        At most six sentences of plain text, in the order of a sales director's questions. A
        change is called a rise or a fall only where its whole interval lies on one side of 0.

    Examples
    --------
    >>> crq = Score("crq", "CRQ", 5.21, 5.02, 5.4, 240, 61, before="2024",
    ...             change=0.08, change_low=-0.11, change_high=0.27)
    >>> said = sentences(Findings("Nordwind", (crq,)))[0].replace("\N{NO-BREAK SPACE}", " ")
    >>> print(said)  # doctest: +NORMALIZE_WHITESPACE
    CRQ is 5.21 (95 % interval 5.02 to 5.40), no clear change since 2024 (+0.08, −0.11 to +0.27);
    n = 240 respondents of 61 accounts.
    """
    said = [
        _state(found.scores),
        found.participation and _heard(found.participation),
        found.place and _standing(found.place),
        found.risk and _loss(found.risk),
        found.fix and _first(found.fix),
        found.mix and _segments(found.mix),
    ]
    return tuple(sentence for sentence in said if sentence)


def _state(scores: tuple[Score, ...]) -> str:
    known = [score for score in scores if not isnan(score.value)]
    said = "; ".join(_score(score) for score in known)
    n = {(score.n_respondents, score.n_accounts) for score in known}
    if len(n) == 1:
        return f"{said}; {_n(*n.pop())}."
    each = (f"{_score(s)}, {_n(s.n_respondents, s.n_accounts)}" for s in known)
    return f"{'; '.join(each)}." if known else ""


def _score(score: Score) -> str:
    places, signed = decimals(score.measure), score.measure == "nps"
    value = number(score.value, places, signed=signed)
    between = span(score.low, score.high, places, signed=signed)
    return f"{score.label} is {value} ({percent(score.level)} interval {between}){_moved(score)}"


def _moved(score: Score) -> str:
    if not score.before:
        return ""
    if isnan(score.change):
        return f", not to be compared with {score.before}"
    places = decimals(score.measure, change=True)
    size = number(score.change, places, signed=True)
    between = span(score.change_low, score.change_high, places, signed=True)
    verdict = "no clear change"
    if score.change_low > 0:
        verdict = "a rise"
    elif score.change_high < 0:
        verdict = "a fall"
    return f", {verdict} since {score.before} ({size}, {between})"


def _n(respondents: int, accounts: int) -> str:
    return f"n = {count(respondents, 'respondent')} of {count(accounts, 'account')}"


def _heard(asked: ResponseCounts) -> str:
    """Counts of everybody who was asked, so without intervals."""
    said = []
    if asked.contacts and asked.contacts_answered is not None:
        said.append(share(asked.contacts_answered, asked.contacts, "invited contacts"))
    if asked.accounts and asked.accounts_answered is not None:
        said.append(share(asked.accounts_answered, asked.accounts, "accounts"))
    if not said:
        return ""
    heard = f"{' and '.join(said)} answered"
    if isnan(asked.revenue):
        return f"{heard}; the others may think differently."
    against = "at least" if asked.revenue >= TARGET else "short of"
    return (
        f"{heard}, with {percent(asked.revenue)} of the revenue: {against} the {percent(TARGET)} "
        "to aim for."
    )


def _standing(place: Place) -> str:
    if isnan(place.percentile):
        return ""
    where = "not clearly above or below the middle"
    if place.low > 0.5:
        where = "in the upper half"
    elif place.high < 0.5:
        where = "in the lower half"
    peers = f" ({place.peers})" if place.peers else ""
    unique = {True: " It is Unique.", False: " It is not Unique yet."}.get(place.unique, "")
    return (
        f"Among {count(place.n_clients, 'other client')}{peers} it lies {where}: "
        f"{percent(place.percentile)} score lower ({percent(place.level)} interval "
        f"{_shares(place.low, place.high)}).{unique}"
    )


def _shares(low: float, high: float) -> str:
    ends = ("open" if isnan(end) else percent(end) for end in (low, high))
    return " to ".join(ends)


def _loss(risk: Risk) -> str:
    if isnan(risk.expected):
        return ""
    lead = f"Of {count(risk.n_accounts, 'account')} with"
    if risk.at_risk is not None:
        verb = "is" if risk.at_risk == 1 else "are"
        lead += f" a renewal outlook {risk.at_risk:,} {verb} on the point of leaving; of"
    quiet = ""
    if risk.silent > 0 and risk.expected > 0:
        quiet = f", {percent(risk.silent / risk.expected)} of it with silent accounts"
    paid = _money(risk.revenue, risk.currency)
    return (
        f"{lead} {paid} a year, {_money(risk.expected, risk.currency)} is expected to be lost "
        f"({percent(risk.level)} interval {_money(risk.low)} to {_money(risk.high)}){quiet}."
    )


def _money(amount: float, currency: str = "") -> str:
    """Round an amount to what a director would say."""
    if isnan(amount):
        return "open"
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if abs(amount) >= size:
            said = f"{number(amount / size, int(abs(amount) < 100 * size))} {word}"
            return f"{said} {currency}".rstrip()
    hundreds = -2 if abs(amount) >= 1e3 else 0
    return f"{number(round(amount, hundreds), 0)} {currency}".rstrip()


def _first(fix: Fix) -> str:
    n = _n(fix.n_respondents, fix.n_accounts)
    if not fix.label or isnan(fix.probability):
        return ""
    sure = f"with a probability of {percent(fix.probability)} the thing that moves most"
    if fix.clear:
        return f"Fix this first: {fix.label}, {sure} ({n})."
    other = ""
    if fix.runner_up and not isnan(fix.runner_up_probability):
        other = f", before {fix.runner_up} ({percent(fix.runner_up_probability)})"
    return (
        f"No single thing stands out to fix first: {fix.label} leads with a probability of "
        f"{percent(fix.probability)}{other} ({n})."
    )


def _segments(mix: Mix) -> str:
    counted = {name: n for name, n in mix.accounts.items() if n}
    total = sum(counted.values())
    if not total:
        return ""
    best = next(iter(mix.accounts))
    value, low, high = mix.first
    others = ", ".join(f"{n:,} {name}" for name, n in counted.items() if name != best)
    said = f"Of {count(total, 'sorted account')} {counted.get(best, 0):,} "
    said += f"{'is' if counted.get(best) == 1 else 'are'} {best}"
    if not isnan(value):
        said += f" ({percent(value)}, {percent(mix.level)} interval {_shares(low, high)})"
    said += f"; the others: {others}" if others else ""
    if mix.before and mix.n_both:
        stayed = count(mix.n_both, "account")
        said += f". Since {mix.before} {mix.up:,} climbed and {mix.down:,} fell (n = {stayed})"
    return f"{said}."
