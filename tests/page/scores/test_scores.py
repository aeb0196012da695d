"""Numbers of the section of scores are those of the tables, rounded once, each with its n."""

from dataclasses import replace

import pandas as pd
import pytest

from crqlab.base.contracts.cautions import code
from crqlab.language import language
from crqlab.page import scores
from crqlab.page.scores.scales import ends
from tests.page.reading import SCORED, SHAPES, assert_heard, assert_named, plain, row, soup
from tests.page.reworded import elements, in_other_words, left_english, numbers

TABLES = ("agreement", "change_parts", "constructs", "roll_ups", "waves")
PICTURES = ("ltr", "trend", "uniqueness")
WHAT = ("scores", "column", "part", "roll_up", "statistic", "verdict", "caution", "method")


@pytest.fixture(params=SHAPES.values(), ids=SHAPES.keys())
def seen(stationed_view_of, request):
    return stationed_view_of(**request.param)


def shown_with(view, **tables):
    return replace(view, scores=replace(view.scores, **tables))


def lines(shown):
    """Rows of the first table as lists of text, without its heading."""
    cells = [line(["th", "td"]) for line in soup(shown).select("tbody tr")]
    return [[cell.get_text().replace("\xa0", " ") for cell in line] for line in cells]


def said(shown):
    return shown.sentence.replace("\xa0", " ")


def test_everything_can_be_heard_for_every_kind_of_client(seen):
    for name in (*TABLES, *PICTURES):
        shown = getattr(scores, name)(seen)
        assert shown.sentence
        assert_heard(shown)
        if name in PICTURES:
            assert_named(shown)


@pytest.mark.parametrize("shape", SCORED)
def test_tables_can_be_heard_where_only_scores_are_known(view_of, shape):
    for name in (*TABLES, *PICTURES):
        shown = getattr(scores, name)(view_of(**SCORED[shape]))
        assert shown.sentence
        assert_heard(shown)


def test_constructs_stand_with_mean_interval_n_and_change(view_of):
    shown = scores.constructs(view_of())
    assert row(shown, "Commitment") == [
        "yes", "4.73", "4.53 to 4.93", "", "51", "−0.33", "−0.48 to −0.18", "lower",
    ]  # fmt: skip
    assert row(shown, "Trust")[5:] == ["−0.12", "−0.27 to +0.03", "no clear change"]
    assert row(shown, "Uniqueness")[0] == "no"
    assert said(shown) == (
        "Highest in CRQ: Solution 4.99 (4.79 to 5.19). Lowest: Commitment 4.73 (4.53 to 4.93)."
    )
    assert plain(shown).count("Student's t over accounts, Binder 1983") == 1
    first = scores.constructs(view_of(waves=("2025",)))
    assert row(first, "Trust") == ["yes", "4.90", "4.70 to 5.10", "", "51"]


def test_withheld_constructs_are_dashes_and_none_is_the_highest(view_of):
    rows = view_of().measures
    ends_of = {name: float("nan") for name in ("value", "low", "high", "change")}
    hidden = shown_with(view_of(), measures=rows.assign(**ends_of, verdict="unknown"))
    shown = scores.constructs(hidden)
    assert row(shown, "Trust") == ["yes", "–", "open", "", "51"]
    assert said(shown) == "No construct may be shown: too few people answered."
    assert scores.constructs(shown_with(hidden, measures=rows.iloc[:0])).html == ""


@pytest.mark.parametrize("scale", [(1, 7), (1, 5), (0, 10)])
def test_scores_live_on_the_instruments_own_scale(view_of, scale):
    view = view_of(scale=scale)
    assert ends(view, "crq") == scale
    assert (ends(view, "nps"), ends(view, "mean_ltr")) == ((-100, 100), (0, 10))
    assert f"{scale[0]} to {scale[1]} scale points" in plain(scores.constructs(view))


def test_waves_stand_measure_by_measure_with_the_decimals_of_each(view_of):
    shown = scores.waves(view_of())
    assert said(shown) == "3 waves"
    assert lines(shown)[1:5] == [
        ["CRQ", "2024", "5.06", "4.86 to 5.26", "51", "12"],
        ["CRQ", "2025", "4.88", "4.68 to 5.08", "51", "12"],
        ["NPS", "2023", "0", "−12 to +12", "51", "12"],
        ["NPS", "2024", "+14", "+2 to +26", "51", "12"],
    ]
    assert scores.waves(view_of(waves=("2025",))).html == ""


