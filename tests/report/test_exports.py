"""Exports hold what the tables hold, by the word of readers that others have written."""

import contextlib
import csv
import io
import re
import shutil
import subprocess
import sys
import zipfile
import zlib
from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest
import yaml
from bs4 import BeautifulSoup
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Inches
from python_calamine import CalamineWorkbook

from crqlab import CrqError, ReportError, Study, StudyError
from crqlab.base.contracts.cautions import code
from crqlab.language import language
from crqlab.page.decision.sentences import strength_sentence
from crqlab.page.slide import Bars, Slide, axis
from crqlab.report import LeakError, card, export, view
from crqlab.report.exports import crm, export_files, workbook
from crqlab.report.exports import deck as slides
from crqlab.report.exports import theme as themes
from crqlab.report.exports.pptx_slides import Deck
from crqlab.report.exports.workbook import sheets
from crqlab.report.run import render
from crqlab.show.html import plain
from tests.report.executed import executed
from tests.report.neighbours import HOSTILE, THEIRS, lay
from tests.report.workbooks import tables

PLAIN = themes.Theme()
FORMULAS = ("=", "+", "-", "@", "{")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return lay(tmp_path_factory.mktemp("exports"), names=HOSTILE, accounts=14)


@pytest.fixture(scope="module")
def seen(study):
    return view(study, client="C017", wave="2025")


@pytest.fixture(scope="module")
def about(study):
    return card(study, client="C017", wave="2025")


@pytest.fixture(scope="module")
def book(seen, about):
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook.content(seen, PLAIN, card=about)))


@pytest.fixture(scope="module")
def deck(seen, about):
    return Presentation(io.BytesIO(slides.content(seen, PLAIN, card=about)))


@pytest.fixture(scope="module")
def rows(seen, study):
    return read(crm.content(seen, PLAIN, study=study)[0])


