"""Further disguises, thought up after the gate was written; `disguises.py` has the first ones."""

from __future__ import annotations

import base64
import codecs
import gzip
import json
import quopri
import zlib
from collections.abc import Iterator
from urllib.parse import quote

from weasyprint import Attachment

from tests.report.disguises import Others, book, chart, notebook, page, pdf, plain, slides, zipped

_CAPITALS = str.maketrans("AEKNRTVY", "ᎪᎬᏦNᏒᎢᏙᎩ")


def _coded(o: Others) -> Iterator[tuple[str, str]]:
    """A name in another coding, as text of a page."""
    name, data = o.client, o.client.encode()
    yield "percent signs twice", quote(quote(name))
    yield "percent signs for all", "".join(f"%{b:02X}" for b in data)
    yield "percent and u", "".join(f"%u{ord(c):04X}" for c in name)
    yield "percent signs of Latin-1", quote(o.account.encode("latin-1"))
    yield "long escapes", "".join(f"\\U{ord(c):08x}" for c in name)
    yield "hexadecimal escapes", "".join(f"\\x{ord(c):02x}" for c in name)
    yield "octal escapes", "".join(f"\\{ord(c):03o}" for c in name)
    yield "escapes in JSON in JSON", json.dumps("".join(f"\\u{ord(c):04x}" for c in name))
    yield "entities with zeros", "".join(f"&#x0000{ord(c):x};" for c in name)
    yield "entities without an end", "".join(f"&#{ord(c)}" for c in name)
    yield "quoted printable", quopri.encodestring(o.account.encode()).decode()
    yield "quoted printable for all", "".join(f"={b:02X}" for b in data)
    yield "base64 twice", base64.b64encode(base64.b64encode(data)).decode()
    yield "base64 in lines", base64.encodebytes(data * 6).decode()
    yield "base64 of UTF-16", base64.b64encode(name.encode("utf-16-le")).decode()
    yield "base64 of gzip", base64.b64encode(gzip.compress(data)).decode()
    yield "base64 of zlib", base64.b64encode(zlib.compress(data)).decode()
    yield "hexadecimal, spaces", data.hex(" ")
    yield "hexadecimal, colons", data.hex(":")
    yield "hexadecimal, a list", ", ".join(f"0x{b:02x}" for b in data)
    yield "UTF-7", name.encode("utf-7").decode()
    yield "domain in Punycode", o.account.split()[0].encode("idna").decode()
    yield "ROT13", codecs.encode(name, "rot13")
    yield "base32", base64.b32encode(data).decode()
    yield "base85", base64.b85encode(data).decode()
    yield "decimal codes", " ".join(str(b) for b in data)
    yield "binary digits", " ".join(f"{b:08b}" for b in data)


def _drawn(o: Others) -> Iterator[tuple[str, str]]:
    """A name in letters that look alike, or with what nobody sees."""
    name = o.client
    squared = "".join(chr(0x1F170 + ord(c.upper()) - 65) if c.isalpha() else c for c in name)
    yield "letters in squares", squared
    yield (
        "letters of flags",
        "".join(chr(0x1F1E6 + ord(c.upper()) - 65) if c.isalpha() else c for c in name),
    )
    yield (
        "letters in circles",
        "".join(chr(0x24D0 + ord(c) - 97) if c.islower() else c for c in name),
    )
    yield "small capitals", name.translate(str.maketrans("aekr", "ᴀᴇᴋʀ"))
    yield "superscripts", name.replace("n", "ⁿ").replace("i", "ⁱ")
    yield "Armenian letters", name.replace("n", "ո").replace("u", "ս")
    yield "Cherokee capitals", name.upper().translate(_CAPITALS)
    yield "Greek capitals", name.upper().translate(str.maketrans("ABEKNT", "ΑΒΕΚΝΤ"))
    yield "struck through", "\u0336".join(name)
    yield "turned for display", f"\u202e{name[::-1]}\u202c"
    yield "isolates", "\u2066".join(name)
    yield "word joiners", "\u2060".join(name)
    yield "variation selectors", "\ufe0f".join(name)
    yield "letters that nobody sees", "x" + "".join(chr(0xE0000 + ord(c)) for c in name)
    yield "an id in Arabic digits", "".join(chr(0x660 + int(c)) for c in o.account_id)
    yield "digits for letters", name.replace("a", "4").replace("e", "3")
    yield "signs for letters", name.replace("a", "@")


