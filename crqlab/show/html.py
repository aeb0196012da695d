"""HTML as a type: text that cannot break out of its place, and tables that can be heard.

What is finished is `markupsafe.Markup`; whatever else becomes part of a page is escaped on its way
in. An f-string of Markup is text again, and would be escaped: use `tag`, `lines` and `.format`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

#: Of a table that becomes cards where the screen is narrow.
STACKED = "stacked"
#: Characters that turn the direction of text around, and those that no page may hold.
_UNSAFE = re.compile(
    "[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """Something finished: HTML for the page, one sentence for plain text.

    Attributes
    ----------
    html : Markup
        A fragment without script, style sheet or remote reference.
    sentence : str
        What the fragment says, for a terminal or a reader who cannot see it.
    """

    html: Markup
    sentence: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "html", _finished(self.html))

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.sentence

    def __add__(self, other: Shown) -> Shown:
        """Show both, one below the other."""
        return Shown(lines(self.html, other.html), f"{self.sentence}\n{other.sentence}")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    head : str
        Plain text of its heading.
    cells : sequence of Markup or str
        One per row; text is escaped.
    numeric : bool
        Numbers stand to the right.
    styles : sequence of str, optional
        A style attribute per cell, empty for none.
    named : bool
        Whether the heading is a name from a client's data, which is never translated.
    """

    head: str
    cells: Sequence[Markup | str]
    numeric: bool = False
    styles: Sequence[str] = ()
    named: bool = False


def text(value: object) -> Markup:
    """Make any value harmless inside HTML, and readable in its own direction.

    Parameters
    ----------
    value : object
        None and NaN become an empty text; Markup stays as it is.

    Returns
    -------
    Markup
        Escaped, without control characters and without marks that turn text around.

    Examples
    --------
    >>> text("<b>A & B</b> \u202egnp.exe")
    Markup('&lt;b&gt;A &amp; B&lt;/b&gt; gnp.exe')
    >>> text(None), text(float("nan")), text(Markup("<b>A</b>"))
    (Markup(''), Markup(''), Markup('<b>A</b>'))
    """
    return value if isinstance(value, Markup) else escape(plain(value))


def tag(name: str, *inside: object, **attributes: object) -> Markup:
    """Return one element; what stands inside is escaped unless it is Markup.

    Parameters
    ----------
    name : str
    *inside : object
        From left to right.
    **attributes
        Names with ``_`` for ``-`` and a last ``_`` where Python has the word (``class_``); None and
        an empty text leave the attribute out, True writes its name alone.

    Examples
    --------
    >>> tag("p", "A & B ", tag("b", 3), class_="note", translate="no", title=None)
    Markup('<p class="note" translate="no">A &amp; B <b>3</b></p>')
    """
    said = "".join(_attribute(key, value) for key, value in attributes.items())
    return Markup(f"<{name}{said}>{''.join(map(text, inside))}</{name}>")


def _attribute(key: str, value: object) -> str:
    if value is None or value == "":
        return ""
    key = key.rstrip("_").replace("_", "-")
    return f" {key}" if value is True else f' {key}="{text(value)}"'


def lines(*parts: object) -> Markup:
    r"""Put parts one below the other; empty ones are left out.

    Examples
    --------
    >>> lines(tag("p", "A"), "", tag("p", "B"))
    Markup('<p>A</p>\n<p>B</p>')
    """
    return Markup("\n").join(text(part) for part in parts if part)


def _finished(html: str) -> Markup:
    return html if isinstance(html, Markup) else Markup(html)


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


def names(values: Iterable[object], *, missing: str = "") -> list[Markup]:
    """Make a column of names harmless; each keeps its own writing direction and its language.

    Parameters
    ----------
    values : iterable
    missing : str
        Our own word in place of None and NaN.

    Examples
    --------
    >>> names(["A & B", None], missing="open")
    [Markup('<bdi translate="no">A &amp; B</bdi>'), Markup('<bdi>open</bdi>')]
    """
    return [name(value) if value == value and value is not None else phrase(missing)
            for value in values]  # fmt: skip


def name(value: object) -> Markup:
    """Make one name harmless: what a client's data call something is never translated."""
    return tag("bdi", value, translate="no")


def phrases(values: Iterable[object], *, missing: str = "") -> list[Markup]:
    """Make a column of our own words harmless; unlike names they may be translated."""
    known = (missing if value is None or value != value else value for value in values)
    return [phrase(value) for value in known]


def phrase(value: object) -> Markup:
    """Make our own words harmless, in a writing direction of their own."""
    return tag("bdi", value)


def table(
    columns: Sequence[Column],
    *,
    caption: str,
    note: str = "",
    kind: str = "",
    row_heads: bool = True,
) -> Markup:
    """Lay out a table with a caption and with headings that name their direction.

    Parameters
    ----------
    columns : sequence of Column
        All of one length; the first names the rows.
    caption : str
        Plain text: what the table says, and the n, interval and method behind it.
    note : Markup or str
        One paragraph below.
    kind : str
        Classes of the table, for the style sheet; with ``stacked``, a narrow screen shows each row
        as a card, whose cells name their columns.
    row_heads : bool
        Whether cells of the first column are headings of their rows.

    Returns
    -------
    Markup
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
    heard = STACKED in kind.split()
    first, *others = (
        _cells(column, row_heads and i == 0, heard) for i, column in enumerate(columns)
    )
    rows = ("".join(cells) for cells in zip(first, *others, strict=True))
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    named = f' class="{kind}"' if kind else ""
    box = Markup(
        f'<div class="scroll" role="region" tabindex="0" aria-label="{text(_short(caption))}">\n'
        f"<table{named}>\n<caption><span>{text(caption)}</span></caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>"
    )
    return lines(box, paragraph(note) if note else "")


def paragraph(inside: Markup | str, kind: str = "note") -> Markup:
    """Wrap something as one paragraph."""
    return tag("p", _finished(inside), class_=kind)


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
    Markup('')
    """
    kept = [part for part in shown if part.html]
    if not kept:
        return Shown("", "\n".join(part.sentence for part in shown))
    words = paragraph(text(says), "") if says else ""
    html = lines(tag("h3", title), words, *(part.html for part in kept))
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
    Markup('<details>\n<summary>More</summary>\n<p>All.</p>\n</details>')
    """
    if not shown.html:
        return shown
    inside = lines(tag("summary", title), shown.html)
    return Shown(tag("details", Markup("\n"), inside, Markup("\n")), shown.sentence)


def hidden(words: str) -> Markup:
    """Return words that are heard but not seen."""
    return tag("span", words, class_="heard")


def _numeric(column: Column) -> str:
    return ' class="number"' if column.numeric else ""


def _named(column: Column) -> str:
    return ' translate="no"' if column.named else ""


def _cells(column: Column, heads: bool, headed: bool) -> list[str]:
    kind, extra = ("th", ' scope="row"') if heads else ("td", _numeric(column))
    if headed and not heads:
        extra += f' data-head="{text(column.head)}"'
    styles = column.styles or [""] * len(column.cells)
    marked = (f' style="{style}"' if style else "" for style in styles)
    return [
        f"<{kind}{extra}{style}>{_finished(cell)}</{kind}>"
        for cell, style in zip(column.cells, marked, strict=True)
    ]


def _short(caption: str) -> str:
    """The first sentence of a caption."""
    return re.split(r"(?<=[.:;])(?<!\bno\.) ", caption)[0].rstrip(".:;")
