"""The report as slides: one message each, with n and interval, and charts that can be edited."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crqlab.page.actions.export import actions_slide
from crqlab.page.benchmark.export import benchmark_slide
from crqlab.page.client_view import ClientView
from crqlab.page.drivers.export import drivers_slide
from crqlab.page.method.export import method_slide
from crqlab.page.participation.export import answered_slide, silent_slide
from crqlab.page.renewal.export import outlook_slide
from crqlab.page.scores.export import constructs_slide, course_slide, recommend_slide
from crqlab.page.segments.export import segments_slide
from crqlab.page.slide import Slide
from crqlab.page.summary.export import headline_slide, opening_slide
from crqlab.report.clearance.provenance import RunCard
from crqlab.report.exports.theme import Theme

MOST = 12  # slides


def content(
    view: ClientView, theme: Theme, *, card: RunCard, template: str | Path | None = None, **_: Any
) -> bytes:
    """Return a PowerPoint file.

    Parameters
    ----------
    view : ClientView
        Its language is that of the slides.
    theme : Theme
        Colours of charts; the logo where there is no template.
    card : RunCard
        Named on the last slide.
    template : Path, optional
        A ``.pptx`` file with the client's own masters.

    Returns
    -------
    bytes
        The same view gives the same bytes.
    """
    from crqlab.report.exports.pptx_slides import Deck

    deck = Deck(theme, Path(template) if template else None, view.language)
    for slide in slides(view, card):
        deck.add(slide)
    say = view.language.say
    people = say("slide.people", n=view.n_respondents, m=view.n_accounts)
    return deck.content(say("slide.title", client=view.client, wave=view.wave, people=people))


def slides(view: ClientView, card: RunCard) -> Iterator[Slide]:
    """Yield the slides in the order in which they tell of the client, at most `MOST`."""
    yield opening_slide(view)
    told = (
        benchmark_slide(view) or headline_slide(view),
        course_slide(view),
        constructs_slide(view),
        recommend_slide(view),
        drivers_slide(view),
        segments_slide(view),
        outlook_slide(view),
        actions_slide(view),
        answered_slide(view),
        silent_slide(view),
    )
    shown = [slide for slide in told if slide is not None]
    yield from shown[: MOST - 2]
    yield method_slide(view, card.said(view.language))
