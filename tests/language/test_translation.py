"""A Swedish page is Swedish to the last word, and what a client's data say stays as it is."""

import ast
import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import crqlab
from crqlab import DataError
from crqlab.language import OWN
from crqlab.language import language as spoken
from crqlab.language.catalogue import Catalogue, catalogue, languages
from crqlab.language.messages import message, parts
from crqlab.language.translation import Translator, translated
from crqlab.participation import selection_audit
from crqlab.report.clearance import integrity
from crqlab.report.run import render
from tests.report.executed import REPORT, executed

PACKAGE = Path(crqlab.__file__).parent
OTHERS = [language for language in languages() if language != "en"]
FEW = {"accounts": 2, "most": 1, "silent": 0}
BARE = {
    "waves": ("2025",), "ltr": False, "contacts": False, "comments": False, "scale": (1, 5),
}  # fmt: skip
BY_HAND = ("F", "by hand", "one response a contact", "surveys of three years", "Close the loop",
           "Associations, not causes", "Is there a reason for <share>?")  # fmt: skip
OURS = re.compile(r"\b(?:the|is|are|was|than|their|without|fewer|below|accounts?|interval|to)\b")
#: Which tables a study has, and its shape.
STUDIES = {
    "scores only": ("study_of", {}),
    "scores only, bare": ("study_of", BARE),
    "participation": ("asked_study_of", {}),
    "all stations": ("stationed_study_of", {}),
    "all stations, an earlier wave": ("stationed_study_of", {"latest": False}),
    "all stations, few people": ("stationed_study_of", {"clients": 2, **FEW}),
}


@pytest.fixture(scope="module")
def pages(request):
    """English pages of all kinds of study."""
    made = {}
    for name, (fixture, shape) in STUDIES.items():
        study = request.getfixturevalue(fixture)(**shape)
        notebook = executed(study, client="C017", wave="2025")
        made[name] = render.render(notebook, title="Fixture panel", language="en", synthetic=True)
    return made


@pytest.fixture(scope="module", params=OTHERS)
def into(request):
    """A translator that also knows what the tables of our own fixtures say by hand."""
    own = Catalogue(PACKAGE / "language" / "catalogues" / f"{request.param}.yaml")
    own.exact |= {said: message(said, said) for said in BY_HAND}
    return Translator(own)


def body(said):
    return f'<html lang="en"><p>{said}</p></html>'


def inside(page):
    return page.partition("<p>")[2].rpartition("</p>")[0]


@pytest.mark.slow
def test_no_text_of_a_report_stays_english(pages, into):
    left = {name: translated(page, into).left for name, page in pages.items()}
    told = [f"{name}: {text}" for name, texts in left.items() for text in texts]
    assert not told, "\n".join(["No message fits:", *told])


class Watchful(Translator):
    """Notes what is taken for data though it reads like our own English."""

    def __init__(self, into):
        super().__init__(into)
        self.doubtful = set()

    def _filled(self, message, given):
        found = super()._filled(message, given)
        for place, kind in message.kinds.items() if found is not None else ():
            held = given.get(place, "")
            if kind in ("wave", "name", "text") and place != "question" and OURS.search(held):
                self.doubtful.add((message.key, held))
        return found


@pytest.mark.slow
def test_no_words_of_ours_hide_in_a_place_for_data(pages, into):
    watchful = Watchful(into.catalogue)
    for page in pages.values():
        translated(page, watchful)
    assert not watchful.doubtful


@pytest.mark.slow
def test_no_message_is_stale(pages, into):
    for page in pages.values():
        translated(page, into)
    written = _written()
    stale = [
        said.key
        for said in into.catalogue.messages
        if said.key not in into.used and not _could_be(said.key, written)
    ]
    assert not stale, "\n".join(["Nothing says any more:", *stale])


