"""The bifactor model against lavaan, against its laws, and at its edges."""

import numpy as np
import pandas as pd
import pytest

from crqlab import EstimateError
from crqlab.base.contracts.cautions import has
from crqlab.stats.factors import bifactor, cfa
from tests import oracle
from tests.stats.factors.surveys import MODEL, gappy, survey
from tests.stats.factors.test_oracle import NAMES, TOLERANCE

THREE = {name: [f"{name}{k}" for k in range(1, 5)] for name in "tve"}
GENERAL = np.array([0.8, 0.7, 0.6, 0.5, 0.7, 0.6, 0.7, 0.6, 0.6, 0.5, 0.7, 0.8])
OWN = np.array([0.3, 0.5, 0.4, 0.5, 0.4, 0.5, 0.5, 0.4, 0.5, 0.5, 0.4, 0.3])


def answers(n=1500, seed=3):
    """Standard items of three groups below one factor, and the factors themselves."""
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(n, 4))
    noise = rng.normal(size=(n, 12)) * np.sqrt(1 - GENERAL**2 - OWN**2)
    items = factors[:, [0]] * GENERAL + factors[:, 1:].repeat(4, axis=1) * OWN + noise
    names = [item for of in THREE.values() for item in of]
    return pd.DataFrame(items, columns=names), factors


@pytest.fixture(scope="module")
def corp():
    golden = oracle.golden("bifactor_corp")
    return golden["values"], bifactor(
        oracle.data("corp_rep"), golden["spec"]["items_by"], general="G"
    )


