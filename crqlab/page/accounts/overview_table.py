"""The one table of accounts of a client's report: who, how good, how much, until when, by whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
from markupsafe import Markup

from crqlab.language import MISSING
from crqlab.language.segment_words import SegmentWords
from crqlab.page.accounts.overview import overview, ranked_by
from crqlab.page.amounts import amount
from crqlab.page.client_view import ClientView
from crqlab.page.segments.words import segment_words
from crqlab.segments.likeliest_segments import NOT_SETTLED
from crqlab.show.html import (
    STACKED,
    Column,
    Shown,
    folded,
    names,
    paragraph,
    phrases,
    table,
    tag,
    text,
)
from crqlab.show.records import Record, records

LISTED = 10  # accounts that a reader goes through


def account_table(view: ClientView) -> Shown:
    """Every account once, the first to see on top; beyond ten they are folded away.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.accounts.account_table(view)
    """
    say, found = view.language.say, overview(view)
    if found.empty:
        said = say("accounts.table_alone" if view.alone else "accounts.table_none")
        return Shown(paragraph(text(said)), said)
    rows = records(found)
    first, rest = rows[:LISTED], rows[LISTED:]
    shown = Shown(
        listed(view, first, order_said(view, found)), say("accounts.table_aloud", n=len(rows))
    )
    if rest:
        title = say("accounts.table_more", n=len(rest))
        shown += folded(title, Shown(listed(view, rest, title), ""))
    return shown


def order_said(view: ClientView, rows: pd.DataFrame) -> str:
    """Say in which order rows of `overview` stand, and of whom it is told how many answered."""
    asked = "asked" if rows["invited"].any() else "unasked"
    order = view.language.say(f"accounts.table_by_{ranked_by(rows)}", n=len(rows))
    return f"{order} {view.language.say(f'accounts.table_answered_{asked}')}"


def listed(
    view: ClientView,
    rows: Sequence[Record],
    caption: str,
    titles: Sequence[Markup] | None = None,
) -> Markup:
    """Lay out rows of `crqlab.page.accounts.overview.overview`.

    Parameters
    ----------
    view : ClientView
    rows : sequence of records
    caption : str
    titles : sequence of Markup, optional
        What names the rows; all of these are then one person's, who is not named in each.
    """
    say, words = view.language.say, segment_words(view)
    columns = [
        Column(say("decision.customer"), titles or names(row.name for row in rows)),
        Column(say("column.segment"), [_segment(row, words) for row in rows]),
        Column(say("accounts.trend"), [_trend(view, row) for row in rows]),
        Column(say("accounts.table_answered"), [_answered(view, row) for row in rows], True),
        revenue_column(view, rows),
        risk_column(view, rows),
        due_column(view, rows),
        Column(say("accounts.next_step"), phrases(_step(view, row) for row in rows)),
        *([] if titles else [owner_column(view, rows)]),
    ]
    return stacked(columns, caption)


def stacked(columns: Iterable[Column], caption: str) -> Markup:
    """Lay out a table that becomes cards where the screen is narrow, without empty columns."""
    kept = [column for column in columns if any(map(_filled, column.cells))]
    return table(kept, caption=caption, kind=STACKED)


def _filled(cell: object) -> bool:
    return Markup(cell).striptags() not in ("", MISSING)


def revenue_column(view: ClientView, rows: Sequence[Record]) -> Column:
    """Revenue a year, in a few figures."""
    head = view.language.say(f"column.revenue{_unit(view)}", currency=view.currency)
    known = any(row.revenue == row.revenue for row in rows)
    cells = [amount(row.revenue, view.language) if known else MISSING for row in rows]
    return Column(head, cells, True)


def risk_column(view: ClientView, rows: Sequence[Record]) -> Column:
    """The expected loss; of very few people how likely a renewal is, in a word."""
    head = view.language.say(f"accounts.at_risk{_unit(view)}", currency=view.currency)
    return Column(head, [_at_risk(view, row) for row in rows], True)


def due_column(view: ClientView, rows: Sequence[Record]) -> Column:
    """When the contract is due; each date on one line."""
    days = [tag("time", view.language.day(row.due_on)) for row in rows]
    return Column(view.language.say("accounts.renewal_due"), days)


def owner_column(view: ClientView, rows: Sequence[Record]) -> Column:
    """Who owns the next step."""
    owners = names((row.owner for row in rows), missing=MISSING)
    return Column(view.language.say("column.owner"), owners)


def _unit(view: ClientView) -> str:
    return "_in" if view.currency else ""


def _segment(row: Record, words: SegmentWords) -> str:
    if row.status != row.status or row.status is None:
        return MISSING
    name = words.name(row.segment if row.segment == row.segment else None, row.status)
    if row.status == NOT_SETTLED:
        return words.spoken.say("accounts.not_settled", segment=name)
    return name


def _trend(view: ClientView, row: Record) -> str:
    return view.language.say(f"accounts.trend_{row.trend}") if row.trend else MISSING


def _answered(view: ClientView, row: Record) -> str:
    if not row.invited:
        return view.language.number(row.answered, 0)
    return view.language.say("accounts.n_of", n=row.answered, m=row.invited)


def _at_risk(view: ClientView, row: Record) -> str:
    if row.expected_loss == row.expected_loss:
        return amount(row.expected_loss, view.language)
    return view.language.say(f"accounts.chance_{row.chance}") if row.chance else MISSING


def _step(view: ClientView, row: Record) -> str:
    if row.action != row.action or row.action is None:
        return MISSING
    return view.actions.playbook.name(row.action, view.language.code)