def _said(o: Others) -> Iterator[tuple[str, str]]:
    """A name, a person or words as people write them."""
    first, last = o.client.split()
    given, family = o.person.split()
    words = o.words.split()
    yield "full stops", ".".join(o.client)
    yield "a full stop", f"{first}.{last}"
    yield "slash", f"{first}/{last}"
    yield "as a register has it", f"{last}, {first}"
    yield "the other way round", f"{last} {first}"
    yield "plural", f"{first} {last}es"
    yield "user name", o.person.lower().replace(" ", "_")
    yield "with a middle initial", f"{given} M. {family}"
    yield "with a title", f"Dr. {o.person}"
    yield "family name in capitals", f"{family.upper()} {given}"
    yield "initial of an account manager", f"{o.manager[0]}. {o.manager.split()[-1]}"
    yield "short e-mail", f"{o.manager[0]}{o.manager.split()[-1]}@x.example".lower()
    yield "account's first words", " ".join(o.account.split()[:2])
    yield "account as an address", plain(o.account).lower().replace(" & ", "-").replace(" ", "-")
    yield "account with a plus", o.account.replace("&", "+")
    yield "account, letters lost", o.account.encode("ascii", "replace").decode()
    yield "account's id behind a sign", f"#{o.account_id}"
    yield "account's id behind its label", f"Account {int(o.account_id)}"
    yield "client's id, no hyphen", o.client_id.replace("-", "")
    yield "client's id in a key", f"id_{o.client_id}_x"
    yield "words in capitals", o.words.upper()
    yield "words in tags", " ".join(f"<b>{w}</b>" if n % 2 else w for n, w in enumerate(words))
    yield "words from the second on", " ".join(words[1:6])
    yield "words with dots between", " … ".join(words)
    yield "a pipe", f"{first} | {last}"
    yield "initial of the last word", f"{first} {last[0]}."
    yield "first letters", first[0] + last[0]
    yield "a letter twice", first.replace("n", "nn") + f" {last}"
    yield "a letter too few", f"{first[:3]}{first[4:]} {last}"
    yield "two letters exchanged", f"{first[0]}{first[2]}{first[1]}{first[3:]} {last}"
    yield "a family name alone", family
    yield "account's id with spaces", " ".join(o.account_id)
    yield "account's id with a comma", f"{int(o.account_id):,}"
    yield "client's id with an O", o.client_id.replace("0", "O")
    yield "three words", " ".join(words[:3])
    yield "words backwards", " ".join(words[::-1])


