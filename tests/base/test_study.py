"""What a station writes, the next one reads: the same table, to the last bit."""

import numpy as np
import pandas as pd
import pytest

from crqlab import DataError, Study, StudyError
from crqlab.base.contracts import contract
from crqlab.base.study import home

CODEBOOK = """
title: A test
instrument:
  name: mini
  version: "1"
  scale: [1, 7]
  items: {tru_1: Keeps its word}
  constructs: {trust: {label: Trust, items: [tru_1]}}
  crq: {constructs: [trust]}
responses: {files: [answers.csv]}
"""


@pytest.fixture
def study(tmp_path):
    found = Study("wave1", root=tmp_path)
    found.raw.mkdir(parents=True)
    (found.raw / "codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    return found


@pytest.fixture
def outcomes():
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "client_id": "C1",
            "account_id": [f"{i:03d}" for i in range(500)],
            "due_on": pd.Timestamp("2024-05-01").as_unit("ns"),
            "outcome": rng.choice(["renewed", "churned", "open"], 500),
            "decided_on": pd.Series([pd.NaT] * 500, dtype="datetime64[ns]"),
            "revenue": rng.lognormal(10, 1, 500),
        }
    )


def test_reads_back_exactly_what_was_written(study, outcomes):
    study.write("outcomes", outcomes)
    pd.testing.assert_frame_equal(study.read("outcomes"), outcomes, check_exact=True)


def test_reads_one_client_only(study, outcomes):
    study.write("outcomes", outcomes.assign(client_id=np.where(outcomes.index < 3, "C1", "C2")))
    pd.testing.assert_frame_equal(study.read("outcomes", client="C1"), outcomes.iloc[:3])
    empty = study.read("outcomes", client="nobody")
    pd.testing.assert_series_equal(empty.dtypes, outcomes.dtypes)


def test_an_empty_table_keeps_its_kinds(study):
    columns = contract("contacts").columns
    study.write("contacts", pd.DataFrame({name: [] for name in columns}))
    read = study.read("contacts", client="C1", wave="1")
    assert read.empty
    assert read["role"].dtype == "str"
    assert read["invited"].dtype == bool


def test_the_manifest_knows_what_was_written(study, outcomes):
    study.write("outcomes", outcomes)
    first = study.manifest["tables"]["outcomes"]
    assert first["rows"] == 500
    study.write("outcomes", outcomes.iloc[1:])
    assert study.manifest["tables"]["outcomes"]["sha256"] != first["sha256"]


def test_a_table_of_the_same_numbers_stays_byte_for_byte(study, outcomes):
    (path,) = study.write_all({"outcomes": outcomes})
    first = path.read_bytes()
    study.write("outcomes", outcomes.assign(revenue=outcomes["revenue"] * (1 + 1e-8)))
    assert path.read_bytes() == first
    for other in (outcomes["revenue"] * (1 + 1e-6), outcomes["revenue"].mask(outcomes.index == 3)):
        study.write("outcomes", outcomes.assign(revenue=other))
        pd.testing.assert_series_equal(study.read("outcomes")["revenue"], other, check_exact=True)
    swapped = outcomes.assign(outcome=outcomes["outcome"].iloc[::-1].to_numpy())
    study.write("outcomes", swapped)
    pd.testing.assert_frame_equal(study.read("outcomes"), swapped, check_exact=True)


def test_a_table_that_was_damaged_is_written_again(study, outcomes):
    (path,) = study.write_all({"outcomes": outcomes})
    first = path.read_bytes()
    path.write_bytes(first[:100])
    study.write("outcomes", outcomes)
    assert path.read_bytes() == first


def test_names_the_notebook_that_makes_a_missing_table(study):
    with pytest.raises(StudyError, match=r"Run notebooks/30_scores\.ipynb first"):
        study.read("account_scores")


def test_a_broken_table_never_reaches_the_disk(study, outcomes):
    broken = outcomes.assign(outcome=outcomes["outcome"].where(outcomes.index > 0, "lost"))
    with pytest.raises(DataError, match="1 cells of 1 column") as caught:
        study.write("outcomes", broken)
    assert caught.value.cases.loc[0, ["row", "column", "value"]].tolist() == [0, "outcome", "lost"]
    assert "renewed, churned, open" in caught.value.cases.loc[0, "rule"]
    assert not study.processed.exists()


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "a\\b", "", "con", "LPT1", ".hidden", "x" * 61, "a b", "C:", "é"]
)
def test_refuses_names_that_could_leave_the_folder(name, tmp_path):
    with pytest.raises(StudyError, match="letters, digits"):
        Study(name, root=tmp_path)


