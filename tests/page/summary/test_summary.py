"""A summary claims what the intervals allow, and keeps quiet about what is not known."""

import dataclasses
import re
from math import nan

import pytest

from crqlab.language import language
from crqlab.page.participation.data import ResponseCounts
from crqlab.page.segments.data import Moved
from crqlab.page.summary.data import Findings, Fix, Mix, Place, Risk, Score
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
    Place(0.78, 0.66, 0.88, 149, peers="IT", unique=False),
    Fix("Responsive", 0.78, True, 240, 61, "Caring", 0.15),
    Risk(1_234_567, 800_000, 1_900_000, 12_300_000, 90, 12, 400_000, "EUR"),
    Mix(
        {"Ambassador": 15, "Rational": 25, "Opponent": 5},
        (0.33, 0.21, 0.48),
        "2024",
        Moved(40, 5.2, 2, 9),
        Moved(40, 8.1, 4, 12),
    ),
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
        "66 % to 88 %). It is not Unique yet.",
        "Of 90 accounts with a renewal outlook 12 are on the point of leaving; of 12.3 million EUR "
        "a year, 1.2 million EUR is expected to be lost (95 % interval 800,000 to 1.9 million), "
        "32 % of it with silent accounts.",
        "Fix this first: Responsive, with a probability of 78 % the thing that moves most (n = "
        "240 respondents of 61 accounts).",
        "Of 45 sorted accounts 15 are Ambassador (33 %, 95 % interval 21 % to 48 %); the others: "
        "25 Rational, 5 Opponent. Since 2024 5 (95 % interval 2 to "
        "9) climbed and 8 (4 to 12) fell (n = 40 accounts with a segment in both waves).",
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
    assert "not to be compared with 2024" in said(scores=(dataclasses.replace(CRQ, change=nan),))


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
    ("low", "high", "where"),
    [(0.51, 0.9, "in the upper half"), (0.1, 0.49, "in the lower half"), (0.4, 0.9, "not clearly")],
)
def test_a_place_is_claimed_only_by_its_whole_interval(low, high, where):
    assert where in said(place=Place(0.5, low, high, 20))


def test_an_unknown_place_says_nothing():
    assert said(place=Place(nan, nan, nan, 3)) == ""
    assert "Unique" not in said(place=Place(0.4, 0.2, 0.6, 20))
    assert "It is Unique." in said(place=Place(0.95, 0.9, 0.99, 20, unique=True))


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
    assert "Of 9 accounts with a renewal outlook 1 is on the point" in said(
        risk=Risk(1e3, 1, 2e3, 1e6, 9, 1)
    )
    assert said(risk=Risk(nan, nan, nan, 1e6, 9)) == ""


def test_no_sorted_account_means_no_mix_and_no_second_wave_no_moves():
    assert said(mix=Mix({"Ambassador": 0, "Rational": 0})) == ""
    assert "Since" not in said(mix=Mix({"Ambassador": 1, "Rational": 2}))
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
        "Av 90 kunder med förnyelseutsikter är 12 på väg att lämna; av 12,3 miljoner EUR om året "
        "väntas 1,2 miljoner EUR gå förlorade (95 %-intervall 800 000 till 1,9 miljoner), varav "
        "32 % hos tysta kunder."
    )
    assert len(swedish) == 6


def test_other_words_change_no_number():
    def digits(spoken):
        return [re.findall(r"\d+", sentence) for sentence in sentences(WHOLE, spoken)]

    assert digits(reworded("summary")) == digits(ENGLISH)
