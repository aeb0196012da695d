"""From what a client sees of its accounts to what each account manager has to look after."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crqlab.show.managers import Managers
from crqlab.show.segmented import LOSING
from crqlab.show.view import ClientView
from crqlab.stats.bootstrap import ratios

LEVEL = 0.95
_NOBODY = "\x7f"  # sorts behind every name
_LOSS = ["expected_loss", "expected_low", "expected_high"]


def managers(view: ClientView) -> Managers:
    """Gather accounts by account manager.

    Parameters
    ----------
    view : ClientView
        Scores of very few people are withheld in it already: nothing but shrunken scores,
        which may be shown of any account, goes into a manager's mean.

    Returns
    -------
    Managers
        Accounts that were neither asked nor heard are left out.
    """
    rows = view.accounts[view.accounts["status"] != "Not invited"]
    rows = rows.assign(
        key=rows["manager"].fillna(_NOBODY),
        heard=rows["status"] != "Silent",
        paid=rows["revenue"].where(rows["status"] != "Silent"),
        scored=rows["shrunken"].notna(),
        **_prospects(view, rows["account_id"]),
    )
    groups = rows.groupby("key", sort=True)
    counts = groups.agg(
        n_accounts=("account_id", "size"),
        n_heard=("heard", "sum"),
        n_scored=("scored", "sum"),
        n_people=("n", "sum"),
    )
    known = groups[["revenue", "paid", "losing", "sorted", *_LOSS]].sum(min_count=1)
    found = counts.join(known.rename(columns={"losing": "at_risk", "sorted": "n_sorted"}))
    found = found.join(_means(rows[rows["scored"]])).reset_index()
    found = found.assign(
        manager=found["key"].where(found["key"] != _NOBODY),
        n_silent=found["n_accounts"] - found["n_heard"],
        revenue_heard=found["paid"].fillna(0) / found["revenue"].where(found["revenue"] > 0),
        flag=found["flag"].fillna("no account has a score"),
    )
    return Managers(found.drop(columns=["key", "paid"]), LEVEL, view.currency)


def _prospects(view: ClientView, ids: pd.Series) -> dict[str, pd.Series]:
    """Segment and expected loss of each account, as far as those stations were run."""
    segment = ids.map(view.segmented.accounts.set_index("account_id")["segment"])
    loss = view.prospect.accounts.set_index("account_id")
    known = segment.notna()
    return {
        "losing": segment.isin(LOSING).astype(float).where(known),
        "sorted": known.astype(float).where(known),
        **{name: ids.map(loss[name]).astype(float) for name in _LOSS},
    }


def _means(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean shrunken score of each manager's accounts, accounts as what was sampled."""
    columns = ["value", "low", "high", "flag"]
    if rows.empty:
        return pd.DataFrame(columns=columns, index=pd.Index([], name="key")).astype(
            dict.fromkeys(columns[:3], float)
        )
    sums = rows.set_index("account_id")[["shrunken"]].astype(float)
    ones = pd.DataFrame(np.ones_like(sums), index=sums.index, columns=sums.columns)
    made = ratios(sums, ones, rows["key"], level=LEVEL)
    return made.set_index("block")[columns].rename_axis("key")
