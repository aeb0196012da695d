"""Questions to account managers about whom they had asked; questions, never accusations.

A question is raised where something would be rare among honest account managers of the same
client and wave. What lies behind it only the account manager can say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.contracts.cautions import OK, code, joined
from crqlab.base.contracts.frames import empty, typed
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.participation import audit_frame
from crqlab.participation.audit_counts import roles, shares
from crqlab.participation.audit_frame import BLOCK, Layout
from crqlab.participation.audit_minutes import clusters
from crqlab.participation.audit_scores import heights
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import check_level
from crqlab.stats.multiplicity import q_values

#: Topic: the question, the unit of its numbers, and why it may be impossible to ask.
QUESTIONS = {
    "late": ("signed_off_late", "share_of_contacts", "no_sign_off_dates"),
    "swapped": ("contacts_exchanged", "share_of_contacts", "no_earlier_frame"),
    "share": ("few_invited", "share_of_contacts", "invited_contacts_only"),
    "roles": ("one_role", "share_of_contacts", "fewer_than_two_roles"),
    "minutes": ("answered_together", "pairs_of_answers", "no_times_of_day"),
    "scores": ("scores_above_similar", "scale_points", "no_scores_that_differ"),
}
#: Stands in ``flag`` before the reason why a question cannot be asked.
BLOCKED = "cannot_be_asked"
#: Invited contacts of a client and wave that a role needs to be looked at.
FEW_OF_A_ROLE = 5
_NUMBERS = ["found", "expected", "value", "low", "high"]


@dataclass(frozen=True, slots=True)
class AuditRules:
    """When a question is raised.

    Attributes
    ----------
    level : float
        Coverage of the intervals, in (0, 1).
    rate : float
        False discovery rate at which questions are raised, in (0, 1).
    least : int
        Accounts that an account manager needs to be asked anything.
    notice : float
        A contact signed off fewer than so many days before the invitation, after it, or never
        (where a client's wave has dates of signing off), is late.
    minutes : float
        Answers that began within so many minutes of each other are a close pair.
    """

    level: float = LEVEL
    rate: float = 0.05
    least: int = 5
    notice: float = 2
    minutes: float = 10

    def __post_init__(self) -> None:
        check_level(self.level)
        if not 0 < self.rate < 1:
            raise EstimateError(f"rate= is {self.rate}; it must lie between 0 and 1. Use 0.05.")
        if self.least < 2 or self.notice < 0 or self.minutes <= 0:
            raise EstimateError(
                f"least= is {self.least}, notice= {self.notice} and minutes= {self.minutes}; use "
                "two accounts or more, no days or more, and some minutes."
            )


@dataclass(frozen=True, slots=True, eq=False)
class Audit(Result):
    """What to ask whom, and how rare it would be among honest account managers.

    Attributes
    ----------
    table : DataFrame, one row per client, wave, account manager and topic
        ``client_id``, ``wave``, ``account_manager``, ``topic`` (late, swapped, share, roles,
        minutes, scores), ``question`` (code), ``found``, ``expected`` (from peers),
        ``value`` (found minus expected), ``low``, ``high`` (its interval), ``unit`` (of these
        five), ``p`` (one-sided), ``q`` (false discovery rate), ``n_accounts``, ``n_contacts``,
        ``raised``, ``flag``.
    level : float
        Coverage of the intervals, in (0, 1).
    rate : float
        Largest false discovery rate at which a question is raised.
    """

    table: pd.DataFrame
    level: float
    rate: float

    def of(self, client: str, wave: str) -> Audit:
        """Return the rows of one client's wave."""
        rows = self.table[(self.table["client_id"] == client) & (self.table["wave"] == wave)]
        return Audit(rows.reset_index(drop=True), self.level, self.rate)

    def __str__(self) -> str:
        if self.table.empty:
            return "Selection audit: no account manager is named, so nobody can be asked"
        asked, raised = int(self.table["p"].notna().sum()), int(self.table["raised"].sum())
        managers = len(self.table[["client_id", "account_manager"]].drop_duplicates())
        who = f"{managers:,} account manager{'s' if managers != 1 else ''}"
        if not asked:
            return f"Selection audit: too few answers to ask anything about {who}"
        if not raised:
            return f"Selection audit: none of {asked:,} questions about {who} needs an answer"
        return (
            f"Selection audit: {raised:,} of {asked:,} questions about {who} "
            f"{'need an answer' if raised != 1 else 'needs an answer'}; {self._by_chance()}"
        )

    def _by_chance(self) -> str:
        """What would be raised were all honest: a family is one client and wave."""
        families = len(self.table.loc[self.table["p"].notna(), BLOCK].drop_duplicates())
        rate = f"{100 * self.rate:g} %"
        if families == 1:
            return f"were everybody honest, any would be raised in up to {rate} of such waves"
        return (
            f"were everybody honest, any would be raised in up to {rate} of the {families:,} "
            "clients' waves"
        )


def audit(
    contacts: pd.DataFrame | None,
    responses: pd.DataFrame,
    accounts: pd.DataFrame,
    respondents: pd.DataFrame,
    *,
    draft: pd.DataFrame | None = None,
    **rules: float,
) -> Audit:
    """Look into six questions about every account manager of every client and wave.

    Peers are the other account managers' accounts of the same client, wave and tier; for scores
    also industry, country and role are allowed for. The account is the sampling unit, except
    for answers within minutes. What the other account managers differ by is taken as honest, so
    a habit that all share is never asked about. Questions and account managers of one client
    and wave are one family: where nobody does anything odd, something is raised in at most
    ``rate`` of the clients' waves. Nothing depends on other clients.

    Parameters
    ----------
    contacts : DataFrame or None
        Table ``contacts``; None where the firm holds none, and only the last two questions are
        looked into.
    responses, accounts, respondents : DataFrame
        The tables of these names.
    draft : DataFrame, optional
        An earlier version of ``contacts`` to look for exchanged contacts in; the wave before
        serves where it has none of a client and wave.
    **rules : float
        When a question is raised: fields of `AuditRules`, as in ``rate=0.01``.

    Returns
    -------
    Audit
        Without rows where the accounts name no account manager.

    Raises
    ------
    EstimateError
        An option is out of its range.

    References
    ----------
    Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202: funnels and honest differences.
    Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.

    Examples
    --------
    Ann's seven accounts and Bo's; Ann signed off two of three contacts on the very day:

    >>> n = 42
    >>> frame = pd.DataFrame({"client_id": "C1", "wave": "2025", "invited": True,
    ...     "account_id": [f"A{i // 3:02d}" for i in range(n)], "role": None,
    ...     "contact_id": [f"P{i:02d}" for i in range(n)],
    ...     "invited_on": pd.Timestamp("2025-03-10"),
    ...     "signed_off_on": pd.to_datetime(["2025-03-10", "2025-03-10", "2025-03-01"] * 7
    ...                                     + ["2025-03-01"] * 21)})
    >>> crm = pd.DataFrame({"client_id": "C1", "account_id": [f"A{i:02d}" for i in range(14)],
    ...     "account_manager": ["Ann"] * 7 + ["Bo"] * 7, "tier": "A", "industry": "IT",
    ...     "country": "SE"})
    >>> answers = pd.DataFrame(columns=["client_id", "wave", "account_id", "response_id", "role",
    ...     "started", "included", "crq"]).astype({"started": "datetime64[ns]"})
    >>> result = audit(frame, answers, crm, answers)
    >>> result.table.loc[result.table["raised"], ["account_manager", "topic", "found", "expected"]]
      account_manager topic     found  expected
    0             Ann  late  0.666667       0.0
    """
    asked = AuditRules(**rules)
    level, rate = asked.level, asked.rate
    frame = empty("contacts") if contacts is None else contacts
    layout = audit_frame.laid_out(frame, responses, accounts, draft, asked.notice)
    if layout.units["account_manager"].isna().all():
        return Audit(empty("audit"), level, rate)
    looked = {
        **_of_the_frame(frame, layout, level),
        "minutes": clusters(responses, layout, minutes=asked.minutes, level=level),
        "scores": heights(respondents, layout, level=level),
    }
    parts = [_one_topic(topic, found, layout, asked.least) for topic, found in looked.items()]
    table = pd.concat(parts)
    table = table[table["account_manager"].notna()]
    table = table.sort_values([*BLOCK, "account_manager", "place"], ignore_index=True)
    table["q"] = q_values(table["p"], table["block"])
    table["raised"] = (table["q"] <= rate).to_numpy()
    return Audit(typed(table.assign(level=level, rate=rate), "audit"), level, rate)


def _of_the_frame(frame: pd.DataFrame, layout: Layout, level: float) -> dict[str, pd.DataFrame]:
    """The four questions that need the contacts."""
    rows = layout.accounts
    listed = rows.groupby("block")[["known", "invited"]].transform("sum")
    chosen = rows[(listed["known"] > listed["invited"]).to_numpy()]

    def of(part: str, whole: str, some: pd.DataFrame = rows) -> pd.DataFrame:
        columns = {part: "part", whole: "whole"}
        return some[["unit", "block", "stratum", *columns]].rename(columns=columns)

    return {
        "late": shares(of("late", "dated"), level=level),
        "swapped": shares(of("swapped", "swappable"), level=level),
        "share": shares(of("invited", "known", chosen), level=level, low_is_odd=True),
        "roles": roles(audit_frame.role_counts(frame, layout, FEW_OF_A_ROLE), level=level),
    }


def _one_topic(topic: str, found: pd.DataFrame, layout: Layout, least: int) -> pd.DataFrame:
    """Rows of one topic for every account manager, with why it cannot be asked where so."""
    question, unit, impossible = QUESTIONS[topic]
    rows = layout.units.join(found)
    counts = rows.reindex(columns=["n_accounts", "n_contacts"]).astype(float).fillna(0)
    rows[["n_accounts", "n_contacts"]] = counts.astype("int64")
    somebody = rows["n_accounts"].groupby(rows["block"]).transform("max") > 0
    few = rows["n_accounts"] < least
    rest = rows["n_rest"] if "n_rest" in rows else pd.Series(np.inf, rows.index)
    rest = rest.astype(float).fillna(0)
    unknown, mirror = rows["p"].isna(), rows.get("mirror", pd.Series(False, rows.index)).eq(True)
    rows["flag"] = np.select(
        [~somebody, few, unknown & (rest == 0), rows["value"].isna(), mirror, unknown, rest == 1],
        [
            joined([BLOCKED, impossible]),
            joined([BLOCKED, code("few_accounts", minimum=least)]),
            joined([BLOCKED, "no_other_manager"]),
            joined([BLOCKED, impossible if topic == "scores" else "no_peers_of_tier"]),
            "mirror_of_other_manager",
            "managers_alike",
            "one_other_manager",
        ],
        OK,
    )
    rows["p"] = rows["p"].astype(float).mask(few)
    rows[_NUMBERS] = rows[_NUMBERS].astype(float)
    place = list(QUESTIONS).index(topic)
    if topic == "roles" and "role" in rows:
        question = [_about_role(role) for role in rows["role"]]
    return rows.assign(topic=topic, question=question, unit=unit, place=place)


def _about_role(role: object) -> str:
    """Name the role in the question where one was looked at."""
    return code("role_frequent", role=role) if isinstance(role, str) else QUESTIONS["roles"][0]