def read(content):
    """A CSV file as a list of dicts."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def table(book, name):
    """One table as a list of rows, each a dict by heading."""
    return tables(book)[name]


def test_a_workbook_has_a_sheet_for_every_table_with_its_numbers(book, seen):
    names = [sheet.name for sheet in sheets(seen)]
    assert book.sheet_names == ["Cover", *names]
    assert {"Scores", "Accounts", "Comments"} <= set(names)
    assert len(book.sheet_names) <= 10
    found = {row["Measure"]: row for row in table(book, "Scores")}
    for row in seen.measures.itertuples():
        line = found[row.label]
        assert line["Value"] == pytest.approx(row.value, abs=1e-12)
        assert line["Interval from"] == pytest.approx(row.low, abs=1e-12)
        assert line["n respondents"] == row.n_respondents
        assert line["Method"] == seen.language.method(row.method)


def test_accounts_in_a_workbook_keep_back_what_the_page_keeps_back(book, seen):
    found = {row["Account id"]: row for row in table(book, "Accounts")}
    assert len(found) == len(seen.accounts)
    for row in seen.accounts.itertuples():
        line = found[row.account_id]
        assert (line["CRQ, plain mean"] == "") == (row.crq != row.crq)
        assert line["n respondents"] == row.n
    small = [row for row in found.values() if 0 < row["n respondents"] < 3]
    assert small
    assert all(row["Caution"].startswith("withheld") for row in small)


def test_cautions_of_a_workbook_are_said_from_their_codes(seen, about):
    cells = ["ok", code("n_below_minimum", minimum=3), "would_tell_smaller_group"]
    measures = seen.measures.head(3).assign(flag=cells)
    content = workbook.content(
        replace(seen, scores=replace(seen.scores, measures=measures)), PLAIN, card=about
    )
    found = table(CalamineWorkbook.from_filelike(io.BytesIO(content)), "Scores")
    assert [row["Caution"] for row in found] == [
        "", "withheld: n below 3", "withheld: would tell what a smaller group said"
    ]  # fmt: skip


def test_units_stand_in_headings_and_notes_on_the_cover(book):
    heads = book.get_sheet_by_name("Accounts").to_python()[0]
    assert {"CRQ, shrunken (scale points, 1 to 7)", "NPS (-100 to +100)",
            "Revenue a year (EUR)"} <= set(heads)  # fmt: skip
    said = " ".join(str(cell) for line in book.get_sheet_by_name("Cover").to_python()
                    for cell in line)  # fmt: skip
    assert "fewer than 3 respondents" in said


def test_no_cell_is_a_formula_or_a_link(seen, about, study):
    made = {"xlsx": workbook.content(seen, PLAIN, card=about),
            "pptx": slides.content(seen, PLAIN, card=about)}  # fmt: skip
    parts = [part for content in made.values() for part in unzipped(content)]
    sheets_ = [text for name, text in parts if "/worksheets/" in name or "hyperlink" in name]
    assert len(sheets_) > 5
    assert not any(b"<f>" in text or b"r:id=" in text for text in sheets_)
    links = [link for text in sheets_ for link in re.findall(rb"<hyperlink [^>]*>", text)]
    assert links
    assert all(b"location=\"'" in link for link in links)


def unzipped(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            inner = archive.read(name)
            yield from unzipped(inner) if name.endswith(".xlsx") else [(name, inner)]


def test_hostile_names_arrive_as_the_text_they_are(book, rows):
    wanted = {name.replace("\u202e", "") for name in HOSTILE}
    assert wanted <= {row["Account"] for row in table(book, "Accounts")}
    assert wanted <= {row["Name"].removeprefix("'") for row in rows}
    deck = Deck(PLAIN, None, language("en"))
    names = [name for name in wanted if name]
    deck.add(Slide("Names", Bars(names, [1.0] * len(names), "=1+1")))
    (chart,) = charts(Presentation(io.BytesIO(deck.content("Names"))))
    drawn = [str(label).lstrip("\u00a0") for label in chart.plots[0].categories]
    assert set(drawn) == set(names)
    assert not any(str(label).startswith(FORMULAS[0]) for label in chart.plots[0].categories)


def charts(deck):
    return [s.chart for slide in deck.slides for s in slide.shapes if s.has_chart]


def words(slide):
    return "\n".join(s.text_frame.text for s in slide.shapes if s.has_text_frame)


def test_slides_say_one_thing_each_with_its_n(deck, seen):
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    crq = seen.measure("crq")
    assert titles[0].startswith("Nordwind & Co")
    assert f"{strength_sentence(seen)}" == f"{titles[1]}."
    assert all(titles)
    assert len(titles) <= 12
    assert len(set(titles)) == len(titles)
    assert f"n = {crq['n_respondents']} respondents" in words(deck.slides[1])
    assert all("SYNTHETIC DATA" in words(slide) for slide in deck.slides)


def test_charts_can_be_edited_and_hold_the_tables_numbers(deck, seen):
    drawn = {chart.plots[0].series[0].name: chart.plots[0] for chart in charts(deck)}
    rows = seen.measures[seen.measures["measure"].isin(seen.instrument.constructs)]
    named = [str(label).partition(":")[0] for label in drawn["Mean score"].categories]
    found = dict(zip(named, drawn["Mean score"].series[0].values, strict=True))
    assert found == pytest.approx(dict(zip(rows["label"], rows["value"], strict=True)))
    assert (
        sum(drawn["Respondents by answer, 0 to 10"].series[0].values) == seen.scores.ltr["n"].sum()
    )
    bars = drawn["Mean score"].series[0]._element.find("{*}errBars")
    ends = [float(v.text) for v in bars.find("{*}plus").iter("{*}v")]
    assert sorted(ends) == pytest.approx(sorted(rows["high"] - rows["value"]))


def test_charts_are_told_to_who_cannot_see_them(deck):
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_chart:
                told = shape._element.xpath(".//p:cNvPr")[0].get("descr")
                assert told.startswith(slide.shapes.title.text_frame.text.rstrip("."))
            if shape.has_chart:
                labels = [str(label).rpartition(": ")[0] or str(label)
                          for label in shape.chart.plots[0].categories]  # fmt: skip
                assert all(plain(label) in told for label in labels)


def test_speakers_find_n_and_method_in_the_notes(deck, seen):
    notes = [slide.notes_slide.notes_text_frame.text for slide in deck.slides]
    assert all(notes)
    nps = seen.measure("nps")
    mine = next(slide for slide in deck.slides
                if slide.shapes.title.text_frame.text.startswith("NPS"))  # fmt: skip
    n = f"n = {nps['n_respondents']} people at {nps['n_accounts']} customers. "
    assert n in mine.notes_slide.notes_text_frame.text
    assert "intervals (" in mine.notes_slide.notes_text_frame.text


def test_the_bar_of_the_message_is_marked_and_no_whisker_is_cut(deck, seen):
    chart = next(c for c in charts(deck) if c.plots[0].series[0].name == "Mean score")
    orange, fills = RGBColor.from_string("E08A3C"), [point.format.fill for point in points(chart)]
    marked = {
        str(label).partition(":")[0]
        for label, fill in zip(chart.plots[0].categories, fills, strict=True)
        if fill.type is not None and fill.fore_color.rgb == orange
    }
    means = seen.measures.set_index("label")["value"]
    assert marked == {means[CONSTRUCTS].idxmax(), means[CONSTRUCTS].idxmin()}
    rows = pd.DataFrame({"low": [-0.28], "high": [0.85]})
    low, high = axis(rows, "low", "high")
    assert low <= -0.28
    assert high >= 0.85


def points(chart):
    """Every bar of a chart."""
    shown = chart.plots[0].series[0]
    return [shown.points[place] for place in range(len(shown.values))]


CONSTRUCTS = ["Trust", "Commitment", "Solution", "Experience"]


def test_a_crm_gets_one_row_an_account_with_its_ids(rows, seen):
    assert [row["Account_External_Id__c"] for row in rows] == sorted(seen.accounts["account_id"])
    by_id = seen.accounts.set_index("account_id")
    words = {
        "scored": "scored",
        "silent": "Silent",
        "not_asked": "Not asked this time",
        "not_invited": "Not invited when due",
        "never_asked": "Never asked",
    }
    for row in rows:
        mine = by_id.loc[row["Account_External_Id__c"]]
        assert row["CRQ_Status__c"] == words[mine["status"]]
        assert (row["CRQ_Score__c"] == "") == (mine["shrunken"] != mine["shrunken"])
        if row["CRQ_Score__c"]:
            assert float(row["CRQ_Score__c"]) == mine["shrunken"]
    assert any(row["CRQ_Verbatim__c"] for row in rows)


def test_no_text_for_a_crm_begins_like_a_formula(rows):
    texts = [v for row in rows for k, v in row.items() if k.startswith(("Name", "CRQ_V", "CRQ_C"))]
    assert any(text.startswith("'=") for text in texts)
    assert not any(text.lstrip(" ").startswith(("=", "+", "-", "@")) for text in texts)


def test_a_crm_file_is_utf8_with_crlf_and_no_mark(seen, study):
    files = crm.content(seen, PLAIN, study=study)
    for content in files:
        assert not content.startswith(b"\xef\xbb\xbf")
        assert content.count(b"\r\n") == content.count(b"\n")
    assert b"Account 13" in files[0]


def test_comments_for_a_crm_keep_their_question(rows, seen):
    wording = seen.questions.set_index("question")["wording"]
    named = seen.comments[seen.comments["account"] != ""]
    by_name = {row["Name"].removeprefix("'"): row["CRQ_Verbatim__c"] for row in rows}
    told = 0
    for row in named.itertuples():
        said = by_name.get(row.account, "")
        told += bool(said)
        assert not said or f"{wording[row.question]} {plain(row.words)}" in said
    assert told


def test_contacts_for_a_crm_tell_who_was_asked_and_never_who_answered(seen, study):
    made = read(crm.content(seen, PLAIN, study=study)[1])
    asked = study.read("contacts", client="C017", wave="2025")
    assert [row["Contact_External_Id__c"] for row in made] == sorted(asked["contact_id"])
    assert {row["CRQ_Invited__c"] for row in made} == {"true"}
    assert not any("answer" in head.lower() or "nps" in head.lower() for head in made[0])


def test_every_field_for_a_crm_is_explained(seen, study):
    *files, fields = crm.content(seen, PLAIN, study=study)
    meant = {(row["Object"], row["Field"]): row["What it means"] for row in read(fields)}
    heads = [content.decode().split("\r\n")[0].split(",") for content in files]
    assert set(meant) == {(name, head) for name, some in
                          zip(("Account", "Contact", "Task"), heads, strict=True)
                          for head in some}  # fmt: skip
    assert all(meant.values())


@pytest.mark.parametrize("make", [workbook.content, slides.content, crm.content])
def test_the_same_numbers_give_the_same_bytes(seen, about, study, make):
    once, again = (make(seen, PLAIN, card=about, study=study) for _ in range(2))
    assert once == again
    if make is not crm.content:
        dates = {i.date_time for i in zipfile.ZipFile(io.BytesIO(once)).infolist()}
        assert dates == {(1980, 1, 1, 0, 0, 0)}


def test_files_say_nothing_of_who_made_them(seen, about):
    for make in (workbook.content, slides.content):
        parts = list(unzipped(make(seen, PLAIN, card=about)))
        cores = [text for name, text in parts if name == "docProps/core.xml"]
        assert b"crqlab" in cores[-1] + cores[0]
        assert all(core.count(b"2000-01-01T00:00:00Z") == core.count(b"W3CDTF") for core in cores)
        assert not any(b"Steve Canny" in text for _, text in parts)


def test_a_clients_template_keeps_its_look_and_loses_its_slides(seen, about, tmp_path):
    own = Presentation()
    own.slide_width = Inches(10)
    slide = own.slides.add_slide(own.slide_layouts[5])
    slide.shapes.title.text = "Last year's secrets"
    own.save(tmp_path / "own.pptx")
    made = slides.content(seen, PLAIN, card=about, template=tmp_path / "own.pptx")
    deck = Presentation(io.BytesIO(made))
    assert deck.slide_width == Inches(10)
    assert not any(b"secrets" in part for _, part in unzipped(made))
    right = [s.left + s.width for page in deck.slides for s in page.shapes]
    assert max(right) <= deck.slide_width
    (tmp_path / "bad.pptx").write_text("no slides")
    with pytest.raises(StudyError, match=r"bad\.pptx is no PowerPoint file"):
        slides.content(seen, PLAIN, card=about, template=tmp_path / "bad.pptx")


def test_a_theme_colours_the_charts_and_pale_colours_are_refused(seen, about, tmp_path):
    file = tmp_path / "theme.yaml"
    file.write_text(yaml.safe_dump({"accent": "#7A1F5C"}))
    look = themes.read(file)
    assert look.css.startswith(":root { --accent: #7a1f5c;")
    made = slides.content(seen, look, card=about)
    assert any(b"7A1F5C" in part for name, part in unzipped(made) if "chart" in name)
    file.write_text("accent: '#ffee00'")
    with pytest.raises(CrqError, match="too pale to be read on white"):
        themes.read(file)
    file.write_text("logo: none.png")
    with pytest.raises(StudyError, match=r"logo 'none\.png' is not there"):
        themes.read(file)


def test_export_writes_beside_the_report(study):
    made = export(study, "C017", "2025", kinds=["csv", "xlsx", "pptx"])
    assert [path.name for path in made] == [
        "C017_2025.csv", "C017_2025_contacts.csv", "C017_2025_tasks.csv",
        "C017_2025_crm_fields.csv", "C017_2025.xlsx", "C017_2025.pptx",
    ]  # fmt: skip
    assert all(path.parent == study.reports for path in made)


def test_a_leak_stops_every_export_and_leaves_nothing_behind(study, tmp_path, monkeypatch):
    root = tmp_path / "leaky"
    shutil.copytree(study.root / "data", root / "data")
    leaky = Study("demo", root=root)
    monkeypatch.setattr(crm, "content", lambda *_, **__: (THEIRS["client name"].encode(),) * 4)
    with pytest.raises(LeakError, match="kvarnby verkstad"):
        export(leaky, "C017", "2025", kinds=["xlsx", "csv"])
    assert not leaky.reports.exists()


def test_what_is_missing_is_told(study, monkeypatch):
    kinds = (
        "'pdf', 'xlsx', 'pptx', 'csv', 'headoffice', 'salesforce', 'hubspot', 'dynamics' "
        "or 'invitations'"
    )
    with pytest.raises(CrqError, match=f"to is 'doc'; use {kinds}"):
        export(study, "C017", "2025", kinds=["doc"])
    with pytest.raises(StudyError, match=r"C017_2025\.html is not there; a PDF is made from it"):
        export(study, "C017", "2025", kinds=["pdf"])
    monkeypatch.setattr(export_files, "find_spec", lambda name: None)
    with pytest.raises(ReportError, match=r'package pptx, .* -m pip install "python-pptx>=1\.0"'):
        export(study, "C017", "2025", kinds=["pptx"])


@pytest.fixture(scope="module")
def pdf(study):
    pytest.importorskip("weasyprint")
    page = render.render(executed(study, client="C017", wave="2025"), title="P", language="sv")
    study.reports.mkdir(parents=True, exist_ok=True)
    (study.reports / "C017_2025.html").write_text(page, encoding="utf-8")
    return page, export(study, "C017", "2025", kinds=["pdf"])[0]


@pytest.mark.slow
def test_a_pdf_is_tagged_for_who_cannot_see_it(pdf):
    page, path = pdf
    pdfinfo = shutil.which("pdfinfo") or pytest.skip("needs pdfinfo of poppler-utils")
    about = subprocess.run([pdfinfo, path], capture_output=True, check=True, text=True).stdout
    assert re.search(r"Tagged: +yes", about)
    tree = subprocess.run([pdfinfo, "-struct", path], capture_output=True, check=True, text=True)
    tags = [line.split()[0].rstrip(":") for line in tree.stdout.splitlines() if line.strip()]
    levels = [int(tag[1]) for tag in tags if re.fullmatch("H[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    shown = BeautifulSoup(page, "html.parser")
    assert tags.count("Table") == len(shown.find_all("table"))
    assert tags.count("TH") >= len(shown.find_all("th", scope="col")) > 0
    pictures = shown.find_all("svg", role="img")
    assert tags.count("Figure") == len(pictures) > 0
    written = b"".join(inflated(path.read_bytes()))
    assert written.count(b"/Alt") == len(pictures)
    assert b"/Lang (sv)" in written
    assert b"/DisplayDocTitle true" in written


def inflated(content):
    """Whatever stands in a PDF, its streams unpacked."""
    yield content
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        with contextlib.suppress(zlib.error):
            yield zlib.decompress(packed)


@pytest.mark.slow
def test_a_pdf_reads_like_the_page(study, seen):
    pytest.importorskip("weasyprint")
    pdftotext = shutil.which("pdftotext") or pytest.skip("needs pdftotext of poppler-utils")
    page = render.render(executed(study, client="C017", wave="2025"), title="P", language="en")
    study.reports.mkdir(parents=True, exist_ok=True)
    (study.reports / "C017_2025.html").write_text(page, encoding="utf-8")
    (path,) = export(study, "C017", "2025", kinds=["pdf"])
    done = subprocess.run([pdftotext, "-layout", path, "-"], capture_output=True, check=True)
    said = done.stdout.decode()
    crq = seen.measure("crq")
    assert "Nordwind & Co, wave 2025" in said
    assert f"{crq['value']:.2f}" in said
    assert f"{crq['low']:.2f} to {crq['high']:.2f}" in said
    assert "<script>alert" in said
    assert "SYNTHETIC DATA" in said.splitlines()[0]
    pages = said.split("\f")[:-1]
    for number, text in enumerate(pages, start=1):
        assert text.replace(" ", "").rstrip().endswith(f"{number}/{len(pages)}")
    assert sys.platform not in said
