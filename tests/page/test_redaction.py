"""What must not be read off a page: where people can be reached, and who they are."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crqlab.page import redaction, view
from crqlab.responses.personal_data import personal_data


def redacted(said, *names):
    return redaction.redacted(pd.Series([said]), names=names)[0]


@pytest.mark.parametrize(
    "said",
    [
        "eva.berg@acme.example",
        "Eva <eva+x@acme.co.uk>",
        "eva(at)acme.example",
        "+46 8 123 45 67",
        "0046-8-1234567",
        "(030) 1234 5678",
        "08 12 34 56",
        "555-123-4567",
        "07700900123",
    ],
)
def test_addresses_and_numbers_are_taken_out(said):
    left = redacted(f"Ask at {said} please")
    assert "removed]" in left
    assert not any(ch.isdigit() for ch in left)
    assert "acme" not in left


@pytest.mark.parametrize(
    "said",
    [
        "Since 2019-2024, 100 % on time",
        "On 2024-05-01 and on 01.05.2024",
        "From 1 to 7 I say 6",
        "Costs 1,250.00 EUR",
        "ISO 9001:2015",
        "24/7",
    ],
)
def test_years_amounts_and_dates_are_kept(said):
    assert redacted(said) == said


@given(
    st.sampled_from(["+46 70 123 45 67", "08-12 34 56", "a.b@c.example", "07700 900123"]),
    st.text(alphabet="abc ,.!", max_size=20),
)
def test_what_the_first_station_flags_never_reaches_a_page(secret, around):
    said = f"{around} {secret} {around}"
    flagged = personal_data(pd.DataFrame({"best": [said]}))
    left = pd.DataFrame({"best": [redacted(said)]})
    assert len(flagged) == 1
    assert len(personal_data(left)) == 0


def test_full_names_of_invited_people_are_taken_out_and_first_names_stay():
    left = redacted("Eva Berg and EVA BERG, not Eva or Evan Bergman", "Eva Berg", "Evan", "")
    assert left == "[name removed] and [name removed], not Eva or Evan Bergman"


@pytest.mark.parametrize(
    ("said", "name"),
    [("IŞIK ÖZ", "Işık Öz"), ("i̇pek su", "i̇pek Su"), ("Jeſſe Kay", "JESSE KAY")],
)
def test_names_are_found_in_whatever_case_an_alphabet_has(said, name):
    assert redacted(f"Ask {said} please", "Bo Ek", name) == "Ask [name removed] please"


def test_a_long_word_costs_no_time():
    said = "a" * 200_000
    assert redacted(said) == said


@pytest.mark.parametrize(
    "said", ["https://intra.example/x?y=1", "www.firm.example", "ftp://a.b", "firm.example/faces"]
)
def test_web_addresses_are_taken_out(said):
    assert redacted(f"See {said} and and/or 24/7, e.g. 5.2/7") == (
        "See [address removed] and and/or 24/7, e.g. 5.2/7"
    )


def test_names_are_taken_out_last_name_first_too():
    assert (
        redacted("Ask Berg, Eva or Eva  Berg", "Eva Berg") == "Ask [name removed] or [name removed]"
    )


def test_marks_are_in_the_language_of_the_page(study_of):
    study = study_of()
    english, swedish = (
        view(study, client="C017", wave="2025", language=one) for one in ("en", "sv")
    )
    said = " ".join([*swedish.comments["words"], *swedish.themes.rest["words"]])
    assert "[webbadress borttagen]" in said
    assert "removed]" not in said
    assert "[address removed]" in " ".join(english.comments["words"])
