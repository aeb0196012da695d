"""What must not be read off a page: people's words with their addresses, and small groups."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crqlab.report import privacy
from crqlab.responses.privacy import personal_data


def redacted(said, *names):
    return privacy.redacted(pd.Series([said]), names=names)[0]


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


def test_a_long_word_costs_no_time():
    said = "a" * 200_000
    assert redacted(said) == said


def test_a_question_that_few_answered_is_withheld_whole(view_of):
    seen = view_of()
    assert seen.questions["withheld"].tolist() == [False, True]
    assert set(seen.comments["question"]) == {"best"}


def test_excluded_responses_say_nothing(view_of, study_of):
    rows = study_of().read("responses").query("wave == '2025'")
    assert len(view_of().comments) == int(rows["included"].sum()) == len(rows) - 1


def test_an_account_is_named_only_where_enough_of_its_people_answered(view_of, study_of):
    seen = view_of()
    rows = study_of().read("responses").query("wave == '2025' and included")
    size = rows["account_id"].value_counts()
    large = {seen.accounts.set_index("account_id")["name"][a] for a in size.index[size >= 5]}
    assert set(seen.comments["account"]) == {"", *large}


def test_comments_stand_in_an_order_that_tells_nothing_about_their_writers(view_of):
    words = view_of().comments["words"].tolist()
    assert words == sorted(words)


def test_names_in_comments_of_invited_people_are_gone(view_of):
    words = view_of().comments["words"]
    assert not words.str.contains("Åkesson").any()
    assert words.str.contains("[name removed]", regex=False).any()


@given(
    st.lists(st.tuples(st.integers(0, 9), st.floats(-100, 100)), min_size=1),
    st.integers(1, 6),
)
def test_withheld_empties_small_groups_and_no_other(groups, minimum):
    rows = pd.DataFrame(groups, columns=["n", "nps"]).assign(flag="people disagree")
    left = privacy.withheld(rows, ["nps", "absent"], n="n", minimum=minimum)
    few = rows["n"] < minimum
    assert left["nps"].isna().tolist() == few.tolist() == left["withheld"].tolist()
    assert (left.loc[few, "flag"] == f"withheld: n below {minimum}").all()
    assert (left.loc[~few, "flag"] == "people disagree").all()
    assert left.loc[~few, "nps"].tolist() == rows.loc[~few, "nps"].tolist()
