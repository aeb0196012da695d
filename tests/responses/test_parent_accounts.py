"""The customer that an account belongs to, and levers of contacts, read from raw files."""

from __future__ import annotations

import pytest

from crqlab import responses, simulate
from crqlab.base.errors import DataError
from crqlab.base.study import Study


@pytest.fixture
def study(tmp_path):
    simulate.write(tmp_path, study="groups", clients=1, seed=3, waves=(2025,), levers="drawn")
    found = Study("groups", tmp_path)
    path = found.raw / "accounts.csv"
    head, *lines = path.read_bytes().decode("cp1252").splitlines()
    rows = [f"{head};Konzern", *(f"{line};{'G1' if k < 3 else ''}" for k, line in enumerate(lines))]
    path.write_bytes(("\r\n".join(rows) + "\r\n").encode("cp1252"))
    return found


def named(study, line):
    book = study.raw / "codebook.yaml"
    book.write_text(f"{line}\n{book.read_text(encoding='utf-8')}", encoding="utf-8")
    return Study(study.name, study.root)


def test_the_codebook_names_the_column_of_the_parent(study):
    raw = responses.read(named(study, "parent_id: [Group, Konzern]"))
    assert raw.accounts["parent_id"].value_counts().to_dict() == {"G1": 3}


def test_without_a_key_nobody_has_a_parent_and_a_wrong_one_is_told(study):
    assert responses.read(study).accounts["parent_id"].isna().all()
    with pytest.raises(DataError) as told:
        responses.read(named(study, "parent_id: Holding"))
    assert "Holding" in told.value.cases.to_string()


def test_levers_are_read_as_they_were_drawn(study):
    contacts = responses.read(study).contacts
    assert set(contacts["warmed_up"]) == {"yes", "no"}
    assert set(contacts["sent_by"]) == {"CEO", "account manager"}
    assert set(contacts["reminders"]) == {0.0, 1.0}
    assert {"active", "bounced"} <= set(contacts["status"])
