"""Segments, renewals, drivers, peers and actions reach the exports as the page has them."""

import csv
import io

import pytest
from pptx import Presentation
from python_calamine import CalamineWorkbook

from crqlab.page.decision.sentences import strength_sentence
from crqlab.report import card
from crqlab.report.exports import crm, workbook
from crqlab.report.exports import deck as slides
from crqlab.report.exports import theme as themes
from crqlab.report.exports.workbook import sheets
from tests.report.workbooks import tables
from tests.show import stationed

NEW = {
    "Among peers": ("benchmark", "table", "label", "Measure"),
    "Segments": ("segments", "accounts", "segment", "Segment"),
    "Segment shares": ("segments", "shares", "n", "Accounts"),
    "Drivers": ("drivers", "map", "label", "Driver"),
    "Renewal outlook": ("renewal", "accounts", "account_id", "Account id"),
    "Actions": ("actions", "actions", "account_id", "Account id"),
    "Lifts": ("actions", "lifts", "target", "To"),
    "Referrals": ("actions", "referral_candidates", "promoters", "Promoters to ask"),
}


@pytest.fixture(scope="module")
def seen(stationed_view_of):
    return stationed_view_of()


@pytest.fixture(scope="module")
def about(stationed_study_of):
    return card(stationed_study_of(), client="C017", wave="2025")


@pytest.fixture(scope="module")
def book(seen, about):
    content = workbook.content(seen, themes.Theme(), card=about)
    return CalamineWorkbook.from_filelike(io.BytesIO(content))


def column(book, name, head):
    return [row[head] for row in tables(book)[name]]


@pytest.mark.parametrize("name", NEW)
def test_a_sheet_holds_the_rows_of_its_section(book, seen, name):
    section, part, field, head = NEW[name]
    expected = getattr(getattr(seen, section), part)[field].fillna("").tolist()
    assert expected
    assert column(book, name, head) == expected


def test_the_sheet_of_actions_says_them_in_the_words_of_the_playbook(book, seen):
    said = {"close_the_loop": "recover", "recognise": "recognise"}
    named = [said[code] for code in seen.actions.actions["action"]]
    assert set(named) == {"recover", "recognise"}
    assert column(book, "Actions", "Action") == named
    assert "Thank them and keep investing; never milk them" in column(book, "Actions", "What to do")


def test_the_sheet_of_shares_names_segments_and_the_silent(book):
    named = ["Ambassador", "Rational", "Ambivalent", "Stalker", "Opponent", "Silent"]
    assert column(book, "Segment shares", "Segment") == named


def test_numbers_of_the_outlook_are_those_of_the_page(book, seen):
    rows = seen.renewal.accounts
    found = column(book, "Renewal outlook", "Expected loss")
    assert found == rows["expected_loss"].astype(object).fillna("").tolist()
    assert {"", 33000.0} <= set(found)
    assert column(book, "Revenue at risk", "Expected loss") == pytest.approx(
        seen.renewal.total["expected_loss"].tolist()
    )


def test_what_the_page_withholds_is_in_no_sheet(book, seen):
    said = "\n".join(
        str(cell)
        for name in book.sheet_names
        for line in book.get_sheet_by_name(name).to_python()
        for cell in line
    )
    few = seen.segments.accounts["withheld"]
    assert few.any()
    shown = seen.segments.accounts.loc[few, "reason"].astype(str)
    assert not shown.str.contains(stationed.SECRET, regex=False).any()
    assert seen.segments.thresholds in said


def test_slides_tell_of_segments_and_renewals(seen, about):
    deck = Presentation(io.BytesIO(slides.content(seen, themes.Theme(), card=about)))
    said = [
        "\n".join(shape.text_frame.text for shape in page.shapes if shape.has_text_frame)
        for page in deck.slides
    ]
    assert sum(seen.segments.thresholds in text for text in said) == 1
    drawn = {shape.name: shape.chart.plots[0] for page in deck.slides for shape in page.shapes
             if shape.has_chart}  # fmt: skip
    losses = seen.renewal.accounts["expected_loss"].dropna().head(9)
    shown = drawn["Expected loss a year (EUR)"].series[0].values
    assert sorted(shown) == pytest.approx(sorted(losses))


def said(page):
    return "\n".join(shape.text_frame.text for shape in page.shapes if shape.has_text_frame)