def _marked(o: Others) -> Iterator[tuple[str, str]]:
    """A name in the markup of a page."""
    name, first, last = o.client, *o.client.split()
    packed = base64.b64encode(gzip.compress(f"<svg><text>{name}</text></svg>".encode())).decode()
    codes = ",".join(str(ord(c)) for c in name)
    escapes = "".join(f"\\{ord(c):x} " for c in name)
    yield "two rows", f"<table><tr><td>{first}</td></tr><tr><td>{last}</td></tr></table>"
    yield "two points of a list", f"<ul><li>{first}</li><li>{last}</li></ul>"
    yield "label for readers", f'<p aria-label="{name}">x</p>'
    yield "title", f'<p title="{name}">x</p>'
    yield "author", f'<meta name="author" content="{name}">'
    yield "data of a script", f'<script type="application/json">{{"n":"{name}"}}</script>'
    yield "id of an element", f'<p id="{name.lower().replace(" ", "-")}">x</p>'
    yield "anchor", f'<a href="#{first}-{last}">x</a>'
    yield "set of sources", f'<img srcset="{quote(name)}.png 2x">'
    yield "handler", f"<p onclick=\"alert('{name}')\">x</p>"
    yield "title of a drawing", f"<svg><title>{name}</title></svg>"
    yield "text of a drawing", f"<svg><![CDATA[{name}]]></svg>"
    yield "conditional comment", f"<!--[if IE]>{name}<![endif]-->"
    yield "template", f"<template>{name}</template>"
    yield "ruby", f"<ruby>{first}<rt>{last}</rt></ruby>"
    yield "escapes of a style sheet", f'<style>p::after{{content:"{escapes}"}}</style>'
    yield "packed picture", f'<img src="data:image/svg+xml;base64,{packed}">'
    yield "id in an address", f'<a href="https://x.example/{o.account_id}">x</a>'
    yield "words in a title", f'<p title="{o.words}">x</p>'
    yield "another cell between", f"<td>{first}</td><td>5.2</td><td>{last}</td>"
    yield "a short cell first", f"<td>{first[:3]}</td><td>{first[3:]}</td><td>{last}</td>"
    yield "hidden letters between", "".join(f"{c}<i hidden>x</i>" for c in name)
    yield "parts in a script", f'<script>a="{first}"+" "+"{last}"</script>'
    yield "codes in a script", f"<script>String.fromCharCode({codes})</script>"


