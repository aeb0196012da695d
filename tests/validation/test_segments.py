"""A small sample of what the page says of thresholds, and the page's own promise."""

import re
from pathlib import Path

import pytest

from tests.validation import segments

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"


@pytest.mark.validation
def test_known_cuts_are_found_and_covered():
    found = segments.found_cuts(segments.QUICK)
    assert (abs(found["covered"] - 0.95) <= 0.02 + 3 * 0.028).all()
    large = found[found["world"] == "large steps"]
    assert (large["off"] < 0.1).all()
    assert (large["bias"].abs() < 0.1).all()


@pytest.mark.validation
def test_a_wanted_mix_is_covered():
    found = segments.found_mix(segments.QUICK)
    assert (found["covered"] >= 0.8).all()


def test_the_page_keeps_its_promise():
    text = PAGE.read_text(encoding="utf-8").split("## Are known thresholds found again?")[1]
    rows = re.findall(
        r"^\| large steps \| [\d.]+ \| ([\d.]+)% .*\| ([\d.]+) \|$", text, re.MULTILINE
    )
    assert len(rows) == 3
    for covered, off in rows:
        assert 93 <= float(covered) <= 97
        assert float(off) < 0.1
