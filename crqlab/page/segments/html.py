"""Accounts by segment: how many, with what revenue, where from, and why each."""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum

from markupsafe import Markup

from crqlab.base.standards import LIKELY, SURE
from crqlab.language import MISSING, Language
from crqlab.language.segment_words import SegmentWords
from crqlab.page.client_view import ClientView
from crqlab.page.lookup import asked_now
from crqlab.page.segments.charts import segment_mix
from crqlab.page.segments.words import movement, segment_words
from crqlab.segments.likeliest_segments import SETTLED
from crqlab.show.colours import ink
from crqlab.show.html import (
    Column,
    Shown,
    folded,
    lines,
    names,
    paragraph,
    phrase,
    phrases,
    table,
    text,
)
from crqlab.show.records import Record, records

LISTED = 12  # accounts that a reader still goes through
#: What an account may be without a segment, in the wave before and in this one.
WITHOUT, WITHOUT_NOW = ("silent", "unjudged", "new"), ("silent", "unjudged", "not_asked")
_SHADES = {"climbed": "#cfe3f2", "fell": "#fbd9ae"}


def segment_shares(view: ClientView) -> Shown:
    """How many accounts of each segment there are, and how much of the revenue they hold.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.segments.segment_shares(view)
    """
    rows, say = records(view.segments.shares), view.language.say
    if not sum(row.n for row in rows):
        said = say("segments.shares_none")
        return Shown(paragraph(text(said)), said)
    n = int(sum(row.n for row in rows if row.status == "sorted"))
    said = " ".join(_lead(view, rows, n))
    body = table(
        _share_columns(view, rows),
        caption=_share_caption(view, n, rows[0].level),
        note=text(_caution(view.language, (row.flag for row in rows))),
        kind="long",
    )
    return Shown(lines(paragraph(text(said), "lead"), segment_mix(view).html, body), said)


def _share_columns(view: ClientView, rows: list[Record]) -> list[Column]:
    spoken, say, words = view.language, view.language.say, segment_words(view)
    number, percent = spoken.number, spoken.percent
    money = say("column.revenue_in", currency=view.currency) if view.currency else ""
    columns = [
        Column(say("column.segment"), [_meant(words, row) for row in rows]),
        Column(say("column.accounts"), [number(row.n, 0) for row in rows], True),
        Column(say("column.share"), [_share(row.share, row, spoken) for row in rows], True),
        Column(money or say("column.revenue"), [number(row.revenue, 0) for row in rows], True),
        Column(say("column.share"), [percent(row.revenue_share) for row in rows], True),
    ]
    rates = {words.name(row.segment, row.status): row for row in records(view.segments.renewal)}
    if rates:
        known = [rates.get(words.name(row.segment, row.status)) for row in rows]
        renewed = [_share(row.value, row, spoken) if row else MISSING for row in known]
        columns.append(Column(say("segments.such_accounts_renew"), renewed, True))
    return columns


def _meant(words: SegmentWords, row: Record) -> Markup:
    """The segment, and in small what kind of account it holds."""
    small = words.meaning(row.segment, row.status)
    return Markup("{} <small>{}</small>").format(phrase(words.name(row.segment, row.status)), small)


def _share_caption(view: ClientView, n: int, level: float) -> str:
    spoken, due = view.language, view.segments.renewal["n"]
    shown = {"thresholds": view.segments.thresholds, "level": spoken.percent(level)}
    said = spoken.say("segments.shares_caption", n=n, **shown)
    if due.empty:
        return said
    return f"{said} {spoken.say('segments.renewal_caption', n=int(due.sum()))}"


def _caution(spoken: Language, flags: Iterable[str]) -> str:
    said = [spoken.caution(flag) for flag in dict.fromkeys(flags)]
    told = "; ".join(caution for caution in said if caution)
    return spoken.say("segments.caution", what=told) if told else ""


def _share(value: float, row: Record, spoken: Language) -> str:
    if value != value:
        return MISSING
    between = spoken.span(100 * row.low, 100 * row.high, 0)
    return f"{spoken.percent(value)} ({between})"


def _lead(view: ClientView, rows: list[Record], n: int) -> list[str]:
    """How many are loyal, how many on the point of leaving, what they pay, and who moved."""
    traits, say = view.segments.traits, view.language.say
    said = [_at_the_top(view, row, n) for row in rows if row.segment == traits.top]
    leaving = [row for row in rows if row.segment in traits.weak]
    many = int(sum(row.n for row in leaving))
    paid = [row.revenue_share for row in leaving if row.revenue_share == row.revenue_share]
    if not many:
        said.append(say("segments.leaving_none"))
    elif paid:
        share = view.language.percent(fsum(paid))
        said.append(say("segments.leaving_paying", n=many, share=share))
    else:
        said.append(say("segments.leaving", n=many))
    up, down = (view.segments.moved(way) for way in ("climbed", "fell"))
    if up.n:
        said.append(movement(view.language, "segments.moved", up, down, wave=view.segments.before))
    if len(view.scores.rolling):
        asked = asked_now(view.segments.accounts["account_id"], view.accounts)
        said.append(say("segments.asked_now", n=asked, m=len(view.segments.accounts)))
    return said


