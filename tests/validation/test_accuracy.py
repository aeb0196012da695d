"""Intervals of accuracy cover the truth as often as they say; run by `make validate`."""

import pytest

from tests.validation import accuracy


@pytest.mark.validation
def test_intervals_cover_the_truth():
    size = accuracy.Settings(seed=5200, samples=600, draws=200)
    found = accuracy.covered(accuracy.cases(size), size)
    assert found["covered"].between(0.92, 0.98).all()
    assert found["bias"].abs().max() < 0.05
