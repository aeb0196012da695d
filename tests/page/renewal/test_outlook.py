"""The renewal outlook: what may be lost, with whom, why, and how far the model can be trusted."""

from dataclasses import replace

import pandas as pd
import pytest

from crqlab.base.contracts.cautions import code, joined
from crqlab.language import language
from crqlab.page import renewal
from crqlab.page.accounts.overview import overview
from crqlab.page.assembly import view
from crqlab.page.claim_table import claims
from crqlab.page.renewal.data import proven
from crqlab.page.summary.sentences import summary_sentences
from tests.page.reading import SHAPES, assert_heard, assert_named, plain, row, soup
from tests.page.reworded import elements, in_other_words, numbers
from tests.show import stationed
from tests.show.fixture import Shape, lay_out

EVERY = ("outlook", "expected_losses")


@pytest.fixture(params=SHAPES.values(), ids=SHAPES.keys())
def seen(stationed_view_of, request):
    return stationed_view_of(**request.param)


def shown_with(view, **parts):
    return replace(view, renewal=replace(view.renewal, **parts))


def said(view):
    return plain(renewal.outlook(view)).replace("\xa0", " ")


def test_tables_can_be_heard_and_pictures_name_their_numbers(seen):
    assert_heard(renewal.outlook(seen))
    assert_named(renewal.expected_losses(seen))


def test_without_its_station_the_section_says_so_in_a_sentence(view_of):
    shown = renewal.outlook(view_of())
    assert soup(shown).table is None
    assert shown.sentence == (
        "There is no renewal outlook: what came of contracts is not on record, or too few ended "
        "for a model to learn from."
    )


def test_a_later_wave_is_named_as_the_reason_for_no_outlook(stationed_study_of):
    shown = renewal.outlook(view(stationed_study_of(), client="C017", wave="2024"))
    assert "a later wave has been held" in shown.sentence


def test_the_outlook_stands_by_expected_loss_with_intervals_and_the_models_worth(stationed_view_of):
    seen = stationed_view_of()
    few = seen.accounts["account_id"][seen.accounts["n"].between(1, 2)]
    rows = seen.renewal.accounts
    assert rows["account_id"].tail(len(few)).tolist() == sorted(few), "by revenue, not by loss"
    cells = row(renewal.outlook(seen), rows["name"].iloc[-len(few)])
    assert cells == [
        "Ambassador", "likely (80 % or more)", "1,000", "–", "2026-03-01",
        "years as a customer 1.4, average 7.4",
    ]  # fmt: skip
    cells = row(renewal.outlook(seen), "Account 2")
    assert cells[1:] == [
        "90 % (80 to 95)", "333", "33.0 (17.0 to 67.0)", "2026-03-01",
        "commitment 6.5, average 5.3; years as a customer 1.4, average 7.4",
    ]  # fmt: skip
    assert row(renewal.outlook(seen), "Account 12")[0::5] == ["Silent", "silence"]
    assert (
        "Of 3,000,000 EUR a year with 15 accounts, 300,000 EUR (10 %) is expected to be lost at "
        "the next renewals; 95 % interval 100,000 EUR to 700,000 EUR. 61 % of that lies with three "
        "accounts. 50,000 EUR of it lies with 3 silent accounts."
    ) in said(seen)
    assert (
        "it named the right one in 68 % of pairs (AUC 0.68, 0.66 to 0.70; 0.50 is chance), "
        "n = 3,784 accounts of all clients, tested on later decisions than it learnt from. "
        "Calibration slope 0.90 (0.70 to 1.10; 1 is right). It shows"
    ) in said(seen)
    assert "7,770,000" not in said(seen)


def test_a_total_is_told_with_what_there_is(stationed_view_of):
    seen = stationed_view_of()
    none = shown_with(seen, total=seen.renewal.total.iloc[:0])
    assert said(none).startswith("15 accounts with an outlook.")
    total = seen.renewal.total.assign(silent_loss=0.0, top_share=float("nan"))
    bare = replace(shown_with(seen, total=total), currency="")
    assert "interval 100,000 to 700,000." in said(bare)
    assert "three accounts" not in said(bare)
    assert "silent account" not in said(bare)
    heads = [head.get_text() for head in soup(renewal.outlook(bare)).table("th", scope="col")]
    assert heads[3:5] == ["Contract a year (thousands)", "Expected loss (thousands)"]
    few = shown_with(seen, accounts=seen.renewal.accounts.head(5))
    assert "three accounts" not in said(few)
    more = shown_with(seen, accounts=seen.renewal.accounts.head(6))
    assert "61 % of that lies with three accounts" in said(more)


def test_smaller_losses_are_folded_away_and_an_unknown_one_is_a_dash(stationed_view_of):
    seen = stationed_view_of(accounts=45, most=14, silent=9)
    rows = seen.renewal.accounts
    assert len(rows) == 54
    tables = soup(renewal.outlook(seen))("table")
    assert [len(one.select("tbody tr")) for one in tables] == [15, 39, 2]
    assert "39 more accounts with smaller expected losses" in said(seen)
    unpaid = rows.head(2).assign(revenue=float("nan"), expected_loss=float("nan"))
    view_ = shown_with(seen, accounts=unpaid.assign(due_on=pd.NaT))
    assert row(renewal.outlook(view_), rows["name"].iloc[1])[2:5] == ["–", "–", "–"]
    assert renewal.expected_losses(view_).html == ""
    assert renewal.expected_losses(view_).sentence == "No expected losses to draw"


