"""Somebody else's panel keeps the contract that a study's own rows keep, on every engine."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from crqlab import DataError, benchmark
from crqlab.cli import app
from tests.benchmark import engines
from tests.scores.made import codebook, responses
from tests.show.fixture import Shape, lay_out

BOOK = codebook()
ASKED = BOOK.instrument


@pytest.fixture(scope="module")
def rows():
    return responses(clients=6, waves=("2024", "2025"), accounts=8, seed=5)


def opened(tmp_path, rows, **others):
    for name, table in {"responses": rows, **others}.items():
        table.to_parquet(tmp_path / f"{name}.parquet", index=False)
    return benchmark.panel(f"duckdb://{tmp_path}")


def every(nth, column, value):
    return np.where(np.arange(len(column)) % nth == 0, value, column)


def refused(panel):
    with pytest.raises(DataError) as found:
        benchmark.cube(panel, ASKED)
    cases = found.value.cases.set_index("column")
    assert "\n" not in str(found.value)
    return str(found.value), cases


def test_codes_off_the_scale_are_refused_with_counts_and_the_first_cells(rows, tmp_path):
    bad = rows.assign(t1=every(20, rows["t1"], 99.0), ltr=every(50, rows["ltr"], -1.0))
    said, cases = refused(opened(tmp_path, bad))
    n_items, n_ltr = (bad["t1"] == 99).sum(), (bad["ltr"] == -1).sum()
    assert f"in {n_items + n_ltr} cells of 2 columns (ltr, t1)" in said
    first = sorted(bad.loc[bad["t1"] == 99, "response_id"])[:3]
    assert cases.loc["t1", "row"] == f"{n_items} cells, first in {'; '.join(first)}"
    assert cases.loc["t1", "value"] == f"99 ({n_items})"
    assert cases.loc["t1", "rule"] == "must lie in 1 to 7"
    assert cases.loc["ltr", "value"] == f"-1 ({n_ltr})"
    assert cases.loc["ltr", "rule"] == "must lie in 0 to 10"


def test_the_same_is_refused_in_a_database(rows):
    bad = rows.assign(
        t1=every(20, rows["t1"], 99.0), response_id=every(50, rows["response_id"], "R")
    )
    with engines.postgres({"responses": bad}) as address:
        panel = benchmark.panel(address)
        _, cases = refused(panel)
        panel.close()
    n = (bad["response_id"] == "R").sum()
    assert cases.loc["t1", "value"] == f"99 ({(bad['t1'] == 99).sum()})"
    assert cases.loc["response_id", "row"] == f"{n - 1} cells"
    assert cases.loc["response_id", "value"] == f"R ({n})"


@pytest.mark.parametrize("kind", ["int64", "Int8", "float32"])
def test_a_code_is_found_in_numbers_of_any_kind(rows, tmp_path, kind):
    code = 99 if kind == "Int8" else 999
    bad = rows.assign(t1=pd.Series(every(20, rows["t1"].fillna(4), code)).astype(kind))
    _, cases = refused(opened(tmp_path, bad))
    assert cases.loc["t1", "value"].startswith(f"{code} (")


def test_infinity_gaps_in_names_and_texts_for_numbers_are_refused(rows, tmp_path):
    _, cases = refused(opened(tmp_path, rows.assign(t2=every(30, rows["t2"], np.inf))))
    assert cases.loc["t2", "rule"] == "must lie in 1 to 7"
    gaps = rows.assign(wave=rows["wave"].where(rows.index > 3),
                       account_id=rows["account_id"].where(rows.index != 7))  # fmt: skip
    said, cases = refused(opened(tmp_path, gaps))
    assert "in 5 cells of 2 columns (wave, account_id)" in said
    assert cases.loc["wave", "rule"] == "must not be empty"
    assert cases.loc["wave", "value"] == "nothing (4)"
    _, cases = refused(opened(tmp_path, rows.assign(c1="agree")))
    assert cases.loc["c1", "rule"] == "must be of kind number"


def test_the_codebook_says_what_codes_mean(rows, tmp_path):
    rows = rows.assign(ltr=every(40, rows["ltr"], 0.0))
    right = opened(tmp_path, rows)
    whole = benchmark.cube(right, ASKED)
    book = BOOK.model_copy(
        update={
            "responses": BOOK.responses.model_copy(
                update={"missing": (99, 0), "missing_in": {"t2": (7,)}, "recode": {"c1": {77: 7}}}
            )
        }
    )
    coded = rows.assign(t1=rows["t1"].fillna(99), ltr=rows["ltr"].fillna(99),
                        c1=rows["c1"].replace(7.0, 77.0))  # fmt: skip
    assert (coded["ltr"] == 0).any()  # which lies on the scale of LTR: it stays
    (tmp_path / "coded").mkdir()
    panel = opened(tmp_path / "coded", coded.assign(t2=coded["t2"].fillna(0)))
    found = benchmark.cube(panel.by(book), ASKED)
    wanted = benchmark.cube(
        opened(tmp_path, rows.assign(t2=rows["t2"].replace(7.0, np.nan))), ASKED
    )
    pd.testing.assert_frame_equal(found.table, wanted.table, rtol=1e-12)
    assert not found.table["sum_trust"].equals(whole.table["sum_trust"])
    assert benchmark.cube(panel.by(book), ASKED, before=found).renewed == ()
    other = dataclasses.replace(found, asked=ASKED.model_dump_json())  # read with other codes
    assert benchmark.cube(panel.by(book), ASKED, before=other).renewed == ("2024", "2025")


def test_only_what_has_changed_is_looked_at_again_but_every_id(rows, tmp_path):
    before = benchmark.cube(opened(tmp_path, rows), ASKED)
    late = rows.assign(wave=rows["wave"].replace("2025", "2026"))
    early = late.index[late["wave"] == "2024"][0]
    twice = late.assign(response_id=late["response_id"].mask(late["wave"].eq("2026"),
                        late.loc[early, "response_id"]))  # fmt: skip
    panel = opened(tmp_path, twice)
    with pytest.raises(DataError, match="response_id"):
        benchmark.cube(panel, ASKED, before=before)


def test_small_tables_keep_their_contracts_too(rows, tmp_path):
    names = [f"C{i}" for i in range(6)]
    clients = pd.DataFrame({"client_id": names, "industry": "IT"})
    found = opened(tmp_path, rows, clients=clients).frame("clients")
    assert list(found) == ["client_id", "industry", "country"]
    assert found["country"].isna().all()
    panel = opened(tmp_path, rows, clients=pd.concat([clients, clients.head(2)]))
    with pytest.raises(DataError, match="clients breaks its contract") as told:
        panel.frame("clients")
    assert set(told.value.cases["rule"]) == {"the same key twice"}
    panel = opened(tmp_path, rows, clients=clients.drop(columns="client_id"))
    with pytest.raises(DataError, match="client_id"):
        panel.frame("clients")


def test_the_command_refuses_in_words_and_writes_nothing(tmp_path):
    study = lay_out(tmp_path, Shape(accounts=6))
    outside = tmp_path / "outside"
    outside.mkdir()
    rows = study.read("responses")
    item = next(iter(study.codebook.instrument.items))
    rows.assign(**{item: every(9, rows[item], 99.0)}).to_parquet(outside / "responses.parquet")
    words = ["benchmark", "build", "--study", study.name, "--panel", f"duckdb://{outside}"]
    done = CliRunner().invoke(app, words, env={"CRQLAB_HOME": str(study.root)})
    assert done.exit_code == 2, done.output
    assert "breaks the contract of responses in" in done.output
    assert f"99 ({(np.arange(len(rows)) % 9 == 0).sum()})" in done.output
    assert not list(study.processed.glob("80_*"))
