"""From the ledger of actions to what one client agreed before this wave."""

from __future__ import annotations

import pandas as pd

from crqlab.base import waves
from crqlab.base.study import Study
from crqlab.page.agreed.data import Agreed, in_order, states
from crqlab.page.lookup import matched
from crqlab.page.tables import table

_AGREED = ("agreed", "done", "dropped")


def agreed(study: Study, client: str, wave: str, accounts: pd.DataFrame) -> Agreed:
    """Collect what was agreed in earlier waves, and how far it is now.

    Parameters
    ----------
    study : Study
    client, wave : str
    accounts : DataFrame
        ``account_id`` and ``name``.

    Returns
    -------
    Agreed
        Of the last wave in which anything was agreed, and what is still open of those before.
    """
    rows = table(study, "agreed_actions", client=client)
    order = waves.in_order([*rows["wave"], wave])
    now = rows[(rows["wave"] == wave).to_numpy(bool)]
    earlier = order[: order.index(wave)]
    rows = rows[(rows["wave"].isin(earlier) & rows["status"].isin(_AGREED)).to_numpy(bool)]
    last = max(rows["wave"], key=order.index, default="")
    rows = rows[((rows["wave"] == last) | (rows["status"] == "agreed")).to_numpy(bool)]
    on = _last_answer(study, client, wave) if len(rows) else None
    name = matched(rows["account_id"], accounts, "name")[0].fillna(rows["account_id"])
    rows = rows.assign(name=name.to_numpy(object), state=states(rows, on))
    return Agreed(last, on, in_order(rows), now)


def _last_answer(study: Study, client: str, wave: str) -> pd.Timestamp | None:
    started = table(study, "responses", client=client, wave=wave)["started"]
    last = pd.to_datetime(started).max()
    return None if pd.isna(last) else last.normalize()
