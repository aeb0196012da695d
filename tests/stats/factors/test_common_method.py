"""A method that all items share, found and left out, against what was put in."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from crqlab import EstimateError
from crqlab.base.contracts.cautions import has
from crqlab.stats.factors import cfa, method_factor

PHI = np.array([[1, 0.5, 0.3], [0.5, 1, 0.4], [0.3, 0.4, 1]])
MODEL = {name: [f"{name}{k}" for k in range(4)] for name in "tcs"}
MARKER = ["m0", "m1", "m2"]


def answers(n=800, method=0.5, seed=1, slopes=(1,) * 12):
    rng = np.random.default_rng(seed)
    own = rng.multivariate_normal(np.zeros(3), PHI, n).repeat(4, axis=1)
    shared = rng.normal(size=(n, 1))
    items = own * slopes + method * shared + rng.normal(size=(n, 12))
    marker = shared + 0.8 * rng.normal(size=(n, 3))
    names = [item for of in MODEL.values() for item in of]
    return pd.DataFrame(np.hstack([items, marker]), columns=[*names, *MARKER])


def test_a_marker_finds_the_method_and_takes_it_out_of_correlations():
    found = method_factor(answers(4000), MODEL, marker=MARKER)
    rows = found.table.set_index("model")
    assert rows.loc["constant", "p"] < 1e-6
    assert found.kept == "constant"
    told = found.correlations
    expected = [PHI[0, 1], PHI[0, 2], PHI[1, 2]]
    assert told["with_method"].tolist() == pytest.approx(expected, abs=0.06)
    inflated = [(r + 0.25) / 1.25 for r in expected]
    assert told["without"].tolist() == pytest.approx(inflated, abs=0.06)
    assert found.items["method_share"].mean() == pytest.approx(0.25 / 2.25, abs=0.02)
    assert rows.loc["restricted", "p"] < 0.001  # correlations were biased


def test_without_a_method_the_marker_finds_none():
    gains, kept = [], []
    for seed in range(40):
        found = method_factor(answers(400, 0, seed), MODEL, marker=MARKER)
        gains.append(found.table.set_index("model").loc["constant", "d_chi2"])
        kept.append(found.kept)
    assert np.mean(gains) == pytest.approx(1, abs=3 * np.sqrt(2 / 40))
    assert np.mean(np.array(gains) > chi2.isf(0.05, 1)) < 0.16
    assert kept.count("baseline") > 28


def test_methods_that_differ_between_items_are_found_to():
    data = answers(2000)
    data[MODEL["t"]] += 0.8 * data[["m0"]].to_numpy()
    found = method_factor(data, MODEL, marker=MARKER)
    assert found.table.set_index("model").loc["free", "p"] < 1e-6
    assert found.kept == "free"
    shares = found.items.groupby("construct")["method_share"].mean()
    assert shares["t"] > 2 * shares["c"]


def test_the_baseline_leaves_constructs_as_they_are_without_a_marker():
    data = answers()
    alone, found = cfa(data, MODEL), method_factor(data, MODEL, marker=MARKER)
    latent = alone.latent.to_numpy()
    r = latent / np.sqrt(np.outer(np.diag(latent), np.diag(latent)))
    assert found.correlations["without"].tolist() == pytest.approx(
        [r[0, 1], r[0, 2], r[1, 2]], abs=1e-5
    )
    rows = found.table.set_index("model")
    assert rows.loc["cfa", "df"] == 84
    assert rows["d_df"].dropna().tolist() == [1, 11, 3]
    assert (rows.loc[["constant", "free"], "chi2"] <= rows.loc["baseline", "chi2"] + 1e-6).all()


def test_without_a_marker_unlike_loadings_tell_a_method_and_the_doubt_is_said():
    slopes = np.tile([1.4, 0.2, 1.0, 0.4], 3)
    found = method_factor(answers(6000, 0.8, slopes=slopes), MODEL)
    assert found.table.set_index("model").loc["constant", "p"] < 0.001
    told = found.correlations
    assert (told["with_method"] < told["without"] - 0.02).all()
    assert told["with_method"].tolist() == pytest.approx([0.5, 0.3, 0.4], abs=0.1)
    assert has(found.flag, "method_not_told_from_constructs")
    assert not has(
        method_factor(answers(), MODEL, marker=MARKER).flag, "method_not_told_from_constructs"
    )


def test_recommending_by_one_item_stands_beside_the_constructs():
    data = answers(3000)
    noise = np.random.default_rng(5).normal(size=3000)
    data["ltr"] = data[MODEL["t"]].mean(axis=1) + 0.5 * data["m0"] + noise
    found = method_factor(data, {**MODEL, "nps": ["ltr"]}, marker=MARKER)
    pairs = found.correlations.set_index(["left", "right"])
    assert len(pairs) == 6
    assert pairs.loc[("t", "nps"), "with_method"] < pairs.loc[("t", "nps"), "without"]
    row = found.items.set_index("item").loc["ltr"]
    assert row["method_share"] > 0.1


@pytest.mark.parametrize(
    ("model", "marker", "words"),
    [
        (MODEL, ["t0", "m1"], "has 't0' twice"),
        (MODEL, ["m0"], "marker of one item"),
        ({"t": MODEL["t"]}, MARKER, "has 1 construct"),
        ({**MODEL, "method": ["m0", "m1", "m2"]}, None, "calls a construct 'method'"),
        ({"t": ["t0", "t1"], "one": ["c0"]}, None, "not identified|identified"),
    ],
)
def test_refuses_what_has_no_method_factor(model, marker, words):
    with pytest.raises(EstimateError, match=words):
        method_factor(answers(200), model, marker=marker)
