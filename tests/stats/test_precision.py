"""Foretold half-widths against those of simulated waves, by hand and at their edges."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from crqlab import EstimateError
from crqlab.stats.bootstrap import ratios
from crqlab.stats.precision import half_widths

C4 = 0.9869  # of 20 observations, as tables of quality control have it


def test_one_certain_answer_per_account_is_students_interval_of_a_mean():
    row = half_widths([1] * 20, ["a"] * 20, completion=1, sd=1.3, icc=0.3).iloc[0]
    assert row["half_width"] == pytest.approx(C4 * t.isf(0.025, 19) * 1.3 / np.sqrt(20), rel=1e-4)
    assert (row["answers"], row["effective"]) == (20, 20)


def test_people_who_all_agree_are_one_voice_per_account():
    row = half_widths([5] * 20, ["a"] * 20, completion=1, sd=1.0, icc=1).iloc[0]
    assert row["half_width"] == pytest.approx(C4 * t.isf(0.025, 19) / np.sqrt(20), rel=1e-4)


@given(st.floats(0.05, 0.9), st.floats(0, 1), st.integers(4, 60))
def test_more_completion_and_less_agreement_narrow_it(completion, icc, accounts):
    sizes, block = [4] * accounts, ["a"] * accounts
    options = {"sd": 1.0, "icc": icc}
    few = half_widths(sizes, block, completion=completion, **options)["half_width"].iloc[0]
    more = half_widths(sizes, block, completion=completion + 0.1, **options)["half_width"].iloc[0]
    assert np.isnan(few) or more < few + 1e-12


def test_too_few_equal_accounts_have_no_interval_to_expect():
    table = half_widths([3, 0, 50, 1], ["a", "a", "b", "b"], completion=0.4, sd=1, icc=0.3)
    assert table["half_width"].isna().all()
    assert table["n_accounts"].tolist() == [1, 2]


@pytest.mark.parametrize("option", [{"icc": 1.2}, {"sd": -1.0}, {"completion": 35}])
def test_refuses_options_out_of_their_range(option):
    with pytest.raises(EstimateError, match="between 0 and 1"):
        half_widths([1, 1], ["a", "a"], **({"completion": 0.4, "sd": 1.0, "icc": 0.3} | option))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("accounts", "completion"), [(15, 0.35), (40, 0.35), (40, 0.7), (120, 0.2)]
)
def test_expected_half_widths_are_those_of_simulated_waves(accounts, completion):
    rng = np.random.default_rng(11)
    waves, sd, icc = 300, 1.0, 0.3
    sizes = 1 + rng.negative_binomial(2, 1 / 3, accounts)
    n = rng.binomial(sizes, completion, (waves, accounts)).astype(float)
    effect = rng.normal(0, sd * np.sqrt(icc), n.shape)
    noise = rng.normal(0, 1, n.shape) * sd * np.sqrt((1 - icc) * n)
    names = pd.Index(np.tile([f"A{i}" for i in range(accounts)], waves))
    sums, people = (pd.DataFrame({"crq": x.ravel()}, names) for x in (n * effect + noise, n))
    found = ratios(sums, people, pd.Series(np.repeat(np.arange(waves), accounts)), draws=500)
    drawn = ((found["high"] - found["low"]) / 2).mean()
    row = half_widths(sizes, ["a"] * accounts, completion=completion, sd=sd, icc=icc).iloc[0]
    assert row["half_width"] == pytest.approx(drawn, rel=0.08)
