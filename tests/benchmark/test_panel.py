"""One panel, several engines; sums kept up wave by wave; the same scores as station 3."""

import dataclasses
import re
import shutil
from contextlib import closing

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from crqlab import CrqError, DataError, StudyError, benchmark, scores
from crqlab.benchmark.account_cube import read_cube, write_cube
from crqlab.benchmark.queries import measures_of
from crqlab.benchmark.wave_marks import wave_marks
from crqlab.cli import app
from tests.benchmark import engines
from tests.scores.made import codebook, responses
from tests.show.fixture import Shape, lay_out

BOOK = codebook()
ASKED = BOOK.instrument
WAVES = ("2023", "2024", "2025")


@pytest.fixture(scope="module")
def tables():
    rows = responses(clients=12, waves=WAVES, accounts=8, seed=3)
    industry = np.resize(["banking", "IT"], 12)
    names = [f"C{i}" for i in range(12)]
    clients = pd.DataFrame({"client_id": names, "name": names, "industry": industry})
    return {"responses": rows, "clients": clients.assign(country=np.resize(["SE", "DE", "FI"], 12))}


@pytest.fixture(scope="module")
def folder(tables, tmp_path_factory):
    place = tmp_path_factory.mktemp("panel")
    for name, rows in tables.items():
        rows.to_parquet(place / f"{name}.parquet", index=False)
    return place


@pytest.fixture(scope="module")
def whole(folder):
    return benchmark.cube(benchmark.panel(f"duckdb://{folder}"), ASKED)


def assert_same(one, other, **tolerance):
    pd.testing.assert_frame_equal(one, other, check_dtype=False, **(tolerance or {"rtol": 1e-12}))


def test_sums_are_those_of_station_3(tables, whole):
    people = scores.respondents(tables["responses"], BOOK)
    people["nps"] = 100.0 * ((people["ltr"] >= 9) * 1 - (people["ltr"] <= 6) * 1)
    people["nps"] = people["nps"].where(people["ltr"].notna())
    people["mean_ltr"] = people["ltr"]
    key = ["client_id", "wave", "account_id"]
    grouped = people.groupby(key)
    assert whole.measures == measures_of(ASKED)
    found = whole.table.set_index(key).sort_index()
    np.testing.assert_array_equal(found["n"], grouped.size())
    for name in whole.measures:
        np.testing.assert_array_equal(found[f"n_{name}"], grouped[name].count())
        np.testing.assert_allclose(found[f"sum_{name}"], grouped[name].sum(), rtol=1e-12)
        squares = (people[name] ** 2).groupby([people[k] for k in key]).sum()
        np.testing.assert_allclose(found[f"squares_{name}"], squares, rtol=1e-12)


def test_client_scores_are_those_of_station_3(tables, whole):
    people = scores.respondents(tables["responses"], BOOK)
    theirs = scores.clients(people, None, BOOK)
    theirs = theirs[theirs["roll_up"] == "respondents"]
    theirs = theirs.drop_duplicates(["client_id", "wave", "measure"])
    ours = benchmark.client_scores(whole, least=1).table.melt(
        ["client_id", "wave"], list(whole.measures), "measure"
    )
    both = ours.merge(theirs, on=["client_id", "wave", "measure"], suffixes=("", "_theirs"))
    assert len(both) == len(theirs)
    np.testing.assert_allclose(both["value"], both["value_theirs"], rtol=1e-12)


def test_items_on_their_own_scale_and_long_constructs_are_scored_as_in_station_3(tmp_path):
    rng = np.random.default_rng(8)
    items = {f"q{i}": {"reversed": i % 3 == 0} for i in range(9)}
    items["q8"] = {"scale": [0, 10]}
    book = codebook(
        items=items,
        constructs={
            "trust": {"label": "T", "items": [f"q{i}" for i in range(7)]},
            "commitment": {"label": "C", "items": ["q7", "q8"]},
        },
        crq={"constructs": ["trust", "commitment"], "required": ["trust"], "at_least": 1},
        uniqueness=[],
        item_share=0.6,
    )
    rows = responses(clients=1, waves=("1",), accounts=30)
    rows = rows[[c for c in rows if c not in codebook().instrument.items]]
    answers = pd.DataFrame(rng.integers(1, 8, (len(rows), 9)), columns=list(items)).astype(float)
    rows = pd.concat([rows, answers.mask(rng.random(answers.shape) < 0.4)], axis=1)
    rows.to_parquet(tmp_path / "responses.parquet", index=False)
    found = benchmark.cube(benchmark.panel(f"duckdb://{tmp_path}"), book.instrument).table
    people = scores.respondents(rows, book).groupby("account_id")
    for name in ("crq", "trust", "commitment"):
        np.testing.assert_array_equal(found[f"n_{name}"], people[name].count())
        np.testing.assert_allclose(found[f"sum_{name}"], people[name].sum(), rtol=1e-12)


