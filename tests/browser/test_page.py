"""The checks themselves: a good page passes, each fault of a bad one is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.page import VIEWS, faults

PAGES = Path(__file__).parent / "pages"

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("view", VIEWS)
def test_a_good_page_has_no_faults(browser, view):
    assert faults(browser, PAGES / "good.html", view=view) == []


@pytest.mark.parametrize(
    "fault",
    [
        "asks for https://example.org/chart.js",
        "asks for https://example.org/logo.png",
        "console error",
        "script error: broken on purpose",
        "2 h1 headings",
        "2 scripts",
        "it scrolls sideways",
        "axe color-contrast",
        "axe html-has-lang",
        "axe image-alt",
    ],
)
def test_each_fault_of_a_bad_page_is_found(bad_page_faults, fault):
    assert any(fault in found for found in bad_page_faults), bad_page_faults


@pytest.fixture(scope="module")
def bad_page_faults(browser):
    return faults(browser, PAGES / "bad.html", view="phone")
