"""The built manual, from disk and without a network: accessible, narrow enough, and found in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import missing
from tests.browser.page import VIEWS, accessibility

pytestmark = pytest.mark.browser

SITE = Path(__file__).parents[2] / "docs" / "_build" / "html"
PAGES = (
    "index",
    "howto/index",
    "howto/first_hour",
    "howto/account_model",
    "reference/commands",
    "reference/codebook",
    "reference/tables/30_scores",
    "reference/api/crq.stats.nps",
    "glossary",
    "validation",
)


@pytest.fixture(scope="module")
def site():
    if not (SITE / "index.html").exists():
        missing("the manual is not built; run `make docs`")
    return SITE


@pytest.mark.parametrize("view", ["desk", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_by_everybody_and_asks_for_nothing(browser, site, name, view):
    context = browser.new_context(**VIEWS[view])
    context.set_offline(True)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / f"{name}.html").as_uri())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= VIEWS[view]["viewport"]["width"]
    assert accessibility(page) == []
    context.close()


@pytest.mark.parametrize(
    ("words", "found"),
    [("survey weights", "howto/survey_weights.html"), ("forget a person", "howto/forget.html"),
     ("min_scores", "reference/codebook.html")],
)  # fmt: skip
def test_search_works_offline(browser, site, words, found):
    context = browser.new_context(**VIEWS["desk"])
    context.set_offline(True)
    page = context.new_page()
    page.goto(f"{(site / 'search.html').as_uri()}?q={words.replace(' ', '+')}")
    page.wait_for_selector("#search-results ul.search a", timeout=20_000)
    page.wait_for_timeout(1500)
    links = page.eval_on_selector_all("#search-results ul.search a", "all => all.map(a => a.href)")
    first = [link.split("?")[0].split("#")[0].split("/html/")[-1] for link in links][:6]
    assert found in first
    context.close()
