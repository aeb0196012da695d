"""Tables that a report may do without, with pseudonyms in place of names where the study asks."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import pandas as pd

from crqlab.base.contracts import contract
from crqlab.base.contracts.programme import LEDGERS
from crqlab.base.study import Study
from crqlab.base.study_key import key
from crqlab.page import table_handoff
from crqlab.page.pseudonyms import pseudonyms
from crqlab.programme.ledger_files import ledger

_READ: ContextVar[dict[Hashable, pd.DataFrame] | None] = ContextVar("read", default=None)
_NEEDED = ("responses", "respondents", "account_scores", "client_scores")
#: Whose column it is in every table; tables with a column of names; columns of which another says,
#: row by row, whose they are.
_KINDS = {"account_id": "account", "contact_id": "contact", "account_manager": "manager",
          "signed_off_by": "manager", "first_manager": "manager", "second_manager": "manager",
          "from_account": "account", "customer": "account"}  # fmt: skip
_NAMED = {"accounts": "account_id", "contacts": "contact_id"}
_TOLD_BY = {
    "completion": {"group": "dimension"},
    "concentration": {"name": "holder"},
    "driver_focus": {"unit": "kind"},
}
_SAID = {"account": "account", "account_manager": "manager", "contact": "contact"}
#: What stands where files do not say.
UNKNOWN = "unknown"
#: Who has scores at all: a table, and its columns.
CLIENTS = ("client_scores", ("client_id",))


def table(study: Study, name: str, *, real: bool = False, **which: str) -> pd.DataFrame:
    """Return a table, or some client's and wave's rows of it; no rows where nobody wrote it.

    Parameters
    ----------
    study : Study
    name : str
    real : bool
        Names as they are, also in a study whose codebook asks for pseudonyms.
    **which : str
        ``client`` and ``wave``.

    Raises
    ------
    StudyError
        A table without which there is no report is missing.
    """
    rows = table_handoff.rows(study, name, which)
    if rows is None and name in LEDGERS:
        rows = _lines(study, name, which)
    elif rows is None and (study.has(name) or name in _NEEDED):
        rows = _read(study, name, which)
    if rows is not None:
        return rows if real or not study.codebook.privacy.pseudonyms else _veiled(study, name, rows)
    columns = contract(name).for_instrument(study.codebook.instrument)
    kinds = {"yes": bool, "number": float, "count": int, "date": "datetime64[ns]"}
    return pd.DataFrame({c: pd.Series(dtype=kinds.get(k.kind, object)) for c, k in columns.items()})


def _lines(study: Study, name: str, which: dict[str, str]) -> pd.DataFrame:
    """Lines of a programme file, without columns of people's own."""
    kept = _READ.get()
    key = (study, name, "")
    rows = kept.get(key) if kept is not None else None
    if rows is None:
        rows = ledger(study, name).table[list(LEDGERS[name].contract.columns)]
        if kept is not None:
            kept[key] = rows
    for column, value in zip(
        ("client_id", "wave"), map(which.get, ("client", "wave")), strict=True
    ):
        if value is not None:
            rows = rows[(rows[column] == value).to_numpy(bool)]
    return rows.reset_index(drop=True)


@contextmanager
def read_once() -> Iterator[None]:
    """Read each table of a client no more than once as long as this lasts."""
    if _READ.get() is not None:
        yield
        return
    token = _READ.set({})
    try:
        yield
    finally:
        _READ.reset(token)


def _read(study: Study, name: str, which: dict[str, str]) -> pd.DataFrame:
    kept = _READ.get()
    if kept is None or "client" not in which:
        return study.read(name, **which)
    key = (study, name, which["client"])
    if key not in kept:
        kept[key] = study.read(name, client=which["client"])
    rows = kept[key]
    if "wave" in which:
        return rows[(rows["wave"] == which["wave"]).to_numpy(bool)].reset_index(drop=True)
    return rows.copy(deep=False)


def across(
    study: Study, name: str, columns: Sequence[str], *, distinct: bool = False, **which: str
) -> pd.DataFrame:
    """Return a few columns of all clients' rows; no rows where nobody wrote the table.

    Parameters
    ----------
    study : Study
    name : str
    columns : sequence of str
        None that pseudonyms stand for.
    distinct : bool
        Whether rows that say the same are one; those that were handed out are.
    **which : str
        Values that columns must have.

    Raises
    ------
    StudyError
        A table without which there is no report is missing.
    """
    if (rows := table_handoff.excerpt(study, name, columns, which)) is not None:
        return rows
    if not study.has(name):
        return table(study, name)[list(columns)]
    same = [(column, "==", value) for column, value in which.items()] or None
    rows = pd.read_parquet(study.path(name), columns=list(columns), filters=same, use_threads=False)
    return rows.drop_duplicates(ignore_index=True) if distinct else rows


def _veiled(study: Study, name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Put pseudonyms in place of accounts, contacts and account managers."""
    held = key(study)
    hidden = {
        c: pseudonyms(rows[c], kind=kind, key=held) for c, kind in _KINDS.items() if c in rows
    }
    if name in _NAMED:
        hidden["name"] = hidden[_NAMED[name]]
    if name in LEDGERS and "owner" in rows:
        hidden["owner"] = pseudonyms(rows["owner"], kind="manager", key=held)
    for column, by in _TOLD_BY.get(name, {}).items():
        hidden[column] = rows[column]
        for said, kind in _SAID.items():
            own = (rows[by] == said) & (rows[column] != UNKNOWN)
            veiled = pseudonyms(rows[column][own], kind=kind, key=held)
            hidden[column] = veiled.reindex(rows.index).where(own, hidden[column])
    return rows.assign(**hidden)
