"""A small sample of what the page says of regressions."""

import pytest

from tests.validation import regression


@pytest.mark.slow
def test_effects_by_account_and_mediated_shares_are_covered():
    found = regression.covered(regression.cases(regression.QUICK))
    room = 2.5 * found["error"]
    assert (found["covered"] >= 0.93 - room).all(), found
    assert found.loc["logit trust", "bias"] == pytest.approx(0, abs=0.03)
    assert found.loc["mediation: share mediated", "bias"] == pytest.approx(0, abs=0.05)
