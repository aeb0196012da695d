"""The tables of this station, written for those that follow."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crqlab.base.contracts import contract
from crqlab.base.study import Study
from crqlab.drivers.prioritising import Priorities
from crqlab.drivers.weighing import Weights


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
