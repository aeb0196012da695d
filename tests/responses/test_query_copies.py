"""Tables of a database: one read-only query, a copy that runs read, no word of a password."""

from __future__ import annotations

import sqlite3
import threading
import time

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from crqlab import CrqError, DataError, Study, StudyError, responses
from crqlab.base.connections import address, answer, single_query
from crqlab.cli import app
from crqlab.responses.parquet import facts
from tests.benchmark.engines import postgres
from tests.responses.conftest import answers, study, texts, write_csv

FIRMS = pd.DataFrame(
    {"id": ["A-1", "0018", "0017", "Åström"], "firm": ["One", "Two", None, "Å & Co"],
     "eur": [1231.5, 150.0, 17.0, None], "key_account": [True, False, True, True]}
)  # fmt: skip
SQL = "select id, firm, eur from firms"
MORE = 'accounts: {{sql: "{sql}", from: "{place}", columns: {{account_id: id, name: firm, revenue: eur}}}}'  # noqa: E501


@pytest.fixture(scope="module")
def server():
    with postgres({"firms": FIRMS}) as place:
        yield place


def asking(root, place, sql=SQL):
    found = study(root, more=MORE.format(sql=sql, place=place))
    table = answers()
    write_csv(found.raw / "answers.csv", [list(table.columns), *texts(table)])
    return found


def copy_of(found):
    return found.raw / "fetched" / "accounts.parquet"


@pytest.mark.slow
def test_a_table_of_postgres_is_fetched_and_then_read_without_it(root, server):
    found = asking(root, server)
    with pytest.raises(DataError, match=r"accounts\.parquet: is not fetched yet; run crqlab fetch"):
        responses.read(found)
    (told,) = responses.fetch(found)
    name = server.replace("crqlab@", "")
    assert str(told) == f"fetched/accounts.parquet: 4 rows from {name}"
    raw = responses.read(found)  # the server's address is not looked at
    got = raw.accounts.set_index("account_id")
    assert got["revenue"].to_dict()["A-1"] == 1231.5
    assert got["revenue"].isna().sum() == 1
    assert got.loc["0018", "name"] == "Two"
    kept = facts(pq.read_schema(copy_of(found)))
    assert kept["query"] == SQL
    assert kept["rows"] == 4
    assert kept["from"] == name
    assert any("fetched 20" in line for line in responses.account_of(raw))
    assert "fetched/accounts.parquet" in found.sources()


@pytest.mark.slow
def test_what_has_not_changed_is_left_alone_and_what_has_is_kept_beside(root, server):
    found = asking(root, server)
    responses.fetch(found)
    before = copy_of(found).read_bytes()
    (again,) = responses.fetch(found)
    assert "as before" in str(again)
    assert copy_of(found).read_bytes() == before
    fewer = asking(root, server, f"{SQL} where eur < 1000")
    with pytest.raises(DataError, match="is the copy of another query than the codebook's"):
        responses.read(fewer)
    (told,) = responses.fetch(fewer)
    assert told.rows == 2
    assert copy_of(found).with_suffix(".before.parquet").read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("delete from firms", "is no SELECT (it has DELETE)"),
        ("select 1; drop table firms", "is 2 statements"),
        ("with gone as (delete from firms returning *) select * from gone", "it has DELETE"),
        ("select * into copy from firms", "it has INTO"),
        ("select * from firms for update", "it has LOCK"),
        ("copy firms to '/tmp/x'", "is no SELECT"),
        ("select from where", "cannot be read"),
        ("", "0 statements"),
        ("select * from nowhere", 'relation "nowhere" does not exist'),
        ("select id, id from firms", "gives 'id' twice"),
        ("select * from firms where false", "gives no row"),
        ("select nextval('counter')", "read-only transaction"),
        ("select pg_sleep(30)", "statement timeout"),
    ],
)
def test_nothing_but_one_reading_query_is_asked(root, server, sql, said):
    import psycopg

    with psycopg.connect(server.replace("postgres://", "postgresql://")) as other:
        other.execute("create sequence if not exists counter")
    found, start = asking(root, server, sql), time.monotonic()
    with pytest.raises(StudyError) as caught:
        responses.fetch(found, seconds=1)
    assert said in str(caught.value)
    assert not (found.raw / "fetched").exists()
    assert time.monotonic() - start < 10


