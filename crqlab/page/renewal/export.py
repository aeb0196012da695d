"""The renewal outlook as sheets and a slide."""

from __future__ import annotations

import pandas as pd

from crqlab.language import OWN, language
from crqlab.page.accounts.overview import SEEN_FIRST
from crqlab.page.client_view import ClientView
from crqlab.page.decision.sentences import MUCH
from crqlab.page.lookup import matched
from crqlab.page.renewal.data import proven
from crqlab.page.segments.words import segment_words
from crqlab.page.sheet import ACCOUNT, ACCOUNTS, CAUTION, Sheet, sheet
from crqlab.page.slide import WHOLE, Bars, Slide, axis, brief, foot, spans
from crqlab.show.records import Record, records

MOST = 9  # rows


def outlook_sheet(view: ClientView) -> Sheet:
    """The chance of renewal of every account, the greatest expected loss first."""
    money = view.currency
    columns = {
        **ACCOUNT,
        "segment": ("segment",),
        "manager": ("account_manager",),
        "due_on": ("due_on", "", "date"),
        "p_renew": ("p_renew", "share", "share"),
        "p_low": ("p_renew_low", "share", "share"),
        "p_high": ("p_renew_high", "share", "share"),
        "chance": ("chance", "", "chance"),
        "revenue": ("contract_revenue", money, "money"),
        "expected_loss": ("loss", money, "money"),
        "expected_low": ("loss_low", money, "money"),
        "expected_high": ("loss_high", money, "money"),
        "reason": ("why", "", "caution"),
        **CAUTION,
    }
    rows = view.renewal.accounts
    named = rows["segment"].map(segment_words(view).name, "ignore")
    return sheet(view, "outlook", columns, rows.assign(segment=named))


def at_risk_sheet(view: ClientView) -> Sheet:
    """The revenue at risk of all accounts together."""
    money = view.currency
    columns = {
        "revenue": ("revenue", money, "money"),
        "expected_loss": ("loss", money, "money"),
        "loss_low": ("total_low", money, "money"),
        "loss_high": ("total_high", money, "money"),
        "share": ("revenue_share", "share", "share"),
        "silent_loss": ("silent_loss", money, "money"),
        **ACCOUNTS,
        "n_silent": ("silent", "accounts", "count"),
        "level": ("level", "share", "share"),
        **CAUTION,
    }
    return sheet(view, "at_risk", columns, view.renewal.total)


def outlook_slide(view: ClientView) -> Slide | None:
    """The accounts with the greatest expected losses, those that the message counts marked."""
    found, total = view.renewal.accounts, view.renewal.total
    found = found[found["expected_loss"].notna()].head(MOST)
    known = proven(view.renewal.performance) and len(total)
    if found.empty or not known or not total["expected_loss"].iloc[0] > 0:
        return None
    shares = found["expected_loss"] / float(total["expected_loss"].iloc[0])
    counted = 1 if shares.iloc[0] >= MUCH else min(SEEN_FIRST, len(found))
    money = "slide.loss_in" if view.currency else "column.loss"
    labels = [_labelled(view, row) for row in records(found)]
    body = Bars(
        labels, found["expected_loss"].tolist(), view.language.say(money, currency=view.currency),
        spans(found, "expected_low", "expected_high"),
        axis(found, "expected_low", "expected_high"), WHOLE,
        marked=tuple(range(counted)),
    )  # fmt: skip
    share = view.language.percent(float(shares.head(counted).sum()))
    told = {"n": counted, "m": int(total["n_accounts"].iloc[0]), "share": share}
    message = (
        view.language.say("decision.one", name=brief(found["name"].iloc[0]), share=share)
        if counted == 1
        else view.language.say("decision.some", **told)
    )
    return Slide(message.removesuffix("."), body, foot(view, _behind(view)))


def _labelled(view: ClientView, row: Record) -> str:
    if row.due_on != row.due_on:
        return brief(row.name)
    return f"{brief(row.name)} ({view.language.day(row.due_on)})"


def _behind(view: ClientView) -> str:
    """Total with its interval, n, and what the intervals hold."""
    spoken, row = view.language, view.renewal.total.iloc[0]
    money = f" {view.currency}".rstrip()
    lost = spoken.say(
        "slide.expected_loss",
        loss=f"{spoken.number(row['expected_loss'], 0)}{money}",
        share=spoken.percent(row["share"]),
        span=spoken.span(row["loss_low"], row["loss_high"], 0),
    )
    n, level = len(view.renewal.accounts), spoken.percent(float(row["level"]))
    return f"{lost}. {spoken.say('slide.outlook_foot_level', n=n, level=level)}"


def crm_columns(view: ClientView, accounts: pd.DataFrame) -> dict[str, pd.Series]:
    """Return each account's renewal outlook; of very few answers a band in place of numbers."""
    names = ("due_on", "p_renew", "p_low", "p_high", "chance", "expected_loss")
    due, p, low, high, chance, loss = matched(accounts["account_id"], view.renewal.accounts, *names)
    own = language(OWN)
    said = [own.coded("chance", one) if isinstance(one, str) and one else "" for one in chance]
    return {
        "CRQ_Renewal_Due__c": days(due),
        "CRQ_Renewal_P__c": p.astype(float),
        "CRQ_Renewal_P_Low__c": low.astype(float),
        "CRQ_Renewal_P_High__c": high.astype(float),
        "CRQ_Renewal_Outlook__c": pd.Series(said, index=accounts.index),
        "CRQ_Expected_Loss__c": loss.astype(float),
    }


def days(dates: pd.Series) -> pd.Series:
    """Return ISO dates as texts.

    Examples
    --------
    >>> days(pd.Series(["2025-02-01 10:00", None])).tolist()
    ['2025-02-01', nan]
    """
    return pd.to_datetime(dates).dt.strftime("%Y-%m-%d")
