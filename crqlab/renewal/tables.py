"""The tables of this station, written for those that follow: all of them, or none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from crqlab.base.contracts import contract
from crqlab.base.study import Study
from crqlab.renewal.covariate_effects import Effects
from crqlab.renewal.model_cards import Card
from crqlab.renewal.model_comparison import Contest
from crqlab.renewal.opportunities import Design
from crqlab.renewal.retention_curves import Lasting
from crqlab.renewal.revenue_at_risk import RiskOutlook
from crqlab.renewal.trust_mediation import Mediation

_KINDS = {
    "text": "str",
    "number": "float64",
    "count": "int64",
    "yes": "bool",
    "date": "datetime64[ns]",
}
_BLANK = {"text": "", "count": 0, "yes": False}


def keep(
    study: Study,
    *,
    design: Design,
    effects: Effects,
    mediation: Mediation,
    retention: Lasting,
    contest: Contest,
    outlook: RiskOutlook,
    card: Card,
    level: float,
    draws: int,
    seed: int,
) -> tuple[Path, ...]:
    """Write the tables of this station, and how they were made, into the study.

    Parameters
    ----------
    study : Study
    design, effects, mediation, retention, contest, outlook, card
        As the functions of these names return them (``card`` as `model_card` does).
    level, draws, seed
        What they were called with, for the run card.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    DataError
        A table breaks its contract; then none is written.
    """
    tables = {
        "opportunities": design.table,
        "refused": design.excluded,
        "effects": effects.table,
        "mediation": mediation.table,
        "retention": retention.table,
        "contest": contest.table,
        "contest_pairs": contest.differences,
        "outlook": outlook.table,
        "revenue_at_risk": outlook.at_risk,
        "model_card": card.table,
    }
    made = {"level": level, "draws": draws, "seed": seed}
    return study.write_all({name: _typed(rows, name) for name, rows in tables.items()}, made=made)


def _typed(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """Bring a table to its contract's columns and kinds; what a study lacks stays missing."""
    made = {}
    for name, column in contract(table).columns.items():
        values = rows[name] if name in rows else pd.Series(np.nan, index=rows.index)
        if column.kind in _BLANK and not column.gaps:
            values = values.astype(object).fillna(_BLANK[column.kind])
        made[name] = values.astype(_KINDS[column.kind])
    return pd.DataFrame(made)
