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


QUESTIONS = (
    "exclude test responses",
    "answered twice",
    "questions worded negatively",
    "scale 0 to 10",
    "nothing but the NPS question",
    "match survey answers with CRM accounts",
    "weight answers",
    "NPS of an account mean of its answers",
    "scores differ between report and export",
    "no clear change score rose",
    "segment not settled",
    "how many respondents do I need",
    "why is a number withheld",
    "benchmark of others",
    "report in Swedish",
    "reports for 300 clients",
    "PowerPoint for our CRM",
    "change thresholds of segments",
    "report was refused another client",
    "report was changed after it was made",
    "delete a person GDPR",
)


def searched(page, site, words):
    """Pages that the site's search finds, the best first."""
    page.goto(f"{(site / 'search.html').as_uri()}?q={words.replace(' ', '+')}")
    page.wait_for_selector('#search-results p.search-summary:has-text("finished")', timeout=20_000)
    links = page.eval_on_selector_all("#search-results ul.search a", "all => all.map(a => a.href)")
    return [link.split("?")[0].split("#")[0].split("/html/")[-1] for link in links]


@pytest.fixture(scope="module")
def seeker(browser, site):
    context = browser.new_context(**VIEWS["desk"])
    context.set_offline(True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("words", QUESTIONS)
def test_a_question_is_answered_by_the_first_page_that_is_found(seeker, site, words):
    assert searched(seeker, site, words)[:1] == ["questions.html"]


@pytest.mark.parametrize(
    ("words", "found"),
    [("survey weights", "howto/survey_weights.html"), ("forget a person", "howto/forget.html")],
)  # fmt: skip
def test_a_task_or_key_is_among_the_first_pages_found(seeker, site, words, found):
    assert found in searched(seeker, site, words)[:6]
