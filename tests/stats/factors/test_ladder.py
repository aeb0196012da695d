"""The ladder of invariance: against lavaan, and where groups were made to differ."""

import numpy as np
import pandas as pd
import pytest

from crqlab import EstimateError
from crqlab.base.contracts.cautions import code, codes
from crqlab.stats.factors import invariance
from tests import oracle

CASES = ["inv_hs_school", "inv_mlr_hs_school", "inv_bfi_gender"]
MODEL = {"trust": ["t1", "t2", "t3", "t4"], "value": ["v1", "v2", "v3", "v4"]}


def answers(n=1500, *, seed=3, loading=None, intercept=None):
    """Two countries with the same measure, except where the second was bent."""
    rng = np.random.default_rng(seed)
    parts = []
    for country in ("NL", "DE"):
        second = country == "DE"
        factors = rng.multivariate_normal([0.4 * second, 0.0], [[1, 0.5], [0.5, 1]], n)
        loadings = np.array([1, 0.8, 0.9, 1.1, 1, 0.7, 0.9, 1.0])
        means = np.arange(8) / 4
        if second and loading is not None:
            loadings[loading] += 0.9
        if second and intercept is not None:
            means[intercept] += 0.6
        items = factors[:, [0] * 4 + [1] * 4] * loadings + means + rng.normal(size=(n, 8))
        parts.append(
            pd.DataFrame(items, columns=[*MODEL["trust"], *MODEL["value"]]).assign(country=country)
        )
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("case", CASES)
def test_agrees_with_lavaan(case):
    found = oracle.golden(case)
    spec, values = found["spec"], found["values"]
    ladder = invariance(
        oracle.data(found["dataset"].removeprefix("data/").removesuffix(".csv")),
        spec["items_by"],
        spec["group"],
        estimator=spec["estimator"].lower(),
        strict=True,
    )
    table = ladder.table.set_index("step")
    names = {"chi2": "chisq", "cfi": "cfi", "rmsea": "rmsea", "srmr": "srmr", "aic": "aic"}
    names |= {"chi2_scaled": "chisq.scaled", "cfi_robust": "cfi.robust"}
    for row in values["lrt"]:
        step, wanted = row["model"], values["fit"][row["model"]]
        assert table.loc[step, "df"] == wanted["df"]
        for ours, theirs in names.items():
            if theirs in wanted:
                tolerance = 1e-3 if "chi" in ours else 1e-5
                assert table.loc[step, ours] == pytest.approx(wanted[theirs], abs=tolerance)
        if row["Chisq_diff"] is not None:
            assert table.loc[step, "delta_chi2"] == pytest.approx(row["Chisq_diff"], abs=1e-3)
            assert table.loc[step, "delta_p"] == pytest.approx(row["Pr_Chisq_"], abs=1e-5)
            for change in ("cfi", "rmsea"):
                wanted_change = values["delta"][change][f"{step}.{change}"]
                assert table.loc[step, f"delta_{change}"] == pytest.approx(wanted_change, abs=1e-6)
    means = pd.DataFrame(values["scalar_latent_means"])
    ours = ladder.fits["scalar"].latent_means
    np.testing.assert_allclose(ours["estimate"], means["est"], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(ours["se"], means["se"], rtol=1e-4, atol=1e-6)


def test_the_same_measure_holds_all_the_way():
    ladder = invariance(answers(), MODEL, "country")
    assert ladder.table["step"].tolist() == ["configural", "metric", "scalar"]
    assert ladder.table["holds"].all()
    assert str(ladder).startswith("scalar invariance across 2 groups")


@pytest.mark.parametrize(("item", "name"), [(1, "t2"), (6, "v3")])
def test_an_item_with_another_intercept_is_found_and_freed(item, name):
    table = invariance(answers(intercept=item), MODEL, "country").table.set_index("step")
    assert not table.loc["scalar", "holds"]
    assert table.loc["partial_scalar", "holds"]
    assert table.loc["partial_scalar", "freed"] == code("intercept_free", item=name)


def test_an_item_with_another_loading_is_freed_in_both_steps():
    table = invariance(answers(loading=2), MODEL, "country").table.set_index("step")
    assert table.loc["partial_metric", "freed"] == code("loading_free", item="t3")
    freed = [(one["code"], one["item"]) for one in codes(table.loc["partial_scalar", "freed"])]
    assert freed[:2] == [("loading_free", "t3"), ("intercept_free", "t3")]
    assert table.loc["partial_scalar", "against"] == "partial_metric"


def test_two_items_of_a_construct_stay_equal_however_bad_the_fit():
    bent = answers()
    second = bent["country"] == "DE"
    bent.loc[second, ["t1", "t2", "t3"]] += [0.0, 1.5, -1.5]
    few = {"trust": ["t1", "t2", "t3"], "value": MODEL["value"]}
    table = invariance(bent, few, "country").table.set_index("step")
    freed = codes(table.loc["partial_scalar", "freed"])
    assert sum(one["code"] == "intercept_free" and one["item"][0] == "t" for one in freed) == 1


def test_refuses_one_group():
    with pytest.raises(EstimateError, match="comparing needs two"):
        invariance(answers().query("country == 'NL'"), MODEL, "country")
