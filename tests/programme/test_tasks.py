"""Filled-in lists come home: from a spreadsheet or a CRM, once, and over nobody's change."""

import pandas as pd
import pytest

from crqlab import DataError, programme
from crqlab.programme.task_files import filled
from crqlab.programme.task_merge import hand_out, take
from tests.programme.test_ledgers import THERE, laid_out

ON = pd.Timestamp("2026-01-15")
HEADINGS = {"Åtgärds-id": "action_id", "Status": "status", "Klart den": "done_on",
            "Anteckning": "note", "Mått": "measure", "Vad som görs": "what",
            "Kund-id": "account_id", "Uppdragsgivarens id": "client_id",
            "Mätomgång": "wave", "Åtgärd": "action", "Slag": "kind", "Senast den": "due_on",
            "Ansvarig": "owner", "Mål": "target"}  # fmt: skip
WORDS = {"status": {"föreslagen": "proposed", "överenskommen": "agreed", "klar": "done"},
         "kind": {"kund": "account", "initiativ": "initiative"}}  # fmt: skip
HEAD = ";".join(HEADINGS) + "\n"


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.setenv("CRQLAB_KEY_FILE", str(tmp_path / "key"))
    found = laid_out(tmp_path / "home")
    proposed = pd.DataFrame(
        {
            "action_id": ["C1-2-0017-listen", "C1-2-0018-recognise"],
            "client_id": "C1",
            "account_id": ["0017", "0018"],
            "wave": "2",
            "action": ["listen", "recognise"],
            "kind": "account",
            "party": "us",
            "owner": "Eva",
            "due_on": pd.Timestamp("2026-02-10"),
            "status": "proposed",
        }
    )
    columns = programme.ledger(found, "agreed_actions", there=THERE).table
    hand_out(found, proposed.reindex(columns=list(columns)).astype(columns.dtypes.to_dict()))
    return found


def came_back(study, text, *, theirs=False, name="back.csv", encoding="cp1252"):
    path = study.root / name
    path.write_bytes(text.encode(encoding))
    return take(study, filled(path, HEADINGS, WORDS), on=ON, theirs=theirs, there=THERE)


def line(id_, status, *, done="", note="", account="0017", action="listen", due="2026-02-10",
         owner="Eva"):  # fmt: skip
    return f"{id_};{status};{done};{note};;text;{account};C1;2;{action};kund;{due};{owner};\n"


def lines(study):
    return programme.ledger(study, "agreed_actions", there=THERE).table.set_index("action_id")


BOTH = HEAD + line("C1-2-0017-listen", "överenskommen", note="möte i maj") + (
    line("C1-2-0018-recognise", "föreslagen", account="0018", action="recognise"))  # fmt: skip


def test_what_was_filled_in_is_taken_once_and_what_nobody_touched_stays_out(study):
    first = came_back(study, BOTH)
    assert str(first) == "2 lines: 1 taken, new; 1 proposals that nobody touched"
    found = lines(study)
    assert found.index.tolist() == ["C1-2-0017-listen"]
    row = found.loc["C1-2-0017-listen"]
    assert (row["status"], row["note"], row["account_id"]) == ("agreed", "möte i maj", "0017")
    assert row["agreed_on"] == ON
    written = (study.raw / "actions.csv").read_bytes()
    again = came_back(study, BOTH)
    assert str(again) == "2 lines: 1 as they are here already; 1 proposals that nobody touched"
    assert (study.raw / "actions.csv").read_bytes() == written


def test_a_row_that_one_side_changed_is_taken_and_one_of_both_is_left(study):
    came_back(study, BOTH)
    done = BOTH.replace("överenskommen;;", "klar;2026-02-03;")
    assert str(came_back(study, done)).startswith("2 lines: 1 taken, changed")
    assert lines(study)["status"].tolist() == ["done"]

    def by_hand(table):
        return table.assign(note="by hand")

    programme.change(study, "agreed_actions", by_hand, there=THERE)
    same = came_back(study, done)  # the file says what it said: the hand's change stays
    assert same.table["outcome"].tolist() == ["older", "untouched"]
    assert lines(study)["note"].tolist() == ["by hand"]
    both = came_back(study, done.replace("möte i maj", "från filen"))
    assert both.table["outcome"].tolist() == ["both", "untouched"]
    assert both.table["why"][0] == "note: here 'by hand', there 'från filen'"
    assert lines(study)["note"].tolist() == ["by hand"]
    came_back(study, done.replace("möte i maj", "från filen"), theirs=True)
    assert lines(study)["note"].tolist() == ["från filen"]


