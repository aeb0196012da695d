"""A codebook on one screen: what was asked, how it is scored, where the answers are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crqlab.base.codebook import Codebook
    from crqlab.base.instrument import Instrument

_COLUMNS, _LINES = 100, 40
_HEADS = 12  # characters left of what is said
_CONSTRUCTS = 16  # constructs that are listed one by one
_HEAD = "constructs"
_Rows = Iterator[tuple[str, str]]


def instrument_summary(asked: Instrument) -> str:
    """Return what an instrument asks and how it is scored, on less than a screen."""
    return _laid_out(_asked(asked))


def codebook_summary(book: Codebook) -> str:
    """Return a codebook's facts, at most 40 lines of 100 characters."""
    title = f"{book.title}{', synthetic' if book.synthetic else ''}"
    return _laid_out([("title", title), *_asked(book.instrument), *_held(book)])


def _asked(asked: Instrument) -> _Rows:
    scale = f"{asked.scale.low} to {asked.scale.high}"
    extra = [
        "0-10 recommendation" if asked.recommend else "",
        "familiarity" if asked.familiarity else "",
        f"{len(asked.comments)} open" if asked.comments else "",
    ]
    if asked.items:
        extra.insert(0, f"{len(asked.items)} items from {scale}")
    questions = _listed(filter(None, extra))
    yield "instrument", f"{asked.name}, version {asked.version}: {questions}"
    for row, (name, one) in enumerate(asked.constructs.items()):
        head = _HEAD if row == 0 else ""
        if row == _CONSTRUCTS and len(asked.constructs) > _CONSTRUCTS + 1:
            yield head, f"and {len(asked.constructs) - row} more"
            break
        yield head, f"{name}: {_listed(one.items or one.parts)}"
    if rule := asked.crq.constructs:
        required = f"; required: {_listed(asked.crq.required)}" if asked.crq.required else ""
        yield "crq", f"at least {asked.crq.at_least} of {_listed(rule)}{required}"
    if asked.uniqueness:
        yield "uniqueness", _listed(asked.uniqueness)


def _held(book: Codebook) -> _Rows:
    yield "answers", _listed(source.file for source in book.responses.files)
    for table in ("contacts", "accounts", "outcomes", "clients"):
        if source := getattr(book, table):
            yield table, source.file
    if book.client:
        yield "client", f"{book.client.id} {book.client.name}".strip()
    if book.waves:
        yield "waves", _listed(book.waves)
    if book.roles.order:
        yield "roles", _listed(book.roles.order)
    if flags := [f for f in book.checks.exclude if f != "no_weight" or book.weight]:
        yield "left out", _listed(flags)
    least = book.privacy
    yield "privacy", f"scores of {least.min_scores} people, words of {least.min_comments}, or more"
    yield "language", f"{book.language}; reports in {book.report_language}"
    if book.weight:
        yield "weights", _listed(book.weight)
    if book.currency:
        yield "currency", book.currency
    if book.release:
        yield "release", book.release
    if book.unconfirmed:
        yield "unconfirmed", _listed(book.unconfirmed)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _laid_out(rows: Iterable[tuple[str, str]]) -> str:
    """Two columns; what is too long is cut with a mark that says so."""
    lines = []
    for head, said in rows:
        most = 1 if head in (_HEAD, "") else 2
        broken = wrap(
            said, _COLUMNS - _HEADS, max_lines=most, placeholder=" …", break_on_hyphens=False
        )
        lines += [f"{head if not row else '':{_HEADS}}{text}" for row, text in enumerate(broken)]
    hidden = len(lines) - _LINES
    return "\n".join([*lines[: _LINES - 1], "…"] if hidden > 0 else lines)
