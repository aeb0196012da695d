"""AVE, composite reliability, HTMT and true correlations against R, their laws and edges."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, t

from crqlab import CrqError, EstimateError
from crqlab.base.contracts.cautions import code, codes
from crqlab.stats.cluster_draws import resampled, stream
from crqlab.stats.defaults import SEED
from crqlab.stats.factors import cfa
from crqlab.stats.items import complete, correlated
from crqlab.stats.reliability import alpha, omega_hierarchical
from crqlab.stats.validity import (
    ave,
    composite_reliability,
    disattenuated,
    fornell_larcker,
    heterotrait,
    htmt,
    htmt_interval,
)
from tests.oracle import data, golden

FOLDER = Path(__file__).parents[1] / "reference/validity"
REFERENCE = pd.read_csv(FOLDER / "lavaan.csv").set_index("quantity")
ANSWERS = pd.read_csv(FOLDER / "answers.csv")
ACCOUNT = ANSWERS["account"]
CONSTRUCTS = ["trust", "commitment", "service"]
MODEL = {name: [f"{name[0]}{number}" for number in (1, 2, 3)] for name in CONSTRUCTS}
NAMES = [item for items in MODEL.values() for item in items]
PAIRS = ["trust commitment", "trust service", "commitment service"]
REAL = ["cfa_ml_hs", "cfa_ml_corp4", "cfa_ml_satisfaction5", "cfa_ml_satisf_improper6"]


@pytest.fixture(scope="module")
def fit():
    return cfa(ANSWERS, MODEL)


def agree(found, names):
    wanted = REFERENCE.loc[names]
    assert list(found) == pytest.approx(wanted["reference"].tolist(), abs=wanted["tolerance"].max())


def upper(square):
    return square.to_numpy()[np.triu_indices(len(square), 1)]


def error(table, name, level):
    """Standard error behind an interval that is symmetric on the logit scale."""
    logit = np.log(table[["low", "high"]] / (1 - table[["low", "high"]]))
    half = (logit["high"] - logit["low"]) / 2
    return half * table[name] * (1 - table[name]) / norm.isf((1 - level) / 2)


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize(("function", "short"), [(ave, "ave"), (composite_reliability, "cr")])
def test_convergent_validity_and_its_errors_agree_with_lavaan(fit, function, short, level):
    name = function.__name__
    grouped = cfa(ANSWERS, MODEL, estimator="mlr", cluster="account")
    names = [f"{short}_{construct}" for construct in CONSTRUCTS]
    table = function(fit, level=level)
    agree(table[name], names)
    agree(error(table, name, level), [f"{one} se" for one in names])
    by_account = error(function(grouped, level=level), name, level)
    agree(by_account, [f"{one} se by account" for one in names])
    assert (table["construct"].tolist(), set(table["n_items"])) == (CONSTRUCTS, {3})


def test_fornell_larcker_sets_ave_beside_correlations(fit):
    square = fornell_larcker(fit)
    assert (list(square), list(square.index)) == (CONSTRUCTS, CONSTRUCTS)
    assert np.diagonal(square) ** 2 == pytest.approx(ave(fit)["ave"].to_numpy())
    agree(upper(square), [f"phi {pair}" for pair in PAIRS])


def test_htmt_agrees_with_semtools():
    agree(upper(htmt(ANSWERS, MODEL)), [f"htmt {pair}" for pair in PAIRS])
    geometric = htmt(ANSWERS, MODEL, mean="geometric")
    agree(upper(geometric), [f"htmt2 {pair}" for pair in PAIRS])
    assert (np.diagonal(geometric) == 1).all()


def test_the_disattenuated_correlation_agrees_with_reweighted_accounts_in_r():
    x, y = ANSWERS[MODEL["trust"]], ANSWERS[MODEL["commitment"]]
    for accounts, name in ((None, "disattenuated se"), (ACCOUNT, "disattenuated se by account")):
        found = disattenuated(x, y, accounts=accounts)
        agree([found.value], ["disattenuated"])
        agree([(found.high - found.low) / 2 / t.isf(0.025, found.n - 1)], [name])


def test_the_second_order_share_agrees_with_semtools():
    agree(
        [omega_hierarchical(cfa(ANSWERS, MODEL, second_order="crq")).value], ["omega_hierarchical"]
    )


@pytest.mark.parametrize("case_id", REAL)
def test_real_constructs_agree_with_r(case_id):
    case = golden(case_id)
    answers, model = data(Path(case["dataset"]).stem), case["spec"]["items_by"]
    wanted, found = case["values"]["validity"], cfa(answers, model)
    each = pd.DataFrame(wanted["per_construct"]).T
    for function, name in ((ave, "AVE"), (composite_reliability, "CR")):
        table = function(found)
        assert table[function.__name__].to_numpy() == pytest.approx(each[name], abs=1e-5)
        assert set(table["flag"]) == {found.flag}
    square = fornell_larcker(found)
    phi = np.array(wanted["factor_correlations"]["values"])
    assert upper(square) == pytest.approx(phi[np.triu_indices(len(phi), 1)], abs=1e-5)
    passed = np.diagonal(square) > np.abs(phi - np.eye(len(phi))).max(axis=0)
    assert passed.all() == wanted["fornell_larcker_pass"]
    for mean, name in (("arithmetic", "htmt"), ("geometric", "htmt2_geometric")):
        values = np.array(wanted[name]["values"])
        assert htmt(answers, model, mean=mean).to_numpy() == pytest.approx(values, abs=1e-8)


def test_resampled_ratios_are_those_of_the_resampled_respondents():
    """The cross-product route against respondents repeated by hand."""
    answers = complete(ANSWERS[NAMES], accounts=ACCOUNT)
    members = heterotrait._members(MODEL)
    drawn = heterotrait._drawn(answers, members, np.triu_indices(3, 1), "arithmetic", 4, SEED)
    counts = np.vstack(list(resampled(answers.n, 4, stream(SEED, "htmt"))))
    for draw, count in zip(drawn, counts, strict=True):
        times = count[answers.accounts].astype(int)
        again = ANSWERS.loc[ANSWERS.index.repeat(times)]
        assert draw == pytest.approx(upper(htmt(again, MODEL)))


def test_interval_of_htmt_repeats_with_its_seed_and_narrows_with_its_level():
    wide = htmt_interval(ANSWERS, MODEL, accounts=ACCOUNT, draws=400)
    again = htmt_interval(ANSWERS, MODEL, accounts=ACCOUNT, draws=400)
    pd.testing.assert_frame_equal(wide, again, check_exact=True)
    off_centre = (wide["low"] + wide["high"]) / 2 - wide["value"]
    assert (off_centre.abs() < 0.15 * (wide["high"] - wide["low"])).all()
    narrow = htmt_interval(ANSWERS, MODEL, accounts=ACCOUNT, draws=400, level=0.5)
    assert (wide["value"].to_numpy() == upper(htmt(ANSWERS, MODEL))).all()
    assert (wide["low"] < narrow["low"]).all()
    assert (narrow["high"] < wide["high"]).all()
    assert (wide["left"] + " " + wide["right"]).tolist() == PAIRS
    assert set(wide["n"]) == {ACCOUNT.nunique()}
    assert set(wide["flag"]) == {"ok"}


@given(st.lists(st.floats(0.2, 30), min_size=9, max_size=9), st.integers(-9, 9))
def test_htmt_ignores_the_unit_and_the_sign_of_each_item(scales, shift):
    items = ANSWERS[NAMES] * scales + shift
    assert upper(htmt(items, MODEL)) == pytest.approx(upper(htmt(ANSWERS, MODEL)))
    turned = items.assign(t2=-items["t2"])
    assert upper(htmt(turned, MODEL)) == pytest.approx(upper(htmt(ANSWERS, MODEL)))


@given(st.permutations(CONSTRUCTS), st.permutations(range(len(ANSWERS))))
def test_the_order_of_constructs_and_respondents_changes_nothing(names, rows):
    model = {name: MODEL[name][::-1] for name in names}
    found = htmt(ANSWERS.iloc[rows], model)
    pd.testing.assert_frame_equal(found.loc[CONSTRUCTS, CONSTRUCTS], htmt(ANSWERS, MODEL))


@given(st.integers(1, 30), st.integers(-50, 50))
def test_disattenuation_is_symmetric_and_ignores_the_scale(scale, shift):
    x, y = ANSWERS[MODEL["trust"]], ANSWERS[MODEL["service"]]
    here, there = (
        disattenuated(x, y, accounts=ACCOUNT),
        disattenuated(y * scale + shift, x, accounts=ACCOUNT),
    )
    assert (there.low, there.value, there.high) == pytest.approx((here.low, here.value, here.high))


def test_the_correction_divides_by_the_root_of_both_alphas():
    x, y = ANSWERS[MODEL["trust"]], ANSWERS[MODEL["service"]]
    r = np.corrcoef(x.sum(axis=1), y.sum(axis=1))[0, 1]
    found = disattenuated(x, y)
    assert found.value == pytest.approx(r / np.sqrt(alpha(x).value * alpha(y).value))
    assert found.notes == ()


def test_one_item_is_taken_as_it_is_and_said_so():
    x, y = ANSWERS[MODEL["trust"]], ANSWERS[["c1"]]
    r = np.corrcoef(x.sum(axis=1), y["c1"])[0, 1]
    found = disattenuated(x, y)
    assert found.value == pytest.approx(r / np.sqrt(alpha(x).value))
    assert found.notes == (code("item_taken_as_exact", item="c1"),)
    both = disattenuated(ANSWERS[["t1"]], y)
    assert both.value == pytest.approx(np.corrcoef(ANSWERS["t1"], y["c1"])[0, 1])


def test_two_halves_of_one_construct_are_one():
    rng = np.random.default_rng(4)
    items = pd.DataFrame(
        rng.normal(size=(4000, 1)) + rng.normal(size=(4000, 6)), columns=[*"abcxyz"]
    )
    found = disattenuated(items[[*"abc"]], items[[*"xyz"]])
    assert found.low < 1 < found.high
    assert htmt(items, {"one": [*"abc"], "two": [*"xyz"]}).loc["one", "two"] == pytest.approx(
        1, abs=0.05
    )


def test_a_correlation_beyond_one_earns_a_note():
    rng = np.random.default_rng(5)
    shared = rng.normal(size=(200, 2))
    items = rng.normal(size=(200, 1)) * 0.4 + np.repeat(shared, 2, axis=1)
    items = pd.DataFrame(items + rng.normal(size=(200, 4)) * 0.1, columns=["a", "x", "b", "y"])
    found = disattenuated(items[["a", "b"]], items[["x", "y"]])
    assert found.value > 1
    assert found.notes == ("beyond_one",)


def test_correlated_turns_a_stack_of_covariances_at_once():
    stack = np.stack([np.cov(ANSWERS[MODEL[name]].T) for name in CONSTRUCTS])
    wanted = np.stack([np.corrcoef(ANSWERS[MODEL[name]].T) for name in CONSTRUCTS])
    assert correlated(stack) == pytest.approx(wanted)


def test_several_groups_have_rows_of_their_own():
    half = np.where(np.arange(len(ANSWERS)) % 2, "odd", "even")
    fit = cfa(ANSWERS.assign(half=half), MODEL, group="half")
    alone = cfa(ANSWERS[half == "odd"], MODEL)
    table = ave(fit).set_index(["group", "construct"])["ave"]
    assert table["odd"].to_numpy() == pytest.approx(ave(alone)["ave"].to_numpy(), abs=1e-6)
    square = fornell_larcker(fit).loc["odd"]
    assert square.to_numpy() == pytest.approx(fornell_larcker(alone).to_numpy(), abs=1e-6)


def test_a_construct_of_one_item_and_a_crossing_item_are_flagged():
    model = MODEL | {"extra": ["s3"], "service": ["s1", "s2", "t1"]}
    table = ave(cfa(ANSWERS, model)).set_index("construct")
    assert table.loc["extra", ["ave", "flag"]].tolist() == [1, "one_item"]
    assert table.loc["service", "flag"] == "item_loads_elsewhere"
    assert table.loc["commitment", "flag"] == "ok"


def test_items_that_share_nothing_leave_htmt_missing():
    x = np.array([1.0, -1, 1, -1, 0, 0, 0, 0])
    items = pd.DataFrame({"a": x, "b": x[::-1], "c": x + 0.5, "d": x**2 + x})
    found = htmt_interval(items, {"nothing": ["a", "b"], "one": ["c", "d"]}, draws=50)
    assert found.loc[0, ["value", "low", "high"]].isna().all()
    assert found["flag"][0] == "items_do_not_correlate"


def test_few_accounts_and_left_out_respondents_are_flagged():
    few = ANSWERS.head(40).copy()
    few.loc[0, "t1"] = np.nan
    flag = htmt_interval(few, MODEL, accounts=few["account"], draws=50)["flag"][0]
    assert codes(flag) == [
        {"code": "respondents_left_out", "n": 1, "of": 40},
        {"code": "few_accounts", "minimum": 30},
    ]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ({"trust": ["t1", "t2"]}, "names 1 constructs"),
        ({"trust": ["t1", "t2"], "ltr": ["c1"]}, "ltr has fewer than two items"),
        ({"trust": ["t1", "t2"], "other": "c1"}, "other has fewer than two items"),
        ({"trust": ["t1", "t2"], "other": ["c1", "c9"]}, "no column c9"),
        ({"trust": ["t1", "t2"], "other": ["t2", "c1"]}, "t2 more than once"),
        ({"trust": ["t1", "t2"], "other": ["c1", "account"]}, "account holds answers such as"),
        ({"trust": ["t1", "t2"], "other": ["c1", "flat"]}, "same answer to flat"),
        ({"trust": ["t1", "t2"], "other": ["c1", "gone"]}, "0 respondents who answered all"),
    ],
)
def test_htmt_refuses_a_model_it_cannot_compare(model, words):
    answers = ANSWERS.assign(flat=4, gone=np.nan)
    for function in (htmt, htmt_interval):
        with pytest.raises(EstimateError, match=words):
            function(answers, model)


def test_refuses_unknown_means_one_account_and_no_table():
    with pytest.raises(CrqError, match="mean= is 'harmonic'"):
        htmt(ANSWERS, MODEL, mean="harmonic")
    with pytest.raises(EstimateError, match="one account for all"):
        htmt_interval(ANSWERS, MODEL, accounts=ACCOUNT.map(lambda name: "one"))
    with pytest.raises(EstimateError, match="level= is 95"):
        ave(cfa(ANSWERS, MODEL), level=95)
    with pytest.raises(EstimateError, match="is a dict; expected a table"):
        htmt({"t1": [1]}, MODEL)


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (["t1", "t2"], ["t2", "c1"], "t2 stands in x_items= and in y_items="),
        (["t1", "turned"], ["c1", "c2"], "x_items= do not correlate positively"),
        (["t1", "account"], ["c1", "c2"], "account holds answers"),
    ],
)
def test_disattenuation_refuses_what_it_cannot_correct(x, y, words):
    answers = ANSWERS.assign(turned=-ANSWERS["t1"] - ANSWERS["t2"])
    with pytest.raises(EstimateError, match=words):
        disattenuated(answers[x], answers[y])
    with pytest.raises(EstimateError, match="must be columns of one table"):
        disattenuated(ANSWERS[["t1", "t2"]], ANSWERS[["c1", "c2"]].head(9))


LOADINGS = np.array([0.9, 0.8, 0.6, 0.5])


@pytest.mark.slow
def test_intervals_by_account_cover_the_truth():
    rng = np.random.default_rng(13)
    sigma = np.outer(LOADINGS, LOADINGS) + np.diag(1 - LOADINGS**2)
    inside, across = (sigma.sum() - 4) / 12, 0.6 * np.outer(LOADINGS, LOADINGS).mean()
    truth = [across / inside, across / inside, 0.6]
    names = list(range(8))
    model = {"one": names[:4], "two": names[4:]}
    covered, runs = np.zeros(3), 400
    for _ in range(runs):
        account = np.repeat(np.arange(100), 1 + rng.negative_binomial(1.5, 0.25, 100))
        shape = (len(account), 2)
        factor = np.sqrt(0.3) * rng.normal(size=(100, 2))[account]
        factor = (factor + np.sqrt(0.7) * rng.normal(size=shape)) @ [[1, 0.6], [0, 0.8]]
        noise = rng.normal(size=(len(account), 8)) * np.tile(np.sqrt(1 - LOADINGS**2), 2)
        items = pd.DataFrame(
            np.hstack([factor[:, :1] * LOADINGS, factor[:, 1:] * LOADINGS]) + noise
        )
        groups = pd.Series(account)
        true = disattenuated(items[names[:4]], items[names[4:]], accounts=groups)
        ends = [(true.low, true.high)]
        for mean in ("arithmetic", "geometric"):
            row = htmt_interval(items, model, accounts=groups, mean=mean, draws=400).iloc[0]
            ends.append((row["low"], row["high"]))
        covered += [low <= value <= high for (low, high), value in zip(ends, truth, strict=True)]
    assert ((covered / runs >= 0.92) & (covered / runs <= 0.975)).all()
