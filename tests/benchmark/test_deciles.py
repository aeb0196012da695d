"""Decile tables: the right cuts, honest intervals, cautious cells."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crqlab import CrqError, EstimateError, benchmark
from crqlab.base.contracts import contract
from crqlab.base.contracts.cautions import code
from crqlab.base.contracts.schema import check
from crqlab.benchmark import Rules, Scores
from crqlab.stats.quantile_cuts import OPEN, quantiles
from tests.benchmark.made import account_scores, client_scores
from tests.scores.made import codebook

FREE = Rules(min_clients=1, min_accounts=1, max_share=1.0)


def cuts(result, measure="crq", **groups):
    return result.cell(measure, **groups)


def test_every_cell_is_cut_as_a_plain_quantile_of_its_scores():
    scores = client_scores()
    result = benchmark.deciles(scores, rules=Rules(min_accounts=1), draws=50)
    table = scores.table
    for groups in ({}, {"industry": "IT"}, {"wave": "2024"}, {"industry": "IT", "wave": "2025"}):
        rows = (
            table[np.all([table[k] == v for k, v in groups.items()], axis=0)] if groups else table
        )
        found = cuts(result, **groups)
        np.testing.assert_allclose(found["estimate"], np.quantile(rows["crq"], found["share"]))
        assert (found["n_clients"] == rows["client_id"].nunique()).all()
        assert (found["n_accounts"] == rows["n_accounts"].sum()).all()


def test_weighted_cells_are_cut_as_weighted_quantiles():
    scores = account_scores()
    weights = np.random.default_rng(3).lognormal(size=len(scores.table))
    found = cuts(benchmark.deciles(scores, weights=weights, rules=FREE, draws=50))
    plain = quantiles(scores.table["crq"], found["share"], level=0.95, weights=weights)
    np.testing.assert_allclose(found["estimate"], plain["cut"], atol=1e-9)


def test_one_score_a_client_gives_the_interval_of_independent_scores():
    # a second route: the interval of stats.quantiles, which knows no clients
    scores = pd.Series(np.random.default_rng(5).normal(5, 0.5, 300), name="crq")
    found = cuts(benchmark.deciles(scores, rules=FREE))
    plain = quantiles(scores, found["share"], level=0.95)
    width = plain["high"] - plain["low"]
    for end in ("low", "high"):
        assert (np.abs(found[end] - plain[end]) < 0.12 * width).all()


def test_scores_that_hang_together_in_clients_widen_the_interval():
    scores = account_scores(clients=60)
    alone = Scores(
        scores.table.assign(client_id=np.arange(len(scores.table)).astype(str)),
        scores.measures,
        "account",
    )
    wide, narrow = (cuts(benchmark.deciles(s, rules=FREE, by=[])) for s in (scores, alone))
    pd.testing.assert_series_equal(wide["estimate"], narrow["estimate"])
    ratio = (wide["high"] - wide["low"]) / (narrow["high"] - narrow["low"])
    assert ratio.median() > 1.4


@settings(max_examples=5)
@given(st.permutations(range(40)))
def test_the_order_of_rows_does_not_matter(order):
    scores = client_scores(clients=20)
    turned = Scores(
        scores.table.iloc[list(order)].reset_index(drop=True), scores.measures, "client"
    )
    some = {"rules": Rules(5, 5, 0.5), "draws": 20, "by": [["wave"]]}
    one, other = (benchmark.deciles(s, **some).table for s in (scores, turned))
    pd.testing.assert_frame_equal(one, other)


def test_ends_enclose_their_cut_and_cuts_rise():
    table = benchmark.deciles(client_scores(), draws=100).table
    known = table[table["low"].notna() & table["high"].notna()]
    assert len(known) > 100
    assert (known["low"] <= known["estimate"]).all()
    assert (known["estimate"] <= known["high"]).all()
    key = ["unit", "by", "industry", "country", "wave", "measure"]
    assert (table.groupby(key)["estimate"].diff().dropna() >= 0).all()
    assert set(table.loc[table["high"].isna() & table["flag"].eq(OPEN), "share"]) <= {
        0.75,
        0.8,
        0.9,
    }


def test_a_small_cell_shows_its_parent_and_says_so():
    scores = client_scores(clients=60)
    result = benchmark.deciles(scores, rules=Rules(min_clients=15, min_accounts=1), draws=30)
    small = scores.table.groupby("country")["client_id"].nunique()
    name = small[small < 15].index[0]
    found, whole = cuts(result, country=name), cuts(result)
    pd.testing.assert_series_equal(found["estimate"], whole["estimate"])
    assert (found["n_clients"] == whole["n_clients"]).all()
    assert (found["shown"] == "all").all()
    assert found["flag"].iloc[0] == code("wider_few_clients", shown="all")


def test_a_client_that_is_too_large_a_part_hides_the_cell():
    scores = account_scores(clients=20)
    table = scores.table
    many = table[table["client_id"] == "C000"]
    extra = pd.concat([many.assign(account_id=f"X{i}") for i in range(3)])
    industry = many["industry"].iloc[0]
    swollen = Scores(pd.concat([table, extra], ignore_index=True), ("crq",), "account")
    rules = Rules(min_clients=3, min_accounts=3, max_share=0.25)
    found = cuts(benchmark.deciles(swollen, rules=rules, by=[["industry"]], draws=30),
                 industry=industry)  # fmt: skip
    assert found["flag"].iloc[0] == code("wider_large_client", shown="all")


def test_a_panel_too_small_to_show_gives_a_sentence_and_an_empty_table():
    result = benchmark.deciles(client_scores(clients=5))
    assert result.table.empty
    assert "they need 10 clients and 30 accounts at least" in str(result)
    check(result.table, contract("deciles"), codebook().instrument)


def test_a_small_cell_is_drawn_towards_its_parent_and_a_large_one_is_not():
    scores = client_scores(clients=400, waves=("2025",))
    lifted = scores.table["crq"] + 0.6 * (scores.table["industry"] == "IT")
    scores = Scores(scores.table.assign(crq=lifted), scores.measures, "client")
    result = benchmark.deciles(scores, by=[["industry"], ["country"]], draws=200)
    middle = cuts(result).query("share == 0.5")["estimate"].iloc[0]
    own = cuts(result, industry="IT").query("share == 0.5").iloc[0]
    chance = cuts(result, country="IT").query("share == 0.5").iloc[0]
    assert abs(own["shrunken"] - own["estimate"]) < 0.2 * abs(own["estimate"] - middle)
    assert min(middle, chance["estimate"]) <= chance["shrunken"] <= max(middle, chance["estimate"])
    assert abs(chance["shrunken"] - middle) < 0.7 * abs(chance["estimate"] - middle) + 1e-9


def test_a_cut_whose_upper_end_is_open_is_drawn_towards_its_parent_by_its_lower_one():
    rng = np.random.default_rng(3)
    scores = pd.DataFrame(
        {
            "client_id": [f"C{i:03d}" for i in range(240)],
            "country": [f"country {i % 16}" for i in range(240)],  # nothing but chance
            "n_accounts": 20,
            "crq": rng.normal(5, 0.45, 240),
        }
    )
    top = benchmark.deciles(scores, by=[["country"]], draws=200).table.query("share == 0.9")
    whole = top.loc[top["by"] == "all", "estimate"].iloc[0]
    open_end = top[(top["by"] == "country") & top["high"].isna() & top["low"].notna()]
    assert len(open_end) > 3
    kept = (open_end["shrunken"] - whole).abs() / (open_end["estimate"] - whole).abs()
    assert (kept < 1).all()
    assert kept.median() < 0.8  # all that sets them apart is chance


def test_percentiles_and_other_shares_can_be_asked_for():
    scores = client_scores(clients=200, waves=("2025",))
    shares = np.arange(1, 100) / 100
    found = cuts(benchmark.deciles(scores, shares=shares, by=[], draws=50))
    assert len(found) == 99
    np.testing.assert_allclose(found["estimate"], np.quantile(scores.table["crq"], shares))


def test_keeps_its_contract_with_every_kind_of_unit():
    asked = codebook().instrument
    for scores in (client_scores(), account_scores()):
        table = benchmark.deciles(scores, rules=Rules(5, 5, 0.9), draws=30).table
        checked = check(table, contract("deciles"), asked)
        assert len(checked) == len(table) > 0


def test_a_country_that_marks_low_is_brought_level_and_the_others_stay_in_order():
    scores = client_scores(clients=300, waves=("2025",))
    harsh = scores.table["country"] == "DE"
    table = scores.table.assign(crq=scores.table["crq"] - 0.8 * harsh)
    adjusted = benchmark.country_adjusted(Scores(table, scores.measures, "client")).table
    means = adjusted.groupby("country")["crq"].mean()
    assert np.ptp(means) < 0.25 * np.ptp(table.groupby("country")["crq"].mean())
    for _, rows in adjusted.groupby("country"):
        assert (rows["crq"].rank() == table.loc[rows.index, "crq"].rank()).all()


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"shares": [10]}, EstimateError, "between 0 and 1"),
        ({"weights": [1.0]}, EstimateError, "one number from 0 upwards"),
        ({"measures": ["crw"]}, CrqError, "Did you mean|use 'crq'"),
        ({"by": [["sector"]]}, CrqError, "'sector'; use 'industry'"),
        ({"level": 95}, EstimateError, "Use 0.95"),
    ],
)
def test_refuses_what_cannot_be(arguments, error, match):
    with pytest.raises(error, match=match):
        benchmark.deciles(client_scores(clients=20), **arguments)


def test_a_table_without_clients_is_refused_with_what_to_do():
    with pytest.raises(EstimateError, match="it needs client_id"):
        benchmark.deciles(pd.DataFrame({"crq": [1.0]}))


def test_asking_for_a_cell_that_is_not_there_says_which_are():
    result = benchmark.deciles(client_scores(), by=[["wave"]], draws=20)
    with pytest.raises(EstimateError, match="there are cells by all, wave"):
        result.cell("crq", wave="1999")


def test_a_crossing_without_a_single_cell_to_show_gives_the_wider_cell_and_says_so():
    result = benchmark.deciles(client_scores(clients=40), draws=20)
    finest = {"industry": "IT", "country": "FR", "wave": "2025"}
    assert "industry × country × wave" not in set(result.table["by"])
    found = result.cell("crq", **finest)
    wider = result.cell("crq", industry="IT", wave="2025")
    pd.testing.assert_frame_equal(found.drop(columns="flag"), wider.drop(columns="flag"))
    assert found["flag"].iloc[0] == code("no_such_cells", shown=wider["shown"].iloc[0])
