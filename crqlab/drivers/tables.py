"""The tables of this station, written for those that follow; and one read from the one before."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crqlab.base.contracts import contract
from crqlab.base.study import Study
from crqlab.drivers.driver_weights import Weights
from crqlab.drivers.priority_map import Priorities

MOST = 15  # lifts that a reader goes through


def keep(
    study: Study, *, weights: Weights, priorities: Priorities, level: float, draws: int, seed: int
) -> tuple[Path, ...]:
    """Write the tables of this station, and how they were made, into the study.

    Parameters
    ----------
    study : Study
    weights, priorities
        As the functions of these names return them.
    level, draws, seed
        What they were called with, for the run card.

    Returns
    -------
    tuple of Path
        The files that were written.

    Raises
    ------
    DataError
        Any table breaks its contract; then none is written.
    """
    tables = {
        "driver_weights": weights.table,
        "driver_effects": weights.effects,
        "driver_map": priorities.table,
        "driver_focus": priorities.focus,
    }
    tables = {name: _typed(rows, name) for name, rows in tables.items()}
    return study.write_all(tables, made={"level": level, "draws": draws, "seed": seed})


def _typed(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Give every column the kind that its contract has for it."""
    kinds = {"text": "str", "number": float, "count": "int64", "yes": bool}
    columns = contract(name).columns
    return rows[list(columns)].astype({key: kinds[of.kind] for key, of in columns.items()})


def lifts(study: Study, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the smallest lifts that the segments station found for one client and wave.

    Parameters
    ----------
    study : Study
    rows : DataFrame
        Any rows with the ``client_id`` and ``wave`` in question.

    Returns
    -------
    DataFrame
        The surest first; empty where station ``60_segments`` has not run or found none.
    """
    columns = ["account_id", "segment", "target", "change", "size", "probability", "now", "flag"]
    if rows.empty or not study.has("lifts"):
        return pd.DataFrame(columns=columns)
    client, wave = rows[["client_id", "wave"]].iloc[0]
    found = study.read("lifts", client=client, wave=wave)
    ordered = found.sort_values("probability", ascending=False, kind="stable")
    return ordered[columns].head(MOST).reset_index(drop=True)
