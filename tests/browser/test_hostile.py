"""Names and words that want to break a page: it stays whole, still and readable, on paper too."""

from __future__ import annotations

import pytest

from crqlab.report.clearance import gate
from crqlab.report.run import render
from tests.browser.page import VIEWS, faults, offline
from tests.report.executed import executed
from tests.report.neighbours import HOSTILE, lay

pytestmark = pytest.mark.browser

#: Width of the printed part of A4 (180 mm) at 96 points to the inch.
PAPER = 680


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The report of a client whose accounts have the worst of names."""
    folder = tmp_path_factory.mktemp("hostile")
    study = lay(folder / "home", names=HOSTILE, accounts=14)
    page = render.render(executed(study, client="C017", wave="2025"), title="P", language="en")
    path = folder / "C017_2025.html"
    path.write_bytes(gate.passed({path.name: page.encode()}, study, "C017")[path.name])
    return path


@pytest.mark.parametrize("view", VIEWS)
def test_hostile_names_do_no_harm(browser, hostile, view):
    assert faults(browser, hostile, view=view) == []


def test_names_stay_text_and_apart(browser, hostile):
    address = hostile.resolve().as_uri()
    with offline(browser, address, "desk") as context:
        page = context.new_page()
        page.goto(address)
        said = page.inner_text("main")
    assert "<script>alert('x')</script>" in said
    assert {"acme", "ACME", "../../x", "CON"} <= set(said.split())
    assert "\u202e" not in said


def test_nothing_leaves_the_paper(browser, hostile):
    address = hostile.resolve().as_uri()
    with offline(browser, address, "desk") as context:
        page = context.new_page()
        page.set_viewport_size({"width": PAPER, "height": 1000})
        page.emulate_media(media="print")
        page.goto(address)
        wide = page.evaluate(
            """width => [...document.querySelectorAll("main *")]
                .filter(e => !e.closest(".heard") && e.getBoundingClientRect().right > width + 1)
                .map(e => e.tagName + " " + e.className + " " + e.textContent.slice(0, 40))""",
            PAPER,
        )
    assert wide == []
