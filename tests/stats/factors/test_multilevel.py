"""Two-level models against lavaan, against the likelihood written out, and at their edges."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_normal

from crqlab import EstimateError
from crqlab.base.contracts.cautions import codes, has
from crqlab.stats.factors import two_level
from tests import oracle
from tests.stats.factors.test_oracle import NAMES

ITEMS = list("abcdef")
WITHIN = {"w1": ["a", "b", "c"], "w2": ["d", "e", "f"]}
BETWEEN = {"climate": ITEMS}
OWN = np.array([1.0, 0.8, 0.9, 1.0, 1.1, 0.7])
SHARED = np.array([1.0, 0.9, 0.8, 0.7, 0.9, 1.0])
FITS = NAMES | {"srmr_within": "srmr_within", "srmr_between": "srmr_between"}


def answers(n=200, *, seed=2, most=9):
    """Two factors of people and one of clusters of 1 to ``most`` people."""
    rng = np.random.default_rng(seed)
    client = np.repeat(np.arange(n), rng.integers(1, most + 1, n))
    own = rng.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], len(client))
    own = own[:, [0, 0, 0, 1, 1, 1]] * OWN + 0.8 * rng.normal(size=(len(client), 6))
    shared = 0.7 * rng.normal(size=(n, 1)) * SHARED + 0.35 * rng.normal(size=(n, 6))
    return pd.DataFrame(own + shared[client] + 4, columns=ITEMS).assign(client=client)


def log_likelihood(data, within, between, mean):
    """Of every cluster's answers as one long normal vector."""
    total = 0.0
    for _, part in data.groupby("client"):
        n = len(part)
        sigma = np.kron(np.eye(n), within) + np.kron(np.ones((n, n)), between)
        total += multivariate_normal.logpdf(part[ITEMS].to_numpy().ravel(), np.tile(mean, n), sigma)
    return total


@pytest.fixture(scope="module")
def demo():
    golden = oracle.golden("twolevel_demo")
    items = [f"y{k}" for k in range(1, 7)]
    data = oracle.data("demo_twolevel")
    return golden["values"], two_level(data, {"fw": items}, {"fb": items}, cluster="cluster")


@pytest.mark.parametrize(
    ("kind", "ours", "error"), [("parameters", "estimate", "se"), ("standardized", "std", "std_se")]
)
def test_estimates_agree_with_lavaan(demo, kind, ours, error):
    values, fit = demo
    theirs = "est" if kind == "parameters" else "est.std"
    half = len(values[kind]) // 2
    assert len(fit.parameters) == len(values[kind])
    for level, rows in (("within", values[kind][:half]), ("between", values[kind][half:])):
        wanted = pd.DataFrame(rows).rename(columns={"se": "wanted_se"})
        found = fit.parameters[fit.parameters["level"] == level]
        both = wanted.merge(found, on=["lhs", "op", "rhs"], how="left", validate="1:1")
        np.testing.assert_allclose(both[ours], both[theirs], rtol=1e-3, atol=1e-4)
        np.testing.assert_allclose(both[error], both["wanted_se"], rtol=1e-3, atol=1e-4)


def test_fit_indices_and_iccs_agree_with_lavaan(demo):
    values, fit = demo
    told = [name for name in FITS if FITS[name] in values["fit"]]
    assert {"chi2", "baseline_chi2", "cfi", "rmsea_high", "srmr_between", "nfi"} <= set(told)
    for name in told:
        wanted = values["fit"][FITS[name]]
        assert fit.fit[name] == pytest.approx(wanted, rel=1e-3, abs=1e-4), name
    icc = fit.icc.set_index("item")["icc"]
    assert icc[list(values["icc"])].tolist() == pytest.approx(
        list(values["icc"].values()), rel=1e-3
    )
    assert fit.flag == "ok"
    # lavaan's search for the unrestricted moments stops short of ours
    assert fit.fit["logl_unrestricted"] >= values["fit"]["unrestricted.logl"]


def test_the_likelihood_is_that_of_all_answers_written_out():
    data = answers(40)
    fit = two_level(data, WITHIN, BETWEEN, cluster="client")
    sigma = {level: part.to_numpy() for level, part in fit.implied.items()}
    table = fit.parameters
    mean = table[(table["level"] == "between") & (table["op"] == "~1")].set_index("lhs")
    at = log_likelihood(data, sigma["within"], sigma["between"], mean.loc[ITEMS, "estimate"])
    assert fit.fit["logl"] == pytest.approx(at, abs=1e-6)
    assert fit.fit["aic"] == pytest.approx(-2 * at + 2 * fit.fit["npar"], abs=1e-5)
    elsewhere = log_likelihood(
        data, sigma["within"] * 1.02, sigma["between"], mean.loc[ITEMS, "estimate"]
    )
    assert elsewhere < at
    assert fit.fit["logl_unrestricted"] > at


