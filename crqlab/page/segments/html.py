"""Accounts by segment: how many, with what revenue, where from, and why each."""

from __future__ import annotations

from math import fsum

import pandas as pd

from crqlab.base.standards import SURE
from crqlab.page.client_view import ClientView
from crqlab.page.segments.words import segment_words
from crqlab.show import svg
from crqlab.show.colours import LINE, MUTED, ink
from crqlab.show.colours import segments as fills_of
from crqlab.show.html import Column, Shown, folded, names, paragraph, phrase, phrases, table, text
from crqlab.show.number_format import MISSING, count, number, percent, share, span
from crqlab.show.records import Record, records

LISTED = 12  # accounts that a reader still goes through
#: What an account may be without a segment, in the wave before and in this one.
WITHOUT, WITHOUT_NOW = ("silent", "open", "new"), ("silent", "open", "not_asked")
#: What it is to be silent.
SILENT = "asked, and nobody answered; no segment"


def segments(view: ClientView) -> Shown:
    """How many accounts of each segment there are, and how much of the revenue they hold."""
    rows = records(view.segments.shares)
    if not sum(row.n for row in rows):
        said = (
            "No account has a segment: segments were not made, or this questionnaire does not ask "
            "what their thresholds need."
        )
        return Shown(paragraph(text(said)), said)
    rates = {_named(view, row): row for row in records(view.segments.renewal)}
    money = f" ({view.currency})" if view.currency else ""
    columns = [
        Column("Segment", [f"{phrase(_named(view, row))} <small>{text(_meaning(view, row))}</small>"
                           for row in rows]),
        Column("Accounts", [number(row.n, 0) for row in rows], True),
        Column("Share", [_share(row.share, row.low, row.high) for row in rows], True),
        Column(f"Revenue a year{money}", [number(row.revenue, 0) for row in rows], True),
        Column("Share", [percent(row.revenue_share) for row in rows], True),
    ]  # fmt: skip
    if rates:
        known = [rates.get(_named(view, row)) for row in rows]
        renewed = [_share(row.value, row.low, row.high) if row else MISSING for row in known]
        columns.append(Column("Such accounts renew", renewed, True))
    level = percent(rows[0].level)
    n = int(sum(row.n for row in rows if row.status == "sorted"))
    caption = (
        f"Segments of {count(n, 'account')}, {level} intervals in brackets; share of the revenue "
        f"of all accounts asked. Thresholds: {view.segments.thresholds}."
    )
    if rates:
        due = f"{view.segments.renewal['n'].sum():,.0f}"
        caption += f" Renewal rates are those of all clients together, n = {due} contracts."
    cells = dict.fromkeys(row.flag for row in rows if row.flag != "ok")
    flags = [view.language.caution(cell) for cell in cells]
    said = _lead(view, rows, n)
    body = table(columns, caption=caption, note=text(_caution(view, flags)), kind="long")
    return Shown(f"{paragraph(text(said), 'lead')}\n{mix(view).html}\n{body}", said)


def _meaning(view: ClientView, row: Record) -> str:
    return SILENT if row.status == "silent" else view.segments.traits.meaning(row.segment)


def _caution(view: ClientView, flags: list[str]) -> str:
    return f"Caution: {'; '.join(map(view.language.caution, flags))}." if flags else ""


def _share(value: float, low: float, high: float) -> str:
    return MISSING if value != value else f"{percent(value)} ({span(100 * low, 100 * high, 0)})"


def _lead(view: ClientView, rows: list[Record], n: int) -> str:
    """How many are loyal, how many on the point of leaving, and what they pay."""
    losing = [row for row in rows if row.segment in view.segments.traits.weak]
    best = next((row for row in rows if row.segment == view.segments.traits.top), None)
    said = "" if best is None else "No account is an Ambassador. "
    if best is not None and best.n:
        said = f"{share(int(best.n), n, 'accounts')} {'is' if best.n == 1 else 'are'} "
        said += "Ambassadors"
        if best.revenue_share == best.revenue_share:
            said += f" and hold {percent(best.revenue_share)} of the revenue"
        said += ". "
    many = int(sum(row.n for row in losing))
    if many:
        paid = [row.revenue_share for row in losing if row.revenue_share == row.revenue_share]
        money = f", with {percent(fsum(paid))} of the revenue" if paid else ""
        verb = "is" if many == 1 else "are"
        said += f"{count(many, 'account')} {verb} on the point of leaving{money}."
    else:
        said += "No account that answered is on the point of leaving."
    up, down, both = view.segments.moved
    if both:
        said += (
            f" Since {view.segments.before} {up:,} climbed and {down:,} fell, of "
            f"{count(both, 'account')} with a segment in both waves."
        )
    return said


