"""Station 5's design: one row per account and renewal opportunity, and who was refused and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.concepts import Concept
from crqlab.base.contracts.cautions import OK, code, plain
from crqlab.base.contracts.frames import typed
from crqlab.base.errors import one_of
from crqlab.base.instrument import Instrument
from crqlab.base.results import Result
from crqlab.renewal.account_history import (
    OWN,
    UNIT,
    YEAR,
    cut_offs,
    known,
    same_kind,
    with_continuity,
)

#: Concepts of which a score may tell who renews.
CONCEPTS: tuple[Concept, ...] = ("trust", "commitment", "calculative_commitment", "satisfaction")
MOST_MONTHS = 18
KEY = [*OWN, "due_on"]
NEVER = "never_asked"
EARLY = "decided_before_survey_ended"
UNDATED = "survey_undated"
NO_OUTCOMES = "outcomes_unknown"
NOBODY_LEFT = "nobody_churned_while_followed"


@dataclass(frozen=True, slots=True, eq=False)
class Design(Result):
    """Renewal opportunities and what was known before each of them.

    Attributes
    ----------
    table : DataFrame, one row per account and opportunity that follows a survey
        Table ``opportunities``: the outcome, the wave that precedes it, and covariates as of
        that wave's cut-off; missing ones are still missing.
    excluded : DataFrame
        Table ``refused``: opportunities that no survey precedes, each with its reason (a code).
    accounts : DataFrame, one row per account and wave
        The same covariates for everybody, with ``followed`` (years until churn, the next wave
        or the end of the data) and ``churned``.
    constructs : mapping of concept to construct
        Those of `CONCEPTS` that were asked.
    as_of : Timestamp
        Last day on which outcomes are known; missing without outcomes.
    """

    table: pd.DataFrame
    excluded: pd.DataFrame
    accounts: pd.DataFrame
    constructs: Mapping[str, str]
    as_of: pd.Timestamp

    @property
    def decided(self) -> pd.DataFrame:
        """Opportunities of which the outcome is known."""
        return self.table[self.table["outcome"] != "open"].reset_index(drop=True)

    @property
    def refusal(self) -> str:
        """Why most opportunities were refused, as a code."""
        return self.excluded["reason"].mode().iloc[0] if len(self.excluded) else NO_OUTCOMES

    def of(self, client: str) -> Design:
        """Return the rows of one client."""
        tables = (self.table, self.excluded, self.accounts)
        mine = (rows[rows["client_id"] == client].reset_index(drop=True) for rows in tables)
        table, excluded, accounts = mine
        return replace(self, table=table, excluded=excluded, accounts=accounts)

    def __str__(self) -> str:
        known_ = self.decided
        if known_.empty:
            return f"Nothing can be said of renewals: {plain(self.refusal)}"
        n, lost = len(known_), int((known_["outcome"] == "churned").sum())
        first, last = known_["decided"].min(), known_["decided"].max()
        return (
            f"{n:,} contracts of {len(known_[OWN].drop_duplicates()):,} accounts were decided "
            f"after a survey ({first:%Y-%m-%d} to {last:%Y-%m-%d}), {lost:,} of them churned "
            f"({lost / n:.0%}); {len(self.table) - n:,} are open, {len(self.excluded):,} refused"
        )


@dataclass(frozen=True, slots=True)
class Window:
    """Which decisions follow which survey.

    Attributes
    ----------
    cutoff : str or None
        Date before which nothing may be predicted; the end of each wave's fieldwork if missing.
    as_of : str or None
        Day on which the outcomes were looked up; what was decided later counts as open. The
        last decision if missing.
    most_months : float
        A survey older than this when the contract was decided says nothing of it.
    """

    cutoff: str | None = None
    as_of: str | None = None
    most_months: float = MOST_MONTHS


def design(
    responses: pd.DataFrame,
    contacts: pd.DataFrame,
    accounts: pd.DataFrame,
    account_scores: pd.DataFrame,
    outcomes: pd.DataFrame,
    codebook: Codebook,
    *,
    constructs: Mapping[str, str] | None = None,
    continuity: pd.DataFrame | None = None,
    **window: Any,
) -> Design:
    """Put every renewal opportunity beside the last survey that ended before it was decided.

    Parameters
    ----------
    responses, contacts, accounts, account_scores, outcomes : DataFrame
        Tables of these names.
    codebook : Codebook
    constructs : mapping of concept to construct, optional
        Which construct stands for one of `CONCEPTS` where the codebook says otherwise.
    continuity : DataFrame, optional
        Table ``continuity``: two more covariates, ``contacts_stayed`` (share of the contacts asked
        before that were asked again) and ``deciders_left`` (share of those that decide who were
        not).
    **window : str or float
        Which decisions follow which survey: fields of `Window`, as in ``as_of="2025-06-30"``.

    Returns
    -------
    Design
        Empty where the study holds no outcomes: then it says so.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    """
    seen = Window(**window)
    measured = _measured(codebook.instrument, constructs or {})
    ends = cut_offs(responses, contacts, seen.cutoff)
    rows = known(responses, contacts, accounts, account_scores, outcomes, measured, ends)
    if continuity is not None:
        rows = with_continuity(rows, continuity)
    dated, last_day = _decisions(outcomes, seen.as_of)
    matched = _matched(dated, rows)
    reason = _reasons(matched, rows, ends, seen.most_months)
    refused = matched.assign(reason=reason)[reason != OK]
    taken = matched[(reason == OK).to_numpy()].drop(columns="surveyed").astype({"n": "int64"})
    followed = _followed(rows, dated, last_day)
    return Design(
        taken.reset_index(drop=True),
        typed(refused.sort_values(KEY), "refused"),
        followed,
        measured,
        last_day,
    )


def _measured(asked: Instrument, named: Mapping[str, str]) -> dict[str, str]:
    """Construct of each concept, as named or as the codebook says; none where it was not asked."""
    given = {concept: name for concept, name in named.items() if name}
    for concept, name in given.items():
        one_of("constructs=", concept, CONCEPTS)
        one_of(f"constructs[{concept!r}]=", name, asked.constructs)
    found = {concept: asked.construct_of(concept) for concept in CONCEPTS}
    found = {concept: name for concept, name in found.items() if name not in given.values()} | given
    return {concept: found[concept] for concept in CONCEPTS if found.get(concept)}


def _decisions(outcomes: pd.DataFrame, as_of: str | None) -> tuple[pd.DataFrame, pd.Timestamp]:
    """Outcomes with the day that counts as their decision; later than known is open."""
    rows = outcomes.assign(decided=outcomes["decided_on"].fillna(outcomes["due_on"]))
    known_days = rows.loc[rows["outcome"] != "open", "decided"]
    last = pd.Timestamp(as_of) if as_of else known_days.max()
    future = (rows["outcome"] != "open") & (rows["decided"] > last)
    undated = (rows["outcome"] != "open") & rows["decided_on"].isna()
    overdue = (rows["outcome"] == "open") & (rows["due_on"] <= last)
    flag = np.select(
        [future, overdue, undated],
        ["decided_after_data_end", "due_but_open", "no_decision_date"],
        OK,
    )
    rows = rows.assign(
        outcome=rows["outcome"].where(~future, "open").astype("str"),
        flag=flag,
        decided=rows["decided"].where(~future & (rows["outcome"] != "open"), rows["due_on"]),
    )
    return rows.astype({"decided": "datetime64[ns]"}), last


def _matched(outcomes: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Each outcome beside the account's last wave that ended before the decision."""
    left = outcomes.rename(columns={"revenue": "at_stake"}).sort_values(
        ["decided", *KEY], ignore_index=True
    )
    right = rows.sort_values(["cutoff", *UNIT], ignore_index=True).astype(
        {"cutoff": "datetime64[ns]"}
    )
    found = pd.merge_asof(
        same_kind(left, "decided"),
        same_kind(right, "cutoff"),
        left_on="decided",
        right_on="cutoff",
        by=OWN,
        allow_exact_matches=False,
    )
    lead = (found["decided"] - found["cutoff"]).dt.days / YEAR * 12
    found = found.assign(
        lead=lead,
        revenue=found["at_stake"].fillna(found["revenue"]),
        surveyed=found["cutoff"].notna(),
    )
    return found.drop(columns="at_stake").sort_values(KEY, ignore_index=True)


