"""What is said of segments on the page of one client."""

from __future__ import annotations

from crqlab.language.segment_words import SegmentWords
from crqlab.page.client_view import ClientView


def segment_words(view: ClientView) -> SegmentWords:
    """Return the words of a view's language, thresholds and codebook."""
    asked = view.instrument
    labels = {name: asked.label(name) for name in asked.constructs}
    return SegmentWords(view.language, view.segments.traits, labels)
