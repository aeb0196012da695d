"""One row an account: what a client's people need to know of it at a glance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crqlab.page.accounts.data import QUIET
from crqlab.page.client_view import ClientView
from crqlab.page.lookup import matched
from crqlab.page.renewal.data import proven
from crqlab.participation.account_dispositions import UNASKED

_WHO = ("account_id", "name", "manager", "n", "invited", "answered")
#: What puts accounts in order, the first one that is known.
LOSS, REVENUE = "expected_loss", "revenue"
SEEN_FIRST = 3  # accounts that matter most


def overview(view: ClientView) -> pd.DataFrame:
    """Return every account of the wave that was asked or answered, whom to see first on top.

    Parameters
    ----------
    view : ClientView

    Returns
    -------
    DataFrame, one row per account
        ``account_id``, ``name``, ``manager``, ``n``, ``invited``, ``answered``, ``status`` and
        ``segment`` as in the view's segments, ``trend`` (higher, lower, no_clear_change; empty
        where that is not known or not shown), ``revenue``, ``due_on``, ``expected_loss`` (missing
        where the model foretells no better than chance, and of very few people), ``chance`` (band
        of the chance of renewal in its place; else empty), ``action`` (code of the playbook),
        ``owner``.
        An account whose loss is not shown stands where its revenue times the client's share at
        risk puts it: the order tells nothing of its answers.
    """
    rows = view.accounts[~view.accounts["status"].isin(UNASKED)].reset_index(drop=True)
    rows = rows.iloc[:0] if view.alone else rows  # then each respondent would be an account
    ids, known = rows["account_id"], proven(view.renewal.performance)
    segment, status = matched(ids, view.segments.accounts, "segment", "status")
    loss, chance = matched(ids, view.renewal.accounts, "expected_loss", "chance")
    first = view.actions.actions.drop_duplicates("account_id")
    action, owner = matched(ids, first, "action", "owner")
    quiet = rows["status"].isin(QUIET).to_numpy(bool)
    found = pd.DataFrame(
        {
            **{name: rows[name] for name in _WHO},
            "segment": segment,
            "status": status.where(~quiet, rows["status"]),
            "trend": _trend(rows),
            "revenue": rows["revenue"],
            "due_on": rows["due_on"],
            "expected_loss": loss.astype(float) if known else np.nan,
            "chance": chance.fillna("") if known else "",
            "action": action,
            "owner": owner.where(owner.notna(), rows["manager"]),
        }
    )
    found["rank"] = found[LOSS].fillna(found["revenue"] * _share_at_risk(view))
    order = ["rank", REVENUE, "name", "account_id"]
    found = found.sort_values(order, ascending=[False, False, True, True], ignore_index=True)
    return found.drop(columns="rank")


def _share_at_risk(view: ClientView) -> float:
    """The client's expected loss as a share of its revenue; what an unknown account counts for."""
    total = view.renewal.total
    return float(total["share"].iloc[0]) if len(total) else float("nan")


def ranked_by(rows: pd.DataFrame) -> str:
    """Return what puts the rows of `overview` in order: its column."""
    return next((by for by in (LOSS, REVENUE) if rows[by].notna().any()), "name")


def _trend(rows: pd.DataFrame) -> np.ndarray:
    """The station's verdict on how an account's score moved; nothing of very few people."""
    said = rows["change_verdict"]
    hidden = rows["withheld"].to_numpy(bool) | rows["change"].isna() | (said == "unknown")
    return said.mask(hidden, "").to_numpy(object)
