"""How to read a report, in every language, from the words that stand in the reports themselves."""

from __future__ import annotations

from crqlab.base.codebook import Privacy
from crqlab.base.standards import SURE
from crqlab.language import language, languages
from crqlab.page.reading_guide import ENTRIES
from crqlab.segments import starting
from crqlab.stats.defaults import LEVEL
from tools.manual.markdown import page, plain

_SCALE = (1, 7)


def reading_pages() -> dict[str, str]:
    """Return a page for each language: every figure and word of a report once."""
    return {f"reading/{code}.md": _page(code) for code in languages()}


def _page(code: str) -> str:
    spoken = language(code)
    least = Privacy()
    numbers = {
        "low": _SCALE[0],
        "high": _SCALE[1],
        "level": spoken.percent(LEVEL),
        "sure": spoken.percent(SURE),
        "scores": least.min_scores,
        "words": least.min_comments,
    }
    parts = []
    for name in ENTRIES:
        parts += [f"## {plain(spoken.say(f'reading.{name}_name'))}"]
        parts += [plain(spoken.say(f"reading.{name}", **numbers))]
        parts += [_segments(code)] if name == "segment" else []
    return page(plain(spoken.say("reading.head")), *parts)


def _segments(code: str) -> str:
    traits = starting().traits
    return "\n".join(
        f"- **{plain(traits.label(name, code))}**: {plain(traits.meaning(name, code))}"
        for name in traits.order
    )
