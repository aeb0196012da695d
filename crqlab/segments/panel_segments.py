"""A whole panel sorted at once: segments, how likely they are, and what the accounts pay."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.base.contracts.frames import empty
from crqlab.base.instrument import Instrument
from crqlab.base.waves import latest
from crqlab.segments.assignment import assign, with_silent
from crqlab.segments.first_renewal import followed
from crqlab.segments.membership_probability import SAMPLES, Membership, membership
from crqlab.segments.thresholds import Thresholds
from crqlab.stats.defaults import SEED


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Accounts in segments, or why they cannot be sorted.

    Attributes
    ----------
    table : DataFrame, one row per client, wave and account
        As table ``segments``; no rows where the thresholds do not fit.
    scored : DataFrame
        The same accounts in the same order, with all scores, ``revenue`` and ``renewed``.
    membership : Membership or None
    thresholds : Thresholds
    instrument : Instrument
    why : str
        Why nothing is sorted; empty where it is.
    """

    table: pd.DataFrame
    scored: pd.DataFrame
    membership: Membership | None
    thresholds: Thresholds
    instrument: Instrument
    why: str

    def __str__(self) -> str:
        if self.why:
            return f"No account is sorted by {self.thresholds.name}: {self.why}"
        counts = self.table["status"].value_counts()
        told = ", ".join(
            f"{counts[k]:,} {k}" for k in ("firm", "provisional", "silent", "open") if k in counts
        )
        return f"{len(self.table):,} accounts by {self.thresholds.quoted}: {told}"

    @property
    def latest(self) -> pd.Series:
        """Whether a row belongs to the last wave of its client."""
        return latest(self.table)


def panel(
    account_scores: pd.DataFrame,
    respondents: pd.DataFrame,
    accounts: pd.DataFrame,
    responses: pd.DataFrame,
    outcomes: pd.DataFrame,
    thresholds: Thresholds,
    instrument: Instrument,
    *,
    silent: pd.DataFrame | None = None,
    draws: int = SAMPLES,
    seed: int = SEED,
) -> Panel:
    """Sort every account of every wave, with probability, revenue and renewal beside it.

    Parameters
    ----------
    account_scores, respondents, accounts, responses, outcomes, silent : DataFrame
        Tables of these names.
    thresholds : Thresholds
    instrument : Instrument
        Where the thresholds are not for it, the result has no rows and says why.
    draws, seed : int
        As for `membership`.

    Returns
    -------
    Panel
    """
    why = thresholds.unsuited(instrument)
    scored = account_scores if silent is None else with_silent(account_scores, silent)
    own = accounts[["client_id", "account_id", "revenue", "account_manager"]]
    own = own.drop_duplicates(["client_id", "account_id"])
    scored = scored.merge(own, on=["client_id", "account_id"], how="left")
    scored = followed(scored, responses, outcomes)
    if why or respondents.empty:
        why = why or "nobody answered"
        return Panel(empty("segments"), scored.head(0), None, thresholds, instrument, why)
    found = membership(
        scored, respondents, thresholds, instrument=instrument, draws=draws, seed=seed
    )
    thresholds = thresholds.fitted(instrument)
    sorted_ = assign(scored, thresholds, instrument=instrument, probability=found.table["p"])
    more = ["p", "second", "second_p", "distance", "nearest", "on_the_line"]
    given = ["n", "revenue", "account_manager", "renewed"]
    table = pd.concat([sorted_, found.table[more], scored[given]], axis=1)
    flag = scored["flag"].where(found.table["flag"] == "ok", found.table["flag"])
    table = table.assign(thresholds=thresholds.quoted, flag=flag)
    return Panel(table, scored, found, thresholds, instrument, "")
