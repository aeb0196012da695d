"""Ways in which something of another client may stand in a file: names, forms, kinds of file."""

from __future__ import annotations

import base64
import io
import json
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

import xlsxwriter
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from weasyprint import HTML, Attachment


@dataclass(frozen=True)
class Others:
    """What is another client's."""

    client: str
    client_id: str
    person: str
    manager: str
    account: str
    account_id: str
    words: str


def page(body: str) -> tuple[str, str]:
    return "C017_2025.html", f"<html><body>{body}</body></html>"


def zipped(name: str, **parts: str | bytes) -> tuple[str, bytes]:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return name, file.getvalue()


def notebook(**output) -> tuple[str, str]:
    cell = {"cell_type": "code", "source": ["view"], "outputs": [output]}
    return "C017_2025.ipynb", json.dumps({"cells": [cell], "metadata": {}})


def pdf(**parts) -> tuple[str, bytes]:
    return "C017_2025.pdf", HTML(string=parts.pop("html", "<p>x</p>")).write_pdf(**parts)


def raw_pdf(told: bytes) -> tuple[str, bytes]:
    return "C017_2025.pdf", b"%PDF-1.7\n1 0 obj <<" + told + b">> endobj"


def slides(fill) -> tuple[str, bytes]:
    file, made = Presentation(), io.BytesIO()
    fill(file.slides.add_slide(file.slide_layouts[6]), file)
    file.save(made)
    return "C017_2025.pptx", made.getvalue()


def book(fill) -> tuple[str, bytes]:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as file:
        fill(file.add_worksheet(), file)
    return "C017_2025.xlsx", made.getvalue()


def chart(label: str, series: str = "n"):
    def fill(slide, _):
        data = CategoryChartData()
        data.categories = [label, "b"]
        data.add_series(series, [1, 2])
        slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, 0, 0, 9, 9, data)

    return fill


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _written(o: Others) -> Iterator[tuple[str, str]]:
    """A name as text of a page."""
    name, first, last = o.client, *o.client.split()
    yield "as it is", name
    yield "capitals", name.upper()
    yield "decomposed", unicodedata.normalize("NFD", o.account)
    yield "entities", "".join(f"&#{ord(c)};" for c in name)
    yield "entities twice", "".join(f"&amp;#x{ord(c):x};" for c in name)
    yield "zero-width spaces", "\u200b".join(name)
    yield "soft hyphens", "\u00ad".join(name)
    yield "no-break space", name.replace(" ", "\u00a0")
    yield "Cyrillic vowels", name.replace("a", "\u0430").replace("e", "\u0435")
    yield "Greek and Cyrillic consonants", name.replace("K", "\u039a").replace("k", "\u043a")
    yield "full width", full_width(name)
    yield (
        "mathematical letters",
        "".join(
            chr(0x1D41A + ord(c) - 97) if c in "abcdefghijklmnopqrstuvwxyz" else c for c in name
        ),
    )
    yield "l and i as digits", o.person.replace("i", "1").replace("l", "1")
    yield "m as r and n", "Bolrnen Industri"
    yield "no space", f"{first}{last}"
    yield "underscore", f"{first}_{last}"
    yield "hyphen", f"{first}-{last}"
    yield "letters apart", " ".join(name)
    yield "hyphen at a break", f"{name[:4]}-<br>{name[4:]}"
    yield "hyphen at a line's end", f"{name[:4]}-\n{name[4:]}"
    yield "possessive", f"{name}'s plant"
    yield "Swedish genitive", f"{name}s anläggning"
    yield "in a longer word", f"x{first}{last}x"
    yield "with a legal form", f"{name} AB"
    yield "first word alone", first
    yield "reversed", name[::-1]
    yield "domain", f"www.{first}{last}.example".lower()
    yield "tags inside", f"<b>{name[:2]}</b>{name[2:5]}<i>{name[5:]}</i>"
    yield "spans", "</span><span>".join(name)
    yield "base64", base64.b64encode(name.encode()).decode()
    yield "hexadecimal", name.encode().hex()
    yield "percent signs", quote(name)
    yield "account without legal form", " ".join(o.account.split()[:-1])
    yield "account without marks", plain(o.account)
    yield "account in ASCII", o.account.encode("ascii", "ignore").decode()
    yield "account in German ASCII", o.account.replace("Å", "AA").replace("Ö", "OE")
    yield "account read as Latin-1", o.account.encode().decode("cp1252", "replace")
    yield "account with and", o.account.replace("&", "and")
    yield "person", o.person
    yield "last name first", ", ".join(reversed(o.person.split()))
    yield "initial", f"{o.person[0]}. {o.person.split()[-1]}"
    yield "e-mail", f"{o.person.replace(' ', '.').lower()}@x.example"
    yield "account manager", o.manager
    yield "client's id", o.client_id
    yield "client's id, small", o.client_id.lower()
    yield "account's id", o.account_id
    yield "account's id as a number", o.account_id.lstrip("0")
    yield "account's id as a float", f"{float(o.account_id)}"
    yield "account's id with its name", f"{o.account} ({int(o.account_id)})"
    yield "words", o.words
    yield "words but the first", " ".join(o.words.split()[1:])
    yield "words, half", " ".join(o.words.split()[:4])
    yield "words with a slip", o.words.replace("e", "3", 1)


