"""Survey weights among drivers: R-squared and slopes are those of weighted least squares."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from crqlab import drivers
from tests.drivers.made import DRIVERS, codebook, respondents

OPTIONS = {"draws": 40, "seed": 3}


@pytest.fixture(scope="module")
def people():
    """People of whom those who care for speed, and for little else, are seldom heard."""
    rng = np.random.default_rng(8)
    rows = respondents(clients=2, accounts=40, seed=5)
    fast = rng.random(len(rows)) < 0.1
    rows["trust"] = np.where(fast, 5 + 0.9 * (rows["speed"] - 5), rows["trust"])
    weight = np.where(fast, 20.0, 1.0) * rng.lognormal(0, 0.2, len(rows))
    mean = pd.Series(weight).groupby(rows["client_id"]).transform("mean")
    return rows.assign(weight=weight / mean)


@pytest.fixture(scope="module")
def found(people):
    return drivers.weights(people, codebook(), **OPTIONS)


def fitted(rows, values):
    design = sm.add_constant(values[list(DRIVERS)])
    return sm.WLS(values["trust"], design, weights=rows["weight"]).fit()


def test_a_clients_numbers_are_those_of_weighted_least_squares(found, people):
    own = people[people["client_id"] == "C01"]
    wls = fitted(own, own)
    rows = found.of(client="C01", wave="2025", outcome="trust")
    assert rows["weight"].sum() == pytest.approx(wls.rsquared)
    effects = found.effects.query("client_id == 'C01' and outcome == 'trust' and level == 'all'")
    slopes = effects.set_index("driver")["effect"].reindex(list(DRIVERS))
    np.testing.assert_allclose(slopes, wls.params[list(DRIVERS)])
    assert rows["n"].tolist() == [len(own)] * 3


def test_the_panel_takes_weighted_means_of_clients_out_first(found, people):
    names = [*DRIVERS, "trust"]
    sums = people[names].mul(people["weight"], axis=0).groupby(people["client_id"])
    means = sums.transform("sum").div(
        people.groupby("client_id")["weight"].transform("sum"), axis=0
    )
    away = people[names] - means
    rows = found.of(outcome="trust")
    assert rows["weight"].sum() == pytest.approx(fitted(people, away).rsquared)


def test_weights_say_what_moves_those_who_were_seldom_heard(found, people):
    plain = drivers.weights(people.drop(columns="weight"), codebook(), **OPTIONS)
    shares = [one.of(outcome="trust").set_index("driver")["share"] for one in (plain, found)]
    assert shares[0].idxmax() == "care"
    assert shares[1].idxmax() == "speed"


def test_performance_is_the_weighted_mean(found, people):
    rows = drivers.priorities(found, people, codebook(), None, seed=3).table
    own = people[people["client_id"] == "C01"]
    rows = rows[rows["client_id"] == "C01"].set_index("driver")
    for name in DRIVERS:
        mean = np.average(own[name], weights=own["weight"])
        assert rows.loc[name, "performance"] == pytest.approx(mean)


def test_equal_weights_change_nothing(people):
    bare = people.drop(columns="weight")
    tables = [drivers.weights(rows, codebook(), **OPTIONS).table
              for rows in (bare, bare.assign(weight=1.0))]  # fmt: skip
    pd.testing.assert_frame_equal(*tables)
