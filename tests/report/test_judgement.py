"""What was met is judged by whose else it may be: own names, common words, counts, pseudonyms."""

import pytest

from crqlab.page.marks.phrases import NONE
from crqlab.page.marks.watchlists import watchlist
from crqlab.report.clearance.judgement import Case, CommonWords

SAID = [
    ("client name", "C1", "Nordic Target AB"),
    ("client name", "C1", "Target AB"),
    ("account name", "C1", "Lindby Bygg AB"),
    ("account name", "C1", "Solna"),
    ("account name", "C1", "Nordby Bygg"),
    ("account manager", "C1", "Amélie Hughes"),
    ("account manager", "C1", "Zoë Brontë"),
    ("account manager", "C2", "Zoë Hughes"),
    ("client name", "C2", "Kvarnby Verkstad"),
    ("account id", "C2", "004711"),
    ("account id", "C2", "004712"),
    ("account id", "C2", "004713"),
    ("account name", "C2", "Kiruna Livs AB"),
    ("account name", "C3", "Kiruna Livs AB"),
    ("account name", "C4", "Kiruna Livs AB"),
    ("account name", "C2", "Solna 14"),
    ("account name", "C2", "Lindby"),
    ("account name", "C2", "IT"),
    ("account name", "C3", "Target"),
    ("words", "C2", "they never once called us back about valves"),
]


def told(*cells, veiled=False, common="", beside="", name="a.html"):
    """What of others stands in a page of C1: kind, what, whose."""
    seen = watchlist(SAID)
    words = CommonWords(seen.found(common), frozenset(), set(), NONE)
    case = Case(("C1",), seen, words, veiled, beside)
    page = "".join(f"<td>{cell}</td>" for cell in cells).encode()
    found = case.finds({name: page})
    return list(found[["kind", "found", "owner"]].itertuples(index=False, name=None))


def test_what_several_have_is_named_with_how_many():
    assert told("Kiruna Livs") == [("account name", "kiruna livs ab", "C2 and 2 more")]
    assert told("Kvarnby Verkstad") == [("client name", "kvarnby verkstad", "C2")]


def test_a_number_that_lost_its_zeros_may_be_a_count_and_three_of_one_client_are_ids():
    assert told("4712") == []
    assert told("4712", "4713") == []
    ids = [("account id", f"00471{n}", "C2") for n in (1, 2, 3)]
    assert told("4711", "4712", "4713") == ids


def test_an_id_stays_somebodys_where_our_words_hold_the_same_number():
    assert told("of 004711 it was said", common="004711") == [("account id", "004711", "C2")]
    assert told("Lindby it was", common="Lindby") == []


def test_an_own_name_beside_a_number_may_read_like_anothers():
    assert told("of Solna 14 it was said") == []
    assert told("Solna 14") == [("account name", "solna 14", "C2")]


def test_the_first_word_of_an_own_firm_is_its_own():
    assert told("Lindby") == []


def test_a_short_name_that_stands_beside_is_nobodys():
    assert told("IT") == [("account name", "it", "C2")]
    assert told("IT", beside="IT") == []


@pytest.mark.parametrize("veiled", [False, True])
def test_the_clients_own_name_is_its_own_also_under_pseudonyms(veiled):
    assert told("Target", veiled=veiled) == []


def test_under_pseudonyms_own_accounts_are_somebodys():
    assert told("Nordby Bygg") == []
    assert told("Nordby Bygg", veiled=True) == [("account name", "nordby bygg", "C1")]


def test_words_in_the_name_of_a_file_are_told_to_the_letter():
    said = "they never once called us back about valves"
    assert told(name=f"{said}.html") == [("words", said, "C2")]
    assert told("First.", f"and {said}") == [("words", said, "C2")]


def test_own_people_side_by_side_may_read_like_anothers_also_without_its_marks():
    assert told("Amélie Hughes", "Zoë Brontë") == []
    assert told("Zoë Hughes") == [("account manager", "zoë hughes", "C2")]
    assert told("of Hughes, Zoë it was said") == []  # own last and own first name
