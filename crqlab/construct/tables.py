"""The tables of this station, written for those that follow."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crqlab.base.contracts import contract
from crqlab.base.study import Study
from crqlab.construct.choice_sensitivity import Sensitivity
from crqlab.construct.crq_and_nps import HeadToHead
from crqlab.construct.evidence import Evidence


def keep(
    study: Study,
    *,
    evidence: Evidence,
    head_to_head: HeadToHead,
    sensitivity: Sensitivity,
    level: float,
    draws: int,
    seed: int,
) -> tuple[Path, ...]:
    """Write the tables of this station, and how they were made, into the study.

    Parameters
    ----------
    study : Study
    evidence, head_to_head, sensitivity
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
        "evidence": evidence.table,
        "rivals": evidence.rivals,
        "loadings": evidence.loadings,
        "ladders": evidence.ladders,
        "head_to_head": head_to_head.table,
        "disagreements": head_to_head.disagreements,
        "sensitivity": sensitivity.table,
    }
    tables = {name: _typed(rows, name) for name, rows in tables.items()}
    made = {"level": level, "draws": draws, "seed": seed}
    return study.write_all(tables, made=made)


def _typed(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Give an empty table the kinds of its columns, and others the columns of the contract."""
    kinds = {"text": "str", "number": float, "count": "int64", "yes": bool}
    columns = contract(name).columns
    return rows[list(columns)].astype({key: kinds[of.kind] for key, of in columns.items()})
