"""Executed notebooks as pages that can be mailed: one file, no script, nothing loaded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

import crqlab
from crqlab.base.errors import ReportError
from crqlab.language import Language
from crqlab.language import language as spoken_language
from crqlab.page.client_view import warnings
from crqlab.report.brand.client_brand import Brand
from crqlab.report.run import notebook_prose
from crqlab.show.html import lines, tag, text

HOUSE = Brand()
_HERE = Path(__file__).parent
STYLE = (_HERE / "template" / "style.css").read_text(encoding="utf-8")
_PICTURES = ("image/png", "image/jpeg")
_FORBIDDEN = re.compile(
    r"<(?:script|iframe|object|embed|link|form|base)\b|<[^<>]*\s(?:on\w+|srcset)\s*="
    r"|<[^<>]*\s(?:src|href|xlink:href)\s*=\s*(?![\"'](?:#|data:image/"
    r"|(?:[\w-]+/)?[\w-]+\.(?:html|pdf|xlsx|pptx|csv|zip)[\"']))",
    re.IGNORECASE,
)
#: What `_FORBIDDEN` looks at: from the beginning of a tag to its end, or to that of the next.
_BEGUN = re.compile("<[^<>]*")
_REGION = re.compile(r'(role="region" tabindex="0" aria-label=")([^"]*)(")')
#: Where the style sheet prints on paper that data are made up.
_PRINTED = "{synthetic}"
_H1 = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a page: ``words``, ``code``, ``picture`` or ``output``, as finished HTML.

    Code and pictures say in ``alt`` what they are.
    """

    kind: str
    html: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the template lays out; every text is finished HTML."""

    title: str
    spoken: Language
    head: str
    contents: tuple[tuple[str, str], ...] = ()
    blocks: tuple[Block, ...] = ()
    version: str = crqlab.__version__
    style: str = STYLE
    reviewer: bool = False

    @property
    def printed(self) -> str:
        """The style sheet, whose words on paper are this language's."""
        return self.style.replace(_PRINTED, self.spoken.say("frame.synthetic_print"))

    @property
    def made(self) -> str:
        """With what the page was made, and where that is told."""
        told = {"title": Markup(self.title), "version": self.version}
        if not self.contents:
            return self.spoken.html("frame.made", **told)
        name, label = self.contents[-1]
        link = tag("a", Markup(label), href=f"#{name}")
        return self.spoken.html("frame.made_where", where=link, **told)


def render(
    notebook: Any,
    *,
    title: str,
    language: str,
    code: bool = False,
    synthetic: bool = False,
    unconfirmed: int = 0,
    brand: Brand = HOUSE,
) -> str:
    """Turn an executed notebook into one HTML page.

    Parameters
    ----------
    notebook : NotebookNode
        Executed; not changed.
    title : str
        What the study is called.
    language : str
        Of the page: one of `crqlab.language.languages`.
    code : bool
        Whether a reviewer sees the code, the notebook's own introduction, and cells tagged
        ``reviewer``; a client sees words, tables and pictures only.
    synthetic : bool
        Whether to say above the question that the data are made up; a head that an output
        brings says so itself.
    unconfirmed : int
        Points of the codebook that nobody has confirmed; told likewise.
    brand : Brand
        The client's logo, colours and font.

    Returns
    -------
    str
        A whole page: the same notebook gives the same bytes. A table of contents lists the
        second-level headings. An output with a level-one heading becomes the page's head, and
        the notebook's question its motto; else the question is the page's one h1.

    Raises
    ------
    ReportError
        A picture without alternative text, or an output that would load or run something.
    """
    spoken = spoken_language(language)
    writer = notebook_prose.Writer()
    blocks = list(_blocks(notebook, writer, code, spoken))
    mastheads = [b for b in blocks if b.kind == "output" and _H1.search(b.html)][:1]
    blocks = [block for block in blocks if block not in mastheads]
    question = text(writer.question or title)
    study = tag("p", title, class_="study", translate="no")
    head = lines(_banner(spoken, synthetic, unconfirmed), study, tag("h1", question))
    named = question
    if mastheads:
        head = f'{mastheads[0].html}\n<p class="question">{question}</p>'
        named = re.sub(r"<[^>]+>", "", _H1.search(head)[1])
    sheet = Sheet(
        f"{named} · {text(title)}",
        spoken,
        f"{brand.image}{head}",
        tuple(writer.contents),
        tuple(blocks),
        style=STYLE if brand == HOUSE else STYLE + brand.css,
        reviewer=code,
    )
    html = _told_apart(_laid_out(sheet))
    return _checked(html if brand == HOUSE else brand.painted(html))


