"""A small sample of what the page says of drivers, and the page's own promise."""

import re
from pathlib import Path

import pytest

from tests.validation import drivers

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"


@pytest.fixture(scope="module")
def found():
    return drivers.covered(drivers.cases(drivers.QUICK), drivers.QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("level", ["all", "within", "between"])
def test_planted_weights_and_effects_are_covered(found, level):
    rows = found.xs(level, level="level")
    assert (rows["covered"] >= 0.93 - 2.5 * rows["error"]).all()
    assert (rows["covered"] <= 0.97 + 2.5 * rows["error"]).all()
    assert (rows["bias"].abs() < 0.02).all()


@pytest.mark.slow
def test_clear_answers_are_right_more_often_than_not():
    first = drivers.judged(drivers.named(drivers.QUICK))
    assert first.loc["clear", "right"] > 0.5
    assert first.loc["clear", "right"] > first.loc["not clear", "right"] - 0.1


def test_the_page_keeps_its_promise():
    text = PAGE.read_text(encoding="utf-8").split("## Are drivers recovered?")[1]
    covered = re.findall(r"^\| [\w ]+ \| (?:all|within|between) \| ([\d.]+)%", text, re.MULTILINE)
    assert len(covered) == 15
    assert all(93 <= float(share) <= 97 for share in covered)
