"""From the ledger and today's raw files to what one client's list of alerts shows."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from crqlab.base.study import Study
from crqlab.base.study_key import key
from crqlab.language import language
from crqlab.page.alerts.data import AlertList, clocked
from crqlab.page.pseudonyms import pseudonyms
from crqlab.programme import Known, ledger, response_key
from crqlab.programme.alert_facts import Facts
from crqlab.programme.alert_rules import AlertRule, alert_rules_of

_IDENTIFIED = "identified"
_PEOPLE = ["person", "role", "ltr", "crq", "words"]


def alert_view(
    study: Study,
    tables: Mapping[str, pd.DataFrame],
    facts: Facts,
    current: pd.DataFrame,
    now: pd.Timestamp,
    code: str,
) -> AlertList | None:
    """Return all that a client was ever told, in a language; None where that is nothing.

    Parameters
    ----------
    study : Study
    tables : mapping of name to DataFrame
        ``clients`` and ``contacts``, of the raw files.
    facts : Facts
        The client's open wave.
    current : DataFrame
        ``alert_id`` of all that meets a rule now.
    now : Timestamp
    code : str
        Of the language.
    """
    rows = ledger(study, "alerts", there=Known()).table
    rows = rows[(rows["client_id"] == facts.client).to_numpy(bool)].reset_index(drop=True)
    if rows.empty:
        return None
    privacy = study.codebook.privacy
    told = {rule.code: rule for rule in alert_rules_of(study).rules}
    known = facts.accounts.drop_duplicates("account_id").set_index("account_id")["name"]
    rows = rows.assign(
        hours=[told[one].hours if one in told else float("nan") for one in rows["rule"]],
        text=[str(told[one].text.in_language(code)) if one in told else one.replace("_", " ")
              for one in rows["rule"]],
        account=rows["account_id"].map(known).fillna(rows["account_id"]),
    )  # fmt: skip
    rows = clocked(rows, now, _past(rows, facts, current, told))
    identified = privacy.alerts == _IDENTIFIED
    if identified:
        rows = _people(study, tables["contacts"], facts, rows)
    if privacy.pseudonyms:
        rows = _veiled(study, rows)
    names = tables["clients"].set_index("client_id")["name"]
    return AlertList(facts.client, names.get(facts.client, facts.client), rows, identified,
                     privacy.min_scores, language(code))  # fmt: skip


def _past(
    rows: pd.DataFrame, facts: Facts, current: pd.DataFrame, told: Mapping[str, AlertRule]
) -> list[str]:
    """Alerts of this wave that are not so any more: only of rules that look at no answer.

    That a rule about answers holds no longer would tell of those that have come since.
    """
    open_to_see = [code for code, rule in told.items()
                   if not rule.of_answers and not rule.of_changes]  # fmt: skip
    gone = rows["rule"].isin(open_to_see) & ~rows["alert_id"].isin(current["alert_id"])
    began = facts.answers["started"].min() if len(facts.answers) else pd.NaT
    return rows.loc[gone & (rows["told_on"] >= began), "alert_id"].tolist()


def _people(study: Study, contacts: pd.DataFrame, facts: Facts, rows: pd.DataFrame) -> pd.DataFrame:
    """Who gave the answer that an alert is about, as long as it is there."""
    wanted, found = set(rows["response_key"].dropna()), {}
    own = contacts[(contacts["client_id"] == facts.client).to_numpy(bool)]
    names = own.drop_duplicates("contact_id").set_index("contact_id")["name"]
    for one in facts.answers.itertuples():
        held = response_key(study, facts.client, one.response_id)
        if held in wanted:
            who = names.get(one.contact_id, one.contact_id)
            found[held] = (who, one.role, one.ltr, one.crq, one.words)
    blank = (None, None, float("nan"), float("nan"), "")
    cells = [found.get(one, blank) for one in rows["response_key"]]
    people = pd.DataFrame(cells, columns=_PEOPLE, index=rows.index)
    return rows.assign(**people.astype({"ltr": float, "crq": float}))


def _veiled(study: Study, rows: pd.DataFrame) -> pd.DataFrame:
    held = key(study)
    hidden = pseudonyms(rows["account_id"], kind="account", key=held)
    owners = pseudonyms(rows["owner"], kind="manager", key=held)
    veiled = rows.assign(account_id=hidden, account=hidden, owner=owners)
    if "person" in rows:
        veiled["person"] = pseudonyms(rows["person"], kind="contact", key=held)
    return veiled
