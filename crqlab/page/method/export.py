"""How the numbers are made, as a sheet and a slide."""

from __future__ import annotations

from crqlab.page.client_view import ClientView
from crqlab.page.method.html import privacy, rules
from crqlab.page.sheet import Sheet, sheet
from crqlab.page.slide import Slide, Words, foot


def excluded_sheet(view: ClientView) -> Sheet:
    """Responses that were flagged, by check."""
    columns = {
        "check": ("check", "", "check"),
        "rule": ("rule", "", "rule"),
        "n_flagged": ("flagged", "responses", "count"),
        "n_excluded": ("left_out", "responses", "count"),
    }
    return sheet(view, "excluded", columns, view.excluded)


def method_slide(view: ClientView, card: str) -> Slide:
    """The rules in words, above what the numbers were made from."""
    lines = (rules(view).sentence, privacy(view).sentence)
    return Slide(view.language.say("slide.method"), Words(lines, size=13), foot(view, card))
