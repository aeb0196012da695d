"""What the coming quarters' figures of all accounts will be worth, and what fewer would cost."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from crqlab.base.contracts.cautions import column
from crqlab.base.contracts.frames import empty, typed
from crqlab.participation import foretold_widths
from crqlab.participation.account_choice import Open, told
from crqlab.participation.foretold_widths import Past
from crqlab.participation.wave_plan import Plan

FEWER = 0.8  # share of the invitations, of which it is told what leaving the others out costs
ALL, FIFTH_FEWER = "all", "fifth_fewer"
STATE = "state_of_all_accounts"


def joined(old: pd.DataFrame, new: pd.DataFrame, anew: frozenset[str]) -> pd.DataFrame:
    """Put foretold precision in the place of some clients'."""
    kept = old[~old["client_id"].isin(anew)]
    table = pd.concat([kept, new], ignore_index=True) if len(new) else kept
    return typed(table.sort_values(["client_id", "slice", "measure"]), "precision")


def widths(
    plan: Plan,
    rows: pd.DataFrame,
    people: pd.DataFrame,
    known: Past,
    days: pd.DatetimeIndex,
    anew: frozenset[str],
    level: float,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables ``invitation_costs``, and ``precision`` of the clients chosen anew."""
    ids = pd.Index(rows["client_id"].unique())
    rate = plan.expected.completion.reindex(ids).fillna(plan.expected.average)
    asked = people[people["quarter"] >= 0]
    first = next_quarter(people)
    parts = [
        _of_quarter(q, rows[rows["client_id"].isin(own.index)], asked, known, days, rate, seed)
        for q, own in first.groupby(first)
    ]
    wide = norm.ppf((1 + level) / 2)
    costs = empty("invitation_costs")
    if parts:
        costs = pd.concat(parts, ignore_index=True)
        costs = costs.assign(half_width=costs["half_width"] * wide, level=level)
        costs = costs.assign(flag=_assumed(costs, plan))
        costs = costs.sort_values(["client_id", "scenario", "measure"], ignore_index=True)
    slices = rows[rows["client_id"].isin(anew)].reset_index(drop=True)
    precision = empty("precision")
    if len(slices):
        mine = asked[asked["client_id"].isin(anew)]
        found = foretold_widths.errors(known, slices, mine, days, rate, seed=seed)
        precision = _precision(found * wide, people, slices, days, rate, plan, level)
    return typed(costs, "invitation_costs"), precision


def next_quarter(people: pd.DataFrame) -> pd.Series:
    """Return each client's first quarter with half as many invitations as its fullest has.

    Before that only those are invited who came lately; what they tell is no wave.
    """
    n = people[people["quarter"] >= 0].groupby(["client_id", "quarter"]).size()
    full = n[2 * n >= n.groupby("client_id").transform("max")]
    return full.reset_index().groupby("client_id")["quarter"].min()


def _of_quarter(
    q: int,
    rows: pd.DataFrame,
    asked: pd.DataFrame,
    known: Past,
    days: pd.DatetimeIndex,
    rate: pd.Series,
    seed: int,
) -> pd.DataFrame:
    """What all of a quarter's invitations, and four fifths of them, make of its figures."""
    first = asked[(asked["quarter"] == q) & asked["client_id"].isin(rows["client_id"])]
    kept = first[_worth_keeping(first, rows, known, days[q : q + 1], rate)]
    parts = []
    for scenario, some in ((ALL, first), (FIFTH_FEWER, kept)):
        now = some.assign(quarter=0)
        found = foretold_widths.errors(known, rows, now, days[q : q + 1], rate, seed=seed)
        n = some.groupby("client_id").size()
        told_ = _long(found.droplevel("quarter")).assign(scenario=scenario, starts=days[q])
        told_["n_invitations"] = told_["client_id"].map(n).fillna(0).astype("int64")
        parts.append(told_.assign(answers=told_["n_invitations"] * told_["client_id"].map(rate)))
    return pd.concat(parts, ignore_index=True)


def _worth_keeping(
    first: pd.DataFrame, rows: pd.DataFrame, known: Past, day: pd.DatetimeIndex, rate: pd.Series
) -> NDArray:
    """Whether a person stays where one in five invitations is saved, the least telling accounts."""
    left = foretold_widths.variances(known.of(rows["client_id"].unique()), rows, day)
    numbers, rho = known.numbers()
    n = first["row"].value_counts().reindex(rows.index, fill_value=0).to_numpy()
    worth = np.zeros(len(rows))
    for client, places in rows.groupby("client_id").indices.items():
        them = Open(left[places], *numbers, rho, float(rate[client]))
        worth[places] = told(left[places], n[places], them) / np.maximum(n[places], 1)
    table = pd.DataFrame({"client": rows["client_id"], "n": n, "worth": worth})
    table = table.sort_values(["client", "worth"], ascending=[True, False], kind="stable")
    run = table.groupby("client")["n"].cumsum()
    room = FEWER * table.groupby("client")["n"].transform("sum")
    return (run <= room).reindex(first["row"]).to_numpy(bool)


def _long(found: pd.DataFrame) -> pd.DataFrame:
    """One row per client (and quarter) and measure, of CRQ and NPS."""
    kept = found[[name for name in ("crq", "nps") if name in found]]
    long = kept.reset_index().melt(found.index.names, var_name="measure", value_name="half_width")
    return long[long["half_width"].notna()]


def _assumed(rows: pd.DataFrame, plan: Plan) -> NDArray:
    own = rows["client_id"].isin(plan.expected.completion.index).to_numpy()
    return column(len(rows), (~own, "completion_assumed"))


def _precision(
    wide: pd.DataFrame,
    people: pd.DataFrame,
    rows: pd.DataFrame,
    days: pd.DatetimeIndex,
    rate: pd.Series,
    plan: Plan,
    level: float,
) -> pd.DataFrame:
    """State of all accounts after each quarter; that of the year is the last quarter's."""
    long = _long(wide).assign(quarter=lambda t: t["quarter"] + 1)
    year = long[long["quarter"] == len(days)].assign(quarter=0)
    found = pd.concat([year, long], ignore_index=True).rename(columns={"quarter": "slice"})
    asked = people[people["quarter"] >= 0].assign(slice=lambda t: t["quarter"] + 1)
    asked = pd.concat([asked, asked.assign(slice=0)])
    sums = asked.groupby(["client_id", "slice"]).agg(
        n_accounts=("account_id", "nunique"), n_contacts=("contact_id", "size")
    )
    found = found.merge(sums.reset_index(), on=["client_id", "slice"], how="left")
    found[["n_accounts", "n_contacts"]] = found[["n_accounts", "n_contacts"]].fillna(0).astype(int)
    resting = people[(people["quarter"] < 0) & (people["gone"] == "")].groupby("client_id").size()
    found = found.assign(
        resting=np.where(found["slice"] == 0, found["client_id"].map(resting).fillna(0), 0).astype(
            int
        ),
        starts=pd.Series(days).reindex(found["slice"] - 1).to_numpy(),
        completion=found["client_id"].map(rate),
        level=level,
    )
    found = found.assign(answers=found["n_contacts"] * found["completion"])
    own = found["client_id"].isin(plan.expected.completion.index).to_numpy()
    always = np.ones(len(found), dtype=bool)
    return found.assign(flag=column(len(found), (always, STATE), (~own, "completion_assumed")))