def _reasons(
    matched: pd.DataFrame, rows: pd.DataFrame, ends: pd.DataFrame, most_months: float
) -> pd.Series:
    """Why an opportunity is refused, or ok where it is taken."""
    framed = pd.MultiIndex.from_frame(matched[OWN]).isin(pd.MultiIndex.from_frame(rows[OWN]))
    undated = bool(len(ends)) and ends["cutoff"].isna().all()
    old = matched["lead"] > most_months
    reasons = np.select(
        [
            matched["surveyed"] & old,
            matched["surveyed"],
            np.full(len(matched), undated),
            ~framed,
        ],
        [code("survey_too_old", months=f"{most_months:g}"), OK, UNDATED, NEVER],
        EARLY,
    )
    return pd.Series(reasons, index=matched.index, dtype="str")


def _followed(rows: pd.DataFrame, outcomes: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    """How long each account was followed after a wave, and whether it churned by then."""
    if rows.empty or pd.isna(last):
        return rows.assign(followed=np.nan, churned=False)
    ends = rows[["client_id", "cutoff"]].drop_duplicates().sort_values(["client_id", "cutoff"])
    ends = ends.assign(next=ends.groupby("client_id")["cutoff"].shift(-1))
    rows = rows.merge(ends, on=["client_id", "cutoff"], how="left")
    stop = rows["next"].fillna(last).clip(upper=last)
    lost = outcomes.loc[outcomes["outcome"] == "churned", [*OWN, "decided"]]
    lost = lost.sort_values(["decided", *OWN], ignore_index=True)
    rows = rows.assign(stop=stop).sort_values(["cutoff", *UNIT], ignore_index=True)
    found = pd.merge_asof(
        same_kind(rows, "cutoff"),
        same_kind(lost, "decided"),
        left_on="cutoff",
        right_on="decided",
        by=OWN,
        direction="forward",
        allow_exact_matches=False,
    )
    churned = (found["decided"] <= found["stop"]).fillna(False).to_numpy(bool)
    end = found["decided"].where(churned, found["stop"])
    followed = (end - found["cutoff"]).dt.days / YEAR
    kept = found.assign(followed=followed, churned=churned).drop(
        columns=["next", "stop", "decided"]
    )
    return kept.sort_values(UNIT, ignore_index=True)
