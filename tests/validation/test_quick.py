"""A small sample of `make validate`, and the promises of the page that it wrote."""

import re
from pathlib import Path

import pandas as pd
import pytest

from tests.validation import coverage
from tests.validation.page import misses, page

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"
HELD = [
    *coverage.PROMISED,
    "client CRQ, by accounts",
    "change of client CRQ",
    "change of client NPS",
    "account CRQ, plain mean",
    "account CRQ, shrunken",
    "ICC(1) of CRQ",
]


@pytest.fixture(scope="module")
def rows():
    return coverage.cases(coverage.QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("quantity", HELD)
def test_intervals_cover_the_truth_as_often_as_they_say(rows, quantity):
    found = coverage.by_quantity(rows).loc[quantity]
    assert 0.93 - 2.5 * found["error"] <= found["covered"] <= 0.97 + 2.5 * found["error"]
    assert found["intervals"] > 100


@pytest.mark.slow
@pytest.mark.parametrize(("quantity", "unit"), [("client CRQ", 0.02), ("client NPS", 1.5)])
def test_estimates_are_right_on_average(rows, quantity, unit):
    assert coverage.by_quantity(rows).loc[quantity, "bias"] == pytest.approx(0, abs=unit)


@pytest.mark.slow
def test_answers_of_one_account_are_not_independent(rows):
    table = coverage.by_quantity(rows)
    covered = table["covered"]
    assert covered["client NPS, answers taken as independent"] < covered["client NPS"] - 0.03


def test_coverage_counts_what_lies_in_the_interval_and_on_which_side():
    rows = pd.DataFrame(
        {
            "quantity": "q",
            "client": ["a", "a", "b", "b"],
            "low": [0.0, 2.0, 0.0, 0.0],
            "high": [2.0, 3.0, 0.5, 1.0],
            "value": [1.0, 2.5, 0.2, 0.5],
            "truth": 1.0,
        }
    )
    found = coverage.coverage(rows, "quantity").loc["q"]
    assert found["covered"] == 0.5
    assert found["too_high"] == found["too_low"] == 0.25
    assert found["bias"] == pytest.approx(0.05)
    assert found["error"] == 0.0  # both clients cover half of the time
    assert coverage.coverage(rows.assign(client=list("abcd")), "quantity")["error"]["q"] == 0.25


def table(**covered):
    columns = ["error", "too_high", "too_low", "bias", "intervals", "clients"]
    return pd.DataFrame({"covered": covered}).assign(**dict.fromkeys(columns, 0.0))


def test_a_missed_promise_is_named():
    found = table(**dict.fromkeys(coverage.PROMISED, 0.95))
    assert misses(found) == []
    found.loc["client NPS", "covered"] = 0.92
    assert misses(found) == ["client NPS"]
    text = page(coverage.QUICK, found, {"client CRQ": found}, found)
    assert text.count("**missed**") == 1


def test_the_page_in_the_docs_is_of_the_present_settings_and_keeps_its_promises():
    text = PAGE.read_text(encoding="utf-8")
    full = coverage.FULL
    assert f"{full.panels} panels of {full.clients} clients" in text
    assert f"seeds {full.seed} to {full.seed + full.panels - 1}" in text
    assert "**missed**" not in text.partition("\n## How often is each claim")[0]
    for name in coverage.PROMISED:
        share = re.search(rf"\| {re.escape(name)} \| ([\d.]+)% \|", text)[1]
        assert 93 <= float(share) <= 97