def _written():
    """All words that the code, the notebook and the template may put on a page."""
    trees = [
        ast.parse(path.read_text(encoding="utf-8"))
        for floor in ("show", "page", "language", "report", "segments", "renewal", "drivers",
                      "stats", "benchmark", "participation", "scores", "construct", "responses",
                      "base")
        for path in sorted((PACKAGE / floor).rglob("*.py"))
    ]  # fmt: skip
    found = [
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    found += [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.yaml")
              if path.parent.name != "catalogues"]  # fmt: skip
    found += [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.j2")]
    cells = json.loads(REPORT.read_text(encoding="utf-8"))["cells"]
    found += ["".join(cell["source"]) for cell in cells]
    return set(re.findall(r"[^\W\d_]+", "\n".join(found).lower()))


def _could_be(key, written):
    """Whether every fixed word of a key is somewhere in what is written."""
    words = [part.text.lower() for part in parts(key) if part.kind == "fixed"]
    return all(word in written for word in re.findall(r"[^\W\d_]+", " ".join(words)))


@pytest.mark.slow
def test_numbers_tags_and_data_are_the_same_in_both(pages, into):
    for page in pages.values():
        there, here = (
            BeautifulSoup(one, "html.parser") for one in (page, translated(page, into).page)
        )
        assert here.html["lang"] == into.catalogue.language
        tags = [[tag.name for tag in soup.find_all(re.compile("^(?!b$|em|strong)"))]
                for soup in (there, here)]  # fmt: skip
        assert sorted(tags[0]) == sorted(tags[1])
        kept = [[tag.decode() for tag in soup.find_all(translate="no")] for soup in (there, here)]
        assert kept[0] == kept[1]
        assert [t["id"] for t in there.find_all(id=True)] == [
            t["id"] for t in here.find_all(id=True)
        ]
        digits = [sorted(re.findall(r"\d+", re.sub(r"(?<=\d)[,\u00a0](?=\d{3}\b)", "", cell)))
                  for cell in (_cells(there), _cells(here))]  # fmt: skip
        assert digits[0] == digits[1]


def _cells(soup):
    return " | ".join(cell.get_text() for cell in soup.find_all("td", "number"))


@pytest.mark.slow
def test_the_same_page_gives_the_same_bytes_whatever_was_translated_before(pages, into):
    page = pages["all stations"]
    first = translated(page, Translator(into.catalogue)).page
    for other in pages.values():
        translated(other, into)
    assert translated(page, into).page == first


def test_what_the_data_call_something_is_never_translated():
    into = Translator(catalogue("sv"))
    page = body('<bdi translate="no">Trust</bdi>, Trust, <q translate="no">Silent</q>')
    assert inside(translated(page, into).page) == (
        '<bdi translate="no">Trust</bdi>, Förtroende, <q translate="no">Silent</q>'
    )


def test_what_a_run_card_names_is_no_name_of_the_client():
    into = Translator(catalogue("sv"))
    card = '<table class="card"><tr><td><bdi translate="no">wave</bdi></td></tr></table>'
    page = body(f"{card}</p><p>Peers: country SE, wave 2025, n = 10 clients.")
    told = translated(page, into).page
    assert "<p>Jämförbara: land SE, mätomgång 2025, n = 10 uppdragsgivare.</p>" in told
    assert card in told


def test_a_name_is_known_again_where_nothing_marks_it():
    into = Translator(catalogue("sv"))
    page = body('<bdi translate="no">Fairburn Paper &amp; Co</bdi></p><p title="Fairburn Pa…">1')
    assert translated(page, into).left == ()
    assert translated(body("Fairburn Paper & Co"), into).left == ("Fairburn Paper & Co",)


@pytest.mark.parametrize(
    ("english", "swedish"),
    [
        ("5.21 [4.98, 5.43]", "5,21 [4,98; 5,43]"),
        ("1,234", "1\u00a0234"),
        ("−0.11 to +0.31", "−0,11 till +0,31"),
        ("open to 5.40", "öppen till 5,40"),
        ("9th (5 to 10)", "9:e (5 till 10)"),
        ("22nd", "22:a"),
        ("1 more account", "1 kund till"),
        ("2 more accounts", "2 kunder till"),
        ("1,201 more accounts", "1\u00a0201 kunder till"),
        ("CRQ is above nothing.", "CRQ is above nothing."),
        (
            "Since 2024 13 climbed and 3 fell (n = 29 accounts).",
            "Sedan 2024 har 13 klättrat och 3 fallit (n = 29 kunder).",
        ),
        ("Trust, Commitment and Service", "Förtroende, Engagemang och Service"),
        ("2026-09-29", "2026-09-29"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("<em>higher</em> or <em>lower</em>", "<em>högre</em> eller <em>lägre</em>"),
        ("\ue118Trust\ue119", "\ue118Trust\ue119"),
    ],
)
def test_texts_in_swedish(english, swedish):
    into = Translator(catalogue("sv"))
    assert inside(translated(body(english), into).page) == swedish


def test_text_that_has_no_message_stays_and_is_named():
    into = Translator(catalogue("sv"))
    found = translated(body("Trust. A word that nobody wrote."), into)
    assert inside(found.page) == "Förtroende. A word that nobody wrote."
    assert found.left == ("A word that nobody wrote.",)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ('"{n} accounts": kunder', r"has no place \{n\} of the key"),
        ('"{n} accounts": "{n} {m} kunder"', r"has a place \{m\} that the key has not"),
        ('"{n} accounts": "{n} {n|kund}"', "has a word without 2 plural forms"),
        ('"<strong>Account</strong>": Kund', "has other tags than the key"),
        ("Account: ''", "is empty"),
        ("Account: 7", "is no text"),
        ('"{n:nth} account": "{n} kund"', "a place of kind nth"),
        ("Wave: Omgång", "the same key twice"),
    ],
)
def test_a_faulty_message_is_named_with_its_file_and_line(tmp_path, entry, told):
    path = tmp_path / "sv.yaml"
    path.write_text(f"messages:\n  Wave: Mätomgång\n  {entry}\n", encoding="utf-8")
    with pytest.raises(DataError, match=rf"sv\.yaml, line 3, .*{told}"):
        Catalogue(path)


def test_every_catalogue_is_sound():
    for language in OTHERS:
        assert len(catalogue(language).messages) > 100


def test_the_run_card_tells_the_language():
    row = (
        '<tr><th scope="row"><bdi translate="no">wave</bdi></th><td><bdi translate="no">setting'
        '</bdi></td><td><code translate="no">2025</code></td></tr>\n'
    )
    assert integrity.spoken(row, "sv") == row + row.replace("wave", "language").replace(
        "2025", "sv"
    )
    assert integrity.spoken("<p>wave</p>", "sv") == "<p>wave</p>"


def test_every_question_of_the_audit_has_its_message(into):
    english = spoken(OWN)
    asked = [english.say(f"participation.question_{question}")
             for question, *_ in selection_audit.QUESTIONS.values()]  # fmt: skip
    reasons = [why for *_, why in selection_audit.QUESTIONS.values()] + ["no_peers_of_tier"]
    told = [
        *asked,
        "Is there a reason why so many of the invited contacts are of the role 'buyer'?",
        *("12 %", "2 pairs", "0.3 pairs", "5.21 scale points", "+3 to +9 percentage points"),
        *(f"No question about the choice of contacts could be looked into: {english.caution(why)}."
          for why in reasons),
        *(f"1 of {n} about {m} is worth asking." for n in ("1 question", "3 questions")
          for m in ("1 account manager", "2 account managers")),
    ]  # fmt: skip
    assert [text for text in told if translated(body(text), into).left] == []
