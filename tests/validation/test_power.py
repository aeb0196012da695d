"""A small sample of what docs/validation.md says of foretold power, and what it calls a miss."""

from tests.validation import power


def test_power_comes_true_in_a_small_sample():
    found = power.cases(power.QUICK)
    assert power.misses(found) == []
    still = found[found["change"] == 0.0]
    assert still["found"].mean() < 0.09
    page = power.section(power.QUICK, found)
    assert page.strip().startswith("## Is a change seen as often as was foretold?")
    assert page.count("\n| ") == 2 + len(found)


def test_a_chance_that_does_not_come_true_is_a_miss():
    found = power.cases(power.QUICK).assign(said=0.99)
    assert len(power.misses(found)) >= len(found) - 2