def _files(o: Others) -> Iterator[tuple[str, tuple[str, str | bytes]]]:
    """A name in other files."""
    name, first, last = o.client, *o.client.split()
    drawing = f"<svg><text>{name}</text></svg>"
    attached = {"a.svg": {"image/svg+xml": base64.b64encode(drawing.encode()).decode()}}
    cell = {"cell_type": "markdown", "source": ["# ", name]}
    table = "C017_2025.csv"
    yield "notebook's prose", ("a.ipynb", json.dumps({"cells": [cell], "metadata": {}}))
    cell = {"cell_type": "markdown", "source": ["x"], "attachments": attached}
    yield "notebook's attachment", ("a.ipynb", json.dumps({"cells": [cell], "metadata": {}}))
    yield "notebook's stream", notebook(output_type="stream", text=[f"{name}\n"])
    yield "notebook's error", notebook(ename="E", evalue=name, traceback=[])
    yield "notebook's letters", notebook(data={"application/json": list(name)})
    yield "notebook's two strings", notebook(data={"application/json": {"a": first, "b": last}})
    yield "table's two columns", (table, f"a,b\r\n{first},{last}\r\n")
    yield "table's semicolons", (table, f"a;b\r\n{first};{last}\r\n")
    yield "table's heading", (table, f"{name}\r\n1\r\n")
    yield "table in Latin-1", (table, f"a\r\n{o.account}\r\n".encode("latin-1"))
    yield "table in UTF-16 without a mark", (table, f"a\r\n{name}\r\n".encode("utf-16-le"))
    yield "sheet's tab", book(lambda s, f: f.add_worksheet(name))
    yield "sheet's named range", book(lambda s, f: f.define_name(first + last, "=Sheet1!$A$1"))
    yield (
        "sheet's rich text",
        book(lambda s, f: s.write_rich_string(0, 0, first, f.add_format({"bold": 1}), f" {last}")),
    )
    yield (
        "sheet's link",
        book(lambda s, f: s.write_url(0, 0, f"https://x/{quote(name)}", None, "x")),
    )
    yield "workbook's company", book(lambda s, f: f.set_properties({"company": name}))
    yield "workbook's own property", book(lambda s, f: f.set_custom_property("a", name))
    yield (
        "sheet's choices",
        book(lambda s, f: s.data_validation(0, 0, 0, 0, {"validate": "list", "source": [name]})),
    )
    yield (
        "sheet's format of numbers",
        book(lambda s, f: s.write(0, 0, 1, f.add_format({"num_format": f'"{name}"0'}))),
    )
    yield "sheet's formula", book(lambda s, f: s.write_formula(0, 0, f'="{first}"&" "&"{last}"'))
    yield "sheet's text box", book(lambda s, f: s.insert_textbox(0, 0, name))
    yield "sheet's two rows", book(lambda s, f: (s.write(0, 0, first), s.write(1, 0, last)))
    yield (
        "sheet's author of a note",
        book(lambda s, f: s.write_comment(0, 0, "x", {"author": name})),
    )
    yield "slide's notes", slides(lambda s, f: _put(s.notes_slide.notes_text_frame, name))
    yield "slide's shape", slides(lambda s, f: setattr(_box(s), "name", name))
    yield (
        "slide's two boxes",
        slides(lambda s, f: [_put(_box(s).text_frame, t) for t in (first, last)]),
    )
    yield (
        "slide's table",
        slides(lambda s, f: _put(s.shapes.add_table(1, 1, 0, 0, 9, 9).table.cell(0, 0), name)),
    )
    yield (
        "slide's link",
        slides(
            lambda s, f: setattr(
                _box(s).click_action.hyperlink, "address", f"https://x/{quote(name)}"
            )
        ),
    )
    yield "slides' keywords", slides(lambda s, f: setattr(f.core_properties, "keywords", name))
    yield "chart's series", slides(chart("a", name))
    yield "PDF's title", pdf(html=f"<title>{name}</title><p>x</p>")
    yield "PDF's author", pdf(html=f'<meta name="author" content="{name}"><p>x</p>')
    yield "PDF's link", pdf(html=f'<a href="https://x.example/{quote(name)}">x</a>')
    yield "PDF's bookmark", pdf(html=f"<h1 style=\"bookmark-label:'{name}'\">x</h1>")
    yield "PDF's letters apart", pdf(html=f'<p style="letter-spacing:9px">{name}</p>')
    yield "PDF's turned text", pdf(html=f'<p style="transform:rotate(30deg)">{name}</p>')
    yield (
        "PDF's drawing",
        pdf(html='<svg width="99" height="9"><text y="9">' + name + "</text></svg>"),
    )
    yield "PDF's two cells", pdf(html=f"<table><tr><td>{first}<td>{last}</table>")
    yield "PDF's white text", pdf(html=f'<p style="color:#fff;font-size:1px">{name}</p>')
    yield "PDF's attached drawing", pdf(attachments=[Attachment(string=drawing, name="a.svg")])
    yield (
        "PDF's name of an attachment",
        pdf(attachments=[Attachment(string="x", name=f"{name}.txt")]),
    )
    yield "PDF as it is", pdf(html=f"<p>{name}</p>", uncompressed_pdf=True)
    yield "packed page", ("a.html.gz", gzip.compress(f"<p>{name}</p>".encode()))
    yield "drawing", ("a.svg", drawing)
    yield "JSON", ("a.json", json.dumps({"a": name}))
    yield (
        "workbook in slides",
        zipped("a.pptx", **{"ppt/embeddings/a.xlsx": book(lambda s, f: s.write(0, 0, name))[1]}),
    )
    yield "file's name, percent signs", (f"{quote(name)}.html", "x")
    yield "file's name, no space", (f"{first}{last}_2025.html", "x")
    yield "table in EBCDIC", (table, f"a\r\n{name}\r\n".encode("cp500"))


def _put(where: object, text: str) -> None:
    where.text = text


def _box(slide):
    return slide.shapes.add_textbox(0, 0, 9, 9)


def more_disguises(o: Others) -> dict[str, tuple[str, bytes]]:
    """Return every further disguise as a file's name and content, by what it is."""
    found = {}
    for of in (_coded, _drawn, _said):
        found |= {kind: page(f"<p>{said}</p>") for kind, said in of(o)}
    found |= {kind: page(said) for kind, said in _marked(o)}
    found |= dict(_files(o))
    return {
        kind: (name, content.encode() if isinstance(content, str) else content)
        for kind, (name, content) in found.items()
    }
