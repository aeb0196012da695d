"""Exports of every survey tool, drafted from nothing, hold the answers that were given."""

import re
from pathlib import Path

import pytest

from crqlab import Study, responses
from tests.responses.exports import EXPORTS, plain
from tests.responses.form_exports import googleforms
from tests.responses.known_answers import RECOMMEND, STATEMENTS, WORDS, N, account, began, survey


def drafted(folder, path):
    report = responses.drafted("s", folder / "home", [path], {})
    study = Study("s", root=folder / "home")
    raw = responses.read(study)
    kept = raw.responses[(raw.status() == "").to_numpy()].reset_index(drop=True)
    return report, study.codebook.instrument, kept


def assert_right(asked, report, book, rows, *, unanswered=()):
    """Six items on their scale, the recommendation, the accounts; nothing else is an item."""
    assert report.rows["count"] == N
    assert rows["ltr"].tolist() == asked.ltr
    assert rows["account_id"].tolist() == [account(n) for n in range(N)]
    assert {(book.bounds(name).low, book.bounds(name).high) for name in book.items} == {
        (1, asked.points)
    }
    keyed = book.keyed(rows[list(book.items)].astype(float))
    given = [keyed[name].drop(list(unanswered)).tolist() for name in keyed]
    asked_of = [n for n in range(N) if n not in unanswered]
    assert given == [[asked.items[n][item] for n in asked_of] for item in range(6)]
    assert len(book.comments) == 1


@pytest.mark.parametrize("tool", EXPORTS)
def test_a_tool_s_export_is_read_as_it_was_answered(tool, tmp_path):
    asked = survey()
    found = drafted(tmp_path, EXPORTS[tool](tmp_path, asked))
    refused = [5] if tool.startswith("spss") else []  # coded 99 there
    assert_right(asked, *found, unanswered=refused)
    if not tool.startswith("spss"):
        started = found[2]["started"].dt.strftime("%Y-%m-%d").tolist()
        assert started == [f"{began(n):%Y-%m-%d}" for n in range(N)]


@pytest.mark.parametrize("language", STATEMENTS)
def test_wordings_of_a_language_are_read(language, tmp_path):
    asked = survey(language)
    report, book, rows = drafted(tmp_path, googleforms(tmp_path, asked))
    assert_right(asked, report, book, rows)
    assert [item.text for item in book.items.values()] == STATEMENTS[language]
    assert book.recommend == RECOMMEND[language]


@pytest.mark.parametrize("key", WORDS, ids=str)
def test_answers_in_words_are_points_of_their_scale(key, tmp_path):
    asked = survey(key[0], tuple(WORDS[key]))
    assert_right(asked, *drafted(tmp_path, plain(tmp_path, asked)))


def test_the_docs_have_a_line_for_every_export():
    page = Path(__file__).parents[2] / "docs" / "howto" / "survey_tools.md"
    named = re.findall(r"^\| `([^`]+)` \|", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert named == list(EXPORTS)
