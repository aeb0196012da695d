"""Whom to invite in the coming quarters: all accounts, where most is to be learnt first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import column
from crqlab.base.contracts.frames import empty, typed
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.participation import foretold_widths
from crqlab.participation.account_choice import Open, Turns, chosen, least_number
from crqlab.participation.account_dispositions import LATE
from crqlab.participation.foretold_widths import Past
from crqlab.participation.invitation_costs import ALL, FIFTH_FEWER, joined, widths
from crqlab.participation.invitation_frame import UNKNOWN
from crqlab.participation.reachable_contacts import LOST, PERSON, base, reachable
from crqlab.participation.wave_plan import REST, Plan
from crqlab.stats.account_model import AccountModel
from crqlab.stats.defaults import LEVEL, SEED
from crqlab.stats.estimate import check_level

WAITING = "not_asked"
_KEY = ["client_id", "account_id"]


@dataclass(frozen=True, slots=True)
class InvitationRules:
    """What a programme wishes of its invitations.

    Attributes
    ----------
    number : int or None
        People to invite each quarter and client; None: as few as reach every account that can
        be asked, where the programme asks a slice at a time, and the plan as it is elsewhere.
    rest : int
        Months between two invitations of one person, 0 or more.
    every_months : int
        How often an account is meant to be asked (``rhythm:`` of the codebook).
    level : float
        Coverage of the intervals that are foretold, in (0, 1).
    seed : int
        Of who answers, in what is foretold.
    """

    number: int | None = None
    rest: int = REST
    every_months: int = 12
    level: float = LEVEL
    seed: int = SEED

    def __post_init__(self) -> None:
        check_level(self.level)
        if self.rest < 0 or self.every_months < 1 or (self.number is not None and self.number < 1):
            raise EstimateError(
                f"number= is {self.number}, rest= {self.rest}, every_months= {self.every_months}; "
                "give one person or more, 0 months or more, 1 month or more."
            )


@dataclass(frozen=True, slots=True, eq=False)
class Invitations(Result):
    """Whom to invite when, and what fewer invitations would cost.

    Attributes
    ----------
    table : DataFrame
        Table ``invitations``: everybody who is known, with the quarter, or why there is none.
    costs : DataFrame
        Table ``invitation_costs``: how sure the next quarter's figures will be.
    plan : Plan
        The plan, that of clients in slices made anew.
    past : Past or None
        What widths are foretold from; None where nothing can be foretold.
    """

    table: pd.DataFrame
    costs: pd.DataFrame
    plan: Plan
    past: Past | None = None

    def of(self, client: str) -> Invitations:
        """Return the rows of one client."""
        parts = (p[p["client_id"] == client].reset_index(drop=True)
                 for p in (self.table, self.costs))  # fmt: skip
        return Invitations(*parts, self.plan.of(client), self.past)

    def __str__(self) -> str:
        if self.table.empty:
            return "Nobody is known who could be invited"
        asked = self.table["quarter"] > 0
        out = self.table["flag"].str.contains("invitation_bounced|left_the_account").sum()
        said = (
            f"{asked.sum():,} of {len(self.table):,} contacts are to be invited; no invitation "
            f"reaches {out:,}"
        )
        wide = self.costs[self.costs["measure"] == "crq"]
        wide = wide.pivot_table(index="client_id", columns="scenario", values="half_width")
        if wide.shape[1] < 2:
            return said
        whose = "" if len(wide) == 1 else " in the middle client"
        full, less = wide[ALL].median(), wide[FIFTH_FEWER].median()
        return (
            f"{said}; 20 % fewer in the next quarter widen CRQ of all accounts from ± {full:.3f} "
            f"to ± {less:.3f}{whose}"
        )


def invitations(
    plan: Plan,
    contacts: pd.DataFrame,
    responses: pd.DataFrame,
    accounts: pd.DataFrame,
    respondents: pd.DataFrame,
    dispositions: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    rules: InvitationRules | None = None,
    lent: AccountModel | None = None,
) -> Invitations:
    """Name the people to invite, and plan anew for clients that ask a slice at a time.

    Their accounts are all those of today, whenever they were last asked: first those whose turn
    has come, then those of which least is known (posterior variance of the account model) for
    each invitation. Nobody is invited within the rest, nor whose invitation bounced or who left.

    Parameters
    ----------
    plan : Plan
        As `plan` returns it; quarters, their days and completion are its own.
    contacts, responses, accounts, respondents, dispositions, outcomes : DataFrame
        Tables of these names.
    rules : InvitationRules, optional
    lent : AccountModel, optional
        That of the study's release, of CRQ and LTR among others: taken where the study has one
        client, or too few accounts of its own. By default the model is fitted to all answers.

    Returns
    -------
    Invitations

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("contacts", "responses", "accounts", "respondents")
    >>> given = [study.read(name) for name in names]
    >>> plan = crq.participation.plan(given[2], *given[:2], given[3])
    >>> became = study.read("dispositions"), study.read("outcomes")
    >>> print(crq.participation.invitations(plan, *given, *became))
    4,... of 4,784 contacts are to be invited; no invitation reaches 0; 20 % fewer...
    """
    rules = rules or InvitationRules()
    if contacts.empty or plan.table.empty:
        return Invitations(empty("invitations"), empty("invitation_costs"), plan)
    days = _days(plan)
    rows, lost = base(accounts, contacts, outcomes, days[0])
    people = reachable(contacts, rows, days[0])
    people = people.assign(ready=_ready(people, days, rules.rest))
    told_ = None if days.isna().any() else foretold_widths.past(respondents, responses, lent)
    anew = _anew(dispositions, contacts, told_, rules)
    quarter = _quarters(plan, rows, people, dispositions, told_, days, anew, rules)
    when = quarter[people["row"]]
    asked = (when >= people["ready"]) & (when >= 0) & (people["gone"] == "")
    people = people.assign(quarter=np.where(asked, when, -1))
    made = _plan(plan, rows, people, quarter, days, anew)
    costs = empty("invitation_costs")
    if told_ is not None:
        costs, precision = widths(plan, rows, people, told_, days, anew, rules.level, rules.seed)
        made = Plan(made.table, joined(made.precision, precision, anew), plan.expected)
    gone = reachable(contacts, lost, days[0]).assign(quarter=-1, ready=0, gone=LOST)
    everybody = pd.concat([people, gone], ignore_index=True).sort_values(PERSON, ignore_index=True)
    return Invitations(_table(everybody, days, rules), costs, made, told_)


def _days(plan: Plan) -> pd.DatetimeIndex:
    found = plan.table.groupby("slice")["starts"].first().sort_index()
    last = max(int(found.index.max()), 1)
    first = found.dropna()
    if first.empty:
        return pd.DatetimeIndex([pd.NaT] * last)
    start = first.iloc[0] - pd.DateOffset(months=3 * (int(first.index[0]) - 1))
    return pd.DatetimeIndex([start + pd.DateOffset(months=3 * q) for q in range(last)])


def _ready(people: pd.DataFrame, days: pd.DatetimeIndex, rest: int) -> NDArray:
    """First quarter in which each person has rested, from 0; as many as there are if never."""
    if days.isna().any() or people.empty:
        return np.zeros(len(people), dtype=int)
    free = (people["last_invited"] + pd.DateOffset(months=rest)).fillna(days[0])
    place = np.searchsorted(days.to_numpy(), free.to_numpy("datetime64[ns]"))
    return np.minimum(place, len(days))


def _anew(
    dispositions: pd.DataFrame, contacts: pd.DataFrame, known: Past | None, rules: InvitationRules
) -> frozenset[str]:
    """Clients whose accounts are chosen here: in slices, or all where a number is given."""
    if known is None:
        return frozenset()
    if rules.number is not None:
        return frozenset(contacts["client_id"])
    return frozenset(dispositions.loc[dispositions["status"] == WAITING, "client_id"])


def _quarters(
    plan: Plan,
    rows: pd.DataFrame,
    people: pd.DataFrame,
    dispositions: pd.DataFrame,
    known: Past | None,
    days: pd.DatetimeIndex,
    anew: frozenset[str],
    rules: InvitationRules,
) -> NDArray:
    """Quarter of every account, from 0; -1 where there is none."""
    old = plan.table.set_index(_KEY)["slice"].reindex(pd.MultiIndex.from_frame(rows[_KEY]))
    quarter = old.fillna(0).to_numpy(int) - 1
    if known is None or not anew:
        return quarter
    left = foretold_widths.variances(known, rows, days)
    turns = _turns(rows, people, dispositions, days, rules)
    numbers, rho = known.numbers()
    for client, places in rows.groupby("client_id").indices.items():
        if client in anew:
            rate = float(plan.expected.completion.get(client, plan.expected.average))
            them = Open(left[places], *numbers, rho**0.25, rate)
            own = Turns(turns.rested[places], turns.known[places], turns.due[places])
            number = rules.number or least_number(them, own)
            quarter[places] = chosen(them, own, number)
    return quarter


def _turns(
    rows: pd.DataFrame,
    people: pd.DataFrame,
    dispositions: pd.DataFrame,
    days: pd.DatetimeIndex,
    rules: InvitationRules,
) -> Turns:
    n, q = len(rows), len(days)
    there = people[people["gone"] == ""]
    rested = np.zeros((n, q), dtype=int)
    for k in range(q):
        rested[:, k] = np.bincount(there["row"], there["ready"] <= k, minlength=n)
    known = np.bincount(there["row"], minlength=n)
    asked_on = dispositions["held_on"] - pd.to_timedelta(dispositions["months"] * 365.25 / 12, "D")
    last = asked_on.groupby([dispositions[name] for name in _KEY]).max()
    last = last.reindex(pd.MultiIndex.from_frame(rows[_KEY]))
    turn = last + pd.DateOffset(months=max(rules.every_months - LATE, 0))
    ends = days + pd.DateOffset(months=3)
    due = np.searchsorted(ends.to_numpy(), turn.fillna(days[0]).to_numpy("datetime64[ns]"))
    return Turns(rested, known, due)


def _plan(
    plan: Plan,
    rows: pd.DataFrame,
    people: pd.DataFrame,
    quarter: NDArray,
    days: pd.DatetimeIndex,
    anew: frozenset[str],
) -> Plan:
    """Put clients whose accounts were chosen anew in the place of the plan's rows."""
    if not anew:
        return plan
    n = len(rows)
    there = people[people["gone"] == ""]
    known = np.bincount(there["row"], minlength=n)
    fit = np.bincount(people["row"], people["quarter"] >= 0, minlength=n).astype("int64")
    rested = np.bincount(there["row"], there["ready"] < len(days), minlength=n)
    last = np.where(quarter < 0, len(days) - 1, quarter)
    flags = column(
        n,
        (known == 0, "no_contact_known"),
        ((known > 0) & (rested == 0), "everybody_rests"),
        ((rested > 0) & (quarter < 0), "invitations_used_up"),
        ((fit > 0) & (fit < known), "some_contacts_rest"),
    )
    made = rows.assign(
        tier=rows["tier"].fillna(UNKNOWN),
        slice=last.astype("int64") + 1,
        starts=days[last],
        contacts=fit,
        resting=(known - fit).astype("int64"),
        flag=flags,
    )
    made = typed(made[made["client_id"].isin(anew)], "wave_plan")
    kept = plan.table[~plan.table["client_id"].isin(anew)]
    table = pd.concat([kept, made], ignore_index=True).sort_values(_KEY, ignore_index=True)
    return Plan(typed(table, "wave_plan"), plan.precision, plan.expected)


def _table(people: pd.DataFrame, days: pd.DatetimeIndex, rules: InvitationRules) -> pd.DataFrame:
    """Table ``invitations``."""
    none = (people["quarter"] < 0).to_numpy()
    gone, ready = people["gone"].to_numpy(), people["ready"].to_numpy()
    often = (people["gap"] < rules.rest).to_numpy(bool)
    flags = column(
        len(people),
        (gone == "bounced", "invitation_bounced"),
        (gone == "left", "left_the_account"),
        (gone == LOST, "account_lost"),
        ((gone == "") & none & (ready > 0), "still_rests"),
        ((gone == "") & none & (ready == 0), "account_not_in_plan"),
        (often, "asked_too_often"),
    )
    free = people["last_invited"] + pd.DateOffset(months=rules.rest)
    table = people.assign(
        quarter=people["quarter"].astype("int64") + 1,
        starts=pd.Series(days).reindex(people["quarter"]).to_numpy(),
        ready_on=free,
        flag=flags,
    )
    return typed(table, "invitations")
