"""What is said of segments on the page of one client."""

from __future__ import annotations

from crqlab.language import Language
from crqlab.language.segment_words import SegmentWords
from crqlab.page.client_view import ClientView
from crqlab.page.segments.data import Moved


def segment_words(view: ClientView) -> SegmentWords:
    """Return the words of a view's language, thresholds and codebook."""
    asked = view.instrument
    labels = {name: asked.label(name) for name in asked.constructs}
    return SegmentWords(view.language, view.segments.traits, labels)


def movement(spoken: Language, code: str, up: Moved, down: Moved, *, wave: str, **more: str) -> str:
    """Say how many accounts climbed and fell, or that it is too early to say.

    Parameters
    ----------
    spoken : Language
    code : str
        Of the sentence; with ``_unclear`` of the one that leaves it open.
    up, down : Moved
        Accounts that climbed, and that fell.
    wave : str
        The earlier wave.
    **more : str
        What else the sentence names.
    """
    if not (up.shown or down.shown):
        return spoken.say(f"{code}_unclear", wave=wave, n=up.n)
    told = {"up": spoken.number(up.value, 0), "down": spoken.number(down.value, 0)}
    ends = {"up_span": up, "down_span": down}
    told |= {name: spoken.span(one.low, one.high, 0) for name, one in ends.items()}
    return spoken.say(code, wave=wave, n=up.n, **told, **more)
