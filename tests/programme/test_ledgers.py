"""Programme files: whatever a person or a spreadsheet made of them is read, or refused in words."""

import os
import sys
import tempfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crqlab import DataError, StudyError, programme
from crqlab.base.contracts.programme import ACTIONS, LEDGERS
from crqlab.base.file_locks import held
from crqlab.base.study import Study
from crqlab.programme import Known
from crqlab.programme.ledger_files import alone
from crqlab.report.clearance.erasure import forget

BOOK = """
title: Acme
client: {id: C1, name: Acme}
instrument:
  name: own
  version: "1"
  scale: [1, 7]
  items: {t1: {}, t2: {}}
  constructs: {trust: {label: Trust, items: [t1, t2]}}
  crq: {constructs: [trust], required: [trust], at_least: 1}
responses: {files: [answers.csv]}
contacts: {file: people.csv}
"""
ANSWERS = """response_id,contact_id,wave,account_id,t1,t2
r1,P1,1,0017,7,6
r2,P2,2,0018,5,5
"""
PEOPLE = """contact_id,account_id,name,invited
P1,0017,Eva Berg,true
P2,0018,Bo Ek,true
"""
THERE = Known(frozenset({("C1", "0017"), ("C1", "0018")}), frozenset({"1", "2"}))
LINES = """action_id,client_id,account_id,wave,action,status,agreed_on,due_on,done_on,target
A1,C1,0017,1,listen,agreed,2026-01-10,2026-02-10,,5.125
A2,C1,0018,1,own:mötas,done,2026-01-10,2026-02-10,2026-02-01,
"""


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.setenv("CRQLAB_KEY_FILE", str(tmp_path / "key"))
    return laid_out(tmp_path / "home")


def laid_out(root):
    raw = root / "data" / "raw" / "acme"
    raw.mkdir(parents=True)
    for name, text in {"codebook.yaml": BOOK, "answers.csv": ANSWERS, "people.csv": PEOPLE}.items():
        (raw / name).write_text(text, encoding="utf-8")
    return Study("acme", root=root)


def actions(study, content):
    if content is not None:
        raw = content if isinstance(content, bytes) else content.encode()
        (study.raw / "actions.csv").write_bytes(raw)
    return programme.ledger(study, "agreed_actions", there=THERE)


def refused(study, content):
    with pytest.raises(DataError) as found:
        actions(study, content)
    return found.value.cases


def test_a_study_without_the_file_has_no_lines_and_all_columns(study):
    found = actions(study, None)
    assert str(found) == "actions.csv: 0 lines"
    assert list(found.table) == list(ACTIONS.contract.columns)
    assert found.table["due_on"].dtype == "datetime64[ns]"


