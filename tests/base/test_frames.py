"""Tables take the kinds of their contract; what a kind would change stays for the check to name."""

import numpy as np
import pandas as pd
import pytest

from crqlab import DataError
from crqlab.base.contracts import TABLES, frames
from crqlab.base.contracts.schema import KINDS
from tests.show.fixture import Shape, lay_out

ALL = {"words": "text", "share": "number", "n": "count", "known": "yes", "on": "date"}
CLIENT = {"client_id": "C1", "name": "One", "industry": "IT", "country": "SE"}


@pytest.mark.parametrize("table", TABLES)
def test_every_table_without_rows_has_the_columns_and_kinds_of_its_contract(table):
    found = frames.empty(table)
    assert found.empty
    kinds = {name: KINDS[column.kind] for name, column in TABLES[table].columns.items()}
    assert found.dtypes.astype(str).to_dict() == kinds


@pytest.mark.parametrize(
    ("column", "given", "kind"),
    [
        ("words", pd.Series(["a", None], dtype=object), "str"),
        ("words", pd.Series(["a", "b"], dtype="category"), "str"),
        ("share", pd.Series([1, None], dtype=object), "float64"),
        ("share", pd.Series([1, 2]), "float64"),
        ("n", pd.Series([1.0, 2.0]), "int64"),
        ("known", pd.Series([True, False], dtype=object), "bool"),
        ("on", pd.Series(pd.to_datetime(["2025-03-01", None])).dt.as_unit("s"), "datetime64[ns]"),
        ("on", pd.Series([None, None], dtype=object), "datetime64[ns]"),
    ],
)
def test_a_column_takes_its_kind_where_its_values_stay_what_they_are(column, given, kind):
    found = frames.typed(pd.DataFrame({column: given}), {column: ALL[column]})[column]
    assert found.dtype == kind
    assert (found[found.notna()] == given[given.notna()]).all()
    assert found.isna().tolist() == given.isna().tolist()


@pytest.mark.parametrize(
    ("column", "given"),
    [
        ("words", pd.Series([17, 18])),
        ("words", pd.Series(["a", 17], dtype=object)),
        ("share", pd.Series(["0.5", "0.7"], dtype="str")),
        ("n", pd.Series([1.0, 2.5])),
        ("n", pd.Series([1.0, np.nan])),
        ("known", pd.Series([True, None], dtype=object)),
        ("known", pd.Series(["yes", "no"], dtype=object)),
    ],
)
def test_a_column_that_would_lose_something_stays_as_it_is(column, given):
    found = frames.typed(pd.DataFrame({column: given}), {column: ALL[column]})[column]
    pd.testing.assert_series_equal(found, given, check_names=False)


def test_rows_are_numbered_anew_and_other_columns_left_out():
    rows = pd.DataFrame({"more": 1, "n": [2, 3]}, index=[7, 5])
    pd.testing.assert_frame_equal(frames.typed(rows, {"n": "count"}), pd.DataFrame({"n": [2, 3]}))


def test_a_column_that_is_not_there_is_refused():
    with pytest.raises(KeyError, match="share"):
        frames.typed(pd.DataFrame({"n": [2]}), {"n": "count", "share": "number"})


def test_tables_are_kept_together_or_not_at_all(tmp_path):
    study = lay_out(tmp_path, Shape(accounts=2))
    before = study.manifest["tables"]["clients"]
    clients = pd.DataFrame([CLIENT | {"more": 1}])
    accounts = study.read("accounts").drop(columns="tier")
    with pytest.raises(DataError, match=r"accounts breaks its contract.*\(tier\)"):
        frames.keep(study, {"clients": clients, "accounts": accounts}, seed=7)
    assert study.manifest["tables"]["clients"] == before
    (path,) = frames.keep(study, {"clients": clients}, seed=7)
    assert path == study.path("clients")
    assert study.read("clients").to_dict("records") == [CLIENT]
    assert study.manifest["tables"]["clients"]["made"] == {"seed": 7}
