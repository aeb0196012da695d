"""Early and late answers: those who needed reminding are the nearest to those who stay silent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.frames import empty
from crqlab.base.results import Result
from crqlab.participation.invitation_frame import ACCOUNT, BLOCK, framed
from crqlab.stats import bootstrap
from crqlab.stats.defaults import DRAWS, LEVEL, SEED

TIMING = {
    **dict.fromkeys(BLOCK, "text"),
    **dict.fromkeys(("early", "late", "value", "low", "high", "p"), "number"),
    **dict.fromkeys(("n_early", "n_late"), "count"),
    "flag": "text",
}


@dataclass(frozen=True, slots=True, eq=False)
class Timing(Result):
    """CRQ of late answers against that of early ones, by client and wave.

    Attributes
    ----------
    table : DataFrame, one row per client and wave
        ``early``, ``late`` (mean CRQ, scale points), ``value`` (late minus early), ``low``,
        ``high``, ``p`` (no difference), ``n_early``, ``n_late`` respondents, ``flag``.
    level : float
        Coverage of each interval, in (0, 1).
    """

    table: pd.DataFrame
    level: float

    def __str__(self) -> str:
        known = self.table[self.table["value"].notna()]
        if known.empty:
            return (
                "No dates of answers of people who were asked: early and late cannot be told apart"
            )
        if len(known) == 1:
            row = known.iloc[0]
            return (
                f"Late answers score {row['value']:+.2f} [{row['low']:+.2f}, {row['high']:+.2f}] "
                f"against early ones (n = {row['n_early']:,} early, {row['n_late']:,} late)"
            )
        lower, higher = int((known["high"] < 0).sum()), int((known["low"] > 0).sum())
        return (
            f"Late answers score {known['value'].mean():+.2f} against early ones on average; "
            f"clearly lower in {lower:,} and clearly higher in {higher:,} of {len(known):,} waves "
            "of clients"
        )


def timing(
    contacts: pd.DataFrame,
    responses: pd.DataFrame,
    accounts: pd.DataFrame,
    respondents: pd.DataFrame,
    *,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Timing:
    """Compare the later half of a client's answers with the earlier one.

    Parameters
    ----------
    contacts, responses, accounts : DataFrame
        Tables of station 1. A contact's answer is late if it took longer from invitation to
        start than the median of the client's wave; without a date of invitation, from the
        client's first answer.
    respondents : DataFrame
        Table ``respondents``.
    level : float
        Coverage of each interval, in (0, 1).
    draws, seed : int
        Samples of whole accounts, and their seed.

    Returns
    -------
    Timing
        No row for a client's wave without dates.

    Raises
    ------
    EstimateError
        A contact of a wave or an account occurs twice.

    References
    ----------
    Armstrong & Overton (1977), Journal of Marketing Research 14, 396-402.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(n) for n in ("contacts", "responses", "accounts", "respondents")]
    >>> print(crq.participation.timing(*tables, draws=20))
    Late answers score ... against early ones on...
    """
    frame = framed(contacts, responses, accounts)
    people = frame.contacts.assign(late=late_answers(frame.contacts))
    mine = respondents.groupby([*BLOCK, "contact_id"], as_index=False)["crq"].mean()
    people = people[people["started"].notna()].merge(mine, on=[*BLOCK, "contact_id"])
    sums = people.groupby([*ACCOUNT, "late"], sort=True)["crq"].agg(["sum", "count"])
    if sums.empty:
        return Timing(empty(TIMING), level)
    ids, blocks = sums.index.get_level_values(2), sums.index.droplevel([2, 3])
    found = bootstrap.paired_difference(
        sums[["sum"]].set_axis(["crq"], axis=1).set_axis(ids),
        sums[["count"]].set_axis(["crq"], axis=1).astype(float).set_axis(ids),
        blocks,
        sums.index.get_level_values("late").to_numpy(bool),
        draws=draws,
        level=level,
        seed=seed,
    )
    keys = pd.DataFrame(found["block"].tolist(), columns=BLOCK, index=found.index)
    there = people["crq"].notna()
    n = pd.DataFrame({"late": there & people["late"], "early": there & ~people["late"]})
    n = n.groupby([people[b] for b in BLOCK]).sum()
    table = pd.concat([keys, found.drop(columns="block")], axis=1).rename(
        columns={"earlier": "early"}
    )
    table = table.assign(
        late=found["later"],
        n_early=n["early"].to_numpy(),
        n_late=n["late"].to_numpy(),
        flag=found["flag"],
    )
    return Timing(table[list(TIMING)], level)


def late_answers(people: pd.DataFrame) -> NDArray:
    """Return whether each contact's answer lies in the later half of the client's wave."""
    block = people.groupby(BLOCK, sort=False, dropna=False).ngroup().to_numpy()
    started, invited = (
        people[name].astype("datetime64[ns]").reset_index(drop=True)
        for name in ("started", "invited_on")
    )
    invited = invited.fillna(started.groupby(block).transform("min"))
    days = (started - invited).dt.total_seconds()
    middle = days.groupby(block).transform("median")
    return (days > middle).to_numpy(bool) & np.asarray(people["answered"])
