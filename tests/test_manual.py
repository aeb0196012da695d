"""The reference pages of the manual hold every command, key, table and public name once."""

import inspect
import re

import pytest

from crqlab.base.codebook import Codebook
from crqlab.base.contracts import TABLES
from crqlab.language import language, languages
from crqlab.page.reading_guide import ENTRIES
from tools.manual.__main__ import reference, write
from tools.manual.api import modules
from tools.manual.codebook import meanings, models
from tools.manual.commands import commands
from tools.manual.markdown import plain

_CELLS = re.compile(r"(?<!\\)\|")


@pytest.fixture(scope="module")
def pages():
    return reference()


def rows(text):
    """Cells of every row of every table."""
    for line in text.splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in _CELLS.split(line)[1:-1]]


def test_every_command_and_option_is_told_with_what_it_does(pages):
    text = pages["commands.md"]
    told = {row[0]: row[1] for row in rows(text)}
    for words, each in commands():
        assert f"\n## {words}\n" in text, words
        for one in each.params:
            if one.param_type_name == "option" and one.name != "help":
                shown = ", ".join(f"`{opt}`" for opt in [*one.opts, *one.secondary_opts])
                assert told[shown], f"{words} {shown} does not say what it does"


def test_the_order_of_work_is_that_of_help(pages):
    text = pages["commands.md"]
    found = [text.index(f"\n## crqlab {name}\n") for name in ("new", "check", "run", "report")]
    assert found == sorted(found)


def test_every_key_of_the_codebook_is_told_with_its_place_and_default(pages):
    text = pages["codebook.md"]
    for path, model in models(Codebook):
        head = f"`{path}`" if path else "The whole"
        part = text.split(f"\n## {head}\n")[1].split("\n## ")[0]
        assert [row[0] for row in rows(part)][2:] == [f"`{name}`" for name in model.model_fields]
    privacy = text.split("\n## `privacy`\n")[1].split("\n## ")[0]
    assert ["`min_scores`", "a whole number", "`3`"] in [row[:3] for row in rows(privacy)]


def test_what_a_docstring_says_of_several_keys_is_said_of_each():
    told = meanings(Codebook)
    assert told["unit"] == told["product"] == told["country"]
    assert told["unit"].startswith("Columns, of the answers' files or of the accounts'")


def test_every_table_is_on_the_page_of_its_notebook_with_all_columns(pages):
    for name, one in TABLES.items():
        text = pages[f"tables/{one.notebook}.md"].split(f"\n(table-{name.replace('_', '-')})=\n")[1]
        part = text.split("\n(table-")[0]
        assert [row[0] for row in rows(part)][2:] == [f"`{each}`" for each in one.columns]


def test_every_public_thing_is_explained_once(pages):
    text = "".join(page for name, page in pages.items() if name.startswith("api/"))
    found = re.findall(r"^\.\. auto\w+:: (\S+)$", text, re.MULTILINE)
    offered = {
        f"{one.__module__}.{one.__qualname__}"
        for _, module in modules()
        for one in (getattr(module, name) for name in dir(module))
        if inspect.isfunction(one) or inspect.isclass(one)
    }
    assert sorted(found) == sorted(offered)
    assert {"crqlab.stats.nps.adjusted", "crqlab.base.study.Study"} <= offered


def test_every_row_has_the_cells_of_its_table(pages):
    for name, text in pages.items():
        for block in re.split(r"\n\n+", text):
            widths = {len(row) for row in rows(block)}
            assert len(widths) <= 1, f"{name}: {block[:200]}"


def test_a_page_of_something_gone_goes_and_an_equal_one_stays_as_it_is(tmp_path, pages):
    write(tmp_path)
    (tmp_path / "old.md").write_text("# Old\n", encoding="utf-8")
    kept = tmp_path / "codebook.md"
    before = kept.stat().st_mtime_ns
    write(tmp_path)
    assert not (tmp_path / "old.md").exists()
    assert kept.stat().st_mtime_ns == before
    assert kept.read_text(encoding="utf-8") == pages["codebook.md"]


def test_a_report_is_explained_in_every_language_in_the_words_of_the_report(pages):
    for code in languages():
        text, spoken = pages[f"reading/{code}.md"], language(code)
        heads = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
        assert heads == [plain(spoken.say(f"reading.{name}_name")) for name in ENTRIES]
        assert plain(spoken.say("reading.few")) in text
    assert "**Motståndare**: " in pages["reading/sv.md"]
    assert "has a chance of 60" in pages["reading/en.md"]
