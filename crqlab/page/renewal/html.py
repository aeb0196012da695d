"""Renewal outlook of accounts, and revenue at risk."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from crqlab.base.contracts.cautions import OK, has
from crqlab.page.client_view import ClientView
from crqlab.page.lookup import asked_now
from crqlab.page.renewal.charts import expected_losses
from crqlab.page.renewal.data import CHANCE
from crqlab.page.segments.data import FEW
from crqlab.page.segments.words import segment_words
from crqlab.show.html import (
    Column,
    Shown,
    folded,
    lines,
    names,
    paragraph,
    phrases,
    table,
    text,
)
from crqlab.show.records import Record, records

LISTED = 15  # accounts that a reader still goes through
NAMED = 5  # accounts that a caution names
MANY = 5  # accounts beyond which it is told what lies with three of them
#: Lines of the model card that a client's reader needs.
TOPICS = ("window", "size", "test", "performance", "caution", "limit")


def outlook(view: ClientView) -> Shown:
    """Revenue at risk of the client, and accounts by what is expected to be lost.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.renewal.outlook(view)
    """
    say, each = view.language.say, records(view.renewal.accounts)
    if not each:
        if view.renewal.unproven:
            said = say("renewal.unproven")
            return Shown(lines(paragraph(text(said), "lead"), _worth(view)), said) + _card(view)
        said = say("renewal.none_late" if view.renewal.late else "renewal.none")
        return Shown(paragraph(text(said)), said)
    first, rest = each[:LISTED], each[LISTED:]
    said, caption = _lead(view), say("renewal.caption", minimum=view.privacy.min_scores)
    listed = _listed(view, first, caption)
    drawn = expected_losses(view).html
    shown = Shown(lines(paragraph(text(said), "lead"), drawn, listed, _worth(view)), said)
    if rest:
        smaller = _listed(view, rest, say("renewal.smaller_caption", n=len(rest)))
        shown += folded(say("renewal.smaller", n=len(rest)), Shown(smaller, ""))
    return shown + _card(view)


def _lead(view: ClientView) -> str:
    """The client's total, and where most of it lies."""
    say, rows = view.language.say, view.renewal.accounts
    if view.renewal.total.empty:
        return say("renewal.lead_without_total", n=len(rows))
    row = view.renewal.total.iloc[0]
    ends = {end: _money(row[f"loss_{end}"], view) for end in ("low", "high")}
    sentences = [
        say(
            "renewal.lead",
            paid=_money(row["revenue"], view),
            n=row["n_accounts"],
            loss=_money(row["expected_loss"], view),
            share=view.language.percent(row["share"]),
            level=view.language.percent(row["level"]),
            **ends,
        )
    ]
    if len(rows) > MANY and row["top_share"] == row["top_share"]:
        sentences.append(say("renewal.with_three", share=view.language.percent(row["top_share"])))
    if len(view.scores.rolling):
        asked = asked_now(rows["account_id"], view.accounts)
        sentences.append(say("renewal.asked_now", n=asked, m=len(rows)))
    if row["silent_loss"] > 0:
        lost = _money(row["silent_loss"], view)
        sentences.append(say("renewal.with_silent", loss=lost, n=row["n_silent"]))
    return " ".join(sentences)


def _money(amount: float, view: ClientView) -> str:
    return f"{view.language.number(amount, 0)} {view.currency}".rstrip()