def test_finds_what_was_put_in():
    fit = two_level(answers(3000), WITHIN, BETWEEN, cluster="client")
    table = fit.loadings
    own, shared = (table[table["level"] == level] for level in ("within", "between"))
    assert own["estimate"].tolist() == pytest.approx(OWN.tolist(), abs=0.05)
    assert shared["estimate"].tolist() == pytest.approx(SHARED.tolist(), abs=0.09)
    expected = (0.49 * SHARED**2 + 0.35**2) / (0.49 * SHARED**2 + 0.35**2 + OWN**2 + 0.64)
    assert fit.icc["icc"].tolist() == pytest.approx(expected.tolist(), abs=0.02)
    truth = 0.49 * SHARED.sum() ** 2
    omega = fit.omega.set_index("construct")
    assert (
        omega.loc["climate", "low"] < truth / (truth + 6 * 0.35**2) < omega.loc["climate", "high"]
    )
    first = OWN[:3].sum() ** 2
    assert omega.loc["w1", "low"] < first / (first + 3 * 0.64) < omega.loc["w1", "high"]
    assert fit.flag == "ok"


@pytest.mark.slow
def test_chi_square_is_as_large_as_its_degrees_and_errors_as_the_spread():
    fits = [
        two_level(answers(150, seed=seed), WITHIN, BETWEEN, cluster="client") for seed in range(40)
    ]
    assert {fit.fit["df"] for fit in fits} == {17}
    chi2 = np.array([fit.fit["chi2"] for fit in fits])
    assert chi2.mean() == pytest.approx(17, abs=3 * np.sqrt(34 / 40))
    rows = np.stack([fit.parameters[["estimate", "se"]].to_numpy() for fit in fits])
    free = rows[0, :, 1] > 0
    ratio = rows[:, free, 0].std(axis=0) / rows[:, free, 1].mean(axis=0)
    assert np.median(ratio) == pytest.approx(1, abs=0.12)


def test_units_names_of_clusters_and_order_do_not_matter():
    data = answers()
    here = two_level(data, WITHIN, BETWEEN, cluster="client")
    names = data["client"].map(lambda number: f"client {997 * number % 1009}")
    scale = pd.Series([10.0, 0.1, 2, 3, 4, 5], ITEMS)
    moved = (data[ITEMS] * scale - 3).assign(client=names).sample(frac=1, random_state=1)
    there = two_level(moved, WITHIN, BETWEEN, cluster="client")
    for name in ("chi2", "baseline_chi2", "srmr_within", "srmr_between"):
        assert there.fit[name] == pytest.approx(here.fit[name], rel=1e-4, abs=1e-5)
    assert there.icc["icc"].tolist() == pytest.approx(here.icc["icc"].tolist(), abs=1e-4)
    fixed = here.parameters["op"] != "~1"
    assert there.parameters["std"][fixed].tolist() == pytest.approx(
        here.parameters["std"][fixed].tolist(), abs=1e-4
    )


def test_an_item_without_variance_between_clusters():
    data = answers()
    rng = np.random.default_rng(4)
    data["f"] = (
        4
        + rng.normal(size=len(data))
        + 0.5 * (data["e"] - data.groupby("client")["e"].transform("mean"))
    )
    fit = two_level(data, WITHIN, {"b": ITEMS[:5]}, cluster="client")
    row = fit.icc.set_index("item").loc["f"]
    assert (row["icc"], row["between"]) == (0, 0)
    mean = fit.parameters[(fit.parameters["lhs"] == "f") & (fit.parameters["op"] == "~1")]
    assert mean["level"].tolist() == ["within"]
    assert mean["estimate"].item() == pytest.approx(data["f"].mean(), abs=0.05)
    assert fit.fit["df"] == 8 + 5


def test_clusters_that_do_not_differ_are_said_to():
    data = answers(most=6)
    rng = np.random.default_rng(7)
    alike = data.assign(client=rng.permutation(data["client"].to_numpy()))
    fit = two_level(alike, WITHIN, BETWEEN, cluster="client")
    assert has(fit.flag, "clusters_differ_in_few_ways")
    assert fit.icc["icc"].max() < 0.06
    assert np.isfinite(fit.fit["chi2"])


def test_few_clusters_are_said():
    fit = two_level(answers(16), WITHIN, BETWEEN, cluster="client")
    told = {one["code"]: one for one in codes(fit.flag)}
    assert told["fewer_clusters_than_parameters"]["n"] == 16


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"between": {"b": [*ITEMS, "g"]}}, "which within= has not"),
        ({"cluster": "firm"}, "no such column"),
        ({"within": {"w": ["a", "b"]}, "between": {"b": ["a", "b"]}}, "not identified"),
        ({"data": answers(6)}, "6 clusters for 6 items"),
        ({"data": answers().groupby("client", as_index=False).first()}, "more respondents beyond"),
    ],
)
def test_refuses_what_it_cannot_fit(change, words):
    given = {"data": answers(), "within": WITHIN, "between": BETWEEN, "cluster": "client"} | change
    with pytest.raises(EstimateError, match=words):
        two_level(given["data"], given["within"], given["between"], cluster=given["cluster"])