def test_whole_numbers_of_any_kind_are_scored_alike(tables, tmp_path, whole):
    rows = tables["responses"].astype(dict.fromkeys(ASKED.items, "Int8"))
    rows.to_parquet(tmp_path / "10_responses.parquet", index=False)
    found = benchmark.cube(benchmark.panel(f"duckdb://{tmp_path}"), ASKED)
    assert_same(found.table, whole.table)


def test_nan_is_a_missing_cell_on_every_engine(tables, tmp_path, whole):
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = tables["responses"]
    assert rows[list(ASKED.items)].isna().any().all()
    table = pa.Table.from_pandas(rows, preserve_index=False)
    for name in (*ASKED.items, "ltr"):
        at = table.schema.get_field_index(name)
        kept = pa.array(rows[name].to_numpy(), from_pandas=False)  # NaN, not null
        table = table.set_column(at, name, kept)
    assert table["t1"].null_count == 0
    pq.write_table(table, tmp_path / "responses.parquet")
    found = benchmark.cube(benchmark.panel(f"duckdb://{tmp_path}"), ASKED)
    assert_same(found.table, whole.table)


def test_ids_and_waves_that_are_whole_numbers_are_text(tables, tmp_path, whole):
    numbers = {name: lambda t, name=name: t[name].str.lstrip("CA").astype("int64")
               for name in ("client_id", "account_id", "wave")}  # fmt: skip
    for name in ("responses", "clients"):
        rows = tables[name]
        some = {key: of for key, of in numbers.items() if key in rows}
        rows.assign(**some).to_parquet(tmp_path / f"{name}.parquet", index=False)
    panel = benchmark.panel(f"duckdb://{tmp_path}")
    found = benchmark.cube(panel, ASKED)
    assert found.renewed == WAVES
    assert found.table[["client_id", "wave"]].dtypes.eq("str").all()
    assert found.table["sum_crq"].sum() == pytest.approx(whole.table["sum_crq"].sum(), rel=1e-12)
    known = benchmark.client_scores(found, panel.frame("clients"), least=1).table
    assert known["industry"].notna().all()
    assert benchmark.cube(panel, ASKED, before=found).renewed == ()


def test_an_empty_panel_is_told_and_leaves_the_cube_as_it_was(tables, tmp_path, whole):
    tables["responses"].head(0).to_parquet(tmp_path / "responses.parquet", index=False)
    empty = benchmark.panel(f"duckdb://{tmp_path}")
    with pytest.raises(StudyError, match=r"has no response: .* Fill it, or name another panel"):
        benchmark.cube(empty, ASKED, before=whole)
    nothing = dataclasses.replace(whole, table=whole.table.head(0), seen=whole.seen.head(0))
    write_cube(nothing, tmp_path / "cube")  # as crqlab 0.1 did of an empty panel
    assert read_cube(tmp_path / "cube") is None


def test_excluded_responses_do_not_count(tables, tmp_path, whole):
    rows = tables["responses"]
    out = rows.head(50).assign(included=False, response_id=rows["response_id"] + " again")
    rows = pd.concat([rows, out], ignore_index=True)
    (tmp_path / "responses").mkdir()
    rows.to_parquet(tmp_path / "responses" / "part.parquet", index=False)
    found = benchmark.cube(benchmark.panel(f"duckdb://{tmp_path}"), ASKED)
    assert_same(found.table, whole.table)


def test_one_new_wave_is_summed_up_alone_and_gives_the_sums_of_a_full_count(
    tables, tmp_path, whole
):
    rows = tables["responses"]
    rows[rows["wave"] != "2025"].to_parquet(tmp_path / "responses.parquet", index=False)
    before = benchmark.cube(benchmark.panel(f"duckdb://{tmp_path}"), ASKED)
    write_cube(before, tmp_path / "cube")
    rows.to_parquet(tmp_path / "responses.parquet", index=False)
    kept = read_cube(tmp_path / "cube")
    after = benchmark.cube(benchmark.panel(f"duckdb://{tmp_path}"), ASKED, before=kept)
    assert after.renewed == ("2025",)
    assert_same(after.table, whole.table)
    written = write_cube(after, tmp_path / "cube")
    assert [path.name for path in written] == ["2025.parquet", "seen.json"]
    assert_same(read_cube(tmp_path / "cube").table, whole.table)


