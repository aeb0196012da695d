"""What station 6 proposes to a client, as a list of actions to fill in."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crqlab.base.contracts.programme import ACTIONS
from crqlab.base.errors import one_of
from crqlab.base.study import Study, replace
from crqlab.page.assembly import view
from crqlab.page.client_view import ClientView
from crqlab.page.tables import table
from crqlab.programme.ledger_checks import MOST_INITIATIVES
from crqlab.programme.ledger_files import alone, before, of_kinds
from crqlab.programme.task_merge import hand_out
from crqlab.report.brand import client_brand
from crqlab.report.clearance import gate
from crqlab.report.clearance.release_audit import cleared
from crqlab.report.exports.crm import csv_cells
from crqlab.report.programme import action_workbook
from crqlab.report.run.page_language import page_name, spoken_in

KINDS = ("xlsx", "csv")
#: Ends the name of the file, behind the name of the page.
PART = "actions"
OWN_LINES = 8  # for actions that people think of themselves
_OPEN = ("proposed", "agreed")
_COLUMNS = list(ACTIONS.contract.columns)


def propose(
    study: Study, client: str, wave: str, *, kind: str = "xlsx", language: str | None = None
) -> Path:
    """Write a client's proposed and open actions as a file to fill in.

    Parameters
    ----------
    study : Study
        Its stations must have run.
    client, wave : str
    kind : str
        ``xlsx`` or ``csv``.
    language : str, optional
        The codebook's if left out.

    Returns
    -------
    Path
        ``reports/STUDY/C017_2025_actions.xlsx``; one that was there, filled in perhaps, is kept
        beside it (``.before``).

    Raises
    ------
    LeakError
        It holds something of another client; nothing is written then.
    DataError
        ``actions.csv`` breaks a rule.
    """
    one_of("to", kind, KINDS)
    spoken = spoken_in(study, language)
    seen = view(study, client=client, wave=wave, language=spoken)
    rows = lines(study, seen)
    name = f"{page_name(client, wave, spoken, PART)}.{kind}"
    look = client_brand.of(study, client)
    made = action_workbook.content(seen, look, rows) if kind == "xlsx" else _csv(seen, rows)
    passed = gate.passed({name: made}, study, client)
    cleared(study, client, wave, passed)
    path = study.reports / name
    with alone(study):
        hand_out(study, _real(study, client, rows[rows["action"].notna()]))
        if path.is_file() and path.read_bytes() != passed[name]:
            replace(before(path), path.read_bytes())
        return replace(path, passed[name])


def lines(study: Study, seen: ClientView) -> pd.DataFrame:
    """Return proposed and open actions of a client, and lines for more of its own.

    Parameters
    ----------
    study : Study
    seen : ClientView

    Returns
    -------
    DataFrame
        The columns of the ledger, with ``account`` (name) and ``what`` (in words).
    """
    ledger = table(study, "agreed_actions", client=seen.client_id)
    going = ledger[ledger["status"].isin(_OPEN) | (ledger["wave"] == seen.wave)]
    book, code = seen.actions.playbook, seen.language.code
    new = _proposed(seen)
    texts = dict(zip(new["action_id"], book.texts(seen.actions.actions, code), strict=True))
    new = new[~new["action_id"].isin(ledger["action_id"])]
    parts = [part for part in (going[_COLUMNS], new, _blank(seen, going)) if len(part)]
    rows = of_kinds(ACTIONS, pd.concat([part.astype("object") for part in parts]))
    rows = rows.reset_index(drop=True)
    names = dict(zip(seen.accounts["account_id"], seen.accounts["name"], strict=True))
    known = rows["action"].map(lambda one: book.text(one, code) or None, "ignore")
    own = rows["action"].str.removeprefix("own:")
    what = rows["action_id"].map(texts).fillna(known).fillna(own).astype("str")
    account = rows["account_id"].map(names).fillna(rows["account_id"])
    return rows.assign(account=account.astype("str"), what=what)


def _proposed(seen: ClientView) -> pd.DataFrame:
    rows = seen.actions.actions
    ids = [f"{seen.client_id}-{seen.wave}-{account}-{action}"
           for account, action in zip(rows["account_id"], rows["action"], strict=True)]  # fmt: skip
    made = rows.assign(action_id=ids, kind="account", due_on=rows["due"], status="proposed")
    return made.assign(client_id=seen.client_id).reindex(columns=_COLUMNS)


def _blank(seen: ClientView, going: pd.DataFrame) -> pd.DataFrame:
    """Lines with an id and no action yet; initiatives with the measure that leads, if any does."""
    taken, now = set(going["action_id"]), going["wave"] == seen.wave
    left = MOST_INITIATIVES - int((now & (going["kind"] == "initiative")).sum())
    kinds = ["account"] * OWN_LINES + ["initiative"] * max(left, 0)
    ids = (f"{seen.client_id}-{seen.wave}-own-{n}" for n in range(1, 10_000))
    rows = pd.DataFrame({"kind": kinds, "client_id": seen.client_id, "wave": seen.wave})
    free = [id_ for id_ in ids if id_ not in taken][: len(rows)]
    return rows.assign(action_id=free).reindex(columns=_COLUMNS)


def measures(seen: ClientView) -> list[str]:
    """Return what an initiative may be measured by: the client's own numbers."""
    return [name for name in seen.measures["measure"] if name]


def _csv(seen: ClientView, rows: pd.DataFrame) -> bytes:
    """The same list as CSV, for whoever has no spreadsheet."""
    shown = action_workbook.spoken_rows(seen, rows)
    head = ",".join(f'"{name}"' for name in shown)
    texts = {name: csv_cells(shown[name]) for name in shown}
    body = pd.DataFrame(texts).to_csv(index=False, header=False, lineterminator="\r\n")
    return f"\ufeff{head}\r\n{body}".encode()


def _real(study: Study, client: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The lines with accounts and owners as the ledger has them, whatever the file shows."""
    known = unveiled(study, client)
    return rows.assign(**{name: rows[name].map(lambda cell: known.get(cell, cell))
                          for name in ("account_id", "owner")})  # fmt: skip


def unveiled(study: Study, client: str | None = None) -> dict[str, str]:
    """Return what accounts and account managers are called: pseudonym, where there are, to id."""
    if not study.codebook.privacy.pseudonyms:
        return {}
    which = {"client": client} if client else {}
    shown, real = table(study, "accounts", **which), table(study, "accounts", real=True, **which)
    return {
        veil: own
        for name in ("account_id", "account_manager")
        for veil, own in zip(shown[name], real[name], strict=True)
        if isinstance(veil, str)
    }
