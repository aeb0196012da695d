"""The words of the report's notebook: in English as the notebook has them, else the catalogue's."""

import re
from pathlib import Path

import nbformat
import pytest

from crqlab.language import language, languages
from crqlab.report.run.notebook_files import cleaned
from crqlab.report.run.notebook_prose import Writer, worded

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "90_report.ipynb"
ENGLISH, SWEDISH = language("en"), language("sv")


@pytest.fixture
def cells():
    """Return the Markdown cells of the report's notebook by their ids."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    return {cell.id: cell for cell in notebook.cells if cell.cell_type == "markdown"}


def test_the_english_catalogue_is_the_notebook(cells):
    said = {name: ENGLISH.say(f"notebook.{name}") for name in cells}
    assert said == {name: cell.source for name, cell in cells.items()}
    assert list(cells)[:3] == ["opening", "what-matters-now", "which-customers"]


def test_every_heading_that_a_code_cell_puts_above_something_is_in_the_catalogue():
    code = "".join(
        cell.source
        for cell in nbformat.read(NOTEBOOK, as_version=4).cells
        if cell.cell_type == "code"
    )
    said = set(re.findall(r'say\("(notebook\.\w+)"\)', code))
    assert len(said) == 17
    assert said <= set(ENGLISH.messages)
    assert not re.search(r'(under|folded)\("', code)


@pytest.mark.parametrize("name", languages())
def test_a_cell_has_the_same_headings_bold_words_and_lists_in_every_language(cells, name):
    for one, cell in cells.items():
        said = language(name).say(f"notebook.{one}")
        for mark in (r"^#+ ", r"^- ", r"\*\*", r"`[^`]*`"):
            found = [re.findall(mark, text, re.MULTILINE) for text in (said, cell.source)]
            assert found[0] == found[1]


def test_words_are_found_by_their_id_and_those_of_others_stay(cells):
    cell = cells["what-matters-now"]
    assert worded(cell, SWEDISH) == "## Det viktigaste just nu"
    assert worded(cell, ENGLISH) == "## What matters now"
    cell.source = "## In our own words"
    assert worded(cell, SWEDISH) == "## In our own words"
    cell.id, cell.source = "cell-4", "## What matters now"
    assert worded(cell, SWEDISH) == "## What matters now"
    assert "<h2" in Writer().written(worded(cells["segments"], SWEDISH))


def test_ids_that_tell_something_are_kept_and_others_are_numbers():
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("a", id="in-short"),
            nbformat.v4.new_markdown_cell("b", id="cell-9"),
            nbformat.v4.new_markdown_cell("c", id="8f3a2b1c"),
            nbformat.v4.new_code_cell("d", id="telling"),
        ]
    )
    assert [cell.id for cell in cleaned(notebook).cells] == [
        "in-short", "cell-1", "cell-2", "cell-3",
    ]  # fmt: skip
