"""A client's report is read: at most so many screens and pages, and its first screen decides."""

import pytest

from crqlab.language import languages
from crqlab.report.run import render
from tests.report.executed import executed
from tests.show.fixture import Shape, lay_out
from tests.show.stationed import add
from tools.page_length import DESK, LIMITS, length

pytestmark = pytest.mark.browser


def test_no_report_is_longer_than_its_readers_bear(browser, demo_reports):
    pages = [path for path in demo_reports if path.name.startswith("C")]
    found = {path.name: length(browser, path) for path in pages}
    assert len(found) == 3
    assert {name: str(one) for name, one in found.items() if one.too_long} == {}
    assert all(1 < one.screens <= LIMITS["screens"] for one in found.values())


@pytest.mark.parametrize("accounts", [3, 400])
def test_small_and_large_clients_keep_to_the_limits_in_every_language(browser, tmp_path, accounts):
    shape = Shape(accounts=accounts, silent=3 if accounts < 10 else 40)
    study = add(lay_out(tmp_path, shape), shape)
    for language in languages():
        made = executed(study, client="C017", wave="2025", language=language)
        page = tmp_path / f"{language}.html"
        laid_out = render.render(made, title="Panel", language=language, synthetic=True)
        page.write_text(laid_out, encoding="utf-8")
        found = length(browser, page)
        assert found.too_long == [], str(found)
        assert found.screens > 2


def test_the_first_screen_holds_verdict_numbers_accounts_and_what_to_fix(browser, demo_reports):
    for path in (one for one in demo_reports if one.name.startswith("C")):
        context = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]})
        page = context.new_page()
        page.goto(path.resolve().as_uri())
        for part in (".verdict", ".tiles", ".pair h3"):
            box = page.locator(part).last.bounding_box()
            assert box["y"] + box["height"] <= DESK[1], (path.name, part)
        context.close()