def test_estimates_agree_with_lavaan(corp):
    values, fit = corp
    assert len(values["parameters"]) == len(fit.parameters)
    for kind, ours, error in (("parameters", "estimate", "se"), ("standardized", "std", "std_se")):
        wanted = pd.DataFrame(values[kind]).rename(columns={"se": "wanted_se"})
        theirs = "est" if kind == "parameters" else "est.std"
        rows = wanted.merge(fit.parameters, on=["lhs", "op", "rhs"], how="left", validate="1:1")
        np.testing.assert_allclose(rows[ours], rows[theirs], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(rows[error], rows["wanted_se"], rtol=1e-4, atol=1e-5)


def test_fit_indices_agree_with_lavaan(corp):
    values, fit = corp
    for ours, theirs in NAMES.items():
        if theirs in values["fit"]:
            near = TOLERANCE.get(ours, 1e-5)
            assert fit.fit[ours] == pytest.approx(values["fit"][theirs], abs=near), ours
    assert fit.flag == "ok"
    assert values["solution_check"]["admissible"]


def test_indices_of_the_general_factor_agree_with_r(corp):
    values, fit = corp
    reference, near = values["indices"], {"rel": 1e-4, "abs": 1e-6}
    found = fit.indices.set_index("index")["value"]
    for name, theirs in {
        "omega_total": "omega_total",
        "omega_hierarchical": "omega_hierarchical",
        "omega_h_over_omega": "omega_h_over_omega",
        "ecv": "ECV",
        "puc": "PUC",
    }.items():
        assert found[name] == pytest.approx(reference[theirs], **near)
    below = fit.subscales.set_index("construct")
    for ours, theirs in {"omega": "omega_subscale", "omega_hs": "omega_hs_subscale"}.items():
        for construct, value in reference[theirs].items():
            assert below.loc[construct, ours] == pytest.approx(value, **near)


@pytest.mark.parametrize("case", ["hs", "corp", "satisfaction", "b2b"])
def test_flags_what_lavaan_finds_inadmissible(case):
    golden = oracle.golden(f"second_order_{case}")
    told = golden["values"]["bifactor"]
    fit = bifactor(oracle.data(golden["dataset"][5:-4]), golden["spec"]["items_by"])
    assert isinstance(told, str)  # "not admissible ...": in all four
    assert has(fit.flag, "negative_residual_variance") or has(fit.flag, "not_converged")
    assert (fit.indices["flag"] == fit.flag).all()


def test_finds_what_was_put_in():
    data, factors = answers(20_000)
    fit = bifactor(data, THREE)
    assert fit.items["general"].to_numpy() == pytest.approx(GENERAL, abs=0.03)
    assert fit.items["specific"].to_numpy() == pytest.approx(OWN, abs=0.04)
    assert fit.items["ecv"].to_numpy() == pytest.approx(
        GENERAL**2 / (GENERAL**2 + OWN**2), abs=0.06
    )
    found = fit.indices.set_index("index")
    shared = np.corrcoef(data.sum(axis=1), factors[:, 0])[0, 1] ** 2
    assert found.loc["omega_hierarchical", "value"] == pytest.approx(shared, abs=0.015)
    ecv = (GENERAL**2).sum() / (GENERAL**2 + OWN**2).sum()
    assert found.loc["ecv", "low"] < ecv < found.loc["ecv", "high"]
    assert found.loc["puc", "value"] == pytest.approx(1 - 18 / 66)
    scores = fit.factor_scores.to_numpy()
    told = [np.corrcoef(scores[:, j], factors[:, j])[0, 1] for j in range(4)]
    assert fit.subscales["determinacy"].to_numpy() == pytest.approx(told, abs=0.02)


def test_intervals_of_omega_cover_what_is_true():
    parts = np.array([GENERAL.sum(), *OWN.reshape(3, 4).sum(axis=1)]) ** 2
    truth = parts[0] / (parts.sum() + (1 - GENERAL**2 - OWN**2).sum())
    inside = []
    for seed in range(60):
        row = bifactor(answers(600, seed)[0], THREE).indices.iloc[1]
        inside.append(row["low"] < truth < row["high"])
    assert np.mean(inside) > 0.87  # three errors of a share of .95 in sixty


def test_fits_at_least_as_well_as_the_second_order_model_that_it_contains():
    data = survey()
    general, above = bifactor(data, MODEL), cfa(data, MODEL, second_order="crq")
    assert general.fit["logl"] > above.fit["logl"] - 1e-6
    assert general.fit["df"] == 18


def test_units_and_order_of_items_do_not_matter():
    data, _ = answers()
    here = bifactor(data, THREE)
    turned = {name: items[::-1] for name, items in reversed(THREE.items())}
    there = bifactor(data * np.arange(1, 13) + 5, turned)
    assert there.fit["chi2"] == pytest.approx(here.fit["chi2"], abs=1e-6)
    both = there.items.merge(here.items, on=["item", "construct"], suffixes=("", "_here"))
    assert len(both) == 12
    for name in ("general", "specific", "r2", "ecv"):
        assert both[name].to_numpy() == pytest.approx(both[f"{name}_here"].to_numpy(), abs=1e-5)


def test_reversed_answers_turn_the_signs_but_not_the_direction_of_a_factor():
    data, _ = answers()
    less = ["t1", "t2", "v1"]
    fit = bifactor(data.assign(**{name: -data[name] for name in less}), THREE)
    plain = bifactor(data, THREE).items.set_index("item")
    there = fit.items.set_index("item")
    assert there["general"].sum() > 0
    assert there.loc[less, "general"].to_numpy() == pytest.approx(
        -plain.loc[less, "general"].to_numpy(), abs=1e-4
    )
    assert np.isfinite(fit.parameters["se"]).all()


def test_gaps_clusters_and_robust_errors_keep_the_estimates_of_whole_answers():
    data, _ = answers()
    plain = bifactor(data, THREE)
    whole = bifactor(data, THREE, missing="fiml")
    robust = bifactor(data, THREE, estimator="mlr")
    account = bifactor(data.assign(account=np.arange(1500) // 5), THREE, cluster="account")
    for fit in (whole, robust, account):
        assert fit.items["general"].to_numpy() == pytest.approx(plain.items["general"], abs=1e-4)
    assert "chi2_scaled" in account.fit
    gaps = bifactor(gappy(data), THREE, missing="fiml")
    assert gaps.items["general"].to_numpy() == pytest.approx(plain.items["general"], abs=0.1)


def test_an_item_of_the_general_factor_alone():
    data, _ = answers()
    less = {**THREE, "t": ["t1", "t2", "t3"]}
    fit = bifactor(data, less, only_general=["t4"])
    row = fit.items.set_index("item").loc["t4"]
    assert (row["specific"], row["ecv"]) == (0, 1)
    assert pd.isna(row["construct"])
    assert fit.fit["df"] == bifactor(data, THREE).fit["df"] + 1


def test_two_items_of_a_construct_are_said_not_to_be_identified():
    data, _ = answers()
    fit = bifactor(data, {**THREE, "t": ["t1", "t2"]})
    assert has(fit.flag, "not_identified_few_indicators")


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ({"t": THREE["t"], "v": [*THREE["v"], "t1"]}, "has 't1' twice"),
        ({"t": THREE["t"]}, "has 1 construct"),
        ({**THREE, "general": ["t1"]}, "has 't1' twice"),
        ({"general": THREE["t"], "v": THREE["v"]}, "calls a construct 'general'"),
    ],
)
def test_refuses_what_is_no_bifactor_model(model, words):
    with pytest.raises(EstimateError, match=words):
        bifactor(answers(100)[0], model)
