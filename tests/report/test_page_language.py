"""A page is laid out in its language, to the last word; what a client's data say stays as it is."""

import json
import re

import pytest
from bs4 import BeautifulSoup

from crqlab.language import language as spoken
from crqlab.language import languages
from crqlab.report.run import render
from tests.page.reworded import left_english
from tests.report.executed import executed

OTHERS = [code for code in languages() if code != "en"]
FEW = {"accounts": 2, "most": 1, "silent": 0}
BARE = {
    "waves": ("2025",), "ltr": False, "contacts": False, "comments": False, "scale": (1, 5),
}  # fmt: skip
#: What our fixtures' tables say by hand.
BY_HAND = {"F", "by hand", "one response a contact", "surveys of three years", "Close the loop",
           "Associations, not causes", "Is there a reason for <share>?"}  # fmt: skip
#: Which tables a study has, and its shape.
STUDIES = {
    "scores only": ("study_of", {}),
    "scores only, bare": ("study_of", BARE),
    "participation": ("asked_study_of", {}),
    "all stations": ("stationed_study_of", {}),
    "all stations, an earlier wave": ("stationed_study_of", {"latest": False}),
    "all stations, few people": ("stationed_study_of", {"clients": 2, **FEW}),
}


def laid_out(study, code):
    notebook = executed(study, client="C017", wave="2025", language=code)
    return render.render(notebook, title="Fixture panel", language=code, synthetic=True)


@pytest.fixture(scope="module")
def pages(request):
    """Return the pages of all kinds of study, by language and kind."""
    made = {}
    for name, (fixture, shape) in STUDIES.items():
        study = request.getfixturevalue(fixture)(**shape)
        made |= {(code, name): laid_out(study, code) for code in languages()}
    return made


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("code", OTHERS)
def test_no_text_of_a_page_stays_english(pages, code, name):
    left = left_english(pages[code, name], spoken(code))
    assert not [text for text in left if not any(hand in text for hand in BY_HAND - {"F"})]
    assert len(left_english(pages["en", name], spoken(code))) > 40


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("code", OTHERS)
def test_numbers_tags_and_data_are_the_same_in_both(pages, code, name):
    there, here = (BeautifulSoup(pages[one, name], "html.parser") for one in ("en", code))
    assert here.html["lang"] == code
    tags = [[tag.name for tag in soup.find_all(re.compile("^(?!b$|em|strong)"))]
            for soup in (there, here)]  # fmt: skip
    assert sorted(tags[0]) == sorted(tags[1])
    marks = re.compile(r"\[[^\]]*\b(?:removed|bortta\w+)\]")  # what was taken out of a comment
    kept, told = ([marks.sub("[]", tag.decode()) for tag in soup.find_all(translate="no")]
                  for soup in (there, here))  # fmt: skip
    assert [one for one in told if one not in kept] == []
    digits = [sorted(re.findall(r"\d+", re.sub(r"(?<=\d)[,\u00a0](?=\d{3}\b)", "", cell)))
              for cell in (_cells(there), _cells(here))]  # fmt: skip
    assert digits[0] == digits[1]


def _cells(soup):
    return " | ".join(cell.get_text() for cell in soup.find_all("td", "number"))


def test_the_run_card_tells_the_language_unless_it_is_that_of_the_house(study_of):
    pages = [BeautifulSoup(laid_out(study_of(), code), "html.parser") for code in ("en", "sv")]
    said = [json.loads(page.select_one("[data-card]")["data-card"]) for page in pages]
    assert ["language", "setting", "sv"] in said[1]
    assert not [row for row in said[0] if row[0] == "language"]
    where = said[1].index(["language", "setting", "sv"])
    assert said[1][where - 1] == ["wave", "setting", "2025"]


def test_a_page_in_swedish(study_of):
    page = BeautifulSoup(laid_out(study_of(), "sv"), "html.parser")
    assert page.nav["aria-label"] == "Innehåll"
    assert page.find("h2").get_text() == "Det viktigaste just nu"
    assert page.find(string="Vilka kunder behöver er, och när?")
    assert '@top-left { content: "SYNTETISKA DATA"' in page.style.get_text()
    assert "Framställd med crqlab" in page.footer.get_text()