def test_a_corrected_wave_is_summed_up_again_and_a_wave_that_is_gone_is_gone(
    tables, tmp_path, whole
):
    rows = tables["responses"]
    late = rows[~((rows["wave"] == "2024") & (rows["client_id"] == "C3"))]
    late = late[late["wave"] != "2023"]
    late.to_parquet(tmp_path / "responses.parquet", index=False)
    panel = benchmark.panel(f"duckdb://{tmp_path}")
    after = benchmark.cube(panel, ASKED, before=whole)
    assert after.renewed == ("2024",)
    assert_same(after.table, benchmark.cube(panel, ASKED).table)


def test_sums_of_another_instrument_are_never_reused(folder, whole):
    other = codebook(item_share=1.0).instrument
    after = benchmark.cube(benchmark.panel(f"duckdb://{folder}"), other, before=whole)
    assert after.renewed == WAVES


def made_of(cube, clients):
    """All that is ranked or compared: decile tables in three views, and positions."""
    some = {"rules": benchmark.Rules(3, 3, 0.9), "draws": 20}
    people = benchmark.client_scores(cube, clients, least=1)
    firms = benchmark.account_scores(cube, clients, least=1)
    adjusted = benchmark.country_adjusted(people)
    tables = [benchmark.deciles(each, **some).table for each in (people, firms, adjusted)]
    return [*tables, benchmark.position(people, **some).table]


def assert_all_the_same(address, whole):
    """Sums of another engine or order of rows are those of DuckDB; tables are equal to the bit."""
    panel = benchmark.panel(address)
    assert "crqlab@" not in str(panel)
    found = benchmark.cube(panel, ASKED)
    clients = panel.frame("clients")
    panel.close()
    assert_same(found.table, whole.table)
    for one, other in zip(made_of(found, clients), made_of(whole, clients), strict=True):
        assert len(one)
        assert_same(one, other, check_exact=True)


def test_the_order_of_rows_changes_nothing(tables, tmp_path, whole):
    for seed in range(3):
        for name, rows in tables.items():
            mixed = rows.sample(frac=1, random_state=seed)
            mixed.to_parquet(tmp_path / f"{name}.parquet", index=False)
        assert_all_the_same(f"duckdb://{tmp_path}", whole)


def test_scores_in_another_order_are_ranked_alike(tables, whole):
    people = benchmark.client_scores(whole, tables["clients"], least=1)
    some = {"rules": benchmark.Rules(3, 3, 0.9), "draws": 20}
    mixed = dataclasses.replace(people, table=people.table.sample(frac=1, random_state=1))
    for ranks in (benchmark.deciles, benchmark.position):
        assert_same(ranks(mixed, **some).table, ranks(people, **some).table, check_exact=True)


def test_postgres_gives_the_same_sums_and_tables(tables, whole):
    mixed = {name: rows.sample(frac=1, random_state=9) for name, rows in tables.items()}
    with engines.postgres(mixed) as address:
        assert_all_the_same(address, whole)


def test_names_of_any_text_come_over_from_postgres_as_they_are(tables):
    odd = ["", "a,b", 'a"b', "a\nb", "a\\b", "ÅÄÖ", "NULL", "\\N", " a", "t", "17", "NaN"]
    rows = tables["responses"].copy()
    rows["account_id"] = np.resize(odd, len(rows))
    with engines.postgres({"responses": rows}) as address, closing(benchmark.panel(address)) as it:
        found = benchmark.cube(it, ASKED)
    assert sorted(set(found.table["account_id"])) == sorted(odd)
    assert found.table["n"].sum() == rows["included"].sum()


def test_only_a_changed_wave_is_summed_up_in_postgres(tables, whole, monkeypatch):
    import psycopg

    with engines.postgres(tables) as address:
        with closing(benchmark.panel(address)) as panel:
            before = benchmark.cube(panel, ASKED)
        with psycopg.connect(address.replace("postgres:", "postgresql:")) as server:
            server.execute("UPDATE responses SET t1 = t1 + 1 WHERE wave = '2024' AND t1 < 7")
        with closing(benchmark.panel(address)) as panel:
            after = benchmark.cube(panel, ASKED, before=before)
            fresh = benchmark.cube(panel, ASKED)
            monkeypatch.setattr("crqlab.benchmark.account_cube.server_sums", None)
            assert benchmark.cube(panel, ASKED, before=after).renewed == ()
    assert after.renewed == ("2024",)
    assert_same(after.table, fresh.table)
    assert not after.table.equals(whole.table)


