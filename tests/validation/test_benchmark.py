"""The section on the benchmark: quick, and by itself."""

import pytest

from tests.validation import benchmark


def test_a_missed_promise_is_named():
    found = benchmark.covered(benchmark.Settings(seed=1, samples=2, sizes=(30,), draws=20))
    assert len(found) == 2
    text = benchmark.section(benchmark.QUICK, found.assign(covered=0.5))
    assert "50.0%" in text
    assert benchmark.misses(found.assign(covered=0.5)) == [
        "client cuts of 30 clients",
        "account cuts of 30 clients",
    ]
    assert benchmark.misses(found.assign(covered=0.95)) == []


@pytest.mark.validation
def test_intervals_of_deciles_cover_those_of_the_population():
    found = benchmark.covered(benchmark.QUICK)
    assert found["covered"].between(0.92, 0.98).all(), found
