"""Sums of every account and wave, kept up wave by wave: all that tables are made of."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import numpy as np
import pandas as pd

from crqlab.base.errors import StudyError
from crqlab.base.instrument import Instrument
from crqlab.base.results import Result
from crqlab.base.study import replace
from crqlab.base.waves import in_order
from crqlab.benchmark.panel_contract import hold, hold_kinds
from crqlab.benchmark.panel_source import Panel, fetched, in_order_of, told
from crqlab.benchmark.panel_state import UNKNOWN, PanelState, panel_state
from crqlab.benchmark.queries import account_waves, check_columns, measures_of, surveyed
from crqlab.benchmark.server_sums import server_sums
from crqlab.benchmark.wave_marks import wave_marks

if TYPE_CHECKING:
    import ibis

FOLDER, SEEN = "80_cube", "seen.json"
ORDER = ("wave", "client_id", "account_id")  # a wave stays in one piece
PORTION = 5_000_000  # responses; more would only ask for more memory


@dataclass(frozen=True, slots=True, eq=False)
class Cube(Result):
    """Sufficient statistics of every account and wave.

    Attributes
    ----------
    table : DataFrame, one row per account and wave
        ``client_id``, ``wave``, ``account_id``, ``n`` (responses) and for each measure
        ``n_…`` (answers), ``sum_…`` and ``squares_…`` (measure's units, and squared); in a panel
        with survey weights these are weighted, and ``weight_…`` is the sum of who answered.
    measures : tuple of str
    seen : DataFrame, one row per wave
        ``wave``, ``rows``, ``mark``: by what a changed wave is known, see `wave_marks`.
    asked : str
        Fingerprint of the instrument and of how cells are read; sums of another one are never
        reused.
    renewed : tuple of str
        Waves that were summed up this time.
    state : PanelState
        How the panel stood before it was read.
    """

    table: pd.DataFrame
    measures: tuple[str, ...]
    seen: pd.DataFrame
    asked: str
    renewed: tuple[str, ...]
    state: PanelState = UNKNOWN

    def described(self) -> str:
        """Say what is in it, however it was made."""
        return (
            f"{self.seen['rows'].sum():,} responses of {self.table['client_id'].nunique():,} "
            f"clients in {len(self.seen)} waves"
        )

    def __str__(self) -> str:
        kept = len(self.seen) - len(self.renewed)
        return f"{self.described()}; {len(self.renewed)} waves summed up, {kept} kept"


def cube(panel: Panel, asked: Instrument, *, before: Cube | None = None) -> Cube:
    """Sum the panel up by account and wave, only where it has changed.

    A panel with one Parquet file per wave is asked for its new or changed files only. Elsewhere a
    wave has changed when anything that counts has, in any response: see `wave_marks`. Where nothing
    at all can have changed, no response is looked at: see `panel_state`.

    Parameters
    ----------
    panel : Panel
    asked : Instrument
    before : Cube, optional
        What is known already.

    Returns
    -------
    Cube
        The same sums as without ``before``.

    Raises
    ------
    StudyError
        The panel has no response, or cannot be read.
    DataError
        It lacks a column of the instrument; or, where it is no study's own, its cells break the
        contract of responses.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> panel = crq.benchmark.panel(study)
    >>> result = crq.benchmark.cube(panel, study.codebook.instrument)
    """
    check_columns(panel.tables["responses"], asked)
    if panel.reading:
        hold_kinds(panel.tables["responses"], asked, panel.name)
    weighted = surveyed(panel.tables["responses"])
    mark = asked.model_dump_json() + panel.reading + ("weighted" if weighted else "")
    old, state = before if before is not None and before.asked == mark else None, panel_state(panel)
    if old is not None and state.shows_unchanged(old.state):
        return dataclasses.replace(old, renewed=(), state=state)
    seen = wave_marks(panel, asked, weighted=weighted)
    if seen.empty:
        raise StudyError(
            f"Panel {panel.name} has no response: its table of responses is there, but has no "
            "row. Fill it, or name another panel; what was summed up before is kept."
        )
    changed = seen["wave"].tolist() if old is None else _changed(seen, old.seen)
    parts = [] if old is None else [_kept(old.table, seen, changed)]
    rows = panel.tables["responses"]
    if panel.reading and changed:
        _hold(panel.name, rows, changed, asked)
    for waves in _portions(seen[seen["wave"].isin(changed)]):
        some = rows if len(waves) == len(seen) else rows.filter(rows["wave"].isin(waves))
        parts.append(_sums(account_waves(some, asked, weighted=weighted), panel.name))
    return Cube(_joined(parts), measures_of(asked), seen, mark, tuple(in_order(changed)), state)


def _sums(query: ibis.Table, name: str) -> pd.DataFrame:
    if query.get_backend().name != "postgres":
        return fetched(query, list(ORDER))
    found = server_sums(query, name).to_pandas(split_blocks=True, self_destruct=True)
    return in_order_of(found.astype(dict.fromkeys(ORDER, "str")), list(ORDER))


def _hold(name: str, rows: ibis.Table, waves: list[str], asked: Instrument) -> None:
    """Hold what has changed to the contract; a response without a wave is in none of them."""
    some = rows["wave"].isin([wave for wave in waves if isinstance(wave, str)])
    with told(name):
        hold(rows.filter(some | rows["wave"].isnull()), rows, asked, name)  # noqa: PD003


def _portions(waves: pd.DataFrame) -> list[list[str]]:
    """Waves to be summed up in one query: as many as hold so many responses, at least one."""
    portion = (waves["rows"].cumsum() - 1) // PORTION
    return [part["wave"].tolist() for _, part in waves.groupby(portion.to_numpy())]


def _changed(seen: pd.DataFrame, before: pd.DataFrame) -> list[str]:
    both = seen.merge(before, how="left", on="wave", suffixes=("", "_before"))
    same = (both["rows"] == both["rows_before"]) & (both["mark"] == both["mark_before"])
    return both.loc[~same, "wave"].tolist()


def _kept(table: pd.DataFrame, seen: pd.DataFrame, changed: Sequence[str]) -> pd.DataFrame:
    still = set(seen["wave"]) - set(changed)
    return table[table["wave"].isin(still)]


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Put parts below one another, column by column, and give each part's column back at once.

    Each part is in order, and no wave is in two of them: whole waves are all that moves.
    """
    if len(parts) == 1:
        return parts[0]
    waves = pd.concat([part["wave"] for part in parts], ignore_index=True)
    code = pd.factorize(waves, sort=True)[0]
    order = None if (np.diff(code) >= 0).all() else np.argsort(code, kind="stable")
    columns = {}
    for name in list(parts[0]):
        whole = pd.concat([part.pop(name) for part in parts], ignore_index=True)
        columns[name] = (whole if order is None else whole.take(order)).array
    return pd.DataFrame(columns, copy=False)


def write_cube(cube: Cube, folder: Path) -> tuple[Path, ...]:
    """Keep a cube, one file per wave; only renewed waves are written.

    Parameters
    ----------
    cube : Cube
    folder : Path
        Belongs to the cube alone: files of waves that are gone are removed from it.

    Returns
    -------
    tuple of Path
        The files that were written; the list of waves comes last, so that a reader never
        believes a wave that is not there.
    """
    paths = []
    waves = dict(tuple(cube.table.groupby("wave", sort=False)))
    for wave in cube.seen["wave"]:
        path = _path(folder, wave)
        if wave in cube.renewed or not path.is_file():
            rows = waves.get(wave, cube.table.iloc[:0])
            paths.append(replace(path, rows.to_parquet(index=False)))
    facts = {"asked": cube.asked, "measures": cube.measures, "seen": cube.seen.to_dict("list")}
    facts |= {"state": dataclasses.asdict(cube.state)}
    paths.append(replace(folder / SEEN, json.dumps(facts, indent=1).encode()))
    for path in set(folder.glob("*.parquet")) - {_path(folder, w) for w in cube.seen["wave"]}:
        os.unlink(path)
    return tuple(paths)


def read_cube(folder: Path) -> Cube | None:
    """Return the cube that was kept in a folder; None where there is none."""
    if not (folder / SEEN).is_file():
        return None
    facts = json.loads((folder / SEEN).read_text(encoding="utf-8"))
    seen = pd.DataFrame(facts["seen"]).reindex(columns=["wave", "rows", "mark"])
    paths = [_path(folder, wave) for wave in seen["wave"]]
    there = [path.is_file() for path in paths]
    if not any(there):
        return None
    seen = seen[there].astype({"wave": "str"}).reset_index(drop=True)
    parts = [pd.read_parquet(path) for path, ok in zip(paths, there, strict=True) if ok]
    table = in_order_of(pd.concat(parts), list(ORDER))
    state = PanelState(**facts.get("state", {})) if all(there) else UNKNOWN
    return Cube(table, tuple(facts["measures"]), seen, facts["asked"], (), state)


def _path(folder: Path, wave: str) -> Path:
    return folder / f"{quote(str(wave), safe='')}.parquet"
