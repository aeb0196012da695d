"""From the tables of station 6 to what one client is advised to do."""

from __future__ import annotations

import pandas as pd

from crqlab.base.study import Study
from crqlab.report.reading import table
from crqlab.show.agenda import Agenda


def agenda(study: Study, client: str, wave: str, accounts: pd.DataFrame) -> Agenda:
    """Collect actions, referrals and lifts of the client's wave.

    Parameters
    ----------
    study : Study
    client, wave : str
    accounts : DataFrame, one row per account
        ``account_id``, ``name``, ``manager``, ``revenue``, ``n_ltr``, ``nps``, ``withheld``.

    Returns
    -------
    Agenda
        Who would recommend is counted by account, not named: an answer to LTR is a person's.
    """
    facts = accounts.set_index("account_id")
    todo = table(study, "actions", client=client, wave=wave)
    todo = todo.assign(
        name=todo["account_id"].map(facts["name"]).fillna(todo["account_id"]),
        revenue=todo["account_id"].map(facts["revenue"]).astype(float),
    )
    todo = todo.sort_values(["due", "revenue"], ascending=[True, False], kind="stable")
    lifts = table(study, "lifts", client=client, wave=wave)
    shown = lifts[~lifts["account_id"].map(facts["withheld"]).fillna(True).to_numpy(bool)]
    likely = shown["change"].str.contains("LTR").to_numpy(bool)
    shown = shown[shown["account_id"].map(facts["nps"]).notna().to_numpy(bool) | ~likely]
    return Agenda(
        actions=todo.reset_index(drop=True),
        referrals=_referrals(table(study, "referrals", client=client, wave=wave), facts),
        lifts=shown.assign(name=shown["account_id"].map(facts["name"])).reset_index(drop=True),
    )


def _referrals(rows: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Promoters to ask, by account; none where their number is withheld."""
    asked = rows.groupby("account_id")["contact_id"].nunique()
    found = facts.loc[facts.index.isin(asked.index) & facts["nps"].notna()]
    found = found.assign(promoters=asked.reindex(found.index).astype(int), n=found["n_ltr"])
    found = found.sort_values(["promoters", "revenue"], ascending=False, kind="stable")
    return found.reset_index()[["account_id", "name", "manager", "revenue", "promoters", "n"]]
