"""A small sample of what the page says of regressions."""

import re
from pathlib import Path

import pytest

from tests.validation import regression

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"


@pytest.mark.slow
def test_effects_by_account_and_mediated_shares_are_covered():
    found = regression.covered(regression.cases(regression.QUICK))
    room = 2.5 * found["error"]
    assert (found["covered"] >= 0.93 - room).all(), found
    assert found.loc["logit trust", "bias"] == pytest.approx(0, abs=0.03)
    assert found.loc["mediation: share mediated", "bias"] == pytest.approx(0, abs=0.05)


def test_the_page_keeps_its_promise():
    text = PAGE.read_text(encoding="utf-8").split("## Are effects on renewal recovered?")[1]
    covered = re.findall(r"^\| [\w: ]+ \| ([\d.]+)%", text.split("\n## ")[0], re.MULTILINE)
    assert len(covered) == 7
    assert all(93 <= float(share) <= 97 for share in covered)
