"""What ``crqlab new --json`` prints is the object that is settled, and nothing else."""

import csv
import json
import re

from typer.testing import CliRunner

from crqlab.cli import app
from tests.responses.exports import EXPORTS
from tests.responses.known_answers import survey

AS = frozenset(
    "response_id wave client account_id contact_id role language started finished seconds batch "
    "link familiarity ltr comment item weight unit product set_aside ignored".split()
)
KEYS = ["files", "columns", "left_out", "rows", "waves", "matched", "open", "tables"]


def two_waves(folder):
    """The same questionnaire in two waves, one file each."""
    first = EXPORTS["qualtrics"](folder, survey())
    text = first.read_text(encoding="utf-8")
    second = folder / "later.csv"
    later = re.sub(r"2025-", "2026-", text.replace("R_", "S_"))
    second.write_text(later, encoding="utf-8")
    return first, second


def told(folder, monkeypatch, *options):
    monkeypatch.setenv("CRQLAB_HOME", str(folder / "home"))
    (folder / "home").mkdir(exist_ok=True)
    return CliRunner().invoke(app, ["new", "acme", *map(str, options), "--json", "--yes"])


def test_the_object_has_the_settled_keys_and_words(tmp_path, monkeypatch):
    first, second = two_waves(tmp_path)
    accounts = tmp_path / "accounts.csv"
    rows = [f"A{n},Firm {n},{n}000" for n in range(9)]
    accounts.write_text("\n".join(["Account ID,Account Name,Revenue", *rows]), encoding="utf-8")
    options = ["--export", first, "--export", second, "--accounts", accounts]
    done = told(tmp_path, monkeypatch, *options)
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert list(found) == KEYS
    assert found["files"] == [first.name, second.name]
    assert {one["as"] for one in found["columns"].values()} <= AS
    for one in found["columns"].values():
        item = {"construct", "scale", "reversed"} if one["as"] == "item" else set()
        assert set(one) == {"as", "sure", "why"} | item
        assert 0 <= one["sure"] <= 1
    assert found["left_out"]
    assert set(found["left_out"]) < set(found["columns"])
    assert not [name for name in found["columns"] if ".csv:" in name], "no file differs in meaning"
    assert set(found["rows"]) == {"read", "count", "set_aside"}
    assert sum(found["waves"].values()) == found["rows"]["count"]
    assert found["tables"] == {
        "accounts": {"file": "accounts.csv", "columns": {
            "Account ID": "account_id", "Account Name": "name", "Revenue": "revenue"}}
    }  # fmt: skip
    assert re.fullmatch(r"\d+ of \d+", found["matched"]["accounts"])


def test_a_column_that_means_something_else_in_another_file_has_its_file_s_name(
    tmp_path, monkeypatch
):
    first, second = two_waves(tmp_path)
    with second.open(encoding="utf-8", newline="") as lines:
        head, *rows = csv.reader(lines)
    place = head.index("UserLanguage")
    for row in rows[2:]:
        row[place] = ""
    with second.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([head, *rows])
    found = json.loads(told(tmp_path, monkeypatch, "--export", first, "--export", second).stdout)
    assert found["columns"]["UserLanguage"]["as"] == "language"
    assert found["columns"]["later.csv:UserLanguage"]["as"] == "ignored"
    assert found["left_out"]["later.csv:UserLanguage"] == "no cell is filled"
    assert "UserLanguage" not in found["left_out"]


def test_a_file_that_cannot_be_read_ends_with_2_and_prints_no_object(tmp_path, monkeypatch):
    broken = tmp_path / "a.csv"
    broken.write_bytes(b"a\0b")
    done = told(tmp_path, monkeypatch, "--export", broken)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "is not text" in done.stderr
