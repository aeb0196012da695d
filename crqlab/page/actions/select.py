"""From the tables of station 6 to what one client is advised to do."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from crqlab.base.contracts.cautions import has
from crqlab.base.study import Study
from crqlab.page.actions.data import Actions
from crqlab.page.lookup import matched, withheld
from crqlab.page.segments.data import FEW
from crqlab.page.tables import table
from crqlab.segments.playbook import ACCOUNT_MANAGER, SILENT, UNSETTLED, Playbook, of_table


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
    book = of_table(table(study, "playbook"))
    todo = table(study, "actions", client=client, wave=wave)
    if study.codebook.privacy.few_answers == "nothing":
        todo = _careful(todo, accounts, book)
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
        playbook=book,
    )


def _careful(todo: pd.DataFrame, accounts: pd.DataFrame, book: Playbook) -> pd.DataFrame:
    """Advise accounts whose segment is withheld alike: each segment's own advice would tell it."""
    judged = (todo["status"] != SILENT).to_numpy(bool)
    few = withheld(todo["account_id"], accounts) & judged
    careful = next((one for one in book.actions if UNSETTLED in one.segments), None)
    if careful is None:
        return todo[~few].reset_index(drop=True)
    days = {one.code: one.days for one in book.actions}
    later = [careful.days - days.get(code, careful.days) for code in todo["action"]]
    told = todo.assign(
        due=todo["due"].where(~few, todo["due"] + pd.to_timedelta(later, unit="D")),
        segment=todo["segment"].astype(object).mask(few),
        status=todo["status"].mask(few, FEW),
        action=todo["action"].mask(few, careful.code),
        party=todo["party"].mask(few, careful.party),
        owner=todo["owner"].mask(few, careful.owner),
        wording=todo["wording"].astype(object).mask(few),
    )
    again = told.duplicated(["account_id", "action"]).to_numpy(bool) & few
    return told[~again].reset_index(drop=True)


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
