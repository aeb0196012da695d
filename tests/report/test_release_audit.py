"""A new file is judged together with those that may have been handed out before."""

import json
import multiprocessing
import pickle
import stat
import time

import numpy as np
import pandas as pd
import pytest

from crqlab.base.errors import StudyError
from crqlab.cli.options import taken_back
from crqlab.page import table_handoff
from crqlab.page.assembly import unrounded
from crqlab.page.disclosure import audit
from crqlab.page.disclosure.audit import puzzles, released
from crqlab.report.batch import table_cache
from crqlab.report.clearance import release_audit, statement_ledger
from crqlab.report.clearance.release_audit import DisclosureError, cleared, known, supersede
from tests.page.disclosure.made import people, rows_of, study_of

FILES = ("C017_2025.html", "C017_2025.ipynb")


def drawn(accounts=14, seed=3):
    rng = np.random.default_rng(seed)
    return pd.concat([people(rng, accounts, wave=wave) for wave in ("2024", "2025")])


def again(study, rows):
    """The same study with other respondents, scored anew."""
    return study_of(study.root, rows)


def ledger(study):
    return study.reports / "manifest" / "statements" / "C017.json"


def test_what_is_released_is_what_the_view_shows(tmp_path):
    study = study_of(tmp_path, drawn(), managers=["Ada", "Bo", "Cy"])
    shown = puzzles(study, unrounded(study, "C017", "2025"))
    for one, two in zip(shown, released(study, "C017", "2025"), strict=True):
        names = [[each.name for each in p.told.statements[p.earlier :]] for p in (one, two)]
        assert sorted(names[0]) == sorted(names[1])
        assert one.earlier == two.earlier


def test_statements_are_kept_for_the_owner_alone_without_a_score(tmp_path):
    rows = drawn()
    study = study_of(tmp_path, rows)
    cleared(study, "C017", "2025", FILES)
    path = ledger(study)
    for kept in (path, path.parent):
        assert stat.S_IMODE(kept.stat().st_mode) & 0o077 == 0
    (one,) = json.loads(path.read_text())["releases"]
    assert one["files"] == list(FILES)
    assert not one["superseded"]
    assert len(one["statements"]) > 10
    text = path.read_text()
    assert not [name for name in rows["response_id"] if f'"{name}"' in text]
    cleared(study, "C017", "2025", ["C017_2025.xlsx"])
    (one,) = json.loads(path.read_text())["releases"]
    assert one["files"] == [*FILES, "C017_2025.xlsx"]


def test_waves_of_an_ordinary_study_pass_together(tmp_path):
    study = study_of(tmp_path, drawn(), managers=["Ada", "Bo"])
    for wave in ("2024", "2025"):
        cleared(study, "C017", wave, [f"C017_{wave}.html"])
    assert len(statement_ledger.read(study, "C017")) == 2


def _cleared_slowly(study, wave, both_there):
    """Clear a wave in a process of its own; it reads the ledger long before it writes it."""

    def slow(*of):
        found = read(*of)
        time.sleep(1.0)
        return found

    read, release_audit.read = release_audit.read, slow
    both_there.wait(timeout=60)
    cleared(study, "C017", wave, [f"C017_{wave}.html"])


def test_two_waves_made_at_once_are_both_kept(tmp_path):
    study = study_of(tmp_path, drawn(), managers=["Ada", "Bo"])
    start = multiprocessing.get_context("spawn")
    both_there = start.Barrier(2)
    made = [start.Process(target=_cleared_slowly, args=(study, wave, both_there))
            for wave in ("2024", "2025")]  # fmt: skip
    for one in made:
        one.start()
    for one in made:
        one.join(timeout=100)
    assert [one.exitcode for one in made] == [0, 0]
    kept = statement_ledger.read(study, "C017")
    assert sorted(one.wave for one in kept) == ["2024", "2025"]
    assert {len(one.told) > 10 for one in kept} == {True}


def test_a_ledger_that_another_process_holds_is_waited_for_and_then_named(tmp_path, monkeypatch):
    study = study_of(tmp_path, drawn())
    monkeypatch.setattr(statement_ledger, "PATIENCE", 0.2)
    with (
        statement_ledger.held(study, "C017"),
        pytest.raises(
            StudyError, match=r"Another file of client C017 has been judged for 0\.2 sec"
        ),
    ):
        cleared(study, "C017", "2025", FILES)
    cleared(study, "C017", "2025", FILES)
    assert len(statement_ledger.read(study, "C017")) == 1