def test_lines_have_their_kinds_and_what_empty_cells_stand_for(study):
    table = actions(study, LINES).table
    assert table["due_on"].tolist() == [pd.Timestamp("2026-02-10")] * 2
    assert table["target"].tolist()[0] == 5.125
    assert table["kind"].tolist() == ["account"] * 2
    assert table["party"].tolist() == ["us"] * 2
    assert table["account_id"].tolist() == ["0017", "0018"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y"])
def test_a_spreadsheet_s_own_way_of_writing_reads_the_same(study, encoding, delimiter, form):
    text = LINES.replace("2026-01-10", "2026-01-31").replace(",", delimiter)
    text = text.replace("action_id", "Action ID").replace("\n", "\r\n")
    for day in ("2026-01-31", "2026-02-10", "2026-02-01"):
        text = text.replace(day, date.fromisoformat(day).strftime(form))
    table = actions(study, text.encode(encoding)).table
    assert [str(d.date()) for d in table["agreed_on"]] == ["2026-01-31"] * 2
    assert [str(d.date()) for d in table["due_on"]] == ["2026-02-10"] * 2
    assert table["action"].tolist() == ["listen", "own:mötas"]


def test_decimal_commas_and_serial_days_are_read(study):
    text = LINES.replace(",", ";").replace("5.125", "5,5")
    for day in ("2026-01-10", "2026-02-10", "2026-02-01"):
        text = text.replace(day, str((date.fromisoformat(day) - date(1899, 12, 30)).days))
    table = actions(study, text).table
    assert table["target"].tolist()[0] == 5.5
    assert str(table["due_on"][0].date()) == "2026-02-10"


FAULTS = {
    "day or month": (",2026-02-10,,5", ",03/04/2026,,5", "due_on",
                     "may be day or month first"),
    "no date": ("2026-02-10,,", "soon,,", "due_on", "is no date"),
    "rounded id": ("C1,0017", "C1,1E+05", "account_id", "was rounded by a spreadsheet"),
    "lost zeros": ("C1,0017", "C1,17", "account_id", "is no account of client 'C1'"),
    "stranger": ("A1,C1", "A1,C9", "client_id", "is no client of this study"),
    "wave": ("0017,1,", "0017,2031,", "wave", "is no wave of this study"),
    "word": ("agreed,2026", "agred,2026", "status",
             "is none of proposed, agreed, done, dropped"),
    "twice": ("A2,", "A1,", "action_id", "is there twice"),
    "empty": ("A1,C1", ",C1", "action_id", "is empty"),
    "order": ("2026-01-10,2026-02-10,,5", "2026-01-10,2026-01-09,,5", "due_on",
              "is before agreed_on"),
    "done": ("2026-02-01,", ",", "status", "is done, without done_on"),
    "not done": (",,5.125", ",2026-02-01,5.125", "done_on", "is a day, and status is not done"),
    "number": ("5.125", "5,125".join('""'), "target", "is no plain number"),
    "many": ("5.125", "five", "target", "is no plain number"),
    "error": ("5.125", "#REF!", "target", "is an error of a spreadsheet"),
    "nothing said": ("own:mötas", "own: ", "action", "says nothing behind own:"),
    "header": ("action_id", "action", "action", "heads 2 columns"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_cell_is_named_with_its_row_and_what_to_do(study, name):
    old, new, column, rule = FAULTS[name]
    assert LINES.count(old) >= 1
    cases = refused(study, LINES.replace(old, new, 1))
    mine = cases[cases["rule"].str.startswith(rule)]
    assert mine["column"].tolist() == [column]
    assert (mine["fix"].str.len() > 8).all()
    assert (mine["file"] == "actions.csv").all()


def test_an_id_that_lost_its_zeros_is_told_which_it_was(study):
    cases = refused(study, LINES.replace("C1,0017", "C1,17"))
    assert cases["fix"][0].startswith("did you mean '0017'?")
    assert cases["row"][0] == 2


def test_initiatives_need_owner_measure_and_target_and_are_three_at_most(study):
    head = "action_id,client_id,account_id,wave,action,kind,status,owner,measure,target\n"
    line = "I{n},C1,,1,own:x,initiative,agreed,CEO,crq,5.5\n"
    three = head + "".join(line.format(n=n) for n in range(3))
    assert len(actions(study, three).table) == 3
    assert refused(study, three + line.format(n=3))["rule"].tolist() == [
        "is one initiative too many: at most 3 for a client and wave"]  # fmt: skip
    bare = head + "I1,C1,0017,1,own:x,initiative,agreed,,,\n"
    assert refused(study, bare)["column"].tolist() == ["account_id", "owner", "measure", "target"]


def test_what_came_of_a_win_or_a_referral_is_held_to_what_was_said(study):
    actions(study, LINES)
    (study.raw / "wins.csv").write_text(
        "win_id,client_id,account_id,won_on,amount,evidence,action_id\n"
        "W1,C1,0017,2026-03-01,1000,mail,A1\nW2,C1,0017,2026-03-01,-5,,A7\n"
    )
    with pytest.raises(DataError) as found:
        programme.ledger(study, "wins", there=THERE)
    assert set(zip(found.value.cases["row"], found.value.cases["column"], strict=True)) == {
        (3, "amount"), (3, "evidence"), (3, "action_id")}  # fmt: skip
    (study.raw / "referrals.csv").write_text(
        "referral_id,client_id,account_id,contact_id,asked_for,asked_on,answer,result_name\n"
        "R1,C1,0017,P1,case study,2026-03-01,no,New Ltd\n"
    )
    with pytest.raises(DataError, match="is no, and yet something came of it"):
        programme.ledger(study, "referrals", there=THERE)


def test_columns_that_nobody_knows_stay(study):
    actions(study, LINES.replace("target\n", "target,Our mood\n", 1))
    changed = programme.change(
        study, "agreed_actions", lambda t: t.assign(**{"Our mood": ["=1+1", None]}), there=THERE
    )
    assert changed.table["Our mood"].fillna("").tolist() == ["=1+1", ""]
    assert actions(study, None).table["Our mood"].fillna("").tolist() == ["=1+1", ""]


def test_a_change_keeps_the_version_before_and_nothing_else(study):
    actions(study, LINES)
    programme.change(study, "agreed_actions", lambda t: t.assign(note="x"), there=THERE)
    first = (study.raw / "actions.csv").read_bytes()
    assert (study.raw / "actions.before.csv").read_bytes() == LINES.encode()
    programme.change(study, "agreed_actions", lambda t: t, there=THERE)
    assert (study.raw / "actions.before.csv").read_bytes() == LINES.encode()
    programme.change(study, "agreed_actions", lambda t: t.iloc[:1], there=THERE)
    assert (study.raw / "actions.before.csv").read_bytes() == first
    assert len(actions(study, None).table) == 1
    assert sorted(p.name for p in study.raw.glob("*actions*")) == [
        "actions.before.csv", "actions.csv"]  # fmt: skip


def test_what_breaks_a_rule_is_not_written(study):
    actions(study, LINES)
    with pytest.raises(DataError, match="is done, without done_on"):
        programme.change(study, "agreed_actions", lambda t: t.assign(status="done"), there=THERE)
    assert (study.raw / "actions.csv").read_bytes() == LINES.encode()


def test_two_at_once_wait_for_each_other(study, monkeypatch):
    monkeypatch.setitem(held.__wrapped__.__kwdefaults__, "patience", 0.0)
    with alone(study), pytest.raises(StudyError, match="Another command changes"):
        programme.change(study, "wins", lambda t: t, there=THERE)


@pytest.mark.skipif(os.name != "posix", reason="forks")
def test_killed_at_any_point_nothing_is_lost(study):
    """A child is ended at its first touch of the disk, its second, …, until it gets through."""
    actions(study, LINES)
    n, ended = 0, 9
    while ended:
        assert ended == 9
        n += 1
        old = actions(study, None).table["action_id"].tolist()
        ended = os.waitstatus_to_exitcode(os.waitpid(_killed_at(study, n, f"B{n}"), 0)[1])
        new = actions(study, None).table["action_id"].tolist()
        assert new in (old, [*old, f"B{n}"])
        kept = study.raw / "actions.before.csv"
        assert not kept.exists() or kept.read_bytes().count(b"\n") >= 3
    assert n > 6
    assert new == [*old, f"B{n}"]
    assert not list(study.raw.glob(".*.part"))


def _killed_at(study, n, id_):
    if child := os.fork():
        return child
    seen = [0]

    def count(event, args):
        if event in ("open", "os.rename", "os.remove", "os.link", "os.mkdir"):
            seen[0] += str(study.raw) in str(args[:2])
            if seen[0] == n:
                os._exit(9)

    sys.addaudithook(count)
    try:
        programme.change(
            study, "agreed_actions",
            lambda t: pd.concat([t, t.iloc[:1].assign(action_id=id_)], ignore_index=True),
            there=THERE,
        )  # fmt: skip
        os._exit(0)
    finally:
        os._exit(1)


def attempt(study, name):
    try:
        return programme.ledger(study, name, there=THERE), ()
    except DataError as refusal:
        return None, refusal.cases


@pytest.mark.parametrize("name", LEDGERS)
def test_any_content_is_read_or_refused_in_words(name):
    book = LEDGERS[name]
    columns = list(book.contract.columns)
    head = ",".join(columns)

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=80), st.binary(max_size=8), st.booleans())
    def damage(text, more, headed):
        with tempfile.TemporaryDirectory() as folder:
            found = laid_out(Path(folder))
            content = (head + "\n" if headed else "") + text
            (found.raw / book.file).write_bytes(content.encode("utf-8", "replace") + more)
            lines, cases = attempt(found, name)
            assert len(cases) or list(lines.table)[: len(columns)] == columns

    damage()


def test_what_was_written_reads_back_the_same(study):
    table = actions(study, LINES).table.assign(
        note=['=cmd|"x"', "två\nrader; \"citat\""], target=[0.1 + 0.2, 1e9],
        due_on=pd.Timestamp("2026-02-10 09:30:01").as_unit("ns"),
    )  # fmt: skip
    programme.change(study, "agreed_actions", lambda _: table, there=THERE)
    pd.testing.assert_frame_equal(actions(study, None).table, table)


def test_a_forgotten_person_leaves_the_ledgers_and_stays_out(study):
    key = programme.response_key(study, "C1", "r1")
    asked = (
        "referral_id,client_id,account_id,contact_id,asked_for,asked_on,answer\n"
        "P1,C1,0018,P2,referral,2026-03-01,yes\nR2,C1,0017,P1,referral,2026-03-01,open\n"
    )
    (study.raw / "referrals.csv").write_text(asked)
    (study.raw / "referrals.before.csv").write_text(asked)
    (study.raw / "alerts.csv").write_text(
        "alert_id,rule,client_id,account_id,response_key,told_on\n"
        f"L1,detractor,C1,0017,{key},2026-03-01T10:00:00\nL2,silent,C1,0018,,2026-03-01\n"
    )
    noted = LINES.replace("target\n", "target,note\n").replace("2026-02-01,\n", "2026-02-01,,\n")
    actions(study, noted.replace("5.125", "5.125,Eva Berg"))
    done = forget(study, "contact", "P1", client=None, today=date(2026, 11, 30))
    assert done.ledgers == {"referrals.csv": 1, "referrals.before.csv": 1, "alerts.csv": 1}
    assert [path.name for path in done.others] == [
        "actions.csv",
        "referrals.before.csv",
        "referrals.csv",
    ]  # a name, and an id like theirs
    for name in ("referrals.csv", "referrals.before.csv"):
        assert (study.raw / name).read_text().splitlines()[1:] == [
            "P1,C1,0018,P2,referral,2026-03-01,yes"]  # fmt: skip
    assert programme.ledger(study, "alerts", there=THERE).table["alert_id"].tolist() == ["L2"]
    (study.raw / "referrals.csv").write_text(asked)  # somebody puts an old copy back
    found = programme.ledger(study, "referrals", there=THERE)
    assert found.table["referral_id"].tolist() == ["P1"]
    assert str(found) == "referrals.csv: 1 lines, 1 of forgotten people left out"
    programme.change(study, "referrals", lambda t: t, there=THERE)
    assert "R2" not in (study.raw / "referrals.csv").read_text()
