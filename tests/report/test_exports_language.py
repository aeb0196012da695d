"""Workbook and slides in another language, to the last word; what data say stays as it is."""

import io
import re

import pytest
from pptx import Presentation
from python_calamine import CalamineWorkbook

import crqlab
from crqlab import CrqError, StudyError
from crqlab.language import language as of_code
from crqlab.language import languages
from crqlab.report import card, export, view
from crqlab.report.exports import crm, workbook
from crqlab.report.exports import deck as slides
from crqlab.report.exports import theme as themes
from crqlab.report.exports.workbook import sheets
from tests.page.reworded import english_among
from tests.report.neighbours import HOSTILE, lay
from tests.report.test_exports import unzipped
from tests.report.test_page_language import BY_HAND, STUDIES
from tests.report.workbooks import tables

OTHERS = [language for language in languages() if language != "en"]
#: What our fixture's tables say by hand, beside what they say on pages.
HERE = {*BY_HAND, "one response a contact", "fewer than 10 contacts"}
LOOK = themes.Theme()


def made(study, language):
    """Return workbook and slides as their readers see them."""
    who = {"client": "C017", "wave": "2025"}
    seen, about = view(study, **who, language=language), card(study, **who)
    book = workbook.content(seen, LOOK, card=about)
    deck = slides.content(seen, LOOK, card=about)
    opened = CalamineWorkbook.from_filelike(io.BytesIO(book)), Presentation(io.BytesIO(deck))
    return seen, *opened


def texts(book, deck):
    """Every text of both files."""
    for name in book.sheet_names:
        yield from (cell for line in book.get_sheet_by_name(name).to_python()
                    for cell in line if isinstance(cell, str))  # fmt: skip
    for page in deck.slides:
        yield from page.notes_slide.notes_text_frame.text.splitlines()
        for shape in page.shapes:
            if shape.has_text_frame:
                yield from (line.text for line in shape.text_frame.paragraphs)
            elif shape.has_chart:
                yield from (shape.name, *map(str, shape.chart.plots[0].categories))


@pytest.fixture(scope="module")
def swedish(stationed_study_of):
    return made(stationed_study_of(), "sv")


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("language", OTHERS)
def test_no_text_of_workbook_and_slides_stays_english(request, name, language):
    fixture, shape = STUDIES[name]
    _, book, deck = made(request.getfixturevalue(fixture)(**shape), language)
    assert set(english_among(texts(book, deck), of_code(language))) <= HERE


def test_sheets_have_names_that_excel_takes_and_the_numbers_of_the_english_ones(swedish):
    seen, book, _ = swedish
    assert book.sheet_names[0] == "F\u00f6rs\u00e4ttsblad"
    assert len({name.casefold() for name in book.sheet_names}) == len(list(sheets(seen))) + 1
    assert len(book.sheet_names) <= 10
    assert all(len(name) <= 31 and not re.search(r"[][:*?/\\]", name) for name in book.sheet_names)
    rows = tables(book)["V\u00e4rden"]
    found = {row["M\u00e5tt"]: row["V\u00e4rde"] for row in rows}
    assert found["F\u00f6rtroende"] == seen.measure("trust")["value"]
    assert found["NPS"] == seen.measure("nps")["value"]


def test_codes_of_tables_are_said_in_words(swedish):
    _, book, _ = swedish
    said = {str(cell) for name in book.sheet_names
            for line in book.get_sheet_by_name(name).to_python()
            for cell in line}  # fmt: skip
    assert {"Hela f\u00f6r\u00e4ndringen", "Alla r\u00e4knas en g\u00e5ng", "ICC(1)"} <= said
    assert not said & {"all", "same", "joiners", "respondents", "icc1", "rwg_j", "straight_line"}


def test_slides_write_numbers_as_their_language_does(swedish):
    seen, _, deck = swedish
    crq = seen.measure("crq")
    title = next(page.shapes.title.text_frame for page in deck.slides
                 if page.shapes.title.text_frame.text.startswith("CRQ "))  # fmt: skip
    low, high = (f"{crq[f'change_{end}']:+.2f}".replace(".", ",").replace("-", "\u2212")
                 for end in ("low", "high"))  # fmt: skip
    assert f"({low} till {high})" in title.text
    assert title.paragraphs[0].runs[0]._r.rPr.get("lang") == "sv-SE"
    words = "\n".join(s.text_frame.text for page in deck.slides for s in page.shapes
                      if s.has_text_frame)  # fmt: skip
    words = words.replace(seen.segments.thresholds, "")  # a version, no number
    assert not re.search(r"\d\.\d{1,2}\b(?!\.\d)", words.replace(crqlab.__version__, ""))


def test_numbers_in_cells_and_charts_carry_the_language_of_their_format(stationed_study_of):
    study = stationed_study_of()
    who = {"client": "C017", "wave": "2025"}
    about = card(study, **who)
    seen = {language: view(study, **who, language=language) for language in ("en", "sv")}
    for make, part in ((workbook, "xl/styles.xml"), (slides, "chart")):
        for language, there in (("en", False), ("sv", True)):
            content = make.content(seen[language], LOOK, card=about)
            held = [text for name, text in unzipped(content) if part in name and b"0.00" in text]
            assert held
            assert any(b"[$-41D]0.00" in text for text in held) == there


def test_names_are_never_translated_whatever_they_are(tmp_path):
    names = ["Account manager; and more", "Silent", *HOSTILE]
    names.insert(4, "Trust")
    _, book, _ = made(lay(tmp_path, names=names, accounts=16), "sv")
    listed = {row["Kund"] for row in tables(book)["Kunder"]}
    assert {"Trust", "Account manager; and more", "Silent"} <= listed


def test_a_crm_gets_the_same_bytes_in_every_language(stationed_study_of):
    study = stationed_study_of()
    seen = {one: view(study, client="C017", wave="2025", language=one) for one in languages()}
    made_ = {one: crm.content(seen[one], LOOK, study=study) for one in seen}
    assert len({files[:3] for files in made_.values()}) == 1
    assert len({files[3] for files in made_.values()}) == len(made_)


def test_the_language_is_the_one_asked_for_else_the_codebooks(tmp_path):
    study = lay(tmp_path, accounts=14)
    for asked, sheet in (("sv", "V\u00e4rden"), (None, "Scores")):
        (path,) = export(study, "C017", "2025", kinds=["xlsx"], language=asked)
        assert sheet in CalamineWorkbook.from_path(str(path)).sheet_names
    with pytest.raises(CrqError, match="language is 'xx'"):
        export(study, "C017", "2025", kinds=["xlsx"], language="xx")
    (study.reports / "C017_2025.html").write_text('<html lang="en"><p>Trust</p></html>')
    with pytest.raises(StudyError, match=r"C017_2025_sv.html is not there; .* --language sv"):
        export(study, "C017", "2025", kinds=["pdf"], language="sv")