def _listed(view: ClientView, rows: Sequence[Record], caption: str) -> Markup:
    say, spoken = view.language.say, view.language
    kind = "_in" if view.currency else ""
    segments = [Column(say("column.segment"), [_segment(view, row) for row in rows])]
    columns = [
        Column(say("column.account"), names(row.name for row in rows)),
        *(segments if any(row.segment == row.segment for row in rows) else []),
        Column(say("renewal.renews"), [_chance(view, row) for row in rows], True),
        Column(
            say(f"renewal.revenue{kind}", currency=view.currency),
            [_thousands(view, row.revenue, row.revenue) for row in rows],
            True,
        ),
        Column(
            say(f"renewal.loss{kind}", currency=view.currency),
            [_loss(view, row) for row in rows],
            True,
        ),
        Column(say("column.due_on"), [spoken.day(row.due_on) for row in rows], True),
        Column(say("renewal.tells_most"), phrases(spoken.caution(row.reason) for row in rows)),
    ]
    note = text(_cautions(view, rows))
    return table(columns, caption=caption, note=note, kind="long reasons")


def _segment(view: ClientView, row: Record) -> str:
    words = segment_words(view)
    if row.silent:
        return words.name(None, "silent")
    if row.withheld and row.segment != row.segment:
        return words.name(None, FEW)
    return words.name(row.segment) if row.segment == row.segment else view.language.number(None)


def _chance(view: ClientView, row: Record) -> str:
    spoken = view.language
    if row.chance:
        return spoken.coded("chance", row.chance)
    if row.p_renew != row.p_renew:
        return spoken.number(None)
    ends = {"low": spoken.number(100 * row.p_low, 0), "high": spoken.number(100 * row.p_high, 0)}
    return spoken.say("common.interval", value=spoken.percent(row.p_renew), **ends)


def _thousands(view: ClientView, amount: float, largest: float) -> str:
    """An amount in thousands, with one decimal where all of them are small."""
    return view.language.number(amount / 1000, 1 if abs(largest) < 100_000 else 0)


def _loss(view: ClientView, row: Record) -> str:
    if row.expected_loss != row.expected_loss:
        return view.language.number(None)
    value, low, high = (
        _thousands(view, amount, row.expected_high)
        for amount in (row.expected_loss, row.expected_low, row.expected_high)
    )
    return view.language.say("common.interval", value=value, low=low, high=high)


def _cautions(view: ClientView, rows: Sequence[Record]) -> str:
    """Each caution once, with the accounts it is about."""
    about: dict[str, list[str]] = {}
    for row in rows:
        about.setdefault(row.flag, []).append(row.name)
    return "; ".join(
        view.language.say(
            "renewal.caution_of",
            accounts=", ".join(who[:NAMED]),
            caution=view.language.caution(flag),
        )
        for flag, who in about.items()
        if flag not in (OK, "")
    )


def _worth(view: ClientView) -> Markup:
    """How far to trust the model, in one line, and its caveat."""
    spoken, say = view.language, view.language.say
    auc, slope = view.renewal.well("auc"), view.renewal.well("calibration_slope")
    if auc is None:
        return paragraph(text(say("renewal.untested")))
    in_turn = "_in_turn" if has(auc["flag"], "not_out_of_time") else ""
    sentences = [
        say(
            f"renewal.worth{in_turn}",
            share=spoken.percent(auc["estimate"]),
            auc=spoken.number(auc["estimate"]),
            span=spoken.span(auc["low"], auc["high"]),
            chance=spoken.number(CHANCE),
            n=auc["n"],
        )
    ]
    if slope is not None:
        span = spoken.span(slope["low"], slope["high"])
        value = spoken.number(slope["estimate"])
        sentences.append(say("renewal.slope", slope=value, span=span, right=1))
    return paragraph(text(" ".join([*sentences, say("renewal.first_visit")])))


def _card(view: ClientView) -> Shown:
    say, rows = view.language.say, view.renewal.card
    rows = rows[rows["topic"].isin(TOPICS)]
    if rows.empty:
        return Shown("", "")
    columns = [
        Column(say("renewal.about"), phrases(say(f"renewal.topic_{t}") for t in rows["topic"])),
        Column(say("renewal.to_be_known"), phrases(map(view.language.caution, rows["says"]))),
    ]
    html = table(columns, caption=say("renewal.card_caption"), kind="long")
    return folded(say("renewal.card"), Shown(html, ""))
