"""The page in front of a pack: how many accounts, what is due, who is silent, and one table."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from crqlab.language import MISSING
from crqlab.page.accounts.data import QUIET, UNHEARD
from crqlab.page.accounts.overview_table import listed, order_said, stacked
from crqlab.page.agreed.html import what
from crqlab.page.amounts import amount
from crqlab.page.client_view import ClientView
from crqlab.page.packs.data import Pack
from crqlab.show.html import Column, Shown, lines, name, names, paragraph, tag, text
from crqlab.show.records import records

#: Accounts of one manager, below which totals say little and above which nobody meets them all.
FEWEST, MOST = 5, 50
SOON, LATER = 90, 180  # days


def portfolio(view: ClientView, pack: Pack) -> Shown:
    """Lay out the first page of a pack; names lead to the sheets behind it.

    Parameters
    ----------
    view : ClientView
    pack : Pack
    """
    say, rows = view.language.say, pack.rows
    told = {"client": view.client, "wave": view.wave}
    title = (
        say("packs.title_nobody") if pack.manager is None else say("packs.title", name=pack.manager)
    )
    head = tag("h1", title)
    caption = order_said(view, rows)
    links = [
        tag("a", name(row.name), href=f"#{sheet_id(place)}")
        for place, row in enumerate(records(rows), start=1)
    ]
    html = lines(
        head,
        paragraph(text(say("packs.of", **told)), "question"),
        paragraph(text(" ".join(_said(view, pack))), "verdict"),
        _overdue(view, pack),
        tag("ul", Markup("\n"), lines(*_tiles(view, pack)), Markup("\n"), class_="cards tiles"),
        paragraph(text(say("packs.private"))),
        listed(view, records(rows), caption, links),
    )
    return Shown(html, say("packs.aloud", n=len(rows)))


def sheet_id(place: int) -> str:
    """Return the anchor of the sheet of the account in this place, from 1."""
    return f"account-{place}"


def _overdue(view: ClientView, pack: Pack) -> Markup:
    """What was promised and is late, before anything else."""
    rows, say = records(pack.overdue), view.language.say
    if not rows:
        return Markup()
    columns = [
        Column(say("column.account"), [name(row.name) for row in rows]),
        Column(say("column.action"), [text(what(view, row.action)) for row in rows]),
        Column(say("agreed.party"), [text(say(f"party.{row.party}")) for row in rows]),
        Column(say("column.owner"), names((row.owner for row in rows), missing=MISSING)),
        Column(say("column.due"), [view.language.day(row.due_on) for row in rows]),
    ]
    day = view.language.day(view.agreed.on if pack.on is None else pack.on)
    shown = stacked(columns, say("agreed.overdue_caption", day=day))
    return lines(tag("h2", say("agreed.overdue", n=len(rows))), shown)


def _said(view: ClientView, pack: Pack) -> list[str]:
    """How many accounts there are, and whether that is too few or too many."""
    say, n = view.language.say, len(pack.rows)
    quiet = int(pack.rows["status"].isin(QUIET).sum())
    said = [say("packs.holds", n=n, heard=n - quiet)]
    if n < FEWEST:
        said.append(say("packs.too_few", least=FEWEST))
    if n > MOST:
        said.append(say("packs.too_many", most=MOST))
    if pack.manager is None:
        said.append(say("packs.assign"))
    if len(pack.passed):
        said.append(say("packs.passed", n=len(pack.passed)))
    return said


def _tiles(view: ClientView, pack: Pack) -> list[Markup]:
    """What is due, silent, paid, at risk, and clearly up or down; what is not known is left out."""
    say, rows = view.language.say, pack.rows
    silent = rows[rows["status"].isin(QUIET).to_numpy(bool)]
    asked = "unheard" if silent["status"].eq(UNHEARD).any() else "silent"
    tiles = []
    if pack.on is not None and rows["due_on"].notna().any():
        day = say("packs.counted_from", day=pack.on)
        for days in (SOON, LATER):
            due = pack.due(days)
            head = say("packs.due", days=days)
            tiles.append(_tile(head, _count(view, len(due)), [_paid(view, due), day]))
    tiles.append(_tile(say(f"packs.{asked}"), _count(view, len(silent)), [_paid(view, silent)]))
    if rows["revenue"].notna().any():
        whole = amount(float(rows["revenue"].sum()), view.language, view.currency)
        tiles.append(_tile(say("packs.revenue"), whole, [_known(view, rows)]))
    if pack.expected_loss == pack.expected_loss:
        ends = (pack.expected_low, pack.expected_high)
        low, high = (amount(end, view.language) for end in ends)
        span = say("common.span", low=low, high=high)
        lost = amount(pack.expected_loss, view.language, view.currency)
        told = say("packs.interval", level=view.language.percent(view.managers.level), span=span)
        tiles.append(_tile(say("packs.at_risk"), lost, [told]))
    return [*tiles, *_moves(view, rows)]


def _moves(view: ClientView, rows: pd.DataFrame) -> list[Markup]:
    say = view.language.say
    if not view.before or not rows["trend"].astype(bool).any():
        return []
    up, down = (int((rows["trend"] == way).sum()) for way in ("higher", "lower"))
    known = int(rows["trend"].astype(bool).sum())
    value = say("packs.up_and_down", up=up, down=down)
    return [_tile(say("packs.moves", wave=view.before), value, [say("packs.of_known", n=known)])]


def _tile(head: str, value: str, facts: list[str]) -> Markup:
    told = [tag("p", fact) for fact in facts if fact]
    return tag("li", tag("p", head, class_="name"), tag("p", value, class_="value"), *told)


def _count(view: ClientView, n: int) -> str:
    return view.language.number(n, 0)


def _paid(view: ClientView, rows: pd.DataFrame) -> str:
    """What some accounts pay together, where that is known of any."""
    if rows["revenue"].notna().any():
        paid = amount(float(rows["revenue"].sum()), view.language, view.currency)
        return view.language.say("packs.paid", amount=paid)
    return ""


def _known(view: ClientView, rows: pd.DataFrame) -> str:
    missing = int(rows["revenue"].isna().sum())
    return view.language.say("packs.revenue_unknown", n=missing) if missing else ""
