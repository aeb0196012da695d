"""The outlook at its bounds: chances and amounts exactly on them, and where bars end."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crqlab.base.contracts.cautions import code, codes, joined
from crqlab.page import renewal
from crqlab.page.assembly import view
from tests.page.reading import beside, row, scale, soup
from tests.show import stationed
from tests.show.fixture import Shape, lay_out


def seen_with(folder, **columns):
    """What a client sees whose outlook has other columns; few answered A000, A001, A009, A010."""
    study = stationed.add(lay_out(folder, Shape()), Shape())
    study.write("outlook", study.read("outlook").assign(**columns))
    return view(study, client="C017", wave="2025")


def by_account(seen, column):
    return seen.renewal.accounts.set_index("account_id")[column]


def test_a_chance_of_few_answers_is_a_band_and_a_bound_belongs_to_the_better_one(tmp_path):
    chance = np.resize([0.9], 15)
    chance[[0, 1, 9, 10]] = [0.8, 0.79, 0.5, 0.49]
    seen = seen_with(tmp_path, p_renew=chance)
    bands = by_account(seen, "chance")
    assert bands[["A000", "A001", "A009", "A010"]].tolist() == [
        "likely",
        "even",
        "even",
        "unlikely",
    ]
    assert set(bands.drop(["A000", "A001", "A009", "A010"])) == {""}
    hidden = by_account(seen, "expected_loss").isna()
    assert sorted(hidden[hidden].index) == ["A000", "A001", "A009", "A010"]
    assert not by_account(seen, "withheld")["A012"]  # a silent account has no answers to withhold
    assert by_account(seen, "p_renew")["A002"] == 0.9


def test_what_is_expected_to_be_lost_gives_the_order_then_what_is_paid_then_the_id(tmp_path):
    lost = np.array([9e9, 9e9, 1e3, 7e3, 7e3, 7e3, 2e3, 500, 400, 9e9, 9e9, 300, 200, 100, 50])
    paid = np.array([5.0, 6.0, 1, 1, 2, 1, 1, 1, 1, 8.0, 5.0, 1, 1, 1, 1])
    seen = seen_with(tmp_path, expected_loss=lost, revenue=paid)
    assert seen.renewal.accounts["account_id"].tolist() == [
        "A004", "A003", "A005", "A006", "A002", "A007", "A008", "A011", "A012", "A013", "A014",
        "A009", "A001", "A000", "A010",
    ]  # fmt: skip


def reasons_of(seen, account):
    cell = by_account(seen, "reason")[account]
    return [one.get("term", one["code"]) for one in codes(cell)]


def test_a_reason_is_told_only_where_its_answers_may_be(tmp_path):
    terms = ("commitment", "crq_before", "nps", "mean_ltr", "tenure")
    told = joined(code("beside_average", term=term, value=1.4, average=7.4) for term in terms)
    seen = seen_with(tmp_path, reason=told)
    assert reasons_of(seen, "A003") == list(terms)  # four answered, and four in the wave before
    assert reasons_of(seen, "A000") == ["tenure"]  # one did, and one before
    study = stationed.add(lay_out(tmp_path / "b", Shape()), Shape())
    study.write("outlook", study.read("outlook").assign(reason=told))
    scored = study.read("account_scores")
    before = scored["wave"].eq("2024") & scored["account_id"].isin(["A003", "A004"])
    study.write("account_scores", scored.assign(n=scored["n"].mask(before, 2)))
    now = view(study, client="C017", wave="2025")
    assert reasons_of(now, "A003") == ["commitment", "nps", "mean_ltr", "tenure"]
    assert reasons_of(now, "A005") == list(terms)


def test_averages_of_few_clients_are_not_told(tmp_path):
    kinds = ("beside_average", "count_beside_average")
    told = joined(code(kind, term="tenure", value=2, average=7) for kind in kinds)
    study = stationed.add(lay_out(tmp_path, Shape()), Shape(), clients=1)
    study.write("outlook", study.read("outlook").assign(reason=told))
    seen = view(study, client="C017", wave="2025")
    assert codes(by_account(seen, "reason")["A003"]) == [
        {"code": "alone", "term": "tenure", "value": 2},
        {"code": "count_alone", "term": "tenure", "value": 2},
    ]


def drawn(view_, **columns):
    rows = view_.renewal.accounts.head(12).assign(**columns)
    return replace(view_, renewal=replace(view_.renewal, accounts=rows))


LOST = {
    "expected_loss": [90e3, 80e3, 70e3, 60e3, 50e3, 45e3, 40e3, 30e3, 20e3, 10e3, 9e3, 8e3],
    "expected_low": [41e3, 37e3, 33e3, 29e3, 26e3, 21e3, 17e3, 13e3, 9e3, np.nan, 4e3, 3e3],
    "expected_high": [150e3, 99e3, 95e3, 91e3, 88e3, 81e3, 77e3, 71e3, 55e3, np.nan, 44e3, 40e3],
}


def test_ten_bars_end_at_what_may_be_lost_and_lines_at_their_intervals(stationed_view_of):
    shown = renewal.expected_losses(drawn(stationed_view_of(), **LOST))
    picture, at = soup(shown).svg, scale(shown)
    bars = picture("rect")
    starts, ends = ([at(float(b["x"]) + k * float(b["width"])) for b in bars] for k in (0, 1))
    assert starts == pytest.approx([0] * 10, abs=0.06)
    assert ends == pytest.approx([90, 80, 70, 60, 50, 45, 40, 30, 20, 10], abs=0.06)
    lines = [line for line in picture("line") if line["stroke-width"] == "2"]
    flat = [line for line in lines if line["y1"] == line["y2"]]
    spans = [at(float(line[x])) for line in flat for x in ("x1", "x2")]
    told = [41, 150, 37, 99, 33, 95, 29, 91, 26, 88, 21, 81, 17, 77, 13, 71, 9, 55]
    assert spans == pytest.approx(told, abs=0.06)
    upright = [at(float(line["x1"])) for line in lines if line["y1"] != line["y2"]]
    assert upright == pytest.approx(ends, abs=0.06)
    assert [beside(picture, line) for line in flat] == [beside(picture, bar) for bar in bars[:9]]
    assert all(len(beside(picture, bar)) == 1 for bar in bars)
    assert len(shown.sentence.split(";")) == 10
    lowest = max(float(word["y"]) for word in picture("text"))
    assert 0 < float(picture["height"]) - lowest < 20  # the picture ends below its axis


@pytest.mark.parametrize(
    ("currency", "told"),
    [("EUR", "expected loss a year (thousand EUR)"), ("", "expected loss a year (thousands)")],
)
def test_an_axis_of_money_names_its_currency_where_there_is_one(stationed_view_of, currency, told):
    seen = replace(drawn(stationed_view_of(), **LOST), currency=currency)
    words = [word.get_text() for word in soup(renewal.expected_losses(seen)).svg("text")]
    assert told in words


def test_the_largest_loss_without_an_interval_has_its_bar_to_its_end(stationed_view_of):
    seen = drawn(stationed_view_of(), **LOST)
    rows = seen.renewal.accounts
    for end in ("expected_low", "expected_high"):
        rows = rows.assign(**{end: rows[end].mask(rows.index == 0)})
    shown = renewal.expected_losses(replace(seen, renewal=replace(seen.renewal, accounts=rows)))
    at, (first, second, *_) = scale(shown), soup(shown).svg("rect")
    ends = [at(float(bar["x"]) + float(bar["width"])) for bar in (first, second)]
    assert ends == pytest.approx([90, 80], abs=0.06)


def test_two_losses_are_drawn_and_one_is_not(stationed_view_of):
    one = [5e3, *[np.nan] * 11]
    assert renewal.expected_losses(drawn(stationed_view_of(), expected_loss=one)).html == ""
    two = [5e3, 4e3, *[np.nan] * 10]
    shown = renewal.expected_losses(drawn(stationed_view_of(), expected_loss=two))
    assert len(soup(shown).svg("rect")) == 2


def test_a_name_beside_a_bar_has_at_most_22_letters(stationed_view_of):
    seen = stationed_view_of()
    names = ["A" * 22, "B" * 23, *seen.renewal.accounts["name"][2:12]]
    picture = soup(renewal.expected_losses(drawn(seen, **LOST, name=names))).svg
    told = [word.get_text() for word in picture("text") if word["text-anchor"] == "end"]
    assert told[:2] == ["A" * 22, "B" * 21 + "…"]


@pytest.mark.parametrize(
    ("high", "told"), [(99_999.0, "33.0 (17.0 to 100.0)"), (100_000.0, "33 (17 to 100)")]
)
def test_thousands_have_a_decimal_where_all_are_small(stationed_view_of, high, told):
    seen = stationed_view_of()
    rows = seen.renewal.accounts.head(1).assign(
        expected_loss=33e3, expected_low=17e3, expected_high=high, revenue=high
    )
    cells = row(
        renewal.outlook(replace(seen, renewal=replace(seen.renewal, accounts=rows))),
        rows["name"].iloc[0],
    )
    assert cells[3] == told
    assert cells[2] == ("100.0" if high < 1e5 else "100")


@pytest.mark.parametrize(("accounts", "tables"), [(15, [15]), (16, [15, 1])])
def test_from_the_sixteenth_account_on_they_are_folded(stationed_view_of, accounts, tables):
    seen = stationed_view_of(accounts=45, most=14, silent=9)
    rows = seen.renewal.accounts.head(accounts)
    few = replace(
        seen, renewal=replace(seen.renewal, accounts=rows, card=seen.renewal.card.iloc[:0])
    )
    found = soup(renewal.outlook(few))("table")
    assert [len(one.select("tbody tr")) for one in found] == tables


def test_an_outlook_without_segments_has_no_column_for_them(stationed_view_of):
    seen = stationed_view_of()
    rows = seen.renewal.accounts
    bare = replace(seen, renewal=replace(seen.renewal, accounts=rows.assign(segment=np.nan)))
    heads = [head.get_text() for head in soup(renewal.outlook(bare)).table("th", scope="col")]
    assert heads[:2] == ["Account", "Renews"]
    one = rows.assign(segment=rows["segment"].where(rows["account_id"].eq("A003")))
    some = replace(seen, renewal=replace(seen.renewal, accounts=one))
    assert row(renewal.outlook(some), "Account 2")[0] == "–"
    assert row(renewal.outlook(some), "Account 3")[0] == pd.Series(one["segment"]).dropna().iloc[0]
