"""The report as slides: one message each, with n and interval, and charts that can be edited."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from crqlab.page.client_view import ClientView
from crqlab.page.method.html import privacy, rules
from crqlab.page.scores.charts import ends
from crqlab.page.scores.html import constructs
from crqlab.page.summary.headline import MADE_UP
from crqlab.report.clearance.provenance import RunCard
from crqlab.report.exports import station_slides
from crqlab.report.exports.captions import brief, foot, moved, said
from crqlab.report.exports.export_language import PLAIN, Voice
from crqlab.report.exports.theme import Theme
from crqlab.show.colours import SOFT
from crqlab.show.number_format import count, decimals, number, percent, share, span

if TYPE_CHECKING:
    from crqlab.report.exports.deck import Deck

_MOST_BARS = 20
_MOST_ROWS = 9
_PLAIN, _SIGNED, _SHARE = "0.00", "+0;-0;0", "0 %"


def content(
    view: ClientView,
    theme: Theme,
    *,
    card: RunCard,
    template: str | Path | None = None,
    voice: Voice = PLAIN,
    **_: Any,
) -> bytes:
    """Return a PowerPoint file.

    Parameters
    ----------
    view : ClientView
    theme : Theme
        Colours of charts; the logo where there is no template.
    card : RunCard
        Named on the last slide.
    template : Path, optional
        A ``.pptx`` file with the client's own masters.
    voice : Voice
        In whose language the slides are.

    Returns
    -------
    bytes
        The same view gives the same bytes.
    """
    from crqlab.report.exports.deck import Deck

    deck = Deck(theme, Path(template) if template else None, voice)
    _opening(deck, view)
    _headline(deck, view)
    _summary(deck, view)
    _courses(deck, view)
    station_slides.benchmark(deck, view)
    _constructs(deck, view)
    _ltr(deck, view)
    station_slides.segments(deck, view)
    station_slides.drivers(deck, view)
    _accounts(deck, view)
    station_slides.outlook(deck, view)
    station_slides.actions(deck, view)
    _answered(deck, view)
    _silent(deck, view)
    _closing(deck, view, card)
    return deck.content(voice.said(str(view)))


def _opening(deck: Deck, view: ClientView) -> None:
    page = deck.slide(
        f"{brief(view.client)}: how good are its relationships?", foot=_warning(view), opening=True
    )
    people = count(view.n_respondents, "respondent")
    facts = f"{people} of {count(view.n_accounts, 'account')}"
    deck.words(page, [view.title, f"Wave {view.wave}", facts], deck.box(page), size=20)


def _warning(view: ClientView) -> str:
    return MADE_UP if view.synthetic else "Confidential"


def _summary(deck: Deck, view: ClientView) -> None:
    """The sentences at the head of the page."""
    if view.summary:
        page = deck.slide("In short", foot=foot(view))
        deck.words(page, view.summary, deck.box(page), size=15, apart=9)


def _headline(deck: Deck, view: ClientView) -> None:
    """Three numbers side by side."""
    rows = [row for name in ("crq", "nps", "mean_ltr") if (row := view.measure(name)) is not None]
    if not rows:
        return
    page = deck.slide(f"{said(view, rows[0])}, {moved(view, rows[0])}", foot=foot(view, rows[0]))
    left, top, width, height = deck.box(page)
    for place, row in enumerate(rows):
        box = (left + place * width // len(rows), top, width // len(rows), height // 4)
        places, signed = decimals(row["measure"]), row["measure"] == "nps"
        deck.words(page, [row["label"]], box, size=20, bold=True)
        below = (box[0], top + height // 6, box[2], height // 4)
        value = number(row["value"], places, signed=signed)
        deck.words(page, [value], below, size=54, colour=deck.theme.accent, bold=True)
        between = span(row["low"], row["high"], places, signed=signed)
        facts = [view.language.caution(row["flag"])] if row["withheld"] else [
            f"{percent(row['level'])} interval {between}", moved(view, row),
        ]  # fmt: skip
        facts.append(f"n = {count(row['n_respondents'], 'respondent')}")
        deck.words(page, facts, (box[0], top + height // 2, box[2], height // 3), size=15)


def _courses(deck: Deck, view: ClientView) -> None:
    """CRQ and NPS over the waves, a slide each."""
    for measure in ("crq", "nps"):
        rows, now = view.trend[view.trend["measure"] == measure], view.measure(measure)
        known = rows[rows["value"].notna()]
        if now is None or known["wave"].nunique() < 2:
            continue
        label, signed = view.instrument.label(measure), measure == "nps"
        page = deck.slide(f"{label}, wave by wave: {moved(view, now)}", foot=foot(view, now))
        marks = [
            deck.voice.said(
                f"{row.wave}: {number(row.value, decimals(measure), signed=signed)} "
                f"(n = {number(row.n_respondents, 0)})"
            )
            for row in rows.itertuples()
        ]
        deck.line(
            page, marks, rows["value"].tolist(),
            spans=list(zip(rows["low"], rows["high"], strict=True)), ends=_axis(view, measure),
            code=_SIGNED if signed else _PLAIN, name=label,
        )  # fmt: skip


def _axis(view: ClientView, measure: str) -> tuple[float, float]:
    low, high = ends(view, measure)
    return float(low), float(high)


def _answered(deck: Deck, view: ClientView) -> None:
    part = view.participation
    if part.contacts is None:
        return
    shares = [
        ("Contacts", part.contacts_answered, part.contacts),
        ("Accounts", part.accounts_answered, part.accounts),
    ]
    heard = [(label, done / whole) for label, done, whole in shares if whole]
    if part.revenue == part.revenue:
        heard.append(("Revenue", part.revenue))
    said = share(part.contacts_answered, part.contacts, "contacts")
    more = share(part.accounts_answered, part.accounts, "accounts")
    page = deck.slide(f"{said} answered; they speak for {more}",
                      foot=foot(view, said="A census: counts, so no interval"))  # fmt: skip
    labels, values = zip(*((deck.voice.said(label), part) for label, part in heard), strict=True)
    deck.bars(page, labels, values, ends=(0.0, 1.0), code=_SHARE, name="Share that answered")


def _constructs(deck: Deck, view: ClientView) -> None:
    rows = view.measures[view.measures["measure"].isin(view.instrument.constructs)]
    rows = rows[rows["value"].notna()].sort_values("value", ascending=False)
    if rows.empty:
        return
    page = deck.slide(constructs(view).sentence, foot=foot(view, rows.iloc[0]))
    deck.bars(page, [deck.voice.said(label) for label in rows["label"]], rows["value"].tolist(),
              spans=list(zip(rows["low"], rows["high"], strict=True)),
              ends=_axis(view, "crq"), name="Mean score")  # fmt: skip


def _ltr(deck: Deck, view: ClientView) -> None:
    row, counts = view.measure("nps"), view.ltr
    if row is None or counts.empty:
        return
    page = deck.slide(f"{said(view, row)}: who would recommend", foot=foot(view, row))
    colours = [deck.theme.warm] * 7 + [SOFT] * 2 + [deck.theme.accent] * 2
    deck.bars(page, [str(a) for a in counts["answer"]], counts["n"].tolist(), code="0", flat=False,
              name="Respondents by answer, 0 to 10", colours=colours)  # fmt: skip


def _accounts(deck: Deck, view: ClientView) -> None:
    """The highest and the lowest accounts by their shrunken scores."""
    rows = view.scored
    rows = rows[rows["shrunken"].notna()]
    if rows.empty:
        return
    half = _MOST_BARS // 2
    some = rows if len(rows) <= _MOST_BARS else pd.concat([rows.head(half), rows.tail(half)])
    which = f"The {half} highest and the {half} lowest of {len(rows)}. " * (len(some) < len(rows))
    level = percent(float(view.measures["level"].iloc[0]))
    page = deck.slide(
        f"{count(len(rows), 'account')}, from CRQ {_placed(rows.iloc[0])} down to "
        f"{_placed(rows.iloc[-1])}",
        foot=foot(view, said=f"{which}Shrunken CRQ, {level} intervals (empirical Bayes); "
                  "respondents in brackets"),
    )  # fmt: skip
    labels = [f"{brief(name)} ({n})" for name, n in zip(some["name"], some["n"], strict=True)]
    deck.bars(page, labels, some["shrunken"].tolist(),
              spans=list(zip(some["shrunken_low"], some["shrunken_high"], strict=True)),
              ends=_axis(view, "crq"), code="0.0", name="CRQ, shrunken")  # fmt: skip


def _placed(row: pd.Series) -> str:
    """An account's score, as a title says it."""
    between = span(row["shrunken_low"], row["shrunken_high"], 1)
    return f"{number(row['shrunken'], 1)} ({between})"


def _silent(deck: Deck, view: ClientView) -> None:
    rows = view.reach.silent
    if rows.empty:
        return
    held = rows["revenue_share"].sum()
    page = deck.slide(
        f"{count(len(rows), 'account')} kept silent: {percent(held)} of the revenue asked",
        foot=foot(view, said="A census: counts, so no interval. Ranked by revenue"),
    )
    cells = [
        (brief(row.name), row.manager or "", deck.voice.said(number(row.revenue, 0)),
         percent(row.revenue_share), str(row.silent_since))
        for row in rows.head(_MOST_ROWS).fillna({"manager": ""}).itertuples(index=False)
    ]  # fmt: skip
    money = f"Revenue ({view.currency})" if view.currency else "Revenue"
    heads = ("Account", "Account manager", money, "Share", "Silent since")
    deck.rows(page, heads, cells, (0.34, 0.22, 0.18, 0.11, 0.15), numbers=(2, 3))


def _closing(deck: Deck, view: ClientView, card: RunCard) -> None:
    page = deck.slide("How the numbers are made", foot=foot(view, said=str(card)))
    said = [rules(view).sentence, privacy(view).sentence]
    deck.words(page, said, deck.box(page), size=13)
