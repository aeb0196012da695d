"""How a deck opens: who was asked, and three numbers."""

from __future__ import annotations

from crqlab.page.client_view import ClientView
from crqlab.page.decision.sentences import strength_sentence
from crqlab.page.scores.export import moved
from crqlab.page.slide import Cards, Slide, Words, brief, foot
from crqlab.show.number_format import decimals


def opening_slide(view: ClientView) -> Slide:
    """Name the client, the study and the wave."""
    say = view.language.say
    people = say("slide.people", n=view.n_respondents, m=view.n_accounts)
    lines = (view.title, say("slide.wave", wave=view.wave), people)
    warning = ". ".join(view.warnings) or say("slide.confidential")
    message = say("slide.opening", client=brief(view.client))
    return Slide(message, Words(lines, size=20), warning, opening=True)


def headline_slide(view: ClientView) -> Slide | None:
    """Three numbers side by side."""
    rows = [row for name in ("crq", "nps", "mean_ltr") if (row := view.measure(name)) is not None]
    if not rows:
        return None
    message = strength_sentence(view).removesuffix(".")
    return Slide(message, Cards(tuple(_card(view, row) for row in rows)), foot(view, row=rows[0]))


def _card(view: ClientView, row: dict) -> tuple[str, str, tuple[str, ...]]:
    spoken, places, signed = view.language, decimals(row["measure"]), row["measure"] == "nps"
    span = spoken.span(row["low"], row["high"], places, signed=signed)
    level = spoken.percent(row["level"])
    known = (spoken.say("slide.interval", level=level, span=span), moved(view, row))
    untold = row["withheld"] or row["measure"] in view.scores.unasked
    facts = (spoken.caution(row["flag"]),) if untold else known
    people = spoken.say("slide.n", n=int(row["n_respondents"]))
    value = spoken.number(row["value"], places, signed=signed)
    return spoken.term(row["label"]), value, (*facts, people)
