"""The files of a synthetic study: what users hold, byte for byte."""

import csv
import json

import pandas as pd
import pytest

from crqlab import CrqError, Study, StudyError, responses, simulate
from crqlab.simulate import raw
from crqlab.simulate.options import PULSE, Options


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return simulate.write(tmp_path_factory.mktemp("project"), clients=20)


def listed(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rows(path, **options):
    with path.open(newline="", encoding=options.pop("encoding", "utf-8-sig")) as file:
        return list(csv.reader(file, **options))


def test_writes_what_users_hold_and_the_truth_apart(folder):
    assert set(listed(folder)) == {
        "README.txt",
        "codebook.yaml",
        "responses_2023.csv",
        "responses_2024.csv",
        "responses_2025.csv",
        "contacts.csv",
        "accounts.csv",
        "outcomes.csv",
        "clients.csv",
        "truth/model.json",
        "truth/clients.csv",
        "truth/accounts.csv",
        "truth/dirt.csv",
    }
    assert (folder / "README.txt").read_text(encoding="utf-8").startswith("SYNTHETIC")
    assert json.loads((folder / "truth/model.json").read_text(encoding="utf-8"))["seed"] == 2673


def test_same_seed_same_bytes(folder, tmp_path):
    assert listed(simulate.write(tmp_path, clients=20)) == listed(folder)


def test_blocks_of_any_size_write_the_same_bytes(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(raw, "BLOCK", 7)
    assert listed(simulate.write(tmp_path, clients=20)) == listed(folder)


def test_draws_clients_until_there_are_enough_responses(tmp_path, monkeypatch):
    monkeypatch.setattr(raw, "BLOCK", 4)
    enough = simulate.write(tmp_path, study="enough", responses=2000)
    written = [len(rows(path)) - 3 for path in sorted(enough.glob("responses_*.csv"))]
    last = pd.read_csv(enough / "clients.csv")["Client ID"].iloc[-1]
    mine = sum(
        sum(row[-3] == last for row in rows(path)) for path in enough.glob("responses_*.csv")
    )
    duplicates = (pd.read_csv(enough / "truth/dirt.csv")["kind"] == "duplicate").sum()
    assert sum(written) - duplicates >= 2000 > sum(written) - mine - duplicates


def test_responses_have_three_header_rows_as_qualtrics_writes_them(folder):
    assert (folder / "responses_2025.csv").read_bytes().startswith(b"\xef\xbb\xbfStartDate,")
    names, labels, ids, *answers = rows(folder / "responses_2025.csv")
    assert {len(row) for row in answers} == {len(names)} == {len(labels)} == {len(ids)}
    assert labels[names.index("Q1_1")].endswith("This supplier keeps its word")
    assert all(set(json.loads(cell)) == {"ImportId"} for cell in ids)
    assert names[-3:] == ["client", "account", "role"]
    group = names.index("Q10_NPS_GROUP")
    assert {row[group] for row in answers} <= {"Promoter", "Passive", "Detractor", ""}


def test_the_crm_speaks_the_dialect_that_the_codebook_declares(folder):
    names, *accounts = rows(folder / "accounts.csv", encoding="cp1252", delimiter=";")
    assert names[:2] == ["Client ID", "Account ID"]
    revenue = names.index("Annual revenue")
    assert all(row[revenue].count(",") == 1 for row in accounts)
    assert any("ö" in row[2] or "ü" in row[2] for row in accounts)
    with pytest.raises(UnicodeDecodeError):
        (folder / "accounts.csv").read_text(encoding="utf-8")


def test_codebook_is_the_shipped_one_and_loads(folder):
    assert (folder / "codebook.yaml").read_bytes() == raw.CODEBOOK.read_bytes()
    book = Study("demo", folder.parents[2]).codebook
    assert book.synthetic
    assert len(book.instrument.items) == 24
    assert [source.file for source in book.responses.files][-1] == "responses_2025.csv"


def test_codebook_names_the_files_of_other_waves(tmp_path):
    folder = simulate.write(tmp_path, clients=2, waves=(2030, 2031))
    files = Study("demo", tmp_path).codebook.responses.files
    assert [(source.file, source.wave) for source in files] == [
        ("responses_2030.csv", "2030"),
        ("responses_2031.csv", "2031"),
    ]
    assert all((folder / source.file).is_file() for source in files)


def test_clean_files_read_back_as_the_panel(tmp_path):
    simulate.write(tmp_path, clients=20, dirt=False)
    read = responses.read(Study("demo", tmp_path))
    drawn = simulate.panel(clients=20)
    for table in ("contacts", "accounts", "outcomes", "clients"):
        expected = getattr(drawn, table)
        found = getattr(read, table)[list(expected.columns)]
        pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    keys = ["client_id", "wave", "response_id"]
    columns = [c for c in drawn.responses if c not in ("included", "batch")]
    found = read.responses[columns].sort_values(keys, ignore_index=True)
    expected = drawn.responses[columns].sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_clean_files_list_no_dirt(tmp_path):
    folder = simulate.write(tmp_path, clients=2, dirt=False)
    assert rows(folder / "truth/dirt.csv")[1:] == []


def test_replaces_a_synthetic_study_and_keeps_its_decisions(tmp_path):
    folder = simulate.write(tmp_path, clients=3)
    (folder / "decisions.csv").write_text("response_id,include\n", encoding="utf-8")
    (folder / "stray.txt").write_text("old", encoding="utf-8")
    simulate.write(tmp_path, clients=2)
    assert len(rows(folder / "clients.csv")) == 3
    assert (folder / "decisions.csv").is_file()
    assert not (folder / "stray.txt").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["demo"]


@pytest.mark.parametrize("codebook", [None, "synthetic: true # no more", "synthetic: false"])
def test_leaves_a_real_study_alone(tmp_path, codebook):
    folder = tmp_path / "data/raw/acme"
    folder.mkdir(parents=True)
    (folder / "export.csv").write_text("precious", encoding="utf-8")
    if codebook:
        text = raw.CODEBOOK.read_text(encoding="utf-8").replace("synthetic: true", codebook)
        text = text if "false" in codebook else codebook
        (folder / "codebook.yaml").write_text(text, encoding="utf-8")
    before = listed(folder)
    with pytest.raises(StudyError, match="'acme' is not synthetic, or does not say so"):
        simulate.write(tmp_path, study="acme", clients=1)
    assert listed(folder) == before


def test_a_failure_leaves_the_old_study_and_no_draft(tmp_path, monkeypatch):
    folder = simulate.write(tmp_path, clients=2)
    before = listed(folder)
    monkeypatch.setattr(raw.truth, "clients", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        simulate.write(tmp_path, clients=3)
    assert listed(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["demo"]


def test_refuses_to_draw_nothing(tmp_path):
    with pytest.raises(CrqError, match=r"responses= is 0; draw one or more"):
        simulate.write(tmp_path, responses=0)


def test_pulses_ask_a_few_items_of_other_accounts_and_soil_nothing(tmp_path):
    folder = simulate.write(tmp_path, study="p", clients=3, slices=2, pulses=1, seed=5)
    study = Study("p", root=tmp_path)
    book = study.codebook
    assert list(book.waves)[-2:] == ["2025Q3", "2025Q4"]
    assert book.waves["2025Q3"].items is None
    assert book.waves["2025Q4"].items == (*PULSE, "ltr")
    assert all(one.slice for one in book.waves.values())
    found = responses.read(study)
    rows = found.responses
    brief = rows["wave"].isin([name for name, one in book.waves.items() if one.items])
    gone = [name for name in book.instrument.items if name not in PULSE]
    assert rows.loc[brief, [*gone, "familiarity", *book.instrument.comments]].isna().all(axis=None)
    assert rows.loc[brief, [*PULSE, "ltr"]].notna().all(axis=None)
    dirt = pd.read_csv(folder / "truth" / "dirt.csv", dtype=str)
    assert len(dirt) > 0
    assert not dirt["wave"].isin(rows["wave"][brief]).any()
    asked = found.contacts[found.contacts["invited"]]
    full, pulse = (set(asked.loc[asked["wave"] == w, "account_id"]) for w in ("2025Q3", "2025Q4"))
    assert full
    assert pulse
    assert not full & pulse


def test_pulses_of_too_many_waves_are_refused(tmp_path):
    with pytest.raises(CrqError, match="18 waves a year; a year has 12"):
        simulate.write(tmp_path, study="p", clients=1, slices=6, pulses=2)


def test_quarters_with_pulses_part_the_year_evenly():
    told = Options(waves=(2025,), slices=4, pulses=1)
    assert told.periods[-1] == "2025P8"
    assert told.starts[:3] == ("2025-01-10", "2025-02-24", "2025-04-11")
    assert told.turns == (0, 2, 1, 3, 2, 0, 3, 1)  # a pulse asks who was asked half a year ago
