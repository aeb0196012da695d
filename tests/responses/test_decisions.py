"""Rules leave out, the user's decisions.csv has the last word, and nothing is half kept."""

from __future__ import annotations

import pandas as pd
import pytest

from crqlab import DataError, responses
from tests.responses.conftest import answers, study, texts, write_csv


def lay_out(root, decisions=None, more=""):
    """Six answers, of which 002 is half empty, and perhaps decisions."""
    found = study(root, more=more)
    table = answers().astype(object)
    table.loc[1, ["tru_1", "tru_2", "com_1"]] = None
    write_csv(found.raw / "answers.csv", [list(table.columns), *texts(table)])
    if decisions is not None:
        write_csv(found.raw / "decisions.csv", decisions)
    return found


def checked(found):
    raw = responses.read(found)
    flags = responses.flags(raw, found.codebook)
    return responses.decide(raw, flags, responses.decisions(found))


HEAD = ["response_id", "decision", "reason", "decided_by"]


def test_rules_exclude_and_say_so(root):
    result = checked(lay_out(root))
    rows = result.responses.set_index("response_id")["included"]
    assert rows.tolist() == [True, False, True, True, True, True]
    flag = result.quality.iloc[0]
    assert flag[["response_id", "check", "found", "decided_by"]].tolist() == [
        "002",
        "half_empty",
        '{"code": "answered_items", "n": 1, "of": 4}',
        "rule",
    ]
    assert bool(flag["excluded"])
    assert str(result) == (
        "5 of 6 responses count, 1 are left out (half_empty 1), 0 decided by hand"
    )


def test_decisions_overrule_rules_in_both_directions(root):
    decisions = [HEAD, ["002", "Keep", "called her", "Anna"], ["R_3", "exclude", "a test", ""]]
    found = lay_out(root, decisions)
    before = (found.raw / "decisions.csv").read_bytes()
    result = checked(found)
    rows = result.responses.set_index("response_id")["included"]
    assert rows[["002", "R_3"]].tolist() == [True, False]
    quality = result.quality.set_index("response_id")
    assert quality.loc["002", ["excluded", "decided_by", "reason"]].tolist() == [
        False,
        "decisions.csv (Anna)",
        "called her",
    ]
    assert quality.loc["R_3", ["check", "found", "excluded", "decided_by", "reason"]].tolist() == [
        "decision",
        "exclude",
        True,
        "decisions.csv",
        "a test",
    ]
    assert "2 decided by hand" in str(result)
    assert (found.raw / "decisions.csv").read_bytes() == before


def test_flags_that_exclude_together_do_not_exclude_alone(root):
    together = lay_out(root, more="checks: {exclude: [], exclude_together: [half_empty, speeder]}")
    assert checked(together).responses["included"].all()
    path = together.raw / "answers.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",299,", ",0.5,"), encoding="utf-8")
    assert checked(together).responses["included"].tolist() == [True, False, *[True] * 4]


def test_no_file_means_no_decisions(root):
    assert responses.decisions(lay_out(root)) is None


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([HEAD, ["002", "maybe"]], "row 2, column 'decision': 'maybe' is neither keep nor exclude"),
        ([HEAD, ["002", ""]], "row 2, column 'decision': is neither keep nor exclude"),
        ([HEAD, ["", "keep"]], "row 2, column 'response_id': is empty; name the response"),
        ([HEAD, ["002", "keep"], ["002", "exclude"]], "row 3, .*'002' is decided twice; keep one"),
        ([["id", "decision"], ["002", "keep"]], "column 'response_id': no column of this name"),
        ([HEAD, ["003", "keep"]], "row 2, .*'003' is no response of this study; did you mean '00"),
    ],
)
def test_wrong_decisions_are_refused(rows, message, root):
    width = max(len(row) for row in rows)
    found = lay_out(root, [[*row, *[""] * (width - len(row))] for row in rows])
    with pytest.raises(DataError, match=message):
        checked(found)


def test_keep_writes_all_tables(root):
    found = lay_out(root)
    result = checked(found)
    paths = responses.keep(found, responses.read(found), result)
    assert [path.stem for path in paths] == [
        f"10_{name}"
        for name in (
            "responses",
            "contacts",
            "accounts",
            "outcomes",
            "clients",
            "quality",
            "breakdowns",
            "missing_patterns",
        )
    ]
    pd.testing.assert_frame_equal(found.read("responses"), result.responses, check_exact=True)
    accounts = found.read("accounts")
    assert accounts["account_id"].tolist() == ["0017", "0018", "A-1", "Åström"]
    assert accounts["revenue"].isna().all()
    assert found.read("clients")["name"].tolist() == ["Client One"]
    assert found.read("contacts").empty


def test_keep_writes_nothing_if_one_table_is_broken(root):
    found = lay_out(root)
    raw = responses.read(found)
    result = checked(found)
    result.quality.loc[0, "rule"] = None
    with pytest.raises(DataError, match="quality breaks its contract"):
        responses.keep(found, raw, result)
    assert not found.processed.exists()


def test_known_flipped_groups_are_turned_round(root):
    found = lay_out(root, more="  flipped: {language: [DE]}")
    rows = responses.read(found).responses.set_index("response_id")
    assert rows.loc["001", ["tru_1", "tru_2", "com_1", "sat_1", "ltr"]].tolist() == [1, 2, 1, 3, 10]
    assert rows.loc["R_3", "tru_1"] == 5
    assert pd.isna(rows.loc["002", "tru_1"])
