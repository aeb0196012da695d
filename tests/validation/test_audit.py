"""A small sample of what the validation page says about the selection audit."""

import pytest

from tests.validation import audit
from tests.validation.audit import RATE, Settings

SMALL = Settings(seed=9700, panels=1, clients=110)


@pytest.mark.slow
def test_the_honest_are_asked_as_seldom_as_promised():
    honest = audit.clean(SMALL)
    assert len(honest) == 3
    assert (honest["asked"] <= RATE + 2 * honest["error"]).all()
    assert (honest["blocks"] > 200).all()
    assert audit.misses(honest) == []
    assert audit.misses(honest.assign(asked=0.2)) == list(honest.index)


@pytest.mark.slow
def test_planted_gaming_is_found():
    games = audit.power(audit.planted(SMALL))
    least = {"late": 0.6, "swapped": 0.5, "share": 0.7, "roles": 0.4, "minutes": 0.9, "scores": 0.5}
    found = games["all"].droplevel("dose")
    assert {topic: share for topic, share in found.items() if share < least[topic]} == {}
    assert (games["false"] <= RATE).all()
    assert (games["20 or more"] >= games["5 to 9"]).all()
