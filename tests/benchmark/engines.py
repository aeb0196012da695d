"""A PostgreSQL server and a local Spark for the length of a test; skipped where there is none."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

ACCOUNTS = ("postgres", "nobody")


def _binaries() -> Path:
    if found := shutil.which("initdb"):
        return Path(found).parent
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not places:
        pytest.skip("no PostgreSQL on this machine (Debian: apt install postgresql)")
    return places[-1]


def _somebody() -> dict[str, object]:
    """The server refuses to run as root: then it runs as somebody else."""
    if os.name == "nt" or os.geteuid() != 0:
        return {}
    for name in ACCOUNTS:
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    pytest.skip("PostgreSQL does not run as root, and there is no other account here")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def postgres(tables: dict[str, pd.DataFrame]) -> Iterator[str]:
    """Start a server on loopback in a folder of its own, fill it, and stop it at the end."""
    if find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed (extra 'postgres')")
    programs, who = _binaries(), _somebody()
    folder = Path(tempfile.mkdtemp(prefix="crqlab-postgres-"))
    try:
        if who:
            os.chown(folder, who["user"], who["group"])
        port, data = _free_port(), folder / "data"
        run = {"check": True, "capture_output": True, "cwd": folder, "timeout": 60, **who}
        run["env"] = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        make = [programs / "initdb", "-D", data, "-U", "crqlab", "-A", "trust", "-N"]
        subprocess.run([*make, "-E", "UTF8"], **run)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"
        control = [programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
        subprocess.run([*control, "-o", options, "start"], **run)
        try:
            address = f"postgres://crqlab@127.0.0.1:{port}/postgres"
            fill(address, tables)
            yield address
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **run)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fill(address: str, tables: dict[str, pd.DataFrame]) -> None:
    """Copy tables in; a missing cell becomes NULL in one column and NaN in the next."""
    import psycopg

    kinds = {"f": "double precision", "i": "bigint", "b": "boolean"}
    with psycopg.connect(address.replace("postgres://", "postgresql://")) as server:
        for name, rows in tables.items():
            columns = ", ".join(
                f'"{column}" {kinds.get(kind.kind, "text")}' for column, kind in rows.dtypes.items()
            )
            server.execute(f'CREATE TABLE "{name}" ({columns})')
            with server.cursor().copy(f'COPY "{name}" FROM STDIN') as copy:
                for row in _either(rows).itertuples(index=False):
                    copy.write_row(row)


def _either(rows: pd.DataFrame) -> pd.DataFrame:
    """Missing numbers as NULL and as NaN by turns: databases hold both, and both mean the same."""
    some = rows.astype(object).where(rows.notna(), None)
    for name in rows.select_dtypes("float").columns[::2]:
        some[name] = rows[name].astype(object)
    return some


@contextlib.contextmanager
def spark(folder: Path) -> Iterator[str]:
    """The address of Parquet files for a local Spark, whose Java is ended afterwards."""
    if find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed (extra 'spark'; make test-spark)")
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        pytest.skip("Spark needs Java 17, and there is no Java here")
    try:
        yield f"spark://local[2]{folder}"
    finally:
        from pyspark import SparkContext

        if gateway := SparkContext._gateway:
            gateway.shutdown()
            gateway.proc.stdin.close()
            gateway.proc.wait(60)
            SparkContext._gateway = SparkContext._jvm = None
