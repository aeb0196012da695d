"""Parts of files, made by hand: what is read in each, how, and what is nobody's."""

import gzip
import io
import json
import zipfile

import pytest

from crqlab.page.marks.pieces import BREAK, CELLS, LINES, MACHINE
from crqlab.report.clearance.encoded_text import decoded
from crqlab.report.clearance.file_texts import texts
from crqlab.report.clearance.office_texts import library, office_pieces
from crqlab.report.clearance.pdf_texts import pdf_pieces


def cells(pieces, read):
    """Texts of one kind, those of all pieces together."""
    return [cell for one in pieces if one.read == read for cell in one.said.split(BREAK)]


# ---- office files


def test_a_formula_is_read_without_the_cells_it_refers_to():
    (piece,) = office_pieces("s.xml", "<f>SUM($A$1:B22,C3)&amp;Kvarnby</f>")
    assert piece.said == "SUM( , )&Kvarnby"


def test_attributes_that_people_see_are_cells_and_all_others_a_programs():
    part = (
        '<x:cNvPr xmlns:x="urn:n" descr="Kvarnby" kind="Kiruna"/>'
        '<hyperlink location="Lindby!A1:B22" ref="C3"/>'
    )
    found = list(office_pieces("s.xml", part))
    assert cells(found, CELLS) == ["", "Kvarnby", "Lindby! "]
    assert cells(found, MACHINE) == ["Kiruna", "C3"]


def test_places_and_lengths_are_no_texts():
    assert cells(office_pieces("s.xml", '<c r="Kvarnby1"/><off x="1"/>'), MACHINE) == []


def test_what_libraries_write_into_empty_files_is_known():
    sheets, slides = library(slides=False), library(slides=True)
    assert {"Sheet1", "xl/worksheets/sheet1.xml", "_xlnm.Print_Titles"} <= sheets.cells
    assert {"Office Theme", "ppt/presentation.xml"} <= slides.cells
    assert "ppt/presentation.xml" not in sheets.cells
    assert sheets.parts < slides.parts


# ---- PDF files


def drawn(*said, fonts=b""):
    content = b"".join(
        b"%d 0 obj <<>>\nstream\nBT %s ET\nendstream endobj\n" % (10 + n, each)
        for n, each in enumerate(said)
    )
    found = pdf_pieces("a.pdf", fonts + content, None)
    return [one.said for one in found if one.where == "a.pdf, text"]


def test_letters_drawn_one_by_one_are_a_word_and_longer_strings_are_lines():
    assert drawn(b"(K) Tj (v) Tj (a) Tj", b"(Kv) Tj (arnby) Tj (!) Tj") == ["Kva", "Kv\narnby\n!"]
    assert drawn(b"(Kv) Tj (by) Tj") == ["Kv\nby"]


def test_codes_are_read_by_the_map_of_their_font():
    fonts = (
        b"1 0 obj <</Font <</F1 2 0 R>>>> endobj\n"
        b"2 0 obj <</Type /Font /ToUnicode 3 0 R>> endobj\n"
        b"3 0 obj <<>>\nstream\nbegincmap 2 beginbfchar <41> <004B> <20> <0076> endbfchar\n"
        b"endstream endobj\n"
    )
    assert drawn(b"/F1 9 Tf <41> Tj <4120> Tj", fonts=fonts) == ["K\nKv"]
    assert drawn(b"/F2 9 Tf <41> Tj <4120> Tj", fonts=fonts) == ["A\nA "]


def test_streams_outside_any_object_are_read_each():
    content = b"stream\nBT (Kvarnby) Tj ET\nendstream\nstream\nBT (Kiruna) Tj ET\nendstream"
    found = list(pdf_pieces("a.pdf", content, None))
    assert cells(found, LINES) == ["Kvarnby", "Kiruna"]


# ---- files in files


def nested(content, times, pack):
    for _ in range(times):
        content = pack(content)
    return content


def zipped(content):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("in", content)
    return made.getvalue()


@pytest.mark.parametrize("pack", [zipped, gzip.compress])
def test_files_are_opened_four_deep(pack):
    def read(times):
        return cells(texts("a", nested(b"Kvarnby", times, pack)), CELLS)

    assert "Kvarnby" in read(4)
    assert "Kvarnby" not in read(5)


def test_numbers_of_a_notebook_are_read_and_signs_of_yes_and_no_are_not():
    node = {"cells": [{"n": 148731, "yes": True, "part": 0.25}]}
    said = cells(texts("a.ipynb", json.dumps(node).encode()), CELLS)
    assert said == ["a.ipynb", "148731", "0.25"]


# ---- other codings


@pytest.mark.parametrize("beyond", [0x110000, 0x110001, 0x1FFFFFFF])
def test_a_character_that_there_is_not_is_left_out(beyond):
    assert "Kvarnby" in "".join(decoded(f"Kvar\\U{beyond:08x}nby"))