def test_slides_tell_the_place_what_to_fix_and_what_to_do(seen, about):
    deck = Presentation(io.BytesIO(slides.content(seen, themes.Theme(), card=about)))
    by_title = {page.shapes.title.text_frame.text: page for page in deck.slides}
    place = by_title[strength_sentence(seen).removesuffix(".")]
    (drawn,) = [shape.chart for shape in place.shapes if shape.has_chart]
    known = seen.benchmark.table[seen.benchmark.table["percentile"].notna()]
    assert sorted(drawn.plots[0].series[0].values) == pytest.approx(sorted(known["percentile"]))
    first = seen.drivers.first
    chance = f"{first['probability']:.0%}".replace("%", "\u00a0%")
    fix = by_title[f"Fix {first['label']} first: the chance that it helps most is {chance}"]
    assert f"n = {first['n']} people at {first['n_accounts']} customers. " in said(fix)
    n = len(seen.actions.actions)
    todo = next(page for title, page in by_title.items() if title.startswith(f"{n} actions at"))
    (counted,) = [shape.chart for shape in todo.shapes if shape.has_chart]
    assert sum(counted.plots[0].series[0].values) == n
    _, *turns = todo.notes_slide.notes_text_frame.text.splitlines()
    names = set(seen.actions.actions["name"])
    assert turns
    assert {turn.split(" · ")[0] for turn in turns} <= names


def test_nothing_on_a_slide_lies_on_its_title_or_outside(seen, about):
    deck = Presentation(io.BytesIO(slides.content(seen, themes.Theme(), card=about)))
    for number, page in enumerate(deck.slides, start=1):
        title = page.shapes.title
        assert len(title.text_frame.text) < 180
        others = [s for s in page.shapes if s.shape_id != title.shape_id and s.name != "Band"]
        assert all(shape.top >= title.top + title.height for shape in others)
        assert all(shape.top + shape.height <= deck.slide_height for shape in others)
        assert number == 1 or any('type="slidenum"' in s._element.xml for s in others)


def test_a_study_without_these_stations_has_none_of_the_sheets(study_of):
    from crqlab.report import view

    plain = view(study_of(), client="C017", wave="2025")
    assert not {sheet.name for sheet in sheets(plain)} & set(NEW)


@pytest.fixture(scope="module")
def for_crm(seen, stationed_study_of):
    made = crm.content(seen, themes.Theme(), study=stationed_study_of())
    return [list(csv.DictReader(io.StringIO(one.decode()))) for one in made]


def test_a_crm_gets_a_probability_as_number_or_word(for_crm, seen):
    rows = seen.segments.accounts.set_index("account_id")
    few = 0
    for line in for_crm[0]:
        if line["Account_External_Id__c"] not in rows.index:
            continue
        row = rows.loc[line["Account_External_Id__c"]]
        few += bool(row["withheld"])
        assert (line["CRQ_Segment_P__c"] == "") == (row["p"] != row["p"])
        assert not row["withheld"] or line["CRQ_Segment_P__c"] == ""
        if isinstance(row["p_word"], str):
            assert line["CRQ_Segment_P_In_A_Word__c"] == row["p_word"]
    assert few


def test_a_crm_gets_the_renewal_outlook_as_numbers_or_band(for_crm, seen):
    rows = seen.renewal.accounts.set_index("account_id")
    banded = 0
    for line in for_crm[0]:
        row = rows.loc[line["Account_External_Id__c"]]
        banded += bool(row["chance"])
        assert (line["CRQ_Renewal_P__c"] == "") == bool(row["chance"])
        assert bool(line["CRQ_Renewal_Outlook__c"]) == bool(row["chance"])
        if not row["chance"]:
            assert float(line["CRQ_Expected_Loss__c"]) == row["expected_loss"]
    assert banded


def test_a_crm_gets_every_action_as_a_task_that_is_loaded_once(for_crm, seen):
    tasks, rows = for_crm[2], seen.actions.actions
    assert len(tasks) == len(rows)
    assert len({task["CRQ_Task_External_Id__c"] for task in tasks}) == len(tasks)
    assert [task["Account_External_Id__c"] for task in tasks] == rows["account_id"].tolist()
    weak = rows["segment"].isin(seen.segments.traits.weak)
    assert [task["Priority"] == "High" for task in tasks] == weak.tolist()
    assert [task["CRQ_Owner__c"] for task in tasks] == rows["owner"].fillna("").tolist()
