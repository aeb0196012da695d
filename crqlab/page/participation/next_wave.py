"""The next wave: whom to ask, what to ask account managers, and who answered till now."""

from __future__ import annotations

from crqlab.page.client_view import ClientView
from crqlab.page.participation.concentration import plan, questions
from crqlab.page.participation.html import completion
from crqlab.page.participation.silence import voices
from crqlab.show.html import Shown, folded, under


def next_wave(view: ClientView) -> Shown:
    """What follows from who answered, details folded away."""
    groups = (
        "Groups of few contacts or accounts say little; the caution says so. Who is missing in "
        "the second table is known by role only."
    )
    by = under("Who answered, by group", completion(view), says=groups)
    roles = under("Which roles are not heard?", voices(view))
    found = under("Whom to ask next", plan(view))
    found += under("Questions to account managers", questions(view))
    return found + folded("Participation in detail: by group, and by role", by + roles)
