"""What people filled in comes home: never twice, and never over what somebody else changed."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.contracts import frames
from crqlab.base.contracts.programme import ACTIONS
from crqlab.base.errors import DataError
from crqlab.base.faults import Faults, UnreadableError
from crqlab.base.files import replace as written
from crqlab.base.results import Result
from crqlab.base.sources import Source
from crqlab.base.spreadsheets import delimited
from crqlab.base.study import Study
from crqlab.programme.ledger_cells import typed_cells
from crqlab.programme.ledger_checks import Known, check, known
from crqlab.programme.ledger_files import as_text, change
from crqlab.programme.task_files import ANY_PART, Filled

#: Actions as they were last handed out or taken back: what either side has changed since.
HANDED = "actions.handed_out.csv"
_KEYS = ("action_id", "client_id", "account_id", "wave", "kind")
_NEEDED = ("client_id", "wave", "action")
COLUMNS = list(ACTIONS.contract.columns)
OUTCOMES = {
    "new": "taken, new", "changed": "taken, changed", "same": "as they are here already",
    "older": "changed here since they were handed out, kept",
    "untouched": "proposals that nobody touched", "both": "changed on both sides, left",
    "unknown": "changed here or there, nobody knows which, left",
    "refused": "left, for they break a rule", "stranger": "no actions of this study, skipped",
}  # fmt: skip
_TAKEN = ("new", "changed")
Row = dict[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class Taken(Result):
    """What became of every line of a file.

    Attributes
    ----------
    table : DataFrame
        ``row`` (in the file), ``action_id``, ``outcome`` (a key of `OUTCOMES`) and ``why`` it
        was left.
    """

    table: pd.DataFrame

    def __str__(self) -> str:
        counts = Counter(self.table["outcome"])
        said = [f"{counts[code]:,} {words}" for code, words in OUTCOMES.items() if counts[code]]
        return f"{len(self.table):,} lines: {'; '.join(said)}" if said else "No lines"


def hand_out(study: Study, rows: pd.DataFrame) -> None:
    """Note actions as they are handed out, whatever they were before.

    Parameters
    ----------
    study : Study
    rows : DataFrame
        The columns of the ledger, one row per action.
    """
    old = handed(study)
    kept = old[~old["action_id"].isin(rows["action_id"])]
    whole = pd.concat([kept, rows[COLUMNS]], ignore_index=True).sort_values("action_id")
    written(study.raw / HANDED, as_text(whole).encode())


def handed(study: Study) -> pd.DataFrame:
    """Return actions as they were last handed out or taken back; no rows where none were."""
    path = study.raw / HANDED
    if not path.is_file():
        return frames.empty(ANY_PART.contract.columns)
    faults = Faults()
    try:
        grid = delimited.read(path, Source(file=HANDED))
    except UnreadableError as reason:
        faults.refuse(HANDED, reason)
    faults.stop(study.name)
    table = typed_cells(ANY_PART, grid, faults)
    faults.stop(study.name)
    return table[COLUMNS]


def take(
    study: Study,
    given: Filled,
    *,
    on: pd.Timestamp,
    theirs: bool = False,
    there: Known | None = None,
) -> Taken:
    """Take a filled-in list of actions into ``actions.csv``; a second time it changes nothing.

    Parameters
    ----------
    study : Study
    given : Filled
    on : Timestamp
        The day on which actions were agreed where the file does not say when.
    theirs : bool
        Whether the file has the last word where both sides have changed.
    there : Known, optional

    Returns
    -------
    Taken

    Raises
    ------
    DataError
        The ledger itself breaks a rule; nothing is written then.
    """
    there = known(study) if there is None else there
    merge = _Merge(given, handed(study), on, theirs, there)
    after = change(study, ACTIONS.contract.name, merge.into, there=there)
    settled = [id_ for id_, outcome in merge.ids if outcome in (*_TAKEN, "same")]
    hand_out(study, after.table[after.table["action_id"].isin(settled)])
    return Taken(pd.DataFrame(merge.told, columns=["row", "action_id", "outcome", "why"]))


class _Merge:
    """One file against the ledger and what was handed out."""

    def __init__(
        self, given: Filled, base: pd.DataFrame, on: pd.Timestamp, theirs: bool, there: Known
    ) -> None:
        self.given, self.on, self.theirs, self.there = given, on, theirs, there
        self.base = _by(base, "action_id")
        self.told: list[tuple[int, str, str, str]] = []
        self.ids: list[tuple[str, str]] = []

    def into(self, ledger: pd.DataFrame) -> pd.DataFrame:
        """Return the ledger with what is taken; note what became of every line."""
        self.told, self.ids = [], []
        rows: dict[str, Row] = _by(ledger, "action_id")
        outside = {row["external_id"]: row for row in rows.values() if row["external_id"]}
        for place, raw in zip(self.given.rows, _records(self.given.table), strict=True):
            id_, outcome, row, why = self._judged(raw, rows, outside)
            if outcome in _TAKEN and (broken := self._broken(ledger, rows, id_, row)):
                outcome, why = "refused", broken
            if outcome in _TAKEN:
                rows[id_] = {**rows.get(id_, {}), **row}
                outside |= {row["external_id"]: rows[id_]} if row["external_id"] else {}
            self.told.append((place, id_, outcome, why))
            self.ids.append((id_, outcome))
        return _frame(rows.values(), ledger)

    def _judged(
        self, raw: Row, rows: dict[str, Row], outside: dict[object, Row]
    ) -> tuple[str, str, Row, str]:
        """Whose line it is, what becomes of it, how it then reads, and why it is left."""
        ours = rows.get(str(raw["action_id"])) or outside.get(raw["external_id"])
        base = self.base.get(str((ours or raw)["action_id"]))
        if ours is None and base is None:
            if any(not raw[name] for name in _NEEDED):
                return str(raw["action_id"] or ""), "stranger", raw, ""
            new = {**raw, "kind": raw["kind"] or ("account" if raw["account_id"] else "initiative"),
                   "party": raw["party"] or "us", "status": raw["status"] or "agreed"}  # fmt: skip
            new["action"] = self._action(str(new["action"]))
            id_ = str(raw["action_id"] or _own_id(new))
            if id_ in rows:
                return id_, "same", rows[id_], ""
            return id_, "new", self._dated({**new, "action_id": id_}), ""
        start = ours or base
        assert start is not None
        row, changed = self._filled(raw, start), self._told(raw)
        id_ = str(start["action_id"])
        if ours is None:
            same = _alike(row, start, changed)
            return id_, "untouched" if same else "new", self._dated(row), ""
        differ = [name for name in changed if row[name] != ours[name]]
        if not differ:
            return id_, "same", ours, ""
        if base is not None and _alike(self._filled(raw, base), base, changed):
            return id_, "older", ours, ""
        if self.theirs or (base is not None and _alike(ours, base, changed)):
            return id_, "changed", self._dated(row), ""
        why = "; ".join(f"{name}: here {_said(ours[name])}, there {_said(row[name])}"
                        for name in differ)  # fmt: skip
        return id_, "unknown" if base is None else "both", ours, why

    def _told(self, raw: Row) -> list[str]:
        """Columns in which a line says something."""
        columns = [name for name in self.given.told if name not in _KEYS]
        if "action" in columns and not self.given.ours:
            columns.remove("action")  # a CRM has its name, in words
        return [name for name in columns
                if raw[name] is not None or (self.given.ours and name != "agreed_on")]  # fmt: skip

    def _filled(self, raw: Row, start: Row) -> Row:
        row = {**start, **{name: raw[name] for name in self._told(raw)}}
        for name in ("party", "status", "action"):
            row[name] = row[name] or start[name]
        row["action"] = self._action(str(row["action"])) if row["action"] != start["action"] else (
            start["action"])  # fmt: skip
        return row

    def _action(self, said: str) -> str:
        """A code as it is, anything else as words of one's own."""
        code = said.isidentifier() and said == said.lower()
        return said if code or said.startswith("own:") else f"own:{said}"

    def _dated(self, row: Row) -> Row:
        """With the day of today where it is agreed now; one that was due before is older."""
        old = row["due_on"] is not None and row["due_on"] < self.on
        if row["status"] == "agreed" and row["agreed_on"] is None and not old:
            return {**row, "agreed_on": self.on}
        return row

    def _broken(self, ledger: pd.DataFrame, rows: dict[str, Row], id_: str, row: Row) -> str:
        """The rules that a line would break; empty for none."""
        faults = Faults()
        others = [one for key, one in rows.items() if key != id_ and _near(one, row)]
        table = _frame([*others, {**rows.get(id_, {}), **row}], ledger)
        check(ACTIONS, table, np.arange(len(table)), self.there, faults)
        try:
            faults.stop("")
        except DataError as refused:
            cases = refused.cases
            own = cases[cases["row"] == len(table) - 1]
            return "; ".join(f"{one.column} {one.rule}" for one in own.itertuples())
        return ""


def _near(one: Row, row: Row) -> bool:
    """Whether two lines could break a rule together."""
    return one["client_id"] == row["client_id"] and (
        one["kind"] == row["kind"] == "initiative" or one["external_id"] == row["external_id"]
    )


def _own_id(row: Row) -> str:
    """An id for an action that somebody thought of: the same words give the same one."""
    said = "\0".join(str(row[name] or "") for name in ("client_id", "wave", "account_id", "action"))
    return f"{row['client_id']}-{row['wave']}-own-{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def _alike(one: Row, other: Row, columns: list[str]) -> bool:
    return all(one[name] == other[name] for name in columns)


def _said(value: object) -> str:
    return str(value.date()) if isinstance(value, pd.Timestamp) else repr(value or "")


def _records(table: pd.DataFrame) -> list[Row]:
    plain = table.astype("object").where(table.notna(), None)
    return plain.to_dict("records")


def _by(table: pd.DataFrame, key: str) -> dict[str, Row]:
    return {str(row[key]): row for row in _records(table)}


def _frame(rows: object, like: pd.DataFrame) -> pd.DataFrame:
    found = pd.DataFrame(list(rows), columns=list(like))  # type: ignore[call-overload]
    return found.astype(like.dtypes.to_dict())