def mix(view: ClientView) -> Shown:
    """A ring of accounts, and beside it the revenue behind each segment."""
    rows = view.segments.shares
    rows = rows[rows["n"] > 0]
    if rows.empty:
        return Shown("", "No account has a segment")
    n = rows["n"].to_numpy(float) / rows["n"].sum()
    money = rows["revenue"].to_numpy(float)
    paying = bool(money.sum() > 0)
    order = segment_words(view).names(rows)
    known = fills_of(view.segments.traits)
    fills = [known.get(name, LINE) for name in rows["segment"]]
    parts = [f"{name} {percent(part)}" for name, part in zip(order, n, strict=True)]
    said = f"Accounts: {', '.join(parts)}"
    drawn = [svg.picture("mix-accounts", _ring(n, fills, int(rows["n"].sum())), size=(330, 210),
                         title="Accounts by segment", says=said)]  # fmt: skip
    paid = money / money.sum() if paying else n * 0
    heard = f"{said}. Revenue: " + ", ".join(
        f"{name} {percent(part)}" for name, part in zip(order, paid, strict=True)
    )
    marks = _bars(order, n, paid, fills, paying)
    drawn.append(svg.picture("mix-revenue", marks, size=(330, 210),
                             title="Accounts and revenue by segment", says=heard))  # fmt: skip
    caption = "Accounts by segment, and the revenue behind them; silent accounts count in both."
    if not paying:
        caption = "Accounts by segment; their revenue is not known."
    return Shown(svg.figure("\n".join(drawn), caption), heard)


def _ring(shares: list[float], fills: list[str], n: int) -> list[str]:
    ends = pd.Series(shares).cumsum().tolist()
    begins = [0.0, *ends[:-1]]
    marks = [
        svg.wedge(165, 105, (56, 96), (first, last), fill=fill)
        for first, last, fill in zip(begins, ends, fills, strict=True)
    ]
    marks.append(svg.words(165, 103, f"{n:,}", size=26, bold=True))
    return [*marks, svg.words(165, 123, "account" if n == 1 else "accounts", ink=MUTED, size=12)]


def _bars(order, n, paid, fills, known: bool) -> list[str]:
    across, step = svg.Axis(0, max(*n, *paid), 92, 285), min(34.0, 184 / len(order))
    legend = "upper bar: accounts, lower: revenue" if known else "share of the accounts"
    marks = [svg.words(92, 14, legend, anchor="start", ink=MUTED, size=12)]
    for place, (name, people, money, fill) in enumerate(zip(order, n, paid, fills, strict=True)):
        y = 28 + step * place
        marks.append(svg.words(86, y + 17, name, anchor="end", size=12))
        for shift, value, tall in ((0, people, 11), (12, money, 11)):
            if shift and not known:
                continue
            marks.append(svg.box(92, y + shift, across.at(value) - 92, tall, fill=fill))
            x = across.at(value) + 4
            marks.append(svg.words(x, y + shift + 9.5, percent(value), anchor="start", size=11))
    return marks


