"""The head of the page: who and when, three numbers on cards, and the whole in a few sentences."""

from __future__ import annotations

from math import isnan, nan
from typing import Any

from markupsafe import Markup

from crqlab.base.contracts.cautions import codes
from crqlab.page.client_view import ClientView
from crqlab.page.participation.html import adjusted
from crqlab.page.scores.scales import ends
from crqlab.page.summary.sentences import summary_sentences
from crqlab.show.html import Shown, lines, name, paragraph, tag, text
from crqlab.show.number_format import decimals
from crqlab.show.svg_strips import strip

#: Measures that have a card.
HEADLINE = ("crq", "nps", "mean_ltr")


def masthead(view: ClientView) -> Shown:
    """Name the client and the wave, and warn of what is made up or not confirmed.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.summary.masthead(view)
    """
    say = view.language.say
    warnings = [tag("p", said, class_="synthetic", role="note") for said in view.warnings]
    wave = tag("span", say("common.wave", wave=view.wave), class_="wave")
    html = lines(
        *warnings,
        tag("p", view.title, class_="study", translate="no"),
        tag("h1", name(view.client), ", ", wave),
    )
    people = {"n": view.n_respondents, "m": view.n_accounts}
    title = say(
        "summary.title_alone" if view.alone else "summary.title",
        client=view.client,
        wave=view.wave,
        **people,
    )
    return Shown(html, ". ".join([*view.warnings, title]))


def in_short(view: ClientView) -> Shown:
    """Sum up the page in a few sentences; without any, say that nothing can be said.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.summary.in_short(view)
    """
    said = summary_sentences(view)
    if not said:
        none = view.language.say("summary.none")
        return Shown(paragraph(text(none)), none)
    rows = lines(*(tag("li", sentence) for sentence in said))
    return Shown(tag("ul", "\n", rows, "\n", class_="summary"), " ".join(said))


def headline(view: ClientView) -> Shown:
    """CRQ, NPS and mean LTR, each with its interval, n, and change since the last wave.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.summary.headline(view)
    """
    rows = [view.measure(measure) for measure in HEADLINE]
    shown = [row for row in rows if row is not None]
    cards = tag("ul", "\n", lines(*(_card(view, row) for row in shown)), "\n", class_="cards")
    html = lines(cards, paragraph(text(_methods(view, shown))))
    return Shown(html, "; ".join(_aloud(view, row) for row in shown))


def unknown_parts(view: ClientView) -> Shown:
    """What this study cannot tell, and what would: nothing where all is there.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.summary.unknown_parts(view)
    """
    spoken, told = view.language, [codes(cell)[0] for cell in view.summary.unknown]
    if not told:
        return Shown("", spoken.say("summary.unknown_nothing"))
    said = [spoken.say(f"summary.unknown_{one.pop('code')}", **one) for one in told]
    rows = lines(*(tag("li", text(sentence)) for sentence in said))
    head = spoken.say("summary.unknown")
    html = lines(paragraph(text(head), ""), tag("ul", "\n", rows, "\n", class_="unknown"))
    return Shown(html, " ".join([head, *said]))


def _methods(view: ClientView, rows: list[dict[str, Any]]) -> str:
    """How the intervals on the cards are made, and what the questionnaire did not ask."""
    spoken = view.language

    def said(cells: list[str]) -> str:
        return "; ".join(spoken.method(cell) for cell in dict.fromkeys(cells))

    notes = [spoken.say("summary.intervals", methods=said([row["method"] for row in rows]))]
    changed = sorted({row["change_method"] for row in rows if not isnan(row["change"])})
    notes += [spoken.say("summary.changes", methods=said(changed))] if changed else []
    notes += [spoken.say("summary.no_ltr")] if view.instrument.recommend is None else []
    notes += [] if view.instrument.items else [spoken.say("summary.no_items")]
    return " ".join(notes)


def _card(view: ClientView, row: dict[str, Any]) -> Markup:
    spoken, measure = view.language, row["measure"]
    meaning = tag("span", spoken.say(f"summary.{measure}"))
    people = {"n": row["n_respondents"], "m": row["n_accounts"]}
    return tag(
        "li",
        tag("p", spoken.term(row["label"]), " ", meaning, class_="name"),
        tag("p", _value(view, measure, row["value"]), class_="value"),
        *_facts(view, row),
        tag(
            "p", spoken.say("summary.n_alone" if view.alone else "summary.n", **people), class_="n"
        ),
    )


def _facts(view: ClientView, row: dict[str, Any]) -> list[Markup]:
    """Interval, picture, change and cautions; of a number that is withheld, why."""
    spoken, caution = view.language, view.language.caution(row["flag"])
    if row["withheld"] or row["measure"] in view.scores.unasked:
        return [tag("p", caution)]
    level, span = spoken.percent(row["level"]), _span(view, row)
    silent = adjusted(view, row["measure"])
    return [
        tag("p", spoken.say("summary.interval", level=level, span=span)),
        _strip(view, row),
        tag("p", _change(view, row)),
        *([tag("p", silent)] if silent else []),
        *([tag("p", caution, class_="caution")] if caution else []),
    ]


def _strip(view: ClientView, row: dict[str, Any]) -> Markup:
    spoken, measure, trend = view.language, row["measure"], view.scores.trend
    past = trend[(trend["wave"] == view.before) & (trend["measure"] == measure)]
    before = nan if past.empty else float(past["value"].iloc[0])
    low, high = ends(view, measure)
    label, said = spoken.term(row["label"]), _aloud(view, row)
    if not isnan(before):
        value = spoken.number(before, decimals(measure))
        said = spoken.say("summary.strip_aloud", said=said, wave=view.before, value=value)
    return Markup(
        strip(
            f"strip-{measure}",
            value=row["value"],
            low=row["low"],
            high=row["high"],
            before=before,
            ends=(low, high),
            title=spoken.say("summary.strip", label=label, low=low, high=high),
            says=said,
            spoken=spoken,
        )
    )


def _change(view: ClientView, row: dict[str, Any]) -> str:
    spoken = view.language
    if isnan(row["change"]):
        return spoken.say(f"summary.{_unchanged(view)}", wave=view.before)
    places = decimals(row["measure"], change=True)
    return spoken.say(
        "summary.moved",
        change=spoken.number(row["change"], places, signed=True),
        wave=view.before,
        span=spoken.span(row["change_low"], row["change_high"], places, signed=True),
        verdict=row["verdict"],
    )


def _aloud(view: ClientView, row: dict[str, Any]) -> str:
    spoken = view.language
    label = spoken.term(row["label"])
    if row["withheld"] or row["measure"] in view.scores.unasked:
        caution = spoken.caution(row["flag"])
        return spoken.say("summary.withheld_aloud", label=label, caution=caution)
    told = {
        "label": label,
        "value": _value(view, row["measure"], row["value"]),
        "span": _span(view, row),
    }
    if isnan(row["change"]):
        return spoken.say(f"summary.{_unchanged(view)}_aloud", wave=view.before, **told)
    return spoken.say("summary.card_aloud", moved=_change(view, row), **told)


def _unchanged(view: ClientView) -> str:
    """Why a number has no change."""
    return "no_comparison" if view.before else "first_wave"


def _value(view: ClientView, measure: str, value: float) -> str:
    return view.language.number(value, decimals(measure), signed=measure == "nps")


def _span(view: ClientView, row: dict[str, Any]) -> str:
    places, signed = decimals(row["measure"]), row["measure"] == "nps"
    return view.language.span(row["low"], row["high"], places, signed=signed)
