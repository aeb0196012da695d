"""HTML by hand: text that cannot break out of its place, and tables that can be heard.

Everything that came from a file passes through `text` before it becomes part of a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

#: Characters that turn the direction of text around, and those that no page may hold.
_UNSAFE = re.compile(
    "[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """Something finished: HTML for the page, one sentence for plain text.

    Attributes
    ----------
    html : str
        A fragment without script, style sheet or remote reference.
    sentence : str
        What the fragment says, for a terminal or a reader who cannot see it.
    """

    html: str
    sentence: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.sentence

    def __add__(self, other: Shown) -> Shown:
        """Show both, one below the other."""
        return Shown(f"{self.html}\n{other.html}", f"{self.sentence}\n{other.sentence}")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    head : str
        Plain text of its heading.
    cells : sequence of str
        Finished HTML, one per row.
    numeric : bool
        Numbers stand to the right.
    styles : sequence of str, optional
        A style attribute per cell, empty for none.
    named : bool
        Whether the heading is a name from a client's data, which is never translated.
    """

    head: str
    cells: Sequence[str]
    numeric: bool = False
    styles: Sequence[str] = ()
    named: bool = False


def text(value: object) -> str:
    """Make any value harmless inside HTML, and readable in its own direction.

    Parameters
    ----------
    value : object
        None and NaN become an empty text.

    Returns
    -------
    str
        Escaped, without control characters and without marks that turn text around.

    Examples
    --------
    >>> text("<b>A & B</b> \u202egnp.exe")
    '&lt;b&gt;A &amp; B&lt;/b&gt; gnp.exe'
    >>> text(None), text(float("nan"))
    ('', '')
    """
    return escape(plain(value), quote=True)


def plain(value: object) -> str:
    """Return any value as text that stands alone, as in a cell: `text` before it is escaped.

    Examples
    --------
    >>> plain("A & B \u202egnp.exe"), plain(None)
    ('A & B gnp.exe', '')
    """
    if value is None or value != value:
        return ""
    return _UNSAFE.sub("", str(value))


def names(values: Iterable[object], *, missing: str = "") -> list[str]:
    """Make a column of names harmless; each keeps its own writing direction and its language.

    Parameters
    ----------
    values : iterable
    missing : str
        Our own word in place of None and NaN.

    Examples
    --------
    >>> names(["A & B", None], missing="open")
    ['<bdi translate="no">A &amp; B</bdi>', '<bdi>open</bdi>']
    """
    return [name(value) if value == value and value is not None else phrase(missing)
            for value in values]  # fmt: skip


def name(value: object) -> str:
    """Make one name harmless: what a client's data call something is never translated."""
    return f'<bdi translate="no">{text(value)}</bdi>'


def phrases(values: Iterable[object], *, missing: str = "") -> list[str]:
    """Make a column of our own words harmless; unlike names they may be translated."""
    known = (missing if value is None or value != value else value for value in values)
    return [phrase(value) for value in known]


def phrase(value: object) -> str:
    """Make our own words harmless, in a writing direction of their own."""
    return f"<bdi>{text(value)}</bdi>"


def table(
    columns: Sequence[Column],
    *,
    caption: str,
    note: str = "",
    kind: str = "",
    row_heads: bool = True,
) -> str:
    """Lay out a table with a caption and with headings that name their direction.

    Parameters
    ----------
    columns : sequence of Column
        All of one length; the first names the rows.
    caption : str
        Plain text: what the table says, and the n, interval and method behind it.
    note : str
        Finished HTML of one paragraph below.
    kind : str
        Class of the table, for the style sheet.
    row_heads : bool
        Whether cells of the first column are headings of their rows.

    Returns
    -------
    str
        The table inside a box that scrolls by itself where the screen is narrow.

    Examples
    --------
    >>> html = table([Column("Account", ["A"]), Column("n", ["4"], True)], caption="Who answered")
    >>> '<caption><span>Who answered</span></caption>' in html, '<th scope="row">A</th>' in html
    (True, True)
    """
    head = "".join(
        f'<th scope="col"{_numeric(column)}{_named(column)}>{text(column.head)}</th>'
        for column in columns
    )
    first, *others = (_cells(column, row_heads and i == 0) for i, column in enumerate(columns))
    rows = ("".join(cells) for cells in zip(first, *others, strict=True))
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    named = f' class="{kind}"' if kind else ""
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{text(_short(caption))}">\n'
        f"<table{named}>\n<caption><span>{text(caption)}</span></caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody>\n</table>\n</div>" + (f"\n{paragraph(note)}" if note else "")
    )


def paragraph(html: str, kind: str = "note") -> str:
    """Wrap finished HTML as one paragraph."""
    return f'<p class="{kind}">{html}</p>' if kind else f"<p>{html}</p>"


def under(title: str, *shown: Shown, says: str = "") -> Shown:
    """Put a third-level heading, and words, above what is shown; nothing above nothing.

    Parameters
    ----------
    title, says : str
        Plain text.
    *shown : Shown
        From top to bottom.

    Examples
    --------
    >>> print(under("Who?", Shown("<p>All.</p>", "All.")).html)
    <h3>Who?</h3>
    <p>All.</p>
    >>> under("Who?", Shown("", "Nobody")).html
    ''
    """
    kept = [part for part in shown if part.html]
    if not kept:
        return Shown("", "\n".join(part.sentence for part in shown))
    words = [paragraph(text(says), "")] if says else []
    html = "\n".join([f"<h3>{text(title)}</h3>", *words, *(part.html for part in kept)])
    return Shown(html, "\n".join(part.sentence for part in kept))


def folded(title: str, shown: Shown) -> Shown:
    r"""Fold away what few readers need; a printed page shows it open.

    Parameters
    ----------
    title : str
        Plain text: what is inside.
    shown : Shown
        Nothing is folded if it has no HTML.

    Examples
    --------
    >>> folded("More", Shown("<p>All.</p>", "All.")).html
    '<details>\n<summary>More</summary>\n<p>All.</p>\n</details>'
    """
    if not shown.html:
        return shown
    head = f"<summary>{text(title)}</summary>"
    return Shown(f"<details>\n{head}\n{shown.html}\n</details>", shown.sentence)


def hidden(words: str) -> str:
    """Return words that are heard but not seen."""
    return f'<span class="heard">{text(words)}</span>'


def _numeric(column: Column) -> str:
    return ' class="number"' if column.numeric else ""


def _named(column: Column) -> str:
    return ' translate="no"' if column.named else ""


def _cells(column: Column, heads: bool) -> list[str]:
    tag, extra = ("th", ' scope="row"') if heads else ("td", _numeric(column))
    styles = column.styles or [""] * len(column.cells)
    marked = (f' style="{style}"' if style else "" for style in styles)
    return [
        f"<{tag}{extra}{style}>{cell}</{tag}>"
        for cell, style in zip(column.cells, marked, strict=True)
    ]


def _short(caption: str) -> str:
    """The first sentence of a caption."""
    return re.split(r"(?<=[.:;])(?<!\bno\.) ", caption)[0].rstrip(".:;")
