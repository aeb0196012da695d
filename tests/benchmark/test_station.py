"""The station as a whole: kept, run from the command line, and quoted by a study of one client."""

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from crqlab import Study, StudyError, benchmark
from crqlab.benchmark import Rules
from crqlab.cli import app
from tests.benchmark.made import client_scores
from tests.show.fixture import Shape, lay_out

QUICK = {"level": 0.95, "draws": 60, "seed": 1}


@pytest.fixture
def study(tmp_path):
    return lay_out(tmp_path, Shape(accounts=6))


def quoting(study, release):
    """The same study, its codebook naming a release."""
    path = study.raw / "codebook.yaml"
    path.write_text(f"release: {release}\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    return Study(study.name, study.root)


def published(study, name="2026.1"):
    from datetime import date

    measures = ("crq", "nps", *study.codebook.instrument.constructs)
    scores = client_scores(clients=80, measures=measures)
    table = benchmark.deciles(scores, rules=Rules(10, 1), draws=40).table
    return benchmark.publish(
        study.root, name, table, study.codebook.instrument,
        as_of=date(2026, 1, 1), contributors=80, synthetic=True,
    )  # fmt: skip


def test_a_study_of_one_client_without_a_release_says_that_it_cannot_say(study):
    found = benchmark.findings(study, **QUICK)
    assert "they need 10 clients" in str(found)
    assert "nobody to compare with, and no release" in str(found)
    names = [path.name for path in benchmark.keep(study, found, **QUICK)]
    assert names == ["80_deciles.parquet", "80_positions.parquet"]
    assert study.read("deciles").empty
    assert study.read("positions")["decile"].isna().all()


def test_a_study_that_names_a_release_is_placed_in_it_and_never_in_its_own_data(study):
    release = published(study)
    quoted = quoting(study, "2026.1")
    found = benchmark.findings(quoted, **QUICK)
    benchmark.keep(quoted, found, **QUICK)
    pd.testing.assert_frame_equal(quoted.read("deciles"), release.table, check_dtype=False)
    rows = quoted.read("positions")
    assert set(rows["source"]) == {release.source}
    assert np.isfinite(rows.loc[rows["measure"] == "crq", "decile"]).all()
    made = quoted.manifest["tables"]["positions"]["made"]
    assert made["release"] == {"name": "2026.1", "sha256": release.digest}
    with pytest.raises(StudyError, match=r"takes its benchmark from release '2026\.1'"):
        benchmark.publish_study(quoted, "mine", as_of=pd.Timestamp("2026-01-01").date())


def test_a_study_that_names_a_release_which_is_not_there_stops(study):
    with pytest.raises(StudyError, match=r"Release '2026\.9' is not in"):
        benchmark.findings(quoting(study, "2026.9"), **QUICK)


def test_commands_build_publish_list_and_compare(study):
    def crqlab(*words):
        done = CliRunner().invoke(app, ["benchmark", *words], env={"CRQLAB_HOME": str(study.root)})
        return done.exit_code, done.output

    code, said = crqlab("build", "--study", study.name, "--draws", "20")
    assert code == 0, said
    assert "80_positions.parquet" in said
    code, said = crqlab("publish", "mine", "--study", study.name)
    assert code == 2
    assert "would be empty" in said
    published(study, "2026.1"), published(study, "2026.2")
    assert "release 2026.2" in crqlab("list")[1]
    assert "it is the same release" not in crqlab("compare", "2026.1", "2026.2")[1]
    assert "From 2026.1 to 2026.2: 0 of" in crqlab("compare", "2026.1", "2026.2")[1]
    address = f"duckdb://{study.processed}"
    assert crqlab("build", "--study", study.name, "--panel", address, "--draws", "20")[0] == 0
    assert crqlab("build", "--panel", "ftp://x")[0] == 2


def test_answers_of_ones_own_that_no_longer_count_are_taken_out_of_the_sums(study):
    before = benchmark.findings(study, **QUICK)
    benchmark.keep(study, before, **QUICK)
    rows = study.read("responses")
    odd = np.arange(len(rows)) % 2 == 1
    study.write("responses", rows.assign(included=rows["included"] & odd))
    after = benchmark.findings(study, **QUICK)
    people = [
        found.cube.table.filter(regex="^n_").to_numpy(float).sum() for found in (before, after)
    ]
    assert people[1] < people[0]
