"""A small sample of what the page says of the construct, and the page's own promise."""

import re
from pathlib import Path

import pytest

from tests.validation import construct

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"


@pytest.fixture(scope="module")
def found():
    return construct.covered(construct.cases(construct.QUICK), construct.QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("quantity", ["loading", "correlation", "omega", "AVE", "CR", "HTMT"])
def test_intervals_cover_what_was_planted(found, quantity):
    row = found.loc[quantity]
    assert 0.93 - 2.5 * row["error"] <= row["covered"] <= 0.97 + 2.5 * row["error"]
    assert row["bias"] == pytest.approx(0, abs=0.02)


@pytest.mark.slow
def test_a_true_model_is_seldom_rejected():
    found = construct.rejections(construct.QUICK)
    assert found["rejected"] == pytest.approx(0.05, abs=3 * found["error"])


def test_the_page_keeps_its_promise():
    text = PAGE.read_text(encoding="utf-8").split("## Is a true construct recognised?")[1]
    text = text.split("\n## ")[0]
    rejected = float(re.search(r"level in ([\d.]+)%", text)[1])
    assert 4 <= rejected <= 6
    covered = [float(x) for x in re.findall(r"^\| [\w ]+ \| ([\d.]+)%", text, re.MULTILINE)]
    assert len(covered) == 6
    assert all(93 <= share <= 97 for share in covered)
