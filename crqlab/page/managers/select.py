"""From what a client sees of its accounts to what each account manager has to look after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum, nan

import pandas as pd

from crqlab.base.study import Study
from crqlab.page.accounts.data import QUIET
from crqlab.page.client_view import ClientView
from crqlab.page.lookup import matched
from crqlab.page.managers.data import Managers
from crqlab.page.tables import table
from crqlab.participation.account_dispositions import UNASKED
from crqlab.show.records import Record, grouped

NO_SCORE = "no_account_scored"
_NOBODY = "\U0010ffff"  # sorts behind every name
_LOSS = ["expected_loss", "expected_low", "expected_high"]
_MEAN = ["value", "low", "high"]
_KINDS = {
    **dict.fromkeys(("n_accounts", "n_heard", "n_people"), int),
    **dict.fromkeys(("revenue", "paid", "at_risk", "n_sorted", *_LOSS), float),
}


def managers(study: Study, view: ClientView) -> Managers:
    """Gather accounts by account manager.

    Parameters
    ----------
    study : Study
        For the table ``manager_scores``: nothing but shrunken scores, which may be shown of any
        account, goes into a manager's mean.
    view : ClientView
        Scores of very few people are withheld in it already.

    Returns
    -------
    Managers
        Accounts that were neither asked nor heard are left out.
    """
    rows = view.accounts[~view.accounts["status"].isin(UNASKED).to_numpy(bool)]
    segment = matched(rows["account_id"], view.segments.accounts, "segment")[0]
    outlook = table(study, "outlook", client=view.client_id, wave=view.wave)
    losses = matched(rows["account_id"], outlook, *_LOSS)
    shown = matched(rows["account_id"], view.renewal.accounts, "expected_loss")[0]
    rows = rows[["account_id", "manager", "status", "revenue", "n"]].assign(
        segment=segment,
        veiled=losses[0].notna() & shown.isna(),
        **dict(zip(_LOSS, losses, strict=True)),
    )
    owners = grouped(rows.assign(key=rows["manager"].fillna(_NOBODY)), "key")
    weak = view.segments.traits.weak
    counts = {key: _counted(owners[key], weak) for key in sorted(owners)}
    found = pd.DataFrame(counts.values(), index=pd.Index(list(counts), name="key"), columns=_KINDS)
    found = found.astype(_KINDS).reset_index()
    scores = table(study, "manager_scores", client=view.client_id, wave=view.wave)
    scores = scores.assign(key=scores["account_manager"].fillna(_NOBODY))
    *ends, n, flag = matched(found["key"], scores, *_MEAN, "n_accounts", "flag", by="key")
    found = found.assign(
        manager=found["key"].where(found["key"] != _NOBODY),
        n_silent=found["n_accounts"] - found["n_heard"],
        n_scored=n.fillna(0).astype(int),
        revenue_heard=found["paid"].fillna(0) / found["revenue"].where(found["revenue"] > 0),
        **{name: end.astype(float) for name, end in zip(_MEAN, ends, strict=True)},
        flag=flag.fillna(NO_SCORE),
    )
    level = float(scores["level"].iloc[0]) if len(scores) else nan
    return Managers(found.drop(columns=["key", "paid"]), level, view.currency)


def _counted(own: list[Record], weak: Sequence[str]) -> dict[str, float]:
    """What hangs on one account manager, as far as it is known."""
    heard = [row for row in own if row.status not in QUIET]
    sorted_ = [row for row in own if row.segment == row.segment]
    single = sum(row.veiled for row in own) == 1  # whose loss the sum less the others would tell
    return {
        "n_accounts": len(own),
        "n_heard": len(heard),
        "n_people": sum(row.n for row in own),
        "revenue": _sum(row.revenue for row in own),
        "paid": _sum(row.revenue for row in heard),
        "at_risk": sum(row.segment in weak for row in sorted_) if sorted_ else nan,
        "n_sorted": len(sorted_) or nan,
        **{name: nan if single else _sum(getattr(row, name) for row in own) for name in _LOSS},
    }


def _sum(amounts: Iterable[float]) -> float:
    known = [amount for amount in amounts if amount == amount]
    return fsum(known) if known else nan