def migration(view: ClientView) -> Shown:
    """From which segment to which accounts moved since the wave before."""
    rows, before = records(view.segments.migration), view.segments.before
    if not rows:
        said = "Nobody can have moved: there is no earlier wave with segments."
        return Shown(paragraph(text(said)), said)
    order = [(name, "sorted") for name in view.segments.traits.order]
    cells = {
        (_place(row.from_segment, row.from_status), _place(row.segment, row.status)): row
        for row in rows
    }
    begun, ended = ({key[place] for key in cells} for place in (0, 1))
    origins = [one for one in [*order, *map(_without, WITHOUT)] if one in begun]
    ends = [one for one in [*order, *map(_without, WITHOUT_NOW)] if one in ended]
    columns = [
        Column(f"{before}, down; {view.wave}, across", phrases(_called(view, o) for o in origins))
    ]
    for end in ends:
        some = [cells.get((origin, end)) for origin in origins]
        heat = [_shade(view, o[0], end[0], row is not None)
                for o, row in zip(origins, some, strict=True)]  # fmt: skip
        columns.append(Column(_called(view, end), [_moved(row) for row in some], True, heat))
    caption = (
        f"Where accounts of {before} are in {view.wave}: accounts, and their revenue a year in "
        "thousands. Blue: climbed; orange: fell. Counts of all accounts, so no interval; near a "
        "threshold accounts move by chance."
    )
    return Shown(table(columns, caption=caption, kind="small"), caption)


def _place(segment: object, status: str) -> tuple[str | None, str]:
    return (segment if isinstance(segment, str) else None), status


def _without(status: str) -> tuple[None, str]:
    return None, status


def _called(view: ClientView, place: tuple[str | None, str]) -> str:
    return segment_words(view).name(*place)


def _named(view: ClientView, row: Record) -> str:
    return _called(view, (row.segment, row.status))


def _moved(row: Record | None) -> str:
    if row is None:
        return MISSING
    money = f" ({number(row.revenue / 1000, 0)})" if row.revenue > 0 else ""
    return f"{row.n:,.0f}{money}"


def _shade(view: ClientView, origin: str | None, end: str | None, any_: bool) -> str:
    rung = {name: place for place, name in enumerate(view.segments.traits.order)}
    if not any_ or origin not in rung or end not in rung or origin == end:
        return ""
    back = "#cfe3f2" if rung[end] < rung[origin] else "#fbd9ae"
    return f"background:{back};color:{ink(back)}"


def segment_reasons(view: ClientView) -> Shown:
    """Account by account: segment, where from, how sure, and why."""
    rows = [row for row in records(view.segments.accounts) if row.status != "silent"]
    if not rows:
        return Shown("", "No account has a segment")
    rung = {name: place for place, name in enumerate(reversed(view.segments.traits.order))}
    rows.sort(key=lambda row: (rung.get(row.segment, len(rung)), *_dearest(row.revenue)))
    first, rest = rows[:LISTED], rows[LISTED:]
    least = view.privacy.min_scores
    caption = (
        "Why each account is where it is: the worst segment first, then the greatest revenue. P: "
        "how likely the segment is, given how few people answered. Provisional: few answers, or P "
        f"below {percent(SURE)}. Of accounts with fewer than {least} answers the segment is shown, "
        "always as provisional, and no score."
    )
    firm = sum(row.status == "firm" for row in rows)
    said = f"{firm:,} of {count(len(rows), 'segment')} are firm"
    shown = Shown(_reasons(view, first, caption), said)
    if len(rest):
        more = f"{count(len(rest), 'more account')}, with segment and reason"
        shown += folded(more, Shown(_reasons(view, rest, f"{more}."), ""))
    return shown


def _dearest(revenue: float) -> tuple[bool, float]:
    """Sorts the greatest first, and what is not known last."""
    return (False, -revenue) if revenue == revenue else (True, 0.0)


def _reasons(view: ClientView, rows: list[Record], caption: str) -> str:
    words = segment_words(view)
    columns = [
        Column("Account", names(row.name for row in rows)),
        Column("Segment", phrases((row.segment for row in rows), missing="open")),
        *([Column(view.segments.before, phrases((_before(view, row) for row in rows),
                                                missing=MISSING))]
          if view.segments.before else []),
        Column("Status", [_status(row) for row in rows]),
        Column("P", [percent(row.p) for row in rows], True),
        Column("n", [number(row.n, 0) for row in rows], True),
        Column("Why", phrases(words.reason(row.reason) for row in rows)),
    ]  # fmt: skip
    return table(columns, caption=caption, kind="long reasons")


def _before(view: ClientView, row: Record) -> object:
    return _called(view, (None, "silent")) if row.before_status == "silent" else row.before


def _status(row: Record) -> str:
    near = ", on the line" if row.on_the_line and row.status == "firm" else ""
    return text(f"{row.status}{near}")
