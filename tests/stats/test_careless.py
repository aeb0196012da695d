"""Signs of careless answers against their definitions, and against careless answers."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2
from sklearn.metrics import roc_auc_score

from crqlab import EstimateError
from crqlab.base.contracts.cautions import has
from crqlab.stats import careless
from tests import oracle

MODEL = {name: [f"{name}{k}" for k in range(1, 5)] for name in "tvesc"}
ITEMS = [item for of in MODEL.values() for item in of]
REVERSED = [of[-1] for of in MODEL.values()]


def survey(n=600, sloppy=60, seed=1):
    """Answers on 1 to 7, the first of them at random; reversed items as given and turned."""
    rng = np.random.default_rng(seed)
    constructs = rng.normal(size=(n, 5)) + 0.5 * rng.normal(size=(n, 1))
    turned = 4 + 1.2 * constructs.repeat(4, axis=1) + 0.6 * rng.normal(size=(n, 20))
    turned = pd.DataFrame(turned, columns=ITEMS).round().clip(1, 7)
    turned.iloc[:sloppy] = rng.integers(1, 8, (sloppy, 20))
    given = turned.assign(**{item: 8 - turned[item] for item in REVERSED})
    return turned, given, np.arange(n) < sloppy


def test_each_index_tells_random_answers_from_honest_ones():
    turned, given, sloppy = survey()
    signs = {
        "even_odd": -careless.even_odd(turned, MODEL)["even_odd"],
        "synonyms": -careless.synonyms(given)["synonyms"],
        "antonyms": careless.antonyms(given, most=-0.5)["antonyms"],
        "mahalanobis": careless.mahalanobis(given)["distance"],
    }
    for name, sign in signs.items():
        assert roc_auc_score(sloppy, sign.fillna(sign.median())) > 0.9, name


def test_one_line_has_no_variability_and_a_run_of_all():
    given = pd.DataFrame(np.full((2, 20), 4.0), columns=ITEMS)
    given.iloc[1] = np.tile([1, 7], 10)
    assert careless.longest_run(given)["longest_run"].tolist() == [20, 1]
    assert careless.longest_run(given)["share"].tolist() == [1, 0.05]
    assert careless.variability(given)["variability"].tolist() == pytest.approx(
        [0, 3 * np.sqrt(20 / 19)]
    )
    found = careless.even_odd(given, MODEL)
    assert found["even_odd"].isna().all()
    assert (found["flag"] == "answers_do_not_vary").all()


def test_even_odd_is_the_correlation_of_halves_stepped_up():
    turned, _, _ = survey(50, 5)
    found = careless.even_odd(turned, MODEL)["even_odd"]
    for row in range(5):
        odd = [turned.iloc[row][of[::2]].mean() for of in MODEL.values()]
        even = [turned.iloc[row][of[1::2]].mean() for of in MODEL.values()]
        r = np.corrcoef(odd, even)[0, 1]
        assert found[row] == pytest.approx(max(2 * r / (1 + r), -1))


def test_synonyms_are_correlations_within_a_person_over_pairs_that_go_together():
    turned, _, _ = survey()
    turned = turned.mask(np.random.default_rng(3).random(turned.shape) < 0.1)
    r = turned.corr()
    pairs = [(a, b) for i, a in enumerate(ITEMS) for b in ITEMS[i + 1 :] if r.loc[a, b] >= 0.6]
    found = careless.synonyms(turned)
    for row in (3, 70, 500):
        both = turned.iloc[row][[a for a, _ in pairs]], turned.iloc[row][[b for _, b in pairs]]
        table = pd.DataFrame({"a": both[0].to_numpy(), "b": both[1].to_numpy()}).dropna()
        assert found.loc[row, "n"] == len(table)
        assert found.loc[row, "synonyms"] == pytest.approx(table["a"].corr(table["b"]))


def test_distances_are_those_of_the_book_and_follow_chi_square_where_answers_are_normal():
    rng = np.random.default_rng(2)
    data = pd.DataFrame(
        rng.normal(size=(4000, 6)) @ rng.normal(size=(6, 6)), columns=list("abcdef")
    )
    found = careless.mahalanobis(data)
    apart = (data - data.mean()).to_numpy()
    book = np.einsum("ij,jk,ik->i", apart, np.linalg.inv(np.cov(data.T, bias=True)), apart)
    assert found["distance"].to_numpy() == pytest.approx(book, rel=1e-6)
    assert found["p"].to_numpy() == pytest.approx(chi2.sf(book, 6))
    assert (found["p"] < 0.05).mean() == pytest.approx(0.05, abs=0.011)
    gaps = data.mask(rng.random(data.shape) < 0.2)
    gaps.iloc[5] = np.nan
    less = careless.mahalanobis(gaps)
    assert less.loc[5, "flag"] == "no_answers"
    assert np.isnan(less.loc[5, "distance"])
    assert (less["p"] < 0.05).mean() == pytest.approx(0.05, abs=0.011)
    assert less["n"].tolist() == gaps.notna().sum(axis=1).tolist()


def test_answers_shuffled_lie_farther_out_than_those_of_real_people():
    rows = oracle.data("bfi")[[f"{trait}{k}" for trait in "ACENO" for k in range(1, 6)]].dropna()
    rng, real = np.random.default_rng(1), rows[:600].reset_index(drop=True)
    mixed = pd.DataFrame(rng.permuted(rows[600:1200], axis=1), columns=rows.columns)
    both = pd.concat([real, mixed], ignore_index=True)
    # what goes with what is known from real people alone
    whole = pd.concat([both, rows[1200:]], ignore_index=True)
    kinds = np.arange(1200) >= 600
    distance = careless.mahalanobis(whole)["distance"][:1200]
    assert roc_auc_score(kinds, distance) > 0.75


def test_refuses_what_it_cannot_find():
    turned, given, _ = survey(100)
    with pytest.raises(EstimateError, match=r"0 pairs that correlate at most -0\.6"):
        careless.antonyms(turned)
    with pytest.raises(EstimateError, match="lacks 't4'"):
        careless.even_odd(turned.drop(columns="t4"), MODEL)
    with pytest.raises(EstimateError, match="has 2 usable"):
        careless.even_odd(turned, {"t": MODEL["t"], "v": MODEL["v"], "one": ["e1"]})
    with pytest.raises(EstimateError, match="between 0 and 1"):
        careless.synonyms(given, least=60)
    thin = turned.mask(np.tile(np.arange(20) > 5, (100, 1)))
    assert has(careless.even_odd(thin, MODEL)["flag"].iloc[0], "few_pairs")
