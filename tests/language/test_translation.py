"""A Swedish page is Swedish to the last word, and what a client's data say stays as it is."""

import re
from pathlib import Path

import pytest

import crqlab
from crqlab import DataError
from crqlab.language.catalogue import Catalogue, catalogue, languages
from crqlab.language.messages import message
from crqlab.language.translation import Translator, translated

PACKAGE = Path(crqlab.__file__).parent
OTHERS = [language for language in languages() if language != "en"]
BY_HAND = ("F", "by hand", "one response a contact", "surveys of three years", "Close the loop",
           "Associations, not causes", "Is there a reason for <share>?")  # fmt: skip
OURS = re.compile(r"\b(?:the|is|are|was|than|their|without|fewer|below|accounts?|interval|to)\b")


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
