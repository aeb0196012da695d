"""The head of a page: who, when, three numbers with their changes, and what is withheld of them."""

from dataclasses import replace

import pytest

from crqlab.base.contracts.cautions import code
from crqlab.language import language
from crqlab.page import summary
from crqlab.page.summary.sentences import summary_sentences
from tests.page.reading import SHAPES, assert_heard, assert_named, plain, soup, told
from tests.page.reworded import elements, in_other_words, left_english, numbers

EVERY = ("masthead", "in_short", "headline", "unknown_parts")


@pytest.fixture(params=SHAPES.values(), ids=SHAPES.keys())
def seen(stationed_view_of, request):
    return stationed_view_of(**request.param)


def cards(view):
    found = soup(summary.headline(view))("li")
    return [" ".join(card.get_text(" ").split()) for card in found]


def test_the_head_can_be_heard_for_every_kind_of_client(seen):
    for name in EVERY:
        shown = getattr(summary, name)(seen)
        assert shown.sentence
        assert_heard(shown)
    assert_named(summary.headline(seen))


def test_cards_say_value_interval_change_and_n(view_of):
    crq, nps, ltr = cards(view_of())
    assert crq.startswith("CRQ Customer Relationship Quality 4.88 95 % interval 4.68 to 5.08")
    assert crq.endswith("−0.18 since 2024 (−0.33 to −0.03): lower n = 51 respondents, 12 accounts")
    assert nps.startswith("NPS Promoters minus detractors +10 95 % interval −2 to +22")
    assert nps.endswith("No comparison with 2024 n = 51 respondents, 12 accounts")
    assert ltr.startswith("Mean LTR Average answer, 0 to 10 7.37 95 % interval 6.97 to 7.77")
    assert "NPS" not in ltr
    assert summary.headline(view_of()).sentence.startswith(
        "CRQ 4.88 [4.68 to 5.08], −0.18 since 2024 (−0.33 to −0.03): lower; NPS +10 [−2 to +22]"
    )


def test_pictures_of_the_cards_name_the_scale_and_the_wave_before(view_of):
    pictures = soup(summary.headline(view_of()))("svg")
    assert [picture.title.get_text() for picture in pictures] == [
        "CRQ on its scale from 1 to 7",
        "NPS on its scale from −100 to 100",
        "Mean LTR on its scale from 0 to 10",
    ]
    assert pictures[0].desc.get_text().endswith("lower; hollow: 2024, 5.06")


def test_what_is_withheld_shows_why_and_no_number(view_of):
    hidden = code("n_below_minimum", minimum=3)
    crq = cards(told(view_of(), withheld=True, value=float("nan"), flag=hidden))[0]
    assert crq == (
        "CRQ Customer Relationship Quality – withheld: n below 3 n = 51 respondents, 12 accounts"
    )


def test_a_caution_stands_on_the_card_of_its_number(view_of):
    crq, nps, _ = cards(told(view_of(), flag="few_dominate"))
    assert "one or two accounts dominate" in crq
    assert "dominate" not in nps


def test_a_first_wave_and_a_questionnaire_without_ltr_say_so(view_of):
    first = cards(view_of(waves=("2025",)))
    assert all(": lower" not in card for card in first)
    assert "First wave" in first[0]
    bare = summary.headline(view_of(ltr=False))
    assert len(soup(bare)("li")) == 1
    assert plain(bare).endswith("This questionnaire does not ask LTR, so there is no NPS.")


def test_methods_are_named_once_for_all_cards(view_of):
    assert plain(summary.headline(view_of())).endswith(
        "Intervals: Student's t over accounts, Binder 1983. Changes: Student's t over paired "
        "accounts, Binder 1983."
    )


def test_the_summary_is_a_list_and_nothing_shown_is_nothing_to_sum_up(view_of):
    seen = view_of()
    shown = summary.in_short(seen)
    assert [line.get_text() for line in soup(shown)("li")] == list(summary_sentences(seen))
    nothing = replace(seen, summary=replace(seen.summary, scores=(), participation=None))
    assert plain(summary.in_short(nothing)) == (
        "No number of this wave may be shown, so there is nothing to sum up."
    )


def test_the_masthead_names_client_and_wave_as_they_are(view_of):
    shown = summary.masthead(view_of())
    assert soup(shown).h1.get_text() == "Nordwind & Co, wave 2025"
    assert shown.sentence == (
        "SYNTHETIC DATA: made up by a computer, about nobody. Nordwind & Co, wave 2025: "
        "50 respondents of 12 accounts"
    )
    assert "SYNTHETIC" not in plain(summary.masthead(view_of(synthetic=False)))


def test_other_words_change_no_number_and_no_element(seen):
    other = in_other_words(seen, "summary", "verdict", "caution", "method")
    for name in EVERY:
        plainly, reworded = (getattr(summary, name)(view).html for view in (seen, other))
        assert elements(reworded) == elements(plainly)
        assert numbers(reworded) == numbers(plainly)


def test_swedish_leaves_nothing_english(seen):
    swedish = replace(seen, language=language("sv"))
    for name in EVERY:
        assert left_english(getattr(summary, name)(swedish).html, language("sv")) == []


def test_swedish_says_the_same_numbers_by_its_own_rules(view_of):
    crq = cards(replace(view_of(), language=language("sv")))[0]
    assert crq.startswith("CRQ kvaliteten i kundrelationerna 4,88 95 %-intervall 4,68 till 5,08")
    assert "−0,18 sedan 2024 (−0,33 till −0,03): lägre n = 51 svarande, 12 kunder" in crq