def test_lines_of_one_s_own_get_an_id_by_their_words_and_empty_ones_are_none(study):
    own = HEAD + line("", "överenskommen", action="").replace(";text;", ";Bjud in chefen;")
    own += line("C1-2-own-3", "", action="", due="", owner="").replace(";text;", ";;")
    first, again = came_back(study, own), came_back(study, own)
    assert first.table["outcome"].tolist() == ["new"]
    assert again.table["outcome"].tolist() == ["same"]
    assert lines(study)["action"].tolist() == ["own:Bjud in chefen"]


def test_a_line_that_breaks_a_rule_is_left_with_its_reason_and_the_others_are_taken(study):
    text = BOTH.replace("föreslagen", "klar")
    found = came_back(study, text)
    assert found.table["outcome"].tolist() == ["new", "refused"]
    assert found.table["why"][1] == "status is done, without done_on"
    assert lines(study).index.tolist() == ["C1-2-0017-listen"]
    stranger = HEAD + line("X1", "klar", done="2026-02-03", account="0099")
    assert came_back(study, stranger).table["why"].tolist() == [
        "account_id is no account of client 'C1'"]  # fmt: skip


def test_a_file_with_a_broken_cell_changes_nothing(study):
    with pytest.raises(DataError, match="is no date"):
        came_back(study, BOTH.replace("2026-02-10", "soon"))
    assert not (study.raw / "actions.csv").exists()
    with pytest.raises(DataError, match="has neither action_id nor an id or subject of tasks"):
        came_back(study, "a;b\n1;2\n")


SALESFORCE = (
    "Id,CRQ_Task_External_Id__c,Subject,Status,ActivityDate,CompletedDateTime,Owner.Name\n"
    "00T1,C1-2-0017-listen,Listen,Completed,2026-02-10,2026-02-03T10:15:00.000+0000,Eva\n"
    "00T2,C1-2-0018-recognise,Recognise,Not Started,2026-02-10,,Eva\n"
    "00T3,,Call the dentist,Completed,2026-02-10,2026-02-03T10:15:00.000+0000,Bo\n"
)
HUBSPOT = (
    '"Record ID","Task Title","Task Status","Due date","Completed at","Assigned to"\n'
    "00T1,Listen,COMPLETED,2026-02-10 09:00,2026-02-04 10:00,Eva\n"
)
DYNAMICS = (
    "(Do Not Modify) Task,Subject,Activity Status,Due Date,Actual End,Owner\n"
    "00T1,Listen,Canceled,2026-02-10,,Eva\n"
)


def test_crms_tasks_are_known_by_our_id_first_and_by_theirs_ever_after(study):
    first = came_back(study, SALESFORCE, encoding="utf-8")
    assert first.table["outcome"].tolist() == ["new", "new", "stranger"]
    found = lines(study)
    assert found["external_id"].tolist() == ["00T1", "00T2"]
    assert found["status"].tolist() == ["done", "proposed"]
    assert str(found["done_on"].iloc[0].date()) == "2026-02-03"
    assert found["action"].tolist() == ["listen", "recognise"]
    assert came_back(study, SALESFORCE, encoding="utf-8").table["outcome"].tolist() == [
        "same", "same", "stranger"]  # fmt: skip
    hub = came_back(study, HUBSPOT, encoding="utf-8")
    assert hub.table["outcome"].tolist() == ["changed"]
    assert str(lines(study)["done_on"].iloc[0].date()) == "2026-02-04"
    programme.change(study, "agreed_actions", lambda t: t.assign(status="agreed", done_on=pd.NaT),
                     there=THERE)  # fmt: skip
    left = came_back(study, DYNAMICS, encoding="utf-8")
    assert left.table["outcome"].tolist() == ["both"]
    assert lines(study)["status"].tolist()[0] == "agreed"
