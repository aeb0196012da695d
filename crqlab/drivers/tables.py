"""The tables of this station, written for those that follow; and one read from the one before."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crqlab.base.contracts import frames
from crqlab.base.study import Study
from crqlab.drivers.driver_weights import Weights
from crqlab.drivers.priority_map import Priorities

MOST = 15  # lifts that a reader goes through


def keep(
    study: Study, *, weights: Weights, priorities: Priorities, level: float, draws: int, seed: int
) -> tuple[Path, ...]:
    """Write the tables of this station, as `frames.keep` does: all of them, or none.

    Parameters
    ----------
    study : Study
    weights, priorities
        As the functions of these names return them.
    level, draws, seed
        What they were called with, for the run card.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> book, people = study.codebook, study.read("respondents")
    >>> weights = crq.drivers.weights(people, book, draws=20)
    >>> most = crq.drivers.priorities(weights, people, book, study.read("accounts"))
    >>> made = {"level": 0.95, "draws": 20, "seed": 20250101}
    >>> paths = crq.drivers.keep(study, weights=weights, priorities=most, **made)
    """
    tables = {
        "driver_weights": weights.table,
        "driver_effects": weights.effects,
        "driver_map": priorities.table,
        "driver_focus": priorities.focus,
    }
    return frames.keep(study, tables, level=level, draws=draws, seed=seed)


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

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> one = crq.drivers.largest(study.read("driver_map"))
    >>> rows = crq.drivers.lifts(study, one)
    """
    columns = ["account_id", "segment", "target", "change", "size", "probability", "now", "flag"]
    if rows.empty or not study.has("lifts"):
        return frames.empty("lifts")[columns]
    client, wave = rows[["client_id", "wave"]].iloc[0]
    found = study.read("lifts", client=client, wave=wave)
    ordered = found.sort_values("probability", ascending=False, kind="stable")
    return ordered[columns].head(MOST).reset_index(drop=True)