def corrected(rows, how):
    """One wave, changed where neither the count of its rows nor their sum of LTR tells."""
    rows, there = rows.copy(), rows["wave"] == "2024"
    first, second = rows.index[there & rows["t1"].notna()][[0, -1]]
    if how == "one item":
        rows.loc[first, "t1"] = rows.loc[first, "t1"] % 7 + 1
    if how == "included":
        rows.loc[first, "included"] = ~rows.loc[first, "included"]
    if how == "items of two":
        one, other = rows.loc[first, "t1"], rows.loc[second, "t1"]
        assert rows.loc[first, "client_id"] != rows.loc[second, "client_id"]
        rows.loc[first, "t1"], rows.loc[second, "t1"] = (other, one) if one != other else (1, 2)
        rows.loc[first, "t1"] += one == other
    if how == "an item's place":
        moved = rows.index[there & rows["t1"].notna() & rows["t2"].notna()]
        moved = moved[rows.loc[moved, "t1"] != rows.loc[moved, "t2"]][0]
        rows.loc[moved, ["t1", "t2"]] = rows.loc[moved, ["t2", "t1"]].to_numpy()
    if how == "a gap's place":
        rows.loc[first, ["t1", "t2"]] = [np.nan, rows.loc[first, "t1"]]
    if how == "an account":
        rows.loc[first, "account_id"] = rows.loc[second, "account_id"] + "x"
    return rows


HOW = ["one item", "included", "items of two", "an item's place", "a gap's place", "an account"]


def assert_marked(panel_of, rows):
    """Every correction is seen, in its wave alone; another order of rows is none."""

    def marks(some):
        with closing(panel_of(some)) as panel:
            return wave_marks(panel, ASKED)

    before = marks(rows)
    pd.testing.assert_frame_equal(marks(rows.sample(frac=1)), before)
    for how in HOW:
        after = marks(corrected(rows, how))
        moved = after["mark"] != before["mark"]
        assert after.loc[moved, "wave"].tolist() == ["2024"], how


def test_a_wave_is_marked_by_all_that_counts(tables, tmp_path, whole):
    def panel_of(rows):
        rows.to_parquet(tmp_path / "responses.parquet", index=False)
        return benchmark.panel(f"duckdb://{tmp_path}")

    rows = tables["responses"]
    assert_marked(panel_of, rows)
    kept = benchmark.cube(panel_of(rows), ASKED)
    after = benchmark.cube(panel_of(corrected(rows, "included")), ASKED, before=kept)
    assert after.renewed == ("2024",)
    assert after.table["n"].sum() != whole.table["n"].sum()


def test_a_wave_is_marked_by_all_that_counts_in_postgres(tables):
    import psycopg

    with engines.postgres({}) as address:

        def panel_of(rows):
            with psycopg.connect(address.replace("postgres:", "postgresql:")) as server:
                server.execute("DROP TABLE IF EXISTS responses")
            engines.fill(address, {"responses": rows})
            return benchmark.panel(address)

        assert_marked(panel_of, tables["responses"])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # pyspark 4.0 is older
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # its sockets
def test_a_wave_is_marked_by_all_that_counts_in_spark(tables, tmp_path):
    numbers = iter(range(99))

    def panel_of(rows):
        place = tmp_path / str(next(numbers))
        place.mkdir()
        rows.to_parquet(place / "responses.parquet", index=False)
        return benchmark.panel(address.rpartition(str(tmp_path))[0] + str(place))

    with engines.spark(tmp_path) as address:
        assert_marked(panel_of, tables["responses"])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # pyspark 4.0 is older
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # its sockets
def test_spark_gives_the_same_sums_and_tables(folder, whole):
    with engines.spark(folder) as address:
        assert_all_the_same(address, whole)


def test_a_duckdb_file_is_a_panel_too(tables, tmp_path, whole):
    import duckdb

    with duckdb.connect(tmp_path / "panel.duckdb") as file:
        for name, rows in tables.items():
            file.register("rows", rows)
            file.execute(f"CREATE TABLE {name} AS SELECT * FROM rows")
    found = benchmark.cube(benchmark.panel(f"duckdb://{tmp_path}/panel.duckdb"), ASKED)
    assert_same(found.table, whole.table)