def document(
    body: str,
    *,
    title: str,
    language: str,
    synthetic: bool = False,
    unconfirmed: int = 0,
    brand: Brand = HOUSE,
) -> str:
    """Set finished HTML in the frame of a page, as for an index or an account manager's pack.

    Parameters
    ----------
    body : str
        Trusted HTML; its h1 becomes the page's head.
    title, language : str
    synthetic, unconfirmed, brand
        As for `render`.
    """
    heading = _H1.search(body)
    head = heading[0] if heading else f"<h1>{text(title)}</h1>"
    body = body.replace(head, "", 1)
    spoken = spoken_language(language)
    head = f"{brand.image}{_banner(spoken, synthetic, unconfirmed)}\n{head}"
    style = STYLE if brand == HOUSE else STYLE + brand.css
    sheet = Sheet(text(title), spoken, head, (), (Block("output", body),), style=style)
    html = _told_apart(_laid_out(sheet))
    return _checked(html if brand == HOUSE else brand.painted(html))


def _banner(spoken: Language, synthetic: bool, unconfirmed: int) -> Markup:
    """Say on every page of a study that its data are made up, or its codebook a draft."""
    told = warnings(spoken, synthetic, unconfirmed)
    return lines(*(tag("p", said, class_="synthetic", role="note") for said in told))


def _laid_out(sheet: Sheet) -> str:
    """Fill the template: all that it shows is on the sheet, nothing in the notebook."""
    html, _ = _exporter().from_notebook_node(_empty(), resources={"page": sheet})
    return html


def _told_apart(html: str) -> str:
    """Number regions of the same name: whoever hears the page must tell them apart."""
    seen: Counter[str] = Counter()

    def numbered(region: re.Match[str]) -> str:
        seen[region[2]] += 1
        again = f" ({seen[region[2]]})" if seen[region[2]] > 1 else ""
        return f"{region[1]}{region[2]}{again}{region[3]}"

    return _REGION.sub(numbered, html)


def _blocks(
    notebook: Any, writer: notebook_prose.Writer, code: bool, spoken: Language
) -> Iterator[Block]:
    """Cells in order, as far as this reader sees them."""
    for number, cell in enumerate(notebook.cells, start=1):
        tags = cell.metadata.get("tags", [])
        if "reviewer" in tags and not code:
            continue
        if cell.cell_type == "markdown":
            words = writer.written(notebook_prose.worded(cell, spoken), opening=number == 1)
            if words and (code or number > 1):
                yield Block("words", words)
        elif cell.cell_type == "code":
            if code and cell.source.strip():
                label = spoken.say("frame.code", n=number)
                yield Block("code", text(cell.source), label)
            for output in cell.outputs:
                yield from _output(output, cell, number, code, spoken)


def _output(output: Any, cell: Any, number: int, code: bool, spoken: Language) -> Iterator[Block]:
    kind = output.output_type
    if kind == "stream":
        if (code or output.name == "stdout") and output.text.strip():
            yield Block("output", f'<p class="said">{text(output.text.strip())}</p>')
        return
    if kind == "error":
        yield Block("output", f'<p class="said">{text(f"{output.ename}: {output.evalue}")}</p>')
        return
    pictures = [mime for mime in _PICTURES if mime in output.data]
    plain = output.data.get("text/plain", "").strip()
    if "text/html" in output.data:
        html = output.data["text/html"]
        framed = 'class="dataframe"' in html
        html = notebook_prose.frame(html, cell.source, spoken) if framed else html
        yield Block("output", html)
    elif pictures:
        if not plain or plain.startswith("<"):
            raise ReportError(
                f"The picture of cell {number} has no alternative text. Draw it with "
                'crqlab.figures, or say what it shows: ax.figure.set_label("...").'
            )
        source = output.data[pictures[0]].replace("\n", "")
        yield Block("picture", f"data:{pictures[0]};base64,{source}", text(plain))
    elif plain:
        yield Block("output", f'<p class="said">{text(plain)}</p>')


def _checked(html: str) -> str:
    """Refuse a page that would run or load anything, whatever a cell has put out."""
    tags = "\n".join(set(_BEGUN.findall(html)))  # most stand there many times
    if _FORBIDDEN.search(tags) and (found := _FORBIDDEN.search(html)):
        line = html.count("\n", 0, found.start()) + 1
        raise ReportError(
            f"Line {line} of the page would run or load something: {found[0][:60]!r}. A report has "
            "no script and no remote part; show tables with crqlab.tables and pictures as PNG."
        )
    return html if html.endswith("\n") else f"{html}\n"


@cache
def _exporter() -> Any:
    """Compile the template once; a page then takes milliseconds."""
    import sys

    sys.modules.setdefault("rfc3987_syntax", None)  # jsonschema treats it as not installed
    from nbconvert.exporters import TemplateExporter

    return TemplateExporter(
        extra_template_basedirs=[str(_HERE)],
        template_name="template",
        template_file="index.html.j2",
        template_extension=".html.j2",
    )


def _empty() -> Any:
    from nbformat.v4 import new_notebook

    return new_notebook()
