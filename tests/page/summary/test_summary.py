"""A summary claims what the intervals allow, and keeps quiet about what is not known."""

import dataclasses
import re
from math import nan

import pytest

from crqlab.language import language
from crqlab.page.participation.data import ResponseCounts
from crqlab.page.summary.data import Findings, Fix, Mix, Place, Risk, Score, Unproven
from crqlab.page.summary.sentences import sentences
from tests.page.reworded import reworded

ENGLISH = language("en")
CRQ = Score("crq", "CRQ", 5.214, 5.02, 5.4, 240, 61, 0.95, "2024", 0.31, 0.1, 0.52, "higher")
NPS = Score(
    "nps", "NPS", 17.2, 4.0, 30.1, 240, 61, 0.95, "2024", -4.0, -18.0, 10.0, "no_clear_change"
)
WHOLE = Findings(
    (CRQ, NPS),
    ResponseCounts(800, 240, 90, 61, 0, 0.72),
    Place(0.78, 0.66, 0.88, 149, peers="IT", half="upper", unique="not_unique", p_unique=0.04),
    Fix("Responsive", 0.78, True, 240, 61, "Caring", 0.15, 0.02, 230, 812),
    Risk(1_234_567, 800_000, 1_900_000, 12_300_000, 90, 400_000, "EUR"),
    Mix({"Ambassador": 15, "Rational": 25, "Opponent": 5}, (0.33, 0.21, 0.48)),
)
PARTS = ("participation", "place", "fix", "risk", "mix")


def said(**parts):
    return " ".join(sentences(Findings(**parts), ENGLISH)).replace("\xa0", " ")


def test_a_whole_summary_has_six_sentences_for_the_questions_of_a_sales_director():
    found = [sentence.replace("\xa0", " ") for sentence in sentences(WHOLE, ENGLISH)]
    assert found == [
        "CRQ is 5.21 (95 % interval 5.02 to 5.40), a rise since 2024 (+0.31, +0.10 to +0.52); "
        "NPS is +17 (95 % interval +4 to +30), no clear change since 2024 (−4.0, −18.0 to +10.0); "
        "n = 240 respondents of 61 accounts.",
        "240 of 800 invited contacts (30 %) and 61 of 90 accounts (68 %) answered, with 72 % of "
        "the revenue: short of the 80 % to aim for.",
        "Among 149 other clients (IT) it lies in the upper half: 78 % score lower (95 % interval "
        "66 % to 88 %). Against the whole panel it is not Unique: the probability is 4 %.",
        "Of 90 accounts with 12.3 million EUR a year, 1.2 million EUR is expected to be lost (95 % "
        "interval 800,000 to 1.9 million), 32 % of it with silent accounts.",
        "Fix this first: Responsive, with a probability of 78 % the thing that moves most (n = "
        "240 respondents of 61 accounts). Importance rests to 2 % on 230 complete answers of "
        "yours, otherwise on 812 complete answers of all clients.",
        "Of 45 sorted accounts 15 are Ambassador (33 %, 95 % interval 21 % to 48 %); the others: "
        "25 Rational, 5 Opponent.",
    ]


def test_nothing_known_is_nothing_said():
    assert sentences(Findings(), ENGLISH) == ()
    assert sentences(Findings((dataclasses.replace(CRQ, value=nan),)), ENGLISH) == ()


@pytest.mark.parametrize("part", PARTS)
def test_what_is_missing_is_left_out_and_the_rest_stays(part):
    left = sentences(dataclasses.replace(WHOLE, **{part: None}), ENGLISH)
    assert list(left) == [s for s in sentences(WHOLE, ENGLISH) if s in left]
    assert len(left) == len(sentences(WHOLE, ENGLISH)) - 1


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        ("higher", ", a rise since 2024 (+0.31, +0.10 to +0.52);"),
        ("lower", ", a fall since 2024 (+0.31, +0.10 to +0.52);"),
        ("no_clear_change", ", no clear change since 2024 (+0.31, +0.10 to +0.52);"),
    ],
)
def test_a_change_is_claimed_as_the_station_judged_it(verdict, told):
    assert told in said(scores=(dataclasses.replace(CRQ, verdict=verdict),))


def test_a_first_wave_and_a_wave_without_comparison_are_told_apart():
    first = said(scores=(dataclasses.replace(CRQ, before="", change=nan),))
    assert "since" not in first
    assert "its change since 2024 not told" in said(scores=(dataclasses.replace(CRQ, change=nan),))


def test_scores_of_different_people_carry_their_own_n():
    found = said(scores=(CRQ, dataclasses.replace(NPS, n_respondents=198, n_accounts=50)))
    assert "n = 240 respondents of 61 accounts; NPS" in found
    assert found.endswith("n = 198 respondents of 50 accounts.")


