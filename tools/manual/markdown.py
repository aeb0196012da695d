"""Markdown as Sphinx reads it (MyST): tables, anchors, and text that means only itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SIGNS = re.compile(r"([\\`*_{}\[\]<>|$])")
_CODE = re.compile(r"``([^`]+)``|`([^`]+)`")


def plain(text: object) -> str:
    r"""Return a text whose signs are no marks.

    Examples
    --------
    >>> plain("a_b | <c>")
    'a\\_b \\| \\<c\\>'
    """
    return _SIGNS.sub(r"\\\1", str(text))


def code(text: object) -> str:
    """Return a text in the letters of code, also in the cell of a table.

    Examples
    --------
    >>> code("a|b")
    '`a\\\\|b`'
    """
    return f"`{str(text).replace('|', chr(92) + '|')}`"


def prose(text: str) -> str:
    """Return a docstring's words: code stays code, and no other sign is a mark.

    Examples
    --------
    >>> prose("Columns ``n_*`` of `Contract`.")
    'Columns `n_*` of `Contract`.'
    """
    parts, end = [], 0
    for found in _CODE.finditer(text):
        parts += [plain(text[end : found.start()]), code(found[1] or found[2])]
        end = found.end()
    return " ".join("".join([*parts, plain(text[end:])]).split())


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows as a table.

    Examples
    --------
    >>> print(table(["key", "means"], [["a", "b"]]))
    | key | means |
    | --- | --- |
    | a | b |
    """
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page(title: str, *parts: str) -> str:
    """Return a page of a title and its parts; empty ones are left out."""
    return "\n\n".join([f"# {title}", *(part for part in parts if part)]) + "\n"
