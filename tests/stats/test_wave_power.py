"""Power of a change between two waves, against the test that will be made of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crqlab.base.errors import EstimateError
from crqlab.stats import linearised
from crqlab.stats.wave_power import (
    Alike,
    Waves,
    detectable,
    more_accounts,
    power,
    voices,
    wider_waves,
)

ALIKE = Alike(sd=1.0, icc=0.3, accounts=0.8, people=0.5)


def asked(n=40, contacts=5, completion=0.4, overlap=1.0):
    """Return waves of n accounts each, of which a share was asked before as well."""
    before = np.where(np.arange(n) < overlap * n, contacts * completion, 0.0)
    others = np.full(n - int(overlap * n), contacts * completion)
    people = np.full(n, float(contacts))
    again = float(overlap * n * contacts * completion**2)
    return Waves(
        np.concatenate([before, others]),
        np.concatenate([people, np.zeros(len(others))]),
        completion,
        again,
    )


def simulated(change, seed, *, n, contacts, completion, overlap, panels=1500):
    """Return the share of panels in which the change is seen, by the test of the scores."""
    rng = np.random.default_rng(seed)
    kept = int(overlap * n)
    between, within = np.sqrt(ALIKE.icc), np.sqrt(1 - ALIKE.icc)
    account = rng.normal(size=(panels, 2, n))
    r, k = ALIKE.accounts, ALIKE.people
    account[:, 1, :kept] = r * account[:, 0, :kept] + np.sqrt(1 - r**2) * account[:, 1, :kept]
    people = rng.normal(size=(panels, 2, n, contacts))
    people[:, 1, :kept] = k * people[:, 0, :kept] + np.sqrt(1 - k**2) * people[:, 1, :kept]
    answers = between * account[..., None] + within * people
    answers[:, 1] += change
    there = rng.random(answers.shape) < completion
    total, number = (answers * there).sum(-1), there.sum(-1)
    ids = np.stack([np.arange(n), np.where(np.arange(n) < kept, np.arange(n), np.arange(n) + n)])
    block = np.repeat(np.arange(panels), 2 * n)
    later = np.tile(np.repeat([False, True], n), panels)
    frames = [
        pd.DataFrame({"crq": part.ravel().astype(float)}, np.tile(ids.ravel(), panels))
        for part in (total, number)
    ]
    found = linearised.paired_difference(*frames, pd.Series(block), later)
    return (found["p"] < 0.05).mean()


@pytest.mark.parametrize(
    ("n", "contacts", "completion", "overlap"),
    [(40, 5, 0.4, 1.0), (40, 5, 0.4, 0.0), (25, 8, 0.3, 0.6), (12, 4, 0.6, 1.0)],
)
@pytest.mark.parametrize("change", [0.0, 0.3])
def test_power_is_what_the_test_has(n, contacts, completion, overlap, change):
    waves = asked(n, contacts, completion, overlap)
    shape = {"n": n, "contacts": contacts, "completion": completion, "overlap": overlap}
    said = power(waves, ALIKE, change)
    assert said == pytest.approx(simulated(change, 3, **shape), abs=0.035)


def test_overlap_makes_changes_easier_to_see():
    n = [power(asked(overlap=share), ALIKE, 0.3) for share in (0.0, 0.5, 1.0)]
    assert n == sorted(n)
    assert n[2] > n[0] + 0.05


def test_more_accounts_bring_the_power_that_was_wished():
    waves = asked()
    step = detectable(waves, ALIKE, 0.6)
    assert power(waves, ALIKE, step) == pytest.approx(0.6, abs=1e-6)
    assert more_accounts(waves, ALIKE, step, 0.6) == 0
    waves = asked(overlap=0.0)
    more = more_accounts(waves, ALIKE, step, 0.5)
    assert more == 41
    again = Waves(
        np.concatenate([waves.before, np.zeros(int(more))]),
        np.concatenate([waves.contacts, np.full(int(more), 5.0)]),
        waves.completion,
        waves.again,
    )
    assert 0.5 <= power(again, ALIKE, step) < 0.51
    both = wider_waves(waves, ALIKE, step, 0.8)
    wide = asked(n=int(both), overlap=0.0)
    assert power(wide, ALIKE, step) == pytest.approx(0.8, abs=0.01)


def test_no_number_of_accounts_makes_up_for_a_wave_that_said_too_little():
    waves = asked(n=6)
    assert more_accounts(waves, ALIKE, 0.2, 0.8) == np.inf
    assert 6 < wider_waves(waves, ALIKE, 0.2, 0.8) < 600


def test_what_cannot_be_told_is_missing_or_refused():
    one = Waves(np.array([3.0]), np.array([5.0]), 0.5, 1.0)
    assert np.isnan(power(one, ALIKE, 0.5))
    assert np.isnan(detectable(one, ALIKE, 0.5))
    nobody = Waves(np.zeros(4), np.full(4, 3.0), 0.5, 0.0)
    assert np.isnan(power(nobody, ALIKE, 0.5))
    with pytest.raises(EstimateError, match="completion= is 0"):
        Waves(np.zeros(4), np.ones(4), 0.0, 0.0)


def test_voices_are_those_of_the_published_rule_of_thumb():
    assert voices(0.3, 0.7) == pytest.approx(5.44, abs=0.01)  # "about 5-6 at ICC(1) = .3"
    assert voices(0.0, 0.7) == np.inf
