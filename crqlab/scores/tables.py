"""The five tables of this station, written for those that follow: all of them, or none."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crqlab.base.study import Study


def keep(
    study: Study,
    *,
    respondents: pd.DataFrame,
    account_scores: pd.DataFrame,
    client_scores: pd.DataFrame,
    agreement: pd.DataFrame,
    changes: pd.DataFrame,
    level: float,
    draws: int,
    seed: int,
) -> tuple[Path, ...]:
    """Write the five tables of this station, and how they were made, into the study.

    Parameters
    ----------
    study : Study
    respondents, account_scores, client_scores, agreement, changes : DataFrame
        As their functions return them.
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
        "respondents": respondents,
        "account_scores": account_scores,
        "client_scores": client_scores,
        "agreement": agreement,
        "changes": changes,
    }
    made = {"level": level, "draws": draws, "seed": seed}
    return study.write_all(tables, made=made)