def broken(folder):
    """Parquet files of which one lost its end, and of which one has a hole."""
    whole = next(folder.glob("*responses.parquet")).read_bytes()
    for name, content in {
        "cut": whole[: len(whole) // 2],
        "hole": whole[:200] + bytes(len(whole) // 2 - 200) + whole[len(whole) // 2 :],
    }.items():
        (folder / name).mkdir()
        (folder / name / "responses.parquet").write_bytes(content)
        yield f"duckdb://{folder / name}"


def test_a_panel_that_cannot_be_read_is_told_in_one_line(folder, tmp_path):
    (tmp_path / "panel.duckdb").write_text("no database")
    shutil.copytree(folder, tmp_path / "copy")
    addresses = [
        f"duckdb://{tmp_path}/panel.duckdb",
        "postgres://somebody:secret@127.0.0.1:1/panel",
        *broken(tmp_path / "copy"),
    ]
    for address in addresses:
        with pytest.raises(StudyError, match=r"Panel .* cannot be read: .*run this again") as told:
            benchmark.cube(benchmark.panel(address), ASKED)
        assert "secret" not in str(told.value)
        assert "\n" not in str(told.value)


@pytest.mark.parametrize("sign", ["", "@", "/", ":", "?", "#", "%zz"])
def test_nothing_of_a_password_is_said_however_it_is_written(tmp_path, sign):
    place = f"postgres://anna:zqx{sign}qzj@127.0.0.1:1/panel"
    study = lay_out(tmp_path, Shape(accounts=2))
    words = ["benchmark", "build", "--study", study.name, "--panel", place]
    done = CliRunner().invoke(app, words, env={"CRQLAB_HOME": str(study.root)})
    assert done.exit_code == 2, done.output
    known = "postgres://127.0.0.1:1/panel cannot be read"
    assert (known if not sign else "PGPASSWORD") in done.output
    assert not re.search("zqx|qzj|anna", done.output)


def test_an_address_of_another_kind_is_refused():
    with pytest.raises(CrqError, match="'oracle'; use 'duckdb'"):
        benchmark.panel("oracle://somewhere/panel")


def test_an_address_without_a_panel_says_what_was_expected(tmp_path):
    with pytest.raises(StudyError, match="has no table 'responses'"):
        benchmark.panel(f"duckdb://{tmp_path}")
    with pytest.raises(StudyError, match="a folder of Parquet files or a DuckDB file"):
        benchmark.panel(f"duckdb://{tmp_path}/nothing")


def test_a_panel_of_another_instrument_names_the_columns_it_lacks(tables, tmp_path):
    tables["responses"].drop(columns=["t1", "e1"]).to_parquet(tmp_path / "responses.parquet")
    with pytest.raises(DataError, match="lack 2 columns") as found:
        benchmark.cube(benchmark.panel(f"duckdb://{tmp_path}"), ASKED)
    assert found.value.cases["column"].tolist() == ["t1", "e1"]


def test_a_wave_in_a_file_of_its_own_is_known_by_the_file_alone(tables, tmp_path, whole):
    rows, place = tables["responses"], tmp_path / "responses"
    place.mkdir()
    for wave in WAVES:
        some = rows[rows["wave"] == wave]
        some.to_parquet(place / f"{wave}.parquet", index=False, row_group_size=40)
    before = benchmark.cube(benchmark.panel(f"duckdb://{tmp_path}"), ASKED)
    assert_same(before.table, whole.table)
    assert before.seen["mark"].str.contains(".parquet ", regex=False).all()
    write_cube(before, tmp_path / "cube")
    swapped = rows[rows["wave"] == "2024"].assign(t1=1.0)  # as many rows, the same LTR
    swapped.to_parquet(place / "2024.parquet", index=False)
    panel, kept = benchmark.panel(f"duckdb://{tmp_path}"), read_cube(tmp_path / "cube")
    after = benchmark.cube(panel, ASKED, before=kept)
    assert after.renewed == ("2024",)
    assert_same(after.table, benchmark.cube(panel, ASKED).table)
    assert benchmark.cube(panel, ASKED, before=after).renewed == ()


def test_a_file_of_several_waves_is_not_taken_for_one(tables, tmp_path, whole):
    (tmp_path / "responses").mkdir()
    for part, waves in {"a": ["2023", "2024"], "b": ["2025"]}.items():
        some = tables["responses"][tables["responses"]["wave"].isin(waves)]
        some.to_parquet(tmp_path / "responses" / f"{part}.parquet", index=False)
    found = benchmark.cube(benchmark.panel(f"duckdb://{tmp_path}"), ASKED)
    assert_same(found.table, whole.table)
    assert found.seen["rows"].sum() == len(tables["responses"])
    assert not found.seen["mark"].str.contains("parquet").any()
