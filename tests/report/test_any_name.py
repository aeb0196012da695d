"""Clients with any name get their reports; `make validate` looks at five hundred of them."""

import pytest

from crqlab.page.marks.watchlists import watchlist
from crqlab.report import LeakError
from crqlab.report.clearance import gate
from tests.report.crowd import SUBSET, crowd, names
from tests.validation.gate import files, outcomes

MADE = 4


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return crowd(tmp_path_factory.mktemp("crowd"), list(SUBSET))


@pytest.fixture(scope="module")
def page(many):
    study, ids = many
    return files(study, ids[0], pdf_too=False)["page.html"]


def test_names_are_those_that_ask_for_trouble():
    assert len(names(500)) == 500
    assert {*SUBSET, "Apple", "Next Step", "North", "Sky Bank", "UBS"} <= set(names(250))


def test_files_of_all_kinds_pass_among_clients_of_such_names(many):
    study, ids = many
    found = {client: stopped for client, stopped, _ in outcomes(study, ids[:MADE], pdfs=1)}
    assert found == dict.fromkeys(ids[:MADE], "")


@pytest.mark.parametrize("name", ["UBS", "Anna"])
def test_such_a_name_is_stopped_where_it_is_all_that_a_cell_says(many, page, name):
    study, ids = many
    with pytest.raises(LeakError, match=name.lower()):
        gate.check({"page.html": celled(page, name)}, study, ids[0])


@pytest.mark.parametrize("name", ["Interval", "Sweden", "Kund", "May", "Sky"])
def test_a_word_of_ours_of_the_calendar_or_of_an_own_name_is_nobodys(many, page, name):
    study, ids = many
    gate.check({"page.html": celled(page, name)}, study, ids[0])


def celled(page, name):
    return page.replace(b"</main>", f"<table><tr><td>{name}</td></tr></table></main>".encode())


def test_in_a_sentence_it_is_a_word(many, page):
    study, ids = many
    said = b"<p>The next interval may be in Sweden.</p></main>"
    gate.check({"page.html": page.replace(b"</main>", said)}, study, ids[0])


def test_a_word_that_a_label_cuts_is_no_name_and_a_whole_name_before_a_cut_is():
    seen = watchlist([("client name", "C2", "Text"), ("client name", "C3", "Kvarnby Verkstad")])
    assert seen.found("Harrow Insurance Text…").runs == set()
    assert seen.found("Harrow Insurance Text").runs == {"text"}
    assert seen.found("Text… of Harrow; Text of it").runs == {"text"}
    cut = seen.found("An order of Kvarnby Verkstad…")
    assert cut.runs | cut.held == {"kvambyverkstad"}


def test_two_numbers_side_by_side_are_no_id_and_a_whole_cell_of_it_is():
    seen = watchlist([("contact id", "C2", "220-24")])
    beside = seen.found("about 220 24 of them")
    assert beside.runs | beside.held | beside.whole == set()
    assert seen.found("a\x1e220-24\x1eb").whole == {"22024".replace("0", "o")}
