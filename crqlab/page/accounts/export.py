"""Accounts as a sheet, a slide and the rows of a CRM file."""

from __future__ import annotations

import pandas as pd

from crqlab.base.contracts.cautions import OK
from crqlab.language import OWN, language
from crqlab.page.client_view import ClientView
from crqlab.page.scores.scales import ends
from crqlab.page.sheet import ACCOUNT, CAUTION, Field, Sheet, scale, sheet
from crqlab.page.slide import Bars, Slide, brief, foot, spans

MOST = 20  # bars


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


def accounts_slide(view: ClientView) -> Slide | None:
    """The highest and the lowest accounts by their shrunken scores."""
    rows, spoken = view.scored, view.language
    rows = rows[rows["shrunken"].notna()]
    if rows.empty:
        return None
    half = MOST // 2
    some = rows if len(rows) <= MOST else pd.concat([rows.head(half), rows.tail(half)])
    level = spoken.percent(float(view.measures["level"].iloc[0]))
    said = [spoken.say("slide.accounts_foot", level=level)]
    if len(some) < len(rows):
        said.insert(0, spoken.say("slide.accounts_some", n=half, m=half, k=len(rows)))
    first, last = (_placed(view, rows.iloc[place]) for place in (0, -1))
    labels = [f"{brief(name)} ({n})" for name, n in zip(some["name"], some["n"], strict=True)]
    body = Bars(
        labels, some["shrunken"].tolist(), spoken.say("column.crq_shrunken"),
        spans(some, "shrunken_low", "shrunken_high"), ends(view, "crq"), "0.0",
    )  # fmt: skip
    message = spoken.say("slide.accounts", n=len(rows), first=first, last=last)
    return Slide(message, body, foot(view, " ".join(said)))


def _placed(view: ClientView, row: pd.Series) -> str:
    """An account's score, as a title says it."""
    span = view.language.span(row["shrunken_low"], row["shrunken_high"], 1)
    return f"{view.language.number(row['shrunken'], 1)} ({span})"


def crm_columns(view: ClientView, accounts: pd.DataFrame) -> dict[str, pd.Series]:
    """Return columns of a CRM file, a row per account; they are the same in every language."""
    own = {
        "Account_External_Id__c": "account_id", "Name": "name", "CRQ_Wave__c": "wave",
        "CRQ_Status__c": "status", "CRQ_Score__c": "shrunken", "CRQ_Score_Low__c": "shrunken_low",
        "CRQ_Score_High__c": "shrunken_high", "CRQ_Respondents__c": "n", "CRQ_NPS__c": "nps",
        "CRQ_NPS_Low__c": "nps_low", "CRQ_NPS_High__c": "nps_high",
        "CRQ_NPS_Respondents__c": "n_ltr",
    }  # fmt: skip
    status = [language(OWN).coded("account_status", one) for one in accounts["status"]]
    rows = accounts.assign(wave=view.wave, status=status)
    return {head: rows[column] for head, column in own.items()}


def crm_cautions(view: ClientView, accounts: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the column of cautions of a CRM file, in the language of the house."""
    flags = accounts["flag"].where(accounts["status"] == "scored", OK)
    return {"CRQ_Caution__c": flags.map(language(OWN).caution)}
