"""The client's page in its own look, with themes, managers and account pages opened."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crqlab.page import accounts as account_section
from crqlab.page import comments, summary
from crqlab.page import managers as manager_section
from crqlab.report.brand.client_brand import read
from crqlab.report.run import render
from crqlab.show import tables
from tests.browser.page import VIEWS, faults, offline
from tests.page.comments.test_themes import laid, seen
from tests.show.conftest import asked_study_of, asked_view_of

__all__ = ["asked_study_of", "asked_view_of"]

pytestmark = pytest.mark.browser

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


@pytest.fixture(scope="module")
def pieces(tmp_path_factory):
    """Return a page of everything that a client's page may hold of these."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

    folder = tmp_path_factory.mktemp("pieces")
    (folder / "logo.svg").write_text(LOGO)
    (folder / "brand.yaml").write_text(
        "name: Nordwind\naccent: '#0b6e4f'\nfont: Georgia\nlogo: logo.svg\n"
    )

    def lay(shown):
        outputs = [new_output("display_data", data={"text/html": part.html}) for part in shown]
        words = [new_markdown_cell("# How good?"), new_markdown_cell("## Pieces")]
        cells = [*words, new_code_cell("x", outputs=outputs)]
        look = read(folder / "brand.yaml")
        path = folder / "page.html"
        page = render.render(new_notebook(cells=cells), title="P", language="en", brand=look)
        path.write_text(page.replace("<details", "<details open", 2), encoding="utf-8")
        return path

    return lay


@pytest.fixture
def page(pieces, asked_view_of, tmp_path):
    view = asked_view_of(managers=3)
    parts = [
        summary.in_short(view),
        tables.under("Themes", comments.themes(replace(view, themes=seen(laid(tmp_path)).themes))),
        tables.under("Managers", manager_section.manager_scores(view)),
        tables.under("Accounts", account_section.meeting_sheets(view)),
    ]
    return pieces(parts)


@pytest.mark.parametrize("view", VIEWS)
def test_the_pieces_are_for_everybody(browser, page, view):
    assert faults(browser, page, view=view) == []


def test_on_paper_every_account_is_open(browser, page):
    with offline(browser, page.resolve().as_uri(), "desk") as context:
        tab = context.new_page()
        tab.goto(page.resolve().as_uri())
        heights = "[...document.querySelectorAll('details')].map(d => d.offsetHeight)"
        closed = tab.evaluate(heights)
        tab.emulate_media(media="print")
        assert min(tab.evaluate(heights)) > 2 * min(closed)