def test_a_withheld_score_is_not_mentioned():
    assert "NPS" not in said(scores=(CRQ, dataclasses.replace(NPS, value=nan)))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (ResponseCounts(None, None, None, None, 0, 0.7), ""),
        (ResponseCounts(0, 0, 0, 0, 0, nan), ""),
        (
            ResponseCounts(10, 4, None, None, 0, nan),
            "4 of 10 invited contacts (40 %) answered; the others may think differently.",
        ),
        (
            ResponseCounts(10, 8, 5, 5, 0, 0.8),
            "8 of 10 invited contacts (80 %) and 5 of 5 accounts (100 %) answered, with 80 % of "
            "the revenue: at least the 80 % to aim for.",
        ),
    ],
)
def test_participation_is_said_as_far_as_it_is_known(asked, expected):
    assert said(participation=asked) == expected


@pytest.mark.parametrize(
    ("half", "where"),
    [
        ("upper", "in the upper half"),
        ("lower", "in the lower half"),
        ("middle", "not clearly above or below"),
    ],
)
def test_a_place_is_claimed_as_the_station_judged_it(half, where):
    assert where in said(place=Place(0.5, 0.4, 0.9, 20, half=half))


def test_unique_is_said_with_its_probability_and_of_the_whole_panel():
    assert said(place=Place(nan, nan, nan, 3)) == ""
    assert "Unique" not in said(place=Place(0.4, 0.2, 0.6, 20))

    def told(unique, chance):
        return said(place=Place(0.95, 0.9, 0.99, 20, unique=unique, p_unique=chance))

    assert told("unique", 0.86).endswith(
        "Against the whole panel it is Unique, with a probability of 86 %."
    )
    assert told("perhaps_unique", 0.5).endswith("it may be Unique: the probability is 50 %.")
    assert told("not_unique", 0.0).endswith("it is not Unique: the probability is <1 %.")


def test_a_doubtful_interval_is_said_with_the_first_numbers():
    few = dataclasses.replace(CRQ, cautions=("unequal_accounts", "few_accounts"))
    assert said(scores=(few, NPS)).endswith(
        "n = 240 respondents of 61 accounts. Read with care: a few accounts with many voices "
        "carry this number: its interval may be too narrow; fewer than 6 accounts."
    )


def test_a_model_that_foretells_nothing_names_no_money():
    found = said(unproven=Unproven(0.26, 0.04, 0.49, 31))
    assert "the data cannot say" in found
    assert "AUC 0.26, 0.04 to 0.49; n = 31 accounts" in found
    assert "no forecast could be tested" in said(unproven=Unproven(nan, nan, nan, 0))


def test_no_probability_is_said_to_be_certain():
    assert "probability of >99 %" in said(fix=Fix("Responsive", 1.0, True, 19, 8))
    assert "100 %" not in said(fix=Fix("Responsive", 0.996, False, 19, 8, "Caring", 0.004))


def test_no_clear_thing_is_named_with_the_next_in_line_and_not_as_the_one():
    found = said(fix=Fix("Responsive", 0.41, False, 24, 9, "Caring", 0.33))
    assert "No single thing stands out" in found
    assert "before Caring (33 %)" in found
    assert "Fix this first" not in found
    assert "before" not in said(fix=Fix("Responsive", 0.41, False, 24, 9))
    assert said(fix=Fix("", nan, False, 24, 9)) == ""


def test_a_loss_is_rounded_as_it_is_said_and_silence_only_where_known():
    found = said(risk=Risk(900.4, nan, 2_500, 1_500_000_000, 1))
    assert found == (
        "Of 1 account with 1.5 billion a year, 900 is expected to be lost "
        "(95 % interval open to 2,500)."
    )
    assert said(risk=Risk(nan, nan, nan, 1e6, 9)) == ""


def test_no_sorted_account_means_no_mix():
    assert said(mix=Mix({"Ambassador": 0, "Rational": 0})) == ""
    assert "Of 3 sorted accounts 0 are Ambassador" in said(
        mix=Mix({"Ambassador": 0, "Rational": 3})
    )


def test_swedish_says_the_same_numbers_by_its_own_rules():
    swedish = [sentence.replace("\xa0", " ") for sentence in sentences(WHOLE, language("sv"))]
    assert swedish[0] == (
        "CRQ är 5,21 (95 %-intervall 5,02 till 5,40), en uppgång sedan 2024 (+0,31, +0,10 till "
        "+0,52); NPS är +17 (95 %-intervall +4 till +30), ingen tydlig förändring sedan 2024 "
        "(−4,0, −18,0 till +10,0); n = 240 svarande hos 61 kunder."
    )
    assert swedish[3] == (
        "Hos 90 kunder med 12,3 miljoner EUR om året väntas 1,2 miljoner EUR gå förlorade "
        "(95 %-intervall 800 000 till 1,9 miljoner), varav 32 % hos tysta kunder."
    )
    assert len(swedish) == 6


def test_other_words_change_no_number():
    def digits(spoken):
        return [re.findall(r"\d+", sentence) for sentence in sentences(WHOLE, spoken)]

    assert digits(reworded("summary")) == digits(ENGLISH)
