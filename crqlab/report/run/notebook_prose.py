"""A notebook's words as HTML: headings that can be linked, no raw markup, nothing remote."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from mistune import HTMLRenderer, create_markdown

from crqlab.language import OWN, Language, language
from crqlab.show.html import text


class Writer:
    """Writes one notebook's Markdown cells and notes their headings.

    Attributes
    ----------
    question : str
        The first level-one heading, as plain text; empty until it was met.
    contents : list of (str, str)
        Id and HTML label of each second-level heading, in order.

    Examples
    --------
    >>> writer = Writer()
    >>> print(writer.written("## Who answered?"))
    <h2 id="who-answered">Who answered?</h2>
    >>> writer.contents
    [('who-answered', 'Who answered?')]
    """

    def __init__(self) -> None:
        self.question = ""
        self.contents: list[tuple[str, str]] = []
        self._ids: set[str] = {"content"}
        self._markdown = create_markdown(renderer=_Renderer(self), plugins=["table"])

    def written(self, source: str, *, opening: bool = False) -> str:
        """Return a cell as HTML; the question of an ``opening`` cell is taken out of it."""
        if opening and (first := re.match(r"# +(.+?) *#*(?:\n|$)", source)):
            self.question, source = first[1], source[first.end() :]
        return self._markdown(source).strip()

    def heading(self, label: str, level: int) -> str:
        """Return a heading with an id of its own; the page has its h1 already."""
        level = max(level, 2)
        words = unicodedata.normalize("NFKD", re.sub(r"<[^>]+>|&\w+;", "", label)).lower()
        plain = re.sub(r"[^a-z0-9]+", "-", words).strip("-") or "section"
        name, again = plain, 2
        while name in self._ids:
            name, again = f"{plain}-{again}", again + 1
        self._ids.add(name)
        if level == 2:
            self.contents.append((name, re.sub(r"<[^>]+>", "", label)))
        return f'<h{level} id="{name}">{label}</h{level}>\n'


def worded(cell: Any, spoken: Language) -> str:
    """Return the words of a Markdown cell in a language.

    The house has words for cells of its own, by their ids. What somebody has rewritten stands as
    they wrote it, in every language.

    Parameters
    ----------
    cell : NotebookNode
    spoken : Language
    """
    code, own = f"notebook.{cell.get('id', '')}", language(OWN)
    known = code in own and own.say(code) == cell.source
    return spoken.say(code) if known else cell.source


class _Renderer(HTMLRenderer):
    """Markdown without raw HTML, remote pictures or links that leave the page."""

    def __init__(self, writer: Writer) -> None:
        super().__init__(escape=True)
        self._writer = writer

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        return self._writer.heading(text, level)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return text

    def link(self, text: str, url: str, title: str | None = None) -> str:
        inside = re.fullmatch(r"#[\w-]+", url)
        return f'<a href="{url}">{text}</a>' if inside else text

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        return f'<th scope="col">{text}</th>\n' if head else f"<td>{text}</td>\n"


def frame(html: str, source: str, spoken: Language) -> str:
    """Make pandas' table of a cell fit for a page: scrolling, with caption and scopes.

    Parameters
    ----------
    html : str
        As pandas writes it; its cells are escaped already.
    source : str
        The cell, whose last line becomes the caption.
    spoken : Language
    """
    table = re.search(r"<table.*</table>", html, re.DOTALL)[0]
    head, _, body = table.partition("<tbody>")
    head = re.sub(r"<th(?: \w+=\"[^\"]*\")*></th>", "<td></td>", head)
    head = re.sub(r"<th\b", '<th scope="col"', head)
    body = re.sub(r"<th\b", '<th scope="row"', body)
    line = source.strip().splitlines()[-1] if source.strip() else spoken.say("frame.table_bare")
    head = re.sub(r"<table[^>]*>", f"<table><caption><code>{text(line)}</code></caption>", head)
    label = text(spoken.say("frame.table", line=line))
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">\n'
        f"{head}<tbody>{body}\n</div>"
    )
