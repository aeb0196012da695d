"""Accounts as a sheet, a slide and the rows of a CRM file."""

from __future__ import annotations

import pandas as pd

from crqlab.base.contracts.cautions import OK
from crqlab.language import OWN, language
from crqlab.page.client_view import ClientView
from crqlab.page.sheet import ACCOUNT, CAUTION, Field, Sheet, scale, sheet


def accounts_sheet(view: ClientView) -> Sheet:
    """Every account with its scores, the highest first; those without at the end."""
    points = scale(view)
    constructs = {
        name: Field(view.language.term(view.instrument.label(name)), points, "score")
        for name in view.instrument.constructs
    }
    columns = {
        **ACCOUNT,
        "status": ("status", "", "account_status"),
        "n": ("n_respondents", "people", "count"),
        "invited": ("invited", "people", "count"),
        "shrunken": ("crq_shrunken", points, "score"),
        "shrunken_low": ("low", points, "score"),
        "shrunken_high": ("high", points, "score"),
        "crq": ("crq_plain", points, "score"),
        **constructs,
        "n_ltr": ("n_nps", "people", "count"),
        "nps": ("nps", "nps", "nps"),
        "nps_low": ("nps_low", "nps", "nps"),
        "nps_high": ("nps_high", "nps", "nps"),
        "manager": ("account_manager",),
        "revenue": ("revenue", view.currency, "money"),
        **CAUTION,
    }
    others = view.accounts[view.accounts["status"] != "scored"].sort_values("account_id")
    rows = pd.concat([view.scored, others.assign(flag=OK)], ignore_index=True)
    return sheet(view, "accounts", columns, rows, minimum=view.privacy.min_scores)


def crm_columns(view: ClientView, accounts: pd.DataFrame) -> dict[str, pd.Series]:
    """Return columns of a CRM file, a row per account; they are the same in every language."""
    own = {
        "Account_External_Id__c": "account_id", "Name": "name", "CRQ_Wave__c": "wave",
        "CRQ_Status__c": "status", "CRQ_Score__c": "shrunken", "CRQ_Score_Low__c": "shrunken_low",
        "CRQ_Score_High__c": "shrunken_high", "CRQ_Respondents__c": "n", "CRQ_NPS__c": "nps",
        "CRQ_NPS_Low__c": "nps_low", "CRQ_NPS_High__c": "nps_high",
        "CRQ_NPS_Respondents__c": "n_ltr", "CRQ_Owner__c": "manager",
    }  # fmt: skip
    status = [language(OWN).coded("account_status", one) for one in accounts["status"]]
    rows = accounts.assign(wave=view.wave, status=status)
    return {head: rows[column] for head, column in own.items()}


def crm_cautions(view: ClientView, accounts: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the column of cautions of a CRM file, in the language of the house."""
    flags = accounts["flag"].where(accounts["status"] == "scored", OK)
    return {"CRQ_Caution__c": flags.map(language(OWN).caution)}
