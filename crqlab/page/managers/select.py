"""From what a client sees of its accounts to what each account manager has to look after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum, nan

import numpy as np
import pandas as pd

from crqlab.page.client_view import ClientView
from crqlab.page.lookup import matched
from crqlab.page.managers.data import Managers
from crqlab.show.records import Record, grouped
from crqlab.stats.bootstrap import ratios

LEVEL = 0.95
_NOBODY = "\x7f"  # sorts behind every name
_LOSS = ["expected_loss", "expected_low", "expected_high"]
_KINDS = {
    **dict.fromkeys(("n_accounts", "n_heard", "n_scored", "n_people"), int),
    **dict.fromkeys(("revenue", "paid", "at_risk", "n_sorted", *_LOSS), float),
}


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
    rows = view.accounts[(view.accounts["status"] != "Not invited").to_numpy(bool)]
    segment = matched(rows["account_id"], view.segmented.accounts, "segment")[0]
    losses = matched(rows["account_id"], view.prospect.accounts, *_LOSS)
    rows = rows[["account_id", "manager", "status", "revenue", "n", "shrunken"]].assign(
        segment=segment, **dict(zip(_LOSS, losses, strict=True))
    )
    owners = grouped(rows.assign(key=rows["manager"].fillna(_NOBODY)), "key")
    weak = view.segmented.traits.weak
    counts = {key: _counted(owners[key], weak) for key in sorted(owners)}
    found = pd.DataFrame(counts.values(), index=pd.Index(list(counts), name="key"), columns=_KINDS)
    scored = rows["shrunken"].notna().to_numpy(bool)
    key = rows["manager"].fillna(_NOBODY)[scored]
    found = found.astype(_KINDS).join(_means(rows[scored], key)).reset_index()
    found = found.assign(
        manager=found["key"].where(found["key"] != _NOBODY),
        n_silent=found["n_accounts"] - found["n_heard"],
        revenue_heard=found["paid"].fillna(0) / found["revenue"].where(found["revenue"] > 0),
        flag=found["flag"].fillna("no account has a score"),
    )
    return Managers(found.drop(columns=["key", "paid"]), LEVEL, view.currency)


def _counted(own: list[Record], weak: Sequence[str]) -> dict[str, float]:
    """What hangs on one account manager, as far as it is known."""
    heard = [row for row in own if row.status != "Silent"]
    sorted_ = [row for row in own if row.segment == row.segment]
    return {
        "n_accounts": len(own),
        "n_heard": len(heard),
        "n_scored": sum(row.shrunken == row.shrunken for row in own),
        "n_people": sum(row.n for row in own),
        "revenue": _sum(row.revenue for row in own),
        "paid": _sum(row.revenue for row in heard),
        "at_risk": sum(row.segment in weak for row in sorted_) if sorted_ else nan,
        "n_sorted": len(sorted_) or nan,
        **{name: _sum(getattr(row, name) for row in own) for name in _LOSS},
    }


def _sum(amounts: Iterable[float]) -> float:
    known = [amount for amount in amounts if amount == amount]
    return fsum(known) if known else nan


def _means(rows: pd.DataFrame, keys: pd.Series) -> pd.DataFrame:
    """Mean shrunken score of each manager's accounts, accounts as what was sampled."""
    columns = ["value", "low", "high", "flag"]
    if rows.empty:
        return pd.DataFrame(columns=columns, index=pd.Index([], name="key")).astype(
            dict.fromkeys(columns[:3], float)
        )
    sums = rows.set_index("account_id")[["shrunken"]].astype(float)
    ones = pd.DataFrame(np.ones_like(sums), index=sums.index, columns=sums.columns)
    made = ratios(sums, ones, keys, level=LEVEL)
    return made.set_index("block")[columns].rename_axis("key")
