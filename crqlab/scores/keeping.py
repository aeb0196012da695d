"""The five tables of this station, written for those that follow."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crqlab.base.study import Study

MADE = ("respondents", "account_scores", "client_scores", "agreement", "changes")


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
) -> list[Path]:
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
    list of Path
        The files.

    Raises
    ------
    DataError
        A table breaks its contract; it and those after it are not written.
    """
    made = {"level": level, "draws": draws, "seed": seed}
    tables = (respondents, account_scores, client_scores, agreement, changes)
    return [study.write(name, rows, made=made) for name, rows in zip(MADE, tables, strict=True)]
