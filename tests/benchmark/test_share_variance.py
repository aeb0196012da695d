"""Variance over draws of clients: the quick way is the long way, and both are the definition."""

import numpy as np
import pytest

from crqlab.benchmark import share_variance
from crqlab.benchmark.share_variance import spread

DRAWS = 400


def panel(clients, columns, *, seed, even):
    """What clients hold in each column, and what they have below three cuts."""
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(clients, np.full(clients, 1 / clients), DRAWS)
    held = np.full((clients, columns), 20) if even else rng.integers(0, 30, (clients, columns))
    share = np.clip(np.array([0.1, 0.5, 0.9]) + rng.normal(0, 0.1, (clients, columns, 1)), 0, 1)
    below = rng.binomial(held[..., None], share)
    middle = below.sum(axis=0) / held.sum(axis=0)[:, None]
    return counts, held, below - middle * held[..., None]


def defined(counts, held, away):
    """Every draw by itself."""
    drawn = [
        (np.repeat(away, c, axis=0).sum(axis=0) / np.repeat(held, c, axis=0).sum(axis=0)[:, None])
        for c in counts
    ]
    return np.var(drawn, axis=0)


@pytest.mark.parametrize("even", [True, False])
@pytest.mark.parametrize(("clients", "columns"), [(2, 1), (7, 40), (60, 3), (60, 90)])
def test_it_is_the_variance_of_the_draws(clients, columns, even):
    given = panel(clients, columns, seed=clients, even=even)
    assert spread(*given) == pytest.approx(defined(*given), rel=1e-9)
    single = [array.astype(np.float32) for array in given]
    assert spread(*single) == pytest.approx(defined(*given), rel=2e-5, abs=1e-9)


@pytest.mark.parametrize("even", [True, False])
def test_moments_and_draws_are_the_same_number(even, monkeypatch):
    counts, held, away = panel(25, 30, seed=5, even=even)
    held = np.repeat(held[:, :1], 30, axis=1)
    quick = spread(counts, held, away)
    monkeypatch.setattr(share_variance, "_by_moments", None)
    monkeypatch.setattr(share_variance, "_alike", lambda held: [[c] for c in range(held.shape[1])])
    assert quick == pytest.approx(spread(counts, held, away), rel=1e-9)


def test_pieces_make_no_difference(monkeypatch):
    given = panel(12, 50, seed=2, even=False)
    whole = spread(*given)
    monkeypatch.setattr(share_variance, "AT_ONCE", 7)
    assert spread(*given) == pytest.approx(whole, rel=1e-12)
