"""Standard errors of clients' means in closed form against draws, and before anybody answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crqlab.stats import account_model
from crqlab.stats.account_model import contrast_errors
from tests.stats.account_panels import SCORES, drawn


@pytest.fixture(scope="module")
def fitted():
    rows = drawn(clients=14, accounts=25, waves=3, most=3, gaps=0.1).rows()
    return account_model.fit(rows), rows


def blocks(rows, *waves):
    """Return 1 for blocks of the last of these waves, -1 for those of the first of two."""
    place = rows.block_wave
    last = rows.waves.get_loc(waves[-1])
    found = (place == last).astype(float)
    return found - (place == rows.waves.get_loc(waves[0])) if len(waves) == 2 else found


def test_errors_are_those_of_draws(fitted):
    model, rows = fitted
    means = account_model.block_means(model, rows, n=3000, sets=1).means["care"]
    last = rows.waves[-1]
    level = contrast_errors(model, rows, blocks(rows, last))["care"]
    step = contrast_errors(model, rows, blocks(rows, rows.waves[0], last))["care"]
    now, then = (np.flatnonzero(rows.block_wave == w) for w in (len(rows.waves) - 1, 0))
    np.testing.assert_allclose(level, means[now].std(axis=1, ddof=1), rtol=0.08)
    drawn_steps = (means[now] - means[then]).std(axis=1, ddof=1)
    np.testing.assert_allclose(step, drawn_steps, rtol=0.08)
    assert (step > level).all()


def test_what_was_answered_tells_nothing_of_how_sure_it_is(fitted):
    model, rows = fitted
    linear = replace(rows, values=np.where(np.isnan(rows.values), np.nan, 5.0))
    other = replace(rows, values=np.where(np.isnan(rows.values), np.nan, 5.4))
    contrast = blocks(rows, rows.waves[-1])
    one, two = (contrast_errors(model, r, contrast)["care"] for r in (linear, other))
    assert abs(one / two - 1).max() < 0.1


def test_more_answers_make_it_surer_and_a_client_without_the_wave_is_missing(fitted):
    model, rows = fitted
    last = rows.waves[-1]
    before = contrast_errors(model, rows, blocks(rows, last))
    mute = np.array(rows.values)
    mute[(rows.block_wave[rows.cell_block] == len(rows.waves) - 1)[rows.cell]] = np.nan
    silent = replace(rows, values=mute)
    assert (contrast_errors(model, silent, blocks(rows, last)) > before).all(axis=None)
    none = contrast_errors(model, rows, np.where(rows.block_client == 0, 0.0, 1.0))
    assert none.isna().all(axis=1).tolist() == [True] + [False] * 13


def test_open_variances_are_those_of_the_posterior():
    rows = drawn(clients=12, accounts=20, waves=2).rows()
    model = account_model.fit(rows)
    found = account_model.latent_variances(model, rows)
    assert found.shape == (len(rows.cell_account), len(SCORES))
    by_n = pd.Series(found[:, 0]).groupby(rows.n).mean()
    assert by_n.is_monotonic_decreasing
    assert (found < np.diag(model.between) + np.diag(model.clients)).all()