@pytest.mark.slow
def test_a_server_that_goes_in_mid_query_loses_nothing(root, server):
    import psycopg

    found = asking(root, server)
    responses.fetch(found)
    before = copy_of(found).read_bytes()
    slow = asking(root, server, "select pg_sleep(20), id, firm, eur from firms")

    def cut():
        time.sleep(1)
        with psycopg.connect(server.replace("postgres://", "postgresql://")) as other:
            found = "select pg_terminate_backend(pid) from pg_stat_activity where query like "
            other.execute(found + "'%pg_sleep(20)%' and pid <> pg_backend_pid()")

    ending = threading.Thread(target=cut)
    ending.start()
    with pytest.raises(StudyError, match=r"does not answer: .*Nothing was changed"):
        responses.fetch(slow)
    ending.join()
    assert copy_of(found).read_bytes() == before


SECRETS = ["geheim", "p@ss", "p/w", "a:b", "x%zz", "q?r", "#1", "%40ok"]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_password_in_a_codebook_is_refused_and_never_said(root, secret):
    found = asking(root, f"postgres://anna:{secret}@127.0.0.1:1/sales")
    told = CliRunner().invoke(app, ["fetch", "test"], env={"CRQLAB_HOME": str(root)})
    assert told.exit_code == 2
    assert "PGPASSWORD" in told.output
    for piece in {secret, *secret.replace("@", "/").split("/")} - {"p", "w", "ss"}:
        assert piece not in told.output
    assert "ss@" not in told.output
    assert not (found.raw / "fetched").exists()


@pytest.mark.parametrize("secret", SECRETS)
def test_an_address_is_named_without_a_trace_of_user_and_password(secret):
    said = []
    try:
        said.append(address(f"postgres://anna:{secret}@crm.example:5432/sales").name)
    except StudyError as unclear:
        said.append(str(unclear).replace("postgres://user@host:port/database", ""))
    assert secret not in said[0]
    assert "anna" not in said[0]
    assert "crm" not in said[0] or said[0] == "postgres://crm.example:5432/sales"


def test_a_server_that_is_not_there_is_told_without_user_and_password(monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "geheim")
    with pytest.raises(
        StudyError, match=r"postgres://127\.0\.0\.1:1/sales does not answer"
    ) as caught:
        answer(address("postgres://anna@127.0.0.1:1/sales"), "select 1")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["duckdb", "sqlite"])
def test_files_of_databases_are_asked_in_the_same_way(root, scheme):
    path = root / f"crm.{scheme}"
    if scheme == "duckdb":
        with duckdb.connect(str(path)) as made:
            made.register("given", FIRMS)
            made.execute("create table firms as select * from given")
    else:
        made = sqlite3.connect(path)
        FIRMS.to_sql("firms", made, index=False)
        made.close()
    before = path.read_bytes()
    found = asking(root, f"{scheme}://{path}")
    responses.fetch(found)
    got = responses.read(found).accounts.set_index("account_id")["revenue"]
    assert got["A-1"] == 1231.5
    assert got["0017"] == 17
    assert path.read_bytes() == before
    with pytest.raises(StudyError, match="is not there"):
        answer(address(f"{scheme}:///nowhere/x.db"), "select 1")
    with pytest.raises(StudyError, match="does not answer"):
        answer(address(f"{scheme}://{path}"), "insert into firms (id) values ('x')")


def test_answers_too_can_come_from_a_database(root):
    made = sqlite3.connect(root / "a.db")
    answers().to_sql("answers", made, index=False)
    made.close()
    place = f"sqlite:///{root / 'a.db'}".replace("////", "///")
    found = study(root, f'{{sql: "select * from answers", from: "{place}", wave: 2025}}')
    responses.fetch(found)
    raw = responses.read(found)
    assert len(raw.responses) == 6
    assert sorted(raw.responses["ltr"]) == [0, 3, 6, 8, 9, 10]
    assert set(raw.origins["file"]) == {"fetched/responses.parquet"}


def test_a_study_without_a_query_and_half_a_query_are_told(root, plain):
    with pytest.raises(StudyError, match="asks no database"):
        responses.fetch(plain)
    with pytest.raises(DataError, match="sql and from belong together"):
        _ = study(root, more='accounts: {sql: "select 1"}').codebook
    with pytest.raises(CrqError, match="'oracle'"):
        address("oracle://x/y")
    assert single_query("with a as (select 1 as x) select * from a;", "postgres").endswith("a")


def test_somebody_s_parquet_export_is_read_like_any_other(root):
    found = study(root, "{file: answers.parquet, wave: 2025}")
    table = answers().assign(started=lambda rows: pd.to_datetime(rows["started"]))
    table.to_parquet(found.raw / "answers.parquet", index=False)
    raw = responses.read(Study("test", root=root))
    assert raw.responses["tru_1"].isna().sum() == 1
    assert raw.responses["started"].iloc[0] == pd.Timestamp("2025-03-01 09:12:31")
    (found.raw / "answers.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match="is a damaged Parquet file"):
        responses.read(Study("test", root=root))