def _at_the_top(view: ClientView, row: Record, n: int) -> str:
    spoken = view.language
    told = {"segment": segment_words(view).name(row.segment)}
    if not row.n:
        return spoken.say("segments.top_none", **told)
    told |= {"n": int(row.n), "m": n, "share": spoken.percent(row.share)}
    if row.revenue_share != row.revenue_share:
        return spoken.say("segments.top", **told)
    return spoken.say("segments.top_paying", revenue=spoken.percent(row.revenue_share), **told)


def segment_migration(view: ClientView) -> Shown:
    """From which segment to which accounts moved since the wave before.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.segments.segment_migration(view)
    """
    rows, spoken, words = records(view.segments.migration), view.language, segment_words(view)
    if not rows:
        said = spoken.say("segments.migration_none")
        return Shown(paragraph(text(said)), said)
    order = [(name, "sorted") for name in view.segments.traits.order]
    cells = {
        (_place(row.from_segment, row.from_status), _place(row.segment, row.status)): row
        for row in rows
    }
    origins = [
        one for one in [*order, *_without(WITHOUT)] if any(origin == one for origin, _ in cells)
    ]
    ends = [one for one in [*order, *_without(WITHOUT_NOW)] if any(end == one for _, end in cells)]
    waves = {"before": view.segments.before, "wave": view.wave}
    head = spoken.say("segments.migration_head", **waves)
    columns = [Column(head, phrases(words.name(*origin) for origin in origins))]
    for end in ends:
        some = [cells.get((origin, end)) for origin in origins]
        moved = [_moved(row, spoken) for row in some]
        columns.append(Column(words.name(*end), moved, True, list(map(_shade, some))))
    caption = spoken.say("segments.migration_caption", **waves)
    return Shown(table(columns, caption=caption, kind="small"), caption)


def _place(segment: object, status: str) -> tuple[str | None, str]:
    return (segment if isinstance(segment, str) else None), status


def _without(statuses: Iterable[str]) -> list[tuple[str | None, str]]:
    return [(None, status) for status in statuses]


def _moved(row: Record | None, spoken: Language) -> str:
    if row is None:
        return MISSING
    money = f" ({spoken.number(row.revenue / 1000, 0)})" if row.revenue > 0 else ""
    return f"{spoken.number(row.n, 0)}{money}"


def _shade(row: Record | None) -> str:
    back = _SHADES.get(row.direction) if row is not None else None
    return f"background:{back};color:{ink(back)}" if back else ""


def account_segments(view: ClientView) -> Shown:
    """Account by account: segment, where from, how sure, and why.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.segments.account_segments(view)
    """
    say = view.language.say
    rows = [row for row in records(view.segments.accounts) if row.status != "silent"]
    if not rows:
        return Shown(Markup(), say("segments.none"))
    worst = {name: place for place, name in enumerate(reversed(view.segments.traits.order))}
    rows.sort(key=lambda row: (worst.get(row.segment, len(worst)), *_dearest(row.revenue)))
    first, rest = rows[:LISTED], rows[LISTED:]
    least, (sure, likely) = view.privacy.min_scores, map(view.language.percent, (SURE, LIKELY))
    caption = say("segments.accounts_caption", sure=sure, likely=likely, minimum=least)
    settled = sum(row.status == SETTLED for row in rows)
    said = say("segments.accounts_settled", n=settled, m=len(rows))
    shown = Shown(_accounts(view, first, caption), said)
    if rest:
        more = say("segments.accounts_more", n=len(rest))
        shown += folded(more, Shown(_accounts(view, rest, f"{more}."), ""))
    return shown


def _dearest(revenue: float) -> tuple[bool, float]:
    """Sorts the greatest first, and what is not known last."""
    return (False, -revenue) if revenue == revenue else (True, 0.0)


def _accounts(view: ClientView, rows: list[Record], caption: str) -> Markup:
    spoken, say, words = view.language, view.language.say, segment_words(view)
    before = view.segments.before
    columns = [
        Column(say("column.account"), names(row.name for row in rows)),
        Column(say("column.segment"), phrases(_segment(row, words) for row in rows)),
        *([Column(before, phrases(_before(row, words) for row in rows))] if before else []),
        Column(say("column.status"), [words.status(row.status) for row in rows]),
        Column(say("segments.p"), [_likely(row, words) for row in rows], True),
        Column(say("column.n"), [spoken.number(row.n, 0) for row in rows], True),
        Column(say("column.why"), phrases(words.reason(row.reason) for row in rows)),
    ]
    return table(columns, caption=caption, kind="long reasons")


def _segment(row: Record, words: SegmentWords) -> str:
    known = isinstance(row.segment, str)
    return words.name(row.segment if known else None, row.status)


def _likely(row: Record, words: SegmentWords) -> str:
    """The probability, or where it may not be told or is not known, its word."""
    return words.spoken.percent(row.p) if row.p == row.p else words.likely(row.p_word)


def _before(row: Record, words: SegmentWords) -> str:
    if isinstance(row.before, str) or row.before_status == "silent":
        return words.name(row.before, "silent")
    return MISSING
