"""The parameter table and its derivatives, by hand and by differences."""

import numpy as np
import pytest

from crqlab import EstimateError
from crqlab.stats.factors.implied import implied, information, jacobian, slope
from crqlab.stats.factors.model import BETA, LAMBDA, specify

TWO = {"trust": ["t1", "t2", "t3"], "value": ["v1", "v2"], "ease": ["e1", "t3"]}


def values_of(model, seed=1):
    rng = np.random.default_rng(seed)
    theta = rng.uniform(0.3, 0.9, model.n_free)
    return theta, model.values(theta)


@pytest.mark.parametrize("second_order", [None, "crq", {"crq": ["trust", "value"]}])
@pytest.mark.parametrize("means", [False, True])
def test_derivatives_agree_with_the_complex_step(second_order, means):
    model = specify(TWO, second_order=second_order, means=means, n_groups=2, equal=("intercepts",))
    theta, values = values_of(model)
    of = implied(model, values, 1)
    spread, centre = (part @ model.membership()[of.rows] for part in jacobian(of))
    i, j = np.tril_indices(len(model.items))
    for k in range(model.n_free):
        step = theta.astype(complex)
        step[k] += 1e-30j
        moved = implied(model, model.values(step), 1)
        assert np.allclose(moved.sigma[i, j].imag / 1e-30, spread[:, k], atol=1e-13)
        assert np.allclose(moved.mu.imag / 1e-30, centre[:, k], atol=1e-13)


def test_factored_information_and_slope_equal_their_dense_definitions():
    model = specify(TWO, second_order="crq", means=True)
    _, values = values_of(model)
    of = implied(model, values)
    spread, centre = jacobian(of)
    p = len(model.items)
    dense = np.zeros((p, p, spread.shape[1]))
    i, j = np.tril_indices(p)
    dense[i, j], dense[j, i] = spread, spread
    weight = np.linalg.inv(of.sigma)
    expected = np.einsum("ij,jka,kl,lib->ab", weight, dense, weight, dense, optimize=True) / 2
    expected += centre.T @ weight @ centre
    assert np.allclose(information(of, weight), expected)
    assert np.allclose(
        slope(of, weight, weight[0]),
        np.einsum("ij,ija->a", weight, dense) + weight[0] @ centre,
    )


def test_a_second_order_factor_takes_the_place_of_the_covariances():
    table = specify(TWO, second_order="crq").table()
    assert table.query("lhs == 'crq' and op == '=~'")["rhs"].tolist() == list(TWO)
    assert table.query("lhs == 'trust' and op == '~~'")["rhs"].tolist() == ["trust"]
    assert (specify(TWO, second_order="crq").kind == BETA).sum() == 3


def test_equal_loadings_share_one_parameter_except_the_loose_ones():
    model = specify(TWO, n_groups=2, equal=("loadings",), loose=[("loadings", "t2")])
    loadings = model.kind == LAMBDA
    first, second = (model.free[loadings & (model.group == g)] for g in (0, 1))
    changed = np.flatnonzero(first != second)
    assert [model.items[model.row[loadings][k]] for k in changed] == ["t2"]


def test_the_only_item_of_a_construct_has_no_residual():
    model = specify({"trust": ["t1", "t2", "t3"], "ltr": ["ltr"]})
    row = model.table().query("lhs == 'ltr' and rhs == 'ltr' and op == '~~'")
    assert sorted(row["free"])[0] == -1


@pytest.mark.parametrize(
    ("model", "second_order", "words"),
    [
        ({}, None, "no construct"),
        ({"a": []}, None, "no item for 'a'"),
        ({"a": ["x", "x"]}, None, "'x' twice"),
        ({"a": ["x"]}, {"g": ["b"]}, "'b', which is no construct"),
        ({"a": ["x"]}, "a", "'a', which is already a construct"),
    ],
)
def test_refuses_what_cannot_be_written_down(model, second_order, words):
    with pytest.raises(EstimateError, match=words):
        specify(model, second_order=second_order)