def test_one_more_answer_and_a_rerun_are_stopped_and_may_be_taken_back(tmp_path):
    rows = drawn()
    study = study_of(tmp_path, rows)
    cleared(study, "C017", "2025", FILES)
    before = ledger(study).read_bytes()
    one = rows_of(["A003"], [2.0], [3], first=900)
    study = again(study, pd.concat([rows, one]))
    with pytest.raises(DisclosureError, match=r"people who came, account .*--supersede") as stop:
        cleared(study, "C017", "2025", FILES)
    assert "scores.trend.value/2025 of wave 2025 (C017_2025.html" in str(stop.value)
    assert ledger(study).read_bytes() == before
    back = supersede(study, "C017")
    assert [one.what for one in back] == ["wave 2025 (C017_2025.html, C017_2025.ipynb)"]
    cleared(study, "C017", "2025", FILES)
    told = json.loads(ledger(study).read_text())["releases"]
    assert [one["superseded"] for one in told] == [True, False]


def test_what_is_taken_back_is_said(tmp_path, capsys):
    rows = drawn()
    study = study_of(tmp_path, rows)
    cleared(study, "C017", "2025", FILES)
    taken_back(study, [("C017", "2025")], supersede=True)
    assert capsys.readouterr().out == ""  # what the present state made stays
    study = again(study, pd.concat([rows, rows_of(["A003"], [2.0], [3], first=900)]))
    taken_back(study, [("C017", "2025")], supersede=False)
    assert capsys.readouterr().out == ""
    taken_back(study, [("C017", "2025"), ("C017", "2024")], supersede=True)
    assert capsys.readouterr().out.splitlines() == [
        "C017: wave 2025 (C017_2025.html, C017_2025.ipynb) is taken back; new files are not judged "
        "together with it"
    ]


def test_one_answer_less_is_stopped_too(tmp_path):
    rows = drawn()
    study = study_of(tmp_path, rows)
    cleared(study, "C017", "2025", FILES)
    study = again(study, rows.reset_index(drop=True).drop(index=len(rows) - 1))
    with pytest.raises(DisclosureError, match="people who are gone"):
        cleared(study, "C017", "2025", FILES)


def test_many_more_answers_pass(tmp_path):
    rows = drawn()
    study = study_of(tmp_path, rows)
    cleared(study, "C017", "2025", FILES)
    rng = np.random.default_rng(9)
    names = np.repeat(["A001", "A004", "A006"], 5)
    more = rows_of(names, np.round(rng.uniform(3, 7, 15), 1), rng.integers(3, 11, 15), first=900)
    study = again(study, pd.concat([rows, more]))
    cleared(study, "C017", "2025", FILES)
    assert len(statement_ledger.read(study, "C017")) == 2


def test_nothing_is_known_of_a_release_by_itself(tmp_path):
    study = study_of(tmp_path, drawn())
    made = released(study, "C017", "2025")
    assert known(made, statement_ledger.release("2025", "now", made), []) == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 2, "releases": []}', "null",
                                     '{"format": 1, "releases": [{}]}'])  # fmt: skip
def test_a_damaged_list_stops_and_says_what_to_do(tmp_path, content):
    study = study_of(tmp_path, drawn())
    ledger(study).parent.mkdir(parents=True)
    ledger(study).write_text(content)
    with pytest.raises(StudyError, match="cannot be read as the list of numbers"):
        cleared(study, "C017", "2025", FILES)


def test_numbers_are_solved_once_for_a_page_and_its_clearance(tmp_path, monkeypatch):
    study = study_of(tmp_path, drawn(), managers=["Ada", "Bo", "Cy"])
    made = []

    def counted(*numbers):
        made.append(numbers)
        return solved(*numbers)

    solved = audit._puzzles
    monkeypatch.setattr(audit, "_puzzles", counted)
    handed = pickle.loads(table_cache.handout(study, "C017", "2025"))
    assert len(made) == 1
    with table_handoff.holding(handed):
        seen = unrounded(study, "C017", "2025")
    cleared(study, "C017", "2025", FILES)
    assert len(made) == 1
    audit._LAST.clear()
    alone = unrounded(study, "C017", "2025")
    assert len(made) == 2
    assert len(handed.given_up["C017", "2025"]) > 0
    for name in ("roll_ups", "parts"):
        values = [getattr(one.scores, name)["value"].to_numpy(float) for one in (seen, alone)]
        assert np.isnan(values[0]).any()
        np.testing.assert_array_equal(*values)