def test_the_change_is_split_into_its_parts_in_their_order(view_of):
    rows = view_of().scores.parts
    mixed = pd.concat([rows.iloc[::-1], rows[rows["part"] == "all"].assign(measure="nps")])
    shown = scores.change_parts(shown_with(view_of(), parts=mixed))
    assert [line[:3] for line in lines(shown)] == [
        ["CRQ", "Whole change", "−0.18"],
        ["CRQ", "Accounts in both waves", "−0.18"],
        ["CRQ", "Accounts that joined", "−0.18"],
        ["CRQ", "Accounts that left", "−0.18"],
        ["NPS", "Whole change", "−0.2"],
    ]
    assert said(shown) == ("Change since 2024: CRQ −0.18 (−0.33 to −0.03); NPS −0.2 (−0.3 to 0.0)")
    assert scores.change_parts(view_of(waves=("2025",))).html == ""


def test_a_part_that_is_withheld_says_why(view_of):
    rows = view_of().scores.parts
    last = rows["part"] == "leavers"
    flag = rows["flag"].mask(last, code("n_below_minimum", minimum=3))
    gone = shown_with(view_of(), parts=rows.assign(flag=flag, value=rows["value"].mask(last)))
    cells = lines(scores.change_parts(gone))
    assert [line[2] for line in cells] == ["−0.18", "−0.18", "−0.18", "–"]
    assert [line[-1] for line in cells] == ["", "", "", "withheld: n below 3"]


def test_ways_to_count_stand_in_their_order_with_method_and_caution(view_of):
    rows = view_of().scores.roll_ups
    flag = rows["flag"].mask(rows["method"] == "adjusted_wald", "answers_taken_as_independent")
    shown = scores.roll_ups(shown_with(view_of(), roll_ups=rows.assign(flag=flag)))
    assert said(shown) == "5 ways to count"
    cells = lines(shown)
    assert [line[:3] for line in cells[:3]] == [
        ["Everyone counts once", "CRQ", "4.88"],
        ["Every account counts once", "CRQ", "4.93"],
        ["Everyone counts once", "NPS", "+10"],
    ]
    assert cells[2][3:] == [
        "+1 to +19", "51", "12", "adjusted Wald, Rocks 2016",
        "takes answers of one account as independent",
    ]  # fmt: skip
    assert [line[-1] for line in cells].count("") == 4


def test_agreement_is_told_in_plain_words(view_of):
    shown = scores.agreement(view_of())
    assert said(shown) == (
        "About 31 % of the differences between answers lie between accounts (95 % interval "
        "21 to 41 %), the rest between people of the same account. An average account's plain "
        "mean has a reliability of 0.62: not safe enough to rank by, so we shrink it. Inside "
        "accounts people show strong agreement (r_wg(J) 0.83, at most 1)."
    )
    assert lines(shown) == [
        ["CRQ", "0.31", "0.21 to 0.41", "0.62", "0.52 to 0.72", "0.83", "0.73 to 0.93", "153",
         "9", "9"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("statistic", "value", "told"),
    [
        ("icc2", 0.70, "0.70: safe enough to rank."),
        ("icc2", 0.69, "0.69: not safe enough to rank by"),
        ("rwg_j", 0.70, "strong agreement"),
        ("rwg_j", 0.69, "moderate agreement"),
        ("rwg_j", 0.50, "moderate agreement"),
        ("rwg_j", 0.49, "weak agreement"),
        ("icc1", -0.05, "About 0 % of the differences"),
    ],
)
def test_words_of_agreement_turn_where_their_numbers_do(view_of, statistic, value, told):
    rows = view_of().scores.agreement
    moved = rows.assign(value=rows["value"].mask(rows["statistic"] == statistic, value))
    assert told in said(scores.agreement(shown_with(view_of(), agreement=moved)))


def test_too_few_accounts_say_nothing_of_agreement(view_of):
    rows = view_of().scores.agreement
    unknown = rows.assign(value=float("nan"))
    for none in (unknown, rows.iloc[:0]):
        shown = scores.agreement(shown_with(view_of(), agreement=none))
        assert said(shown).startswith("Too few accounts with several respondents")
        assert soup(shown).table is None


def test_other_words_change_no_number_and_no_element(seen):
    other = in_other_words(seen, *WHAT)
    for name in (*TABLES, *PICTURES):
        plainly, reworded = (getattr(scores, name)(view).html for view in (seen, other))
        assert elements(reworded) == elements(plainly)
        assert numbers(reworded) == numbers(plainly)


def test_swedish_leaves_nothing_english(seen):
    swedish = replace(seen, language=language("sv"))
    for name in (*TABLES, *PICTURES):
        assert left_english(getattr(scores, name)(swedish).html, language("sv")) == []


def test_swedish_says_the_same_numbers_by_its_own_rules(view_of):
    swedish = replace(view_of(), language=language("sv"))
    assert row(scores.constructs(swedish), "Engagemang") == [
        "ja", "4,73", "4,53 till 4,93", "", "51", "−0,33", "−0,48 till −0,18", "lägre",
    ]  # fmt: skip
    assert said(scores.ltr(swedish)) == (
        "Benägenhet att rekommendera, 51 svar: Kritiker (detractors) 18 (35 %), Passiva 10 (20 %), "
        "Promoters 23 (45 %)"
    )
