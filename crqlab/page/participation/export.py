"""Participation as sheets and slides: who answered, who is silent, and whom to ask next."""

from __future__ import annotations

import pandas as pd

from crqlab.base.study import Study
from crqlab.page.client_view import ClientView
from crqlab.page.precision import CLIENT
from crqlab.page.sheet import ACCOUNT, ACCOUNTS, CAUTION, HOW, Sheet, estimate, scale, sheet
from crqlab.page.slide import SHARE, WHOLE, Bars, Slide, brief, foot
from crqlab.page.tables import table

MOST = 9  # rows


def completion_sheet(view: ClientView) -> Sheet:
    """Who answered, by group."""
    columns = {
        "dimension": ("grouped_by", "", "dimension"),
        "group": ("group",),
        "unit": ("counted", "", "counted"),
        "asked": ("asked", "counted", "money"),
        "answered": ("answered", "counted", "money"),
        **estimate("share", "share"),
        **ACCOUNTS,
        **HOW,
    }
    rows, term = view.participation.completion, view.language.term
    dimensions = rows["dimension"]
    groups = rows["group"].where(dimensions == "account_manager", rows["group"].map(term))
    return sheet(view, "completion", columns, rows.assign(
        group=groups.mask(dimensions == "all", "")))  # fmt: skip


def silent_sheet(view: ClientView) -> Sheet:
    """Accounts that were asked and kept silent."""
    points = scale(view)
    columns = {
        **ACCOUNT,
        "manager": ("account_manager",),
        "revenue": ("revenue", view.currency, "money"),
        "revenue_share": ("revenue_share", "share", "share"),
        "asked": ("asked", "people", "count"),
        "silent_since": ("silent_since", "wave"),
        "last_wave": ("last_answer", "wave"),
        "score": ("crq_then", points, "score"),
        "score_low": ("low", points, "score"),
        "score_high": ("high", points, "score"),
        **CAUTION,
    }
    return sheet(view, "silent", columns, view.participation.silent)


def concentration_sheet(view: ClientView) -> Sheet:
    """What hangs on few people."""
    columns = {
        "name": ("account_manager",),
        "n_accounts": ("accounts", "accounts", "count"),
        "revenue": ("revenue", view.currency, "money"),
        "revenue_share": ("revenue_share", "share", "share"),
        "goodwill_share": ("goodwill_share", "share", "share"),
        "crq_without": ("crq_without", scale(view), "score"),
        **CAUTION,
    }
    return sheet(view, "concentration", columns, view.participation.managers)


def plan_sheet(view: ClientView) -> Sheet:
    """Whom to ask next."""
    columns = {
        **ACCOUNT,
        "slice": ("quarter", "from_one", "count"),
        "starts": ("starts", "", "date"),
        "tier": ("tier",),
        "revenue": ("revenue", view.currency, "money"),
        "contacts": ("to_ask", "people", "count"),
        "resting": ("resting", "people", "count"),
        **CAUTION,
    }
    names, rows = view.accounts.set_index("account_id")["name"], view.participation.plan
    named = rows.assign(name=rows["account_id"].map(names).fillna(rows["account_id"]))
    return sheet(view, "plan", columns, named)


def answered_slide(view: ClientView) -> Slide | None:
    """Contact and account response, and the revenue that was heard."""
    part, spoken = view.participation.counts, view.language
    if part.contacts_answered is None:
        return None
    heard = [
        (code, round(done / whole, CLIENT))
        for code, done, whole in (
            ("contacts", part.contacts_answered, part.contacts),
            ("accounts", part.accounts_answered, part.accounts),
        )
        if whole
    ]
    if part.revenue == part.revenue:
        heard.append(("revenue", part.revenue))
    labels = [spoken.say(f"slide.heard_{code}") for code, _ in heard]
    name, values = spoken.say("slide.share_answered"), [share for _, share in heard]
    message = spoken.say(
        "slide.answered",
        a=part.contacts_answered, b=part.contacts,
        p=spoken.percent(part.contacts_answered / part.contacts),
        c=part.accounts_answered, d=part.accounts,
        q=spoken.percent(part.accounts_answered / part.accounts),
    )  # fmt: skip
    body = Bars(labels, values, name, ends=(0.0, 1.0), code=SHARE, marked=(0, 1)[: len(values)])
    return Slide(message, body, foot(view, spoken.say("slide.census")))


def silent_slide(view: ClientView) -> Slide | None:
    """The silent accounts, the greatest revenue first; none where revenue is not known."""
    rows, spoken = view.participation.silent, view.language
    shown = rows[rows["revenue"].notna().to_numpy(bool)].head(MOST)
    if shown.empty:
        return None
    held = spoken.percent(rows["revenue_share"].sum())
    labels = [
        spoken.say("slide.silent_since", name=brief(name), wave=wave)
        for name, wave in zip(shown["name"], shown["silent_since"], strict=True)
    ]
    money = "column.revenue_in" if view.currency else "column.revenue"
    body = Bars(
        labels, shown["revenue"].tolist(), spoken.say(money, currency=view.currency), code=WHOLE
    )
    message = spoken.say("slide.silent", n=len(rows), share=held)
    return Slide(message, body, foot(view, spoken.say("slide.census_ranked")))


def crm_contacts(study: Study, view: ClientView) -> pd.DataFrame:
    """Return the contacts of the wave as a CRM takes them: who was asked, never who answered."""
    rows = table(study, "contacts", client=view.client_id, wave=view.wave)
    rows = rows.sort_values("contact_id")
    return pd.DataFrame(
        {
            "Contact_External_Id__c": rows["contact_id"],
            "Account_External_Id__c": rows["account_id"],
            "CRQ_Wave__c": view.wave,
            "CRQ_Role__c": rows["role"],
            "CRQ_Invited__c": ["true" if asked else "false" for asked in rows["invited"]],
            "CRQ_Invited_On__c": pd.to_datetime(rows["invited_on"]).dt.strftime("%Y-%m-%d"),
        }
    )
