"""Whatever a file holds, it reaches the page as text; every table can be heard."""

from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from crqlab.show.html import Column, Shown, names, table, text


@given(st.text())
def test_no_text_becomes_markup_or_turns_the_line_around(said):
    page = BeautifulSoup(f"<p>{text(said)}</p>", "html.parser")
    assert [tag.name for tag in page.find_all()] == ["p"]
    assert not set(page.get_text()) & set(
        "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200e\u200f\x00"
    )
    text(said).encode()


@given(st.text())
def test_text_stays_inside_an_attribute(said):
    page = BeautifulSoup(f'<p title="{text(said)}"></p>', "html.parser")
    assert list(page.p.attrs) == ["title"]


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"]), min_size=1))
def test_letters_signs_and_formulas_are_kept(said):
    kept = BeautifulSoup(f"<p>{text(said)}</p>", "html.parser").get_text()
    assert kept == said


def test_names_keep_their_own_direction():
    assert names(["ممتاز"]) == ['<bdi translate="no">ممتاز</bdi>']


def test_a_table_has_a_caption_and_a_scope_on_every_heading():
    html = table([Column("A", ["x", "y"]), Column("n", ["1", "2"], True)], caption="Who. n = 2")
    page = BeautifulSoup(html, "html.parser")
    assert page.caption.get_text() == "Who. n = 2"
    assert [th["scope"] for th in page.find_all("th")] == ["col", "col", "row", "row"]
    assert page.div["role"] == "region"
    assert page.div["tabindex"] == "0"
    assert page.div["aria-label"] == "Who"


def test_two_things_shown_together_say_both_sentences():
    both = Shown("<p>a</p>", "A") + Shown("<p>b</p>", "B")
    assert both._repr_html_() == "<p>a</p>\n<p>b</p>"
    assert repr(both) == "A\nB"
