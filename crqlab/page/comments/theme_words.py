"""A theme of comments in words: what it is called, and whether more write of it than before."""

from __future__ import annotations

import json

from crqlab.comments import code_frames
from crqlab.language import Language
from crqlab.show.records import Record

SURE = 0.05  # false discovery rate up to which a change is told


def named(name: object, language: str) -> str:
    """Return what a theme is called in a language, in English or the first where it is not."""
    known = json.loads(name) if isinstance(name, str) and name else {}
    return code_frames.named(known, language)


def changed(row: Record, spoken: Language) -> str:
    """Say by how much more or less of the comments speak of a theme than in the wave before."""
    if not row.q <= SURE:
        return ""
    points, low, high = (100 * end for end in (row.change, row.change_low, row.change_high))
    code = "comments.more_than_before" if points > 0 else "comments.fewer_than_before"
    return spoken.say(code, wave=row.before, points=spoken.number(abs(points), 0),
                      span=spoken.span(low, high, 0))  # fmt: skip
