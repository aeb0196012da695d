"""From the tables of station 6 to what one client is advised to do."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from crqlab.base.contracts.cautions import has
from crqlab.base.study import Study
from crqlab.page.actions.data import Actions
from crqlab.page.lookup import matched, withheld
from crqlab.page.tables import table
from crqlab.segments.playbook import ACCOUNT_MANAGER, of_table


def actions(study: Study, client: str, wave: str, accounts: pd.DataFrame) -> Actions:
    """Collect actions, referrals and lifts of the client's wave.

    Parameters
    ----------
    study : Study
    client, wave : str
    accounts : DataFrame, one row per account
        ``account_id``, ``name``, ``manager``, ``revenue``, ``n_ltr``, ``nps``, ``withheld``.

    Returns
    -------
    Actions
        Who would recommend is counted by account, not named: an answer to LTR is a person's.
    """
    todo = table(study, "actions", client=client, wave=wave)
    name, revenue = matched(todo["account_id"], accounts, "name", "revenue")
    person = (todo["owner"] == ACCOUNT_MANAGER).to_numpy(bool)
    todo = todo.assign(
        name=name.fillna(todo["account_id"]),
        revenue=revenue.astype(float),
        owner=todo["account_manager"].where(person, todo["owner"]),
    )
    todo = todo.sort_values(["due", "revenue"], ascending=[True, False], kind="stable")
    lifts = table(study, "lifts", client=client, wave=wave)
    name, nps = matched(lifts["account_id"], accounts, "name", "nps")
    likely = np.array([has(cell, "raise_recommendation") for cell in lifts["change"]], dtype=bool)
    kept = ~withheld(lifts["account_id"], accounts) & (nps.notna().to_numpy(bool) | ~likely)
    return Actions(
        actions=todo.reset_index(drop=True),
        referral_candidates=_referral_candidates(
            table(study, "referral_candidates", client=client, wave=wave), accounts
        ),
        lifts=lifts.assign(name=name)[kept].reset_index(drop=True),
        playbook=of_table(table(study, "playbook")),
    )


def _referral_candidates(rows: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Promoters to ask, by account; none where their number is withheld."""
    asked = Counter(account for account, _ in set(zip(rows["account_id"], rows["contact_id"],
                                                      strict=True)))  # fmt: skip
    known = accounts["account_id"].isin(list(asked)) & accounts["nps"].notna()
    found = accounts[known.to_numpy(bool)]
    promoters = [asked[account] for account in found["account_id"]]
    found = found.assign(promoters=np.array(promoters, dtype=int), n=found["n_ltr"])
    found = found[["account_id", "name", "manager", "revenue", "promoters", "n"]]
    order = ["promoters", "revenue"]
    return found.sort_values(order, ascending=False, kind="stable", ignore_index=True)