def test_a_study_that_is_not_there_names_those_that_are(study):
    with pytest.raises(StudyError, match=r"there are: wave1.*crqlab new wave2"):
        _ = Study("wave2", root=study.root).codebook


def test_a_name_that_is_mistyped_is_told_at_once_with_the_nearest(study, monkeypatch):
    monkeypatch.setenv("CRQLAB_HOME", str(study.root))
    with pytest.raises(StudyError, match="no study of this name; did you mean 'wave1'"):
        Study("wav1")
    with pytest.raises(StudyError, match=r"no study of this name \(there are: wave1\)"):
        Study("zz")
    assert Study("zz", study.root).name == "zz"


def test_home_is_found_upwards_or_by_environment(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    deep = tmp_path / "data" / "raw" / "x"
    deep.mkdir(parents=True)
    monkeypatch.delenv("CRQLAB_HOME", raising=False)
    monkeypatch.chdir(deep)
    assert Study("x").root == tmp_path
    assert home() == tmp_path
    monkeypatch.setenv("CRQLAB_HOME", str(tmp_path / "data"))
    assert home() == tmp_path / "data"
    monkeypatch.setenv("CRQLAB_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(StudyError, match="is no folder; correct or unset it"):
        Study("x")


def test_one_broken_table_keeps_all_from_the_disk(study, outcomes):
    clients = pd.DataFrame({"client_id": ["C1"], "name": [None], "industry": "IT", "country": "SE"})
    with pytest.raises(DataError, match="clients breaks its contract"):
        study.write_all({"outcomes": outcomes, "clients": clients})
    assert not study.processed.exists()


@pytest.mark.parametrize(
    "text",
    ["", '{"tables": {"outco', "[]", "7", '{"tables": []}', '{"tables": {"outcomes": 1}}',
     '{"tables": {"outcomes": {"rows": 3}}}', "[" * 100_000, "\xff\x00"],
)  # fmt: skip
def test_a_damaged_manifest_knows_of_no_table_and_is_written_anew(study, outcomes, text):
    study.write("outcomes", outcomes)
    (study.processed / "manifest.json").write_bytes(text.encode("latin-1"))
    assert not study.manifest.get("tables")
    assert not study.intact("outcomes")
    pd.testing.assert_frame_equal(study.read("outcomes"), outcomes)
    study.write("outcomes", outcomes.iloc[1:])
    assert study.manifest["tables"]["outcomes"]["rows"] == 499
    assert study.intact("outcomes")


def test_a_table_is_intact_until_it_or_its_sources_change(study, outcomes):
    assert not study.intact("outcomes")
    study.write("outcomes", outcomes)
    assert study.intact("outcomes")
    assert study.tables_of("10_responses") == ["outcomes"]
    assert study.tables_of("30_scores") == []
    content = study.path("outcomes").read_bytes()
    study.path("outcomes").write_bytes(content[:-1] + b"?")
    assert not study.intact("outcomes")
    study.path("outcomes").write_bytes(content)
    assert study.intact("outcomes")
    (study.raw / "answers.csv").write_text("a\n1\n")
    assert not study.intact("outcomes")


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no table at all" * 9])
def test_a_table_that_was_cut_says_how_it_is_made_again(study, outcomes, content):
    study.write("outcomes", outcomes)
    study.path("outcomes").write_bytes(content)
    with pytest.raises(StudyError, match=r"10_outcomes\.parquet cannot be read.*crqlab run wave1"):
        study.read("outcomes")


def test_a_table_of_another_kind_is_told_by_its_contract(study, outcomes):
    study.write("outcomes", outcomes)
    pd.DataFrame({"x": [1]}).to_parquet(study.path("outcomes"))
    with pytest.raises(DataError, match="breaks its contract"):
        study.read("outcomes")
    with pytest.raises(StudyError, match="cannot be read"):
        study.read("outcomes", client="C1")
