"""What we wrote is read out of every kind of file; what libraries wrote is not."""

import io
import zipfile

import pydyf
import pytest
import xlsxwriter
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from weasyprint import HTML, Attachment

from crqlab.page.marks.pieces import BREAK, MACHINE, SOFT
from crqlab.report.clearance.file_texts import texts

TOLD = "Kvarnby Verkstad"


def said(name, content):
    """Every cell of a file's texts that people read, without the marks of tags."""
    pieces = [piece for piece in texts(name, content) if piece.read != MACHINE]
    return {cell.replace(SOFT, "") for piece in pieces for cell in piece.said.split(BREAK)}


def test_nothing_is_read_in_files_that_nobody_has_written_into():
    blank, book = io.BytesIO(), io.BytesIO()
    Presentation().save(blank)
    with xlsxwriter.Workbook(book, {"in_memory": True}) as made:
        made.add_worksheet()
    for name, file in (("a.pptx", blank), ("a.xlsx", book)):
        told = said(name, file.getvalue()) - {name}
        assert {cell for cell in told if not cell.startswith(name)} <= {""}


def test_what_somebody_put_into_a_template_is_read():
    file, made = Presentation(), io.BytesIO()
    file.slide_master.placeholders[0].text_frame.text = TOLD
    file.save(made)
    assert TOLD in said("a.pptx", made.getvalue())


def test_texts_links_outlines_attachments_and_information_of_a_pdf_are_read():
    page = (
        f"<title>T {TOLD}</title><h1>O {TOLD}</h1><p>P {TOLD}</p>"
        f"<a href='https://x.example/L%20{TOLD.replace(' ', '%20')}'>x</a>"
        f"<meta name=keywords content='K {TOLD}'>"
    )
    attached = Attachment(string=f"A {TOLD}", name=f"N {TOLD}.txt")
    made = HTML(string=page).write_pdf(attachments=[attached])
    found = said("a.pdf", made)
    for letter in "TOPKA":
        assert any(f"{letter} {TOLD}" in cell for cell in found), letter
    assert f"https://x.example/L {TOLD}" in found
    assert any(f"N {TOLD}" in cell for cell in found)


def test_letters_of_a_font_are_no_text():
    made = HTML(string="<p>abc</p>").write_pdf(uncompressed_pdf=True)
    assert said("a.pdf", made) == {"a.pdf", "abc"}


@pytest.mark.parametrize("compress", [False, True])
def test_a_pdf_without_a_map_of_its_font_is_read(compress):
    made, file = pydyf.PDF(), io.BytesIO()
    drawn = pydyf.Stream(compress=compress)
    drawn.begin_text()
    drawn.set_font_size("F1", 20)
    drawn.show_text_string(TOLD)
    drawn.end_text()
    made.add_object(drawn)
    made.add_object(pydyf.Dictionary({"Title": pydyf.String("Åhléns")}))
    made.write(file)
    assert {TOLD, "Åhléns"} <= said("a.pdf", file.getvalue())


def test_a_chart_is_read_in_its_labels_and_its_own_workbook():
    file, made, data = Presentation(), io.BytesIO(), CategoryChartData()
    data.categories = [f"C {TOLD}"]
    data.add_series(f"S {TOLD}", [148731])
    page = file.slides.add_slide(file.slide_layouts[6])
    page.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, 0, 0, 9, 9, data).name = f"N {TOLD}"
    file.save(made)
    found = said("a.pptx", made.getvalue())
    assert {f"C {TOLD}", f"S {TOLD}", f"N {TOLD}"} <= found
    assert "148731" not in found


def test_keys_numbers_and_unread_kinds_of_a_notebook_are_read():
    notebook = (
        b'{"cells": [{"outputs": [{"data": {"application/json": {"a": 47110, "Key X": 1}}}]}]}'
    )
    assert "47110" in said("a.ipynb", notebook)
    keys = [piece.said for piece in texts("a.ipynb", notebook) if piece.read == MACHINE]
    assert any("Key X" in key.split(BREAK) for key in keys)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", f"Name\r\n{TOLD}\r\n".encode("utf-16")),
        ("a.xml", f'<?xml version="1.0" encoding="UTF-16"?><t>{TOLD}</t>'.encode("utf-16")),
        ("a.html", b"<p>S3Zhcm5ieSBWZXJrc3RhZA==</p>"),
        ("a.html", b"<p>4b7661726e6279205665726b73746164</p>"),
        ("a.html", b"<script>x='Kvarnby\\u0020Verkstad'</script>"),
        ("a.html", b"<a title=Kvarnby&#32;Verkstad>x</a>"),
        ("a.html", b"<img src='data:image/svg+xml;utf8,%3Ctext%3EKvarnby%20Verkstad%3C/text%3E'>"),
        ("a.html", b"<a href='data:text/plain;base64,S3Zhcm5ieSBWZXJrc3RhZA=='>x</a>"),
    ],
)  # fmt: skip
def test_other_codings_are_read(name, content):
    assert any(TOLD in cell for cell in said(name, content))


def test_a_zip_behind_other_bytes_is_read():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/a.xml", f"<t>{TOLD}</t>")
    assert TOLD in said("a.xlsx", b"MZ" + file.getvalue())
