"""Renewal outlook of accounts, and revenue at risk."""

from __future__ import annotations

import pandas as pd

from crqlab.page.bridge import formerly
from crqlab.page.client_view import ClientView
from crqlab.page.renewal.charts import expected_losses
from crqlab.show.html import Column, Shown, folded, names, paragraph, phrases, table, text
from crqlab.show.number_format import MISSING, count, number, percent, span
from crqlab.show.records import Record, records

LISTED = 15  # accounts that a reader still goes through


@formerly
def outlook(view: ClientView) -> Shown:
    """Revenue at risk of the client, and accounts by what is expected to be lost."""
    rows = view.renewal.accounts
    if rows.empty:
        return _unknown(view)
    each = records(rows)
    first, rest = each[:LISTED], each[LISTED:]
    caption = (
        "Renewal outlook, the greatest expected loss first. Expected loss: chance of no renewal "
        "times revenue. Intervals, in brackets, hold what the model may err; an account is kept or "
        "lost as a whole, so no chance is a promise. Of accounts with fewer than "
        f"{view.privacy.min_scores} answers no score is named as reason."
    )
    said = _lead(view)
    drawn = expected_losses(view).html
    html = f"{paragraph(text(said), 'lead')}\n{drawn}\n{_listed(view, first, caption)}\n"
    html = f"{html}{_trust(view)}"
    shown = Shown(html, said)
    if len(rest):
        more = f"{count(len(rest), 'more account')} with smaller expected losses"
        shown += folded(more, Shown(_listed(view, rest, f"{more}."), ""))
    return shown + _card(view)


def _unknown(view: ClientView) -> Shown:
    why = (
        "a later wave has been held, and an outlook is made from the latest one"
        if view.renewal.late
        else "what came of contracts is not on record, or too few ended for a model to learn from"
    )
    said = f"There is no renewal outlook: {why}."
    return Shown(paragraph(text(said)), said)


def _lead(view: ClientView) -> str:
    """The client's total, and where most of it lies."""
    rows = view.renewal.accounts
    if view.renewal.total.empty:
        return f"{count(len(rows), 'account')} with an outlook."
    row = view.renewal.total.iloc[0]
    whole = row["expected_loss"]
    who = count(int(row["n_accounts"]), "account")
    said = (
        f"Of {_money(row['revenue'], view)} a year with {who}, "
        f"{_money(whole, view)} ({percent(row['share'])}) is expected to be lost at the next "
        f"renewals; {percent(row['level'])} interval {_money(row['loss_low'], view)} to "
        f"{_money(row['loss_high'], view)}."
    )
    top = rows["expected_loss"].head(3).sum()
    if len(rows) > 5 and whole > 0:
        said += f" {percent(top / whole)} of that lies with three accounts."
    if row["silent_loss"] > 0:
        said += (
            f" {_money(row['silent_loss'], view)} of it lies with "
            f"{count(int(row['n_silent']), 'silent account')}."
        )
    return said


def _money(amount: float, view: ClientView) -> str:
    return f"{number(amount, 0)} {view.currency}".rstrip()


def _listed(view: ClientView, rows: list[Record], caption: str) -> str:
    money = f"thousand {view.currency}".rstrip() if view.currency else "thousands"
    sorted_ = any(row.segment == row.segment for row in rows)
    columns = [
        Column("Account", names(row.name for row in rows)),
        *([Column("Segment", [_segment(row) for row in rows])] if sorted_ else []),
        Column("Renews", [f"{percent(row.p_renew)} ({span(100 * row.p_low, 100 * row.p_high, 0)})"
                          for row in rows], True),
        Column(f"Revenue a year ({money})", [_thousands(row.revenue) for row in rows], True),
        Column(f"Expected loss ({money})",
               [_range(row.expected_loss, row.expected_low, row.expected_high) for row in rows],
               True),
        Column("Next due", [_day(row.due_on) for row in rows], True),
        Column("What tells most", phrases(view.language.caution(row.reason) for row in rows)),
    ]  # fmt: skip
    told: dict[str, list[str]] = {}
    for row in rows:
        told.setdefault(row.flag, []).append(row.name)
    told = {flag: who for flag, who in told.items() if flag not in ("ok", "")}
    note = "; ".join(
        f"{', '.join(who[:5])}: {view.language.caution(flag)}" for flag, who in told.items()
    )
    return table(columns, caption=caption, note=text(note), kind="long reasons")


def _segment(row: Record) -> str:
    if row.silent:
        return "Silent"
    return text(row.segment) if row.segment == row.segment else MISSING


def _thousands(amount: float) -> str:
    small = abs(amount) < 100_000
    return number(amount / 1000, 1 if small else 0)


def _range(value: float, low: float, high: float) -> str:
    if value != value:
        return MISSING
    places = 1 if high < 100_000 else 0
    return f"{number(value / 1000, places)} ({span(low / 1000, high / 1000, places)})"


def _day(day: pd.Timestamp) -> str:
    return MISSING if pd.isna(day) else f"{day:%Y-%m-%d}"


def _trust(view: ClientView) -> str:
    """How far to trust the model, in one line, and its caveat."""
    auc, slope = view.renewal.well("auc"), view.renewal.well("calibration_slope")
    if auc is None:
        said = "The model could not be tested on decisions that it had not seen: read an order."
        return paragraph(text(said))
    between = f"AUC {number(auc['estimate'])}, {span(auc['low'], auc['high'])}"
    said = (
        f"How good the model is: of two accounts, one that stayed and one that left, it named the "
        f"right one in {percent(auc['estimate'])} of pairs ({between}; 0.50 is chance), "
        f"n = {auc['n']:,} {auc['unit']} of all clients, tested on later "
        "decisions than it learnt from."
    )
    if slope is not None:
        between = span(slope["low"], slope["high"])
        said += f" Calibration slope {number(slope['estimate'])} ({between}; 1 is right)."
    return paragraph(text(f"{said} It shows who deserves a visit first, not who will leave."))


def _card(view: ClientView) -> Shown:
    rows = view.renewal.card
    rows = rows[rows["topic"].isin(["window", "size", "test", "performance", "caution", "limit"])]
    if rows.empty:
        return Shown("", "")
    columns = [
        Column("About", phrases(rows["topic"])),
        Column("To be known", phrases(map(view.language.caution, rows["says"]))),
    ]
    html = table(columns, caption="Model card: what the outlook rests on.", kind="long")
    return folded("Model card: what the outlook rests on", Shown(html, ""))
