"""The renewal outlook as sheets and a slide."""

from __future__ import annotations

from crqlab.page.client_view import ClientView
from crqlab.page.segments.words import segment_words
from crqlab.page.sheet import ACCOUNT, ACCOUNTS, CAUTION, Sheet, sheet
from crqlab.page.slide import Rows, Slide, brief, foot
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
        "revenue": ("revenue", money, "money"),
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
    """The accounts with the greatest expected losses."""
    rows, spoken = view.renewal.accounts, view.language
    if rows.empty:
        return None
    some = records(rows.head(MOST).fillna({"manager": ""}))
    cells = [
        (
            brief(row.name),
            row.manager or "",
            _chance(view, row),
            spoken.number(row.expected_loss, 0),
        )
        for row in some
    ]
    loss = "loss_in" if view.currency else "loss"
    heads = ("account", "account_manager", "p_renew")
    body = Rows(
        (*(spoken.say(f"column.{head}") for head in heads),
         spoken.say(f"managers.{loss}", currency=view.currency)),
        cells, (0.36, 0.22, 0.22, 0.20), numbers=(2, 3),
    )  # fmt: skip
    return Slide(_lost(view), body, foot(view, _behind(view)))


def _behind(view: ClientView) -> str:
    spoken, total = view.language, view.renewal.total
    n = len(view.renewal.accounts)
    if total.empty:
        return spoken.say("slide.outlook_foot", n=n)
    level = spoken.percent(float(total["level"].iloc[0]))
    return spoken.say("slide.outlook_foot_level", n=n, level=level)


def _chance(view: ClientView, row: Record) -> str:
    if row.chance:
        return view.language.coded("chance", row.chance)
    chance, low, high = (view.language.percent(p) for p in (row.p_renew, row.p_low, row.p_high))
    return view.language.say("common.interval", value=chance, low=low, high=high)


def _lost(view: ClientView) -> str:
    """What is expected to be lost, as a title says it."""
    spoken, total = view.language, view.renewal.total
    if total.empty:
        return spoken.say("slide.outlook", n=len(view.renewal.accounts))
    row = total.iloc[0]
    money = f" {view.currency}".rstrip()
    return spoken.say(
        "slide.expected_loss",
        loss=f"{spoken.number(row['expected_loss'], 0)}{money}",
        share=spoken.percent(row["share"]),
        span=spoken.span(row["loss_low"], row["loss_high"], 0),
    )