def test_cautions_stand_below_with_the_accounts_they_are_about(stationed_view_of):
    seen = stationed_view_of()
    flags = joined(["silent_average_taken", code("fit_penalised")])
    rows = seen.renewal.accounts
    marked = rows["flag"].where(rows.index > 6, flags)
    note = said(shown_with(seen, accounts=rows.assign(flag=marked)))
    told = ", ".join(rows["name"][:5])  # of seven, five are named
    assert (f"{told}: silent: no score, the client's average taken; a fit was penalised") in note
    assert f"{told}, " not in note


def test_an_untested_model_is_no_more_than_an_order(stationed_view_of):
    seen = stationed_view_of()
    untested = shown_with(seen, performance=seen.renewal.performance.iloc[:0])
    assert "could not be tested on decisions that it had not seen: read an order" in said(untested)
    auc = seen.renewal.performance.query("measure == 'auc'")
    in_turn = shown_with(seen, performance=auc.assign(flag="not_out_of_time"))
    assert "of all clients, tested on other accounts than it learnt from." in said(in_turn)
    slope = auc.assign(measure="calibration_slope", estimate=0.92, low=0.77, high=1.07)
    both = shown_with(seen, performance=pd.concat([auc, slope], ignore_index=True))
    assert "Calibration slope 0.92 (0.77 to 1.07; 1 is right). It shows" in said(both)


def test_the_model_card_tells_what_the_outlook_rests_on(stationed_view_of):
    seen = stationed_view_of()
    sizes = code("sizes", clients=150, accounts=3784, contracts=10078, churned=1245)
    lines = [("size", sizes), ("claim", "crq_over_nps_adds"), ("caution", "fit_penalised")]
    card = pd.DataFrame(lines, columns=["topic", "says"])
    table = soup(renewal.outlook(shown_with(seen, card=card)))("table")[-1]
    assert [line.get_text(" ", strip=True) for line in table.select("tbody tr")] == [
        "size 150 clients, 3,784 accounts, 10,078 decided contracts, 1,245 churned",
        "caution a fit was penalised",
    ]
    assert len(soup(renewal.outlook(shown_with(seen, card=card.iloc[:0])))("table")) == 1


@pytest.mark.parametrize("name", EVERY)
def test_what_is_shown_and_withheld_follows_from_no_word(stationed_view_of, name):
    seen = stationed_view_of()
    rows = seen.renewal.accounts
    flagged = rows.assign(flag=joined([code("few_clusters", minimum=30, n=12), "due_date_unknown"]))
    seen = shown_with(seen, accounts=flagged)
    one, other = (getattr(renewal, name)(v).html for v in (seen, in_other_words(seen)))
    assert numbers(other) == numbers(one)
    assert "zz" in other
    if name == "outlook":  # a picture's words are as wide as they are
        assert [tag for tag, _ in elements(other)] == [tag for tag, _ in elements(one)]


def test_the_outlook_in_swedish(stationed_view_of):
    seen = replace(stationed_view_of(), language=language("sv"))
    assert (
        "Av 3 000 000 EUR om året hos 15 kunder väntas 300 000 EUR (10 %) gå förlorade vid nästa "
        "förnyelse; 95 %-intervall 100 000 EUR till 700 000 EUR. 61 % av det ligger hos tre kunder."
    ) in said(seen)
    assert row(renewal.outlook(seen), "Account 2") == [
        "Ambivalent", "90 % (80 till 95)", "333", "33,0 (17,0 till 67,0)", "2026-03-01",
        "engagemang 6,5, i snitt 5,3; år som kund 1,4, i snitt 7,4",
    ]  # fmt: skip
    assert (
        "Account 2 33\xa0000 (17\xa0000 till 67\xa0000)" in renewal.expected_losses(seen).sentence
    )


@pytest.mark.parametrize(
    ("auc", "slope", "flag", "holds"),
    [
        ((0.66, 0.70), (0.7, 1.1), "ok", True),
        ((0.04, 0.49), (-9.0, -3.0), "ok", False),
        ((0.49, 0.70), (0.7, 1.1), "ok", False),
        ((0.66, 0.70), (-0.1, 1.1), "ok", False),
        ((0.66, 0.70), (0.7, 1.1), "not_out_of_time", False),
    ],
)
def test_a_model_that_foretells_no_better_than_chance_names_no_money(auc, slope, flag, holds):
    rows = [
        {"measure": name, "estimate": sum(ends) / 2, "low": ends[0], "high": ends[1], "flag": flag}
        for name, ends in (("auc", auc), ("calibration_slope", slope))
    ]
    assert proven(pd.DataFrame(rows)) is holds
    assert not proven(pd.DataFrame(rows).iloc[:1])


def test_an_unproven_outlook_says_that_the_data_cannot_say(tmp_path):
    study = stationed.add(lay_out(tmp_path, Shape()), Shape())
    contest = study.read("contest")
    study.write("contest", contest.assign(low=0.04, high=0.49, estimate=0.26))
    seen = view(study, client="C017", wave="2025")
    assert seen.renewal.unproven
    assert seen.renewal.accounts.empty
    assert seen.renewal.total.empty
    due = study.read("outlook", client="C017", wave="2025").set_index("account_id")["due_on"]
    shown = overview(seen).set_index("account_id")["due_on"]  # dates stand in the books
    both = due.index.intersection(shown.index)
    assert shown.loc[both].eq(due.loc[both]).all()
    assert shown.notna().any()
    assert "The data cannot say who will leave" in said(seen)
    assert "expected to be lost" not in " ".join(summary_sentences(seen))
    assert "the data cannot say" in " ".join(summary_sentences(seen))
    found = claims(seen).set_index("claim").loc["outlook_unproven"]
    assert (found["value"], found["low"], found["high"]) == (0.26, 0.04, 0.49)
