"""What a station writes, the next one reads: the same table, to the last bit."""

import numpy as np
import pandas as pd
import pytest

from crqlab import DataError, Study, StudyError
from crqlab.base.contracts import contract

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


def test_home_is_found_upwards_or_by_environment(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    deep = tmp_path / "data" / "raw" / "x"
    deep.mkdir(parents=True)
    monkeypatch.delenv("CRQLAB_HOME", raising=False)
    monkeypatch.chdir(deep)
    assert Study("x").root == tmp_path
    monkeypatch.setenv("CRQLAB_HOME", str(tmp_path / "data"))
    assert Study("x").root == tmp_path / "data"
    monkeypatch.setenv("CRQLAB_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(StudyError, match="is no folder; correct or unset it"):
        Study("x")


def test_one_broken_table_keeps_all_from_the_disk(study, outcomes):
    clients = pd.DataFrame({"client_id": ["C1"], "name": [None], "industry": "IT", "country": "SE"})
    with pytest.raises(DataError, match="clients breaks its contract"):
        study.write_all({"outcomes": outcomes, "clients": clients})
    assert not study.processed.exists()