def _marked(o: Others) -> Iterator[tuple[str, str]]:
    """A name in the markup of a page."""
    first, last = o.client.split()
    coded = base64.b64encode(f"<svg><text>{o.client}</text></svg>".encode()).decode()
    yield "two cells", f"<table><tr><td>{first}</td><td>{last}</td></tr></table>"
    yield "two labels", f"<svg><text>{first}</text><text>{last}</text></svg>"
    yield "two parts of a label", f"<svg><text>{first}<tspan>{last}</tspan></text></svg>"
    yield "two blocks", f"<div>{first}</div><div style='display:inline'>{last}</div>"
    yield "alternative text", f'<img alt="About {o.client}">'
    yield "attribute without quotes", f"<p data-x={first}&#32;{last}>x</p>"
    yield "class", f'<p class="{first}{last}">x</p>'
    yield "geometry", f'<svg><text x="{o.account_id}">a</text></svg>'
    yield "link", f'<a href="https://x.example/?q={quote_plus(o.client)}">x</a>'
    yield "style sheet", f'<style media="all">p::after{{content:"{o.client}"}}</style>'
    yield "style", f"<p style=\"content:'{o.client}'\">x</p>"
    yield "comment", f"<!-- {o.client} -->"
    escaped = "".join(f"\\u{ord(c):04x}" for c in o.client)
    yield "escapes in a script", f'<script>a="{escaped}"</script>'
    yield "picture in base64", f'<img src="data:image/svg+xml;base64,{coded}">'
    svg = quote(f"<svg><text>{o.client}</text></svg>")
    yield "picture in UTF-8", f"<img src='data:image/svg+xml;utf8,{svg}'>"


def _files(o: Others) -> Iterator[tuple[str, tuple[str, str | bytes]]]:
    """A name in other files."""
    name, data = o.client, "application/json"
    yield "notebook's text", notebook(data={"text/plain": [name[:4], name[4:]]})
    yield "notebook's key", notebook(metadata={name: 1})
    yield (
        "notebook's base64",
        notebook(data={"application/octet-stream": base64.b64encode(name.encode()).decode()}),
    )
    yield "notebook's number", notebook(data={data: {"a": int(o.account_id)}})
    yield "table in UTF-16", ("C017_2025.csv", f"Name\r\n{name}\r\n".encode("utf-16"))
    yield "file's name", (f"{name}.html", "x")
    yield "part's name", zipped("C017_2025.xlsx", **{f"{name}.xml": "<a/>"})
    yield "zip behind bytes", (
        "C017_2025.xlsx", b"MZ" + zipped("a", **{"xl/s.xml": f"<t>{name}</t>"})[1],
    )  # fmt: skip
    yield "sheet's cell and note", book(lambda s, _: s.write_comment(0, 0, name))
    yield "sheet's number", book(lambda s, _: s.write_number(0, 0, int(o.account_id)))
    yield "chart's label", slides(chart(name))
    yield "PDF's drawn text", pdf(html=f"<p>{name}</p>")
    yield "PDF's attachment", pdf(attachments=[Attachment(string=name, name="a.txt")])
    yield (
        "PDF's octal string",
        raw_pdf(b"/Title (" + "".join(f"\\{ord(c):03o}" for c in name).encode() + b")"),
    )
    yield "PDF's hexadecimal string", raw_pdf(b"/Title <" + name.encode().hex().encode() + b">")
    metadata = zlib.compress(f"<dc:title>{name}</dc:title>".encode())
    yield "PDF's metadata", (
        "C017_2025.pdf", b"%PDF-1.7\n1 0 obj <<>> stream\n" + metadata + b"\nendstream",
    )  # fmt: skip
    yield "picture's comment", (
        "a.jpg", b"\xff\xd8\xff\xfe\x00\x20" + name.encode() + b"\xff\xd9",
    )  # fmt: skip
    yield "picture of another kind", ("a.gif", b"GIF89a" + name.encode())
    yield "headers and sheet's name", book(lambda s, _: s.set_header(f"&L{name}"))


def disguises(o: Others) -> dict[str, tuple[str, bytes]]:
    """Return every disguise as a file's name and content, by what it is."""
    found = {f"text: {kind}": page(f"<p>{said}</p>") for kind, said in _written(o)}
    found |= {f"markup: {kind}": page(said) for kind, said in _marked(o)}
    found |= {f"file: {kind}": made for kind, made in _files(o)}
    return {
        kind: (name, content.encode() if isinstance(content, str) else content)
        for kind, (name, content) in found.items()
    }
