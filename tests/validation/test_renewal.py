"""A small sample of what the page says of renewals, and the page's own promise."""

import re
from pathlib import Path

import pytest

from tests.validation import renewal

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"


@pytest.mark.validation
def test_intervals_cover_the_law_and_null_panels_claim_nothing():
    found = renewal.covered(renewal.cases(renewal.QUICK), renewal.QUICK)
    assert (found["covered"] >= 0.75).all()
    assert found["covered"].mean() >= 0.88
    assert renewal.claims(renewal.QUICK)["claimed"] <= 0.25


def test_the_page_keeps_its_promise():
    text = PAGE.read_text(encoding="utf-8").split("## Are renewals explained as they happen")[1]
    text = text.split("\n## ")[0]
    covered = [float(x) for x in re.findall(r"^\| [\w ]+ \| ([\d.]+)%", text, re.MULTILINE)]
    assert len(covered) == 5
    assert all(93 <= share <= 97 for share in covered)
    assert float(re.search(r"is claimed in ([\d.]+)%", text)[1]) <= 5
