"""Survey weights in the panel: station 3's scores on every engine, and waves known to change."""

from contextlib import closing

import numpy as np
import pandas as pd
import pytest

from crqlab import DataError, benchmark, scores
from tests.benchmark import engines
from tests.scores.made import codebook, responses

BOOK = codebook()
ASKED = BOOK.instrument


@pytest.fixture(scope="module")
def table():
    """Responses of which one wave is unweighted, one answer lacks a weight and one is left out."""
    rows = responses(clients=6, waves=("2024", "2025"), accounts=8, seed=4)
    rng = np.random.default_rng(4)
    rows["weight"] = rng.lognormal(size=len(rows)) * np.where(rows["wave"] == "2024", 1, 900)
    rows.loc[(rows["client_id"] == "C5") & (rows["wave"] == "2024"), "weight"] = np.nan
    rows.loc[0, "weight"] = np.nan
    rows.loc[1, "included"] = False
    return rows


@pytest.fixture
def folder(table, tmp_path):
    table.to_parquet(tmp_path / "responses.parquet", index=False)
    return tmp_path


def summed(address):
    with closing(benchmark.panel(address)) as panel:
        return benchmark.cube(panel, ASKED)


def assert_station_3(table, cube):
    people = scores.respondents(table, BOOK)
    theirs = scores.clients(people, None, BOOK)
    theirs = theirs[(theirs["roll_up"] == "respondents") & (theirs["method"] == "account_t")]
    own = benchmark.client_scores(cube, least=1).table
    own = own.melt(["client_id", "wave"], list(cube.measures), "measure")
    both = own.merge(theirs, on=["client_id", "wave", "measure"], suffixes=("", "_theirs"))
    assert len(both) == len(theirs)
    np.testing.assert_allclose(both["value"], both["value_theirs"], rtol=1e-12)
    accounts = scores.accounts(people, BOOK).set_index(["client_id", "wave", "account_id"])
    found = benchmark.account_scores(cube, least=1).table
    found = found.set_index(["client_id", "wave", "account_id"])
    for name in ("crq", "nps", "trust"):
        pair = found[name].align(accounts[name], join="inner")
        np.testing.assert_allclose(*pair, rtol=1e-12)


def test_scores_are_those_of_station_3_in_duckdb(table, folder):
    found = summed(f"duckdb://{folder}")
    assert_station_3(table, found)
    plain = benchmark.client_scores(summed_without(table, folder)).table
    weighted = benchmark.client_scores(found).table
    assert (plain["crq"] - weighted["crq"]).abs().max() > 0.1


def summed_without(table, folder):
    place = folder / "plain"
    place.mkdir()
    table.drop(columns="weight").to_parquet(place / "responses.parquet", index=False)
    return summed(f"duckdb://{place}")


def test_scores_are_those_of_station_3_in_postgres(table):
    with engines.postgres({"responses": table}) as address:
        assert_station_3(table, summed(address))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # pyspark 4.0 is older
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # its sockets
def test_scores_are_those_of_station_3_in_spark(table, folder):
    with engines.spark(folder) as address:
        assert_station_3(table, summed(address))


def test_a_column_of_weights_without_any_changes_no_sum(table, folder):
    bare = table.assign(weight=np.nan)
    bare.to_parquet(folder / "responses.parquet", index=False)
    pd.testing.assert_frame_equal(
        summed(f"duckdb://{folder}").table, summed_without(table, folder).table
    )


def test_a_changed_weight_is_a_changed_wave(table, folder):
    address = f"duckdb://{folder}"
    before = summed(address)
    at = table.index[table["wave"] == "2025"][3]
    other = table.copy()
    other.loc[at, "weight"] *= 2
    other.to_parquet(folder / "responses.parquet", index=False)
    with closing(benchmark.panel(address)) as panel:
        after = benchmark.cube(panel, ASKED, before=before)
    assert after.renewed == ("2025",)
    assert_station_3(other, after)


def test_an_outside_panels_weight_of_nothing_is_refused(table, folder):
    table.assign(weight=table["weight"].fillna(0.0)).to_parquet(
        folder / "responses.parquet", index=False
    )
    with pytest.raises(DataError, match="weight"):
        summed(f"duckdb://{folder}")
