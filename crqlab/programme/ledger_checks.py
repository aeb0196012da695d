"""What the lines of a ledger must agree with: each other, the study, and the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.contracts.programme import ACTIONS, REFERRALS, WINS, Ledger
from crqlab.base.faults import Faults, near
from crqlab.base.study import Study

#: Structural initiatives that one client can carry at a time.
MOST_INITIATIVES = 3
_LATER = (("agreed_on", "due_on"), ("agreed_on", "done_on"), ("told_on", "answered_on"))


@dataclass(frozen=True, slots=True)
class Known:
    """What a study knows, for the ids of its ledgers.

    Attributes
    ----------
    accounts : frozenset of (client id, account id) or None
        None where nobody has read the study yet: then ids are taken as they are.
    waves : frozenset of str or None
    actions : frozenset of str or None
        Action ids, for what came of them.
    """

    accounts: frozenset[tuple[str, str]] | None = None
    waves: frozenset[str] | None = None
    actions: frozenset[str] | None = None


def known(study: Study) -> Known:
    """Return what a study's tables know; nothing where station 1 has not written them yet.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> found = crq.programme.known(study)
    >>> "2025" in found.waves
    True
    """
    if not (study.has("accounts") and study.has("responses")):
        return Known()
    rows = study.read("accounts")
    waves = pd.read_parquet(study.path("responses"), columns=["wave"])["wave"].unique()
    pairs = zip(rows["client_id"].tolist(), rows["account_id"].tolist(), strict=True)
    return Known(frozenset(pairs), frozenset([*waves, *study.codebook.waves]))


def check(
    ledger: Ledger, table: pd.DataFrame, rows: Sequence[int] | np.ndarray, there: Known,
    faults: Faults,
) -> None:  # fmt: skip
    """Note every line that contradicts itself, another line, or the study.

    Parameters
    ----------
    ledger : Ledger
    table : DataFrame
        Its lines, of their kinds.
    rows : array of int
        Where each stands in the file.
    there : Known
    faults : Faults
    """
    lines = _Lines(ledger, table.reset_index(drop=True), np.asarray(rows), faults)
    _twice(lines)
    for first, then in _LATER:
        if first in table and then in table:
            late = lines.table[then].dt.normalize() < lines.table[first].dt.normalize()
            lines.refuse(then, late, f"is before {first}", "correct one of the two dates")
    _strangers(lines, there)
    if ledger is ACTIONS:
        _actions(lines)
    if ledger is REFERRALS:
        _referrals(lines)
    if ledger is WINS and there.actions is not None:
        ids = lines.table["action_id"]
        lines.unknown("action_id", ids.notna() & ~ids.isin(there.actions), sorted(there.actions),
                      f"is no action of {ACTIONS.file}")  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    ledger: Ledger
    table: pd.DataFrame
    rows: np.ndarray
    faults: Faults

    def refuse(self, column: str, where: pd.Series, rule: str, fix: str) -> None:
        if (where := where.fillna(False).astype(bool)).any():
            values = self.table[column][where].astype("object")
            shown = values.map(lambda v: str(v.date()) if isinstance(v, pd.Timestamp) else v)
            self.faults.cells(self.ledger.file, self.rows[where.to_numpy()], column, shown,
                              rule, fix)  # fmt: skip

    def unknown(self, column: str, where: pd.Series, options: list[str], rule: str) -> None:
        for value in self.table.loc[where, column].unique():
            alike = [one for one in options if one.lstrip("0") == value.lstrip("0")]
            told = f"did you mean {alike[0]!r}? " if alike else near(value, options)
            self.refuse(column, where & (self.table[column] == value), rule,
                        f"{told}correct the id or delete the line")  # fmt: skip


def _twice(lines: _Lines) -> None:
    for name in (lines.ledger.key, "external_id"):
        if name in lines.table:
            ids = lines.table[name]
            again = ids.notna() & ids.duplicated()
            lines.refuse(name, again, "is there twice", "keep one line, or give it its own id")


def _strangers(lines: _Lines, there: Known) -> None:
    """Clients, accounts and waves that the study does not have."""
    table = lines.table
    if there.accounts is not None:
        clients = sorted({client for client, _ in there.accounts})
        strange = table["client_id"].notna() & ~table["client_id"].isin(clients)
        lines.unknown("client_id", strange, clients, "is no client of this study")
        pairs = list(zip(table["client_id"], table["account_id"], strict=True))
        wrong = pd.Series([pair not in there.accounts for pair in pairs], dtype=bool)
        wrong &= table["account_id"].notna() & table["client_id"].notna() & ~strange
        for client in table.loc[wrong, "client_id"].unique():
            own = sorted(account for owner, account in there.accounts if owner == client)
            lines.unknown("account_id", wrong & (table["client_id"] == client), own,
                          f"is no account of client {client!r}")  # fmt: skip
    if there.waves is not None and "wave" in table:
        strange = table["wave"].notna() & ~table["wave"].isin(there.waves)
        lines.unknown("wave", strange, sorted(there.waves), "is no wave of this study")


def _actions(lines: _Lines) -> None:
    table = lines.table
    done, dated = table["status"] == "done", table["done_on"].notna()
    lines.refuse("status", done & ~dated, "is done, without done_on", "write when, in done_on")
    lines.refuse("done_on", dated & table["status"].notna() & ~done, "is a day, and status is not "
                 "done", "write status done, or empty done_on")  # fmt: skip
    own = table["action"].str.fullmatch(r"own:\s*").fillna(False)
    lines.refuse("action", own.astype(bool), "says nothing behind own:", "write what is to be done")
    wide = table["kind"] == "initiative"
    lines.refuse("account_id", wide & table["account_id"].notna(), "is one account, and kind is "
                 "initiative", "empty it, or write kind account")  # fmt: skip
    going = wide & table["status"].isin(["agreed", "done"])
    for name in ("owner", "measure", "target"):
        fix = "write who owns it, the number that would show success, and its target"
        lines.refuse(name, going & table[name].isna(), "is empty for an agreed initiative", fix)
    count = table[going].groupby(["client_id", "wave"]).cumcount().reindex(table.index)
    lines.refuse("action_id", count >= MOST_INITIATIVES, f"is one initiative too many: at most "
                 f"{MOST_INITIATIVES} for a client and wave", "drop the others")  # fmt: skip


def _referrals(lines: _Lines) -> None:
    table = lines.table
    came = table[["result_account_id", "result_name", "result_revenue"]].notna().any(axis=1)
    lines.refuse("answer", came & (table["answer"] == "no"), "is no, and yet something came of it",
                 "write answer yes, or empty the result")  # fmt: skip
