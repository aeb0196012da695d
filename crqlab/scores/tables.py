"""The seven tables of this station, written for those that follow: all of them, or none."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crqlab.base.contracts import frames
from crqlab.base.study import Study


def keep(
    study: Study,
    *,
    respondents: pd.DataFrame,
    account_scores: pd.DataFrame,
    client_scores: pd.DataFrame,
    manager_scores: pd.DataFrame,
    agreement: pd.DataFrame,
    changes: pd.DataFrame,
    breakdown_scores: pd.DataFrame,
    level: float,
    draws: int,
    seed: int,
) -> tuple[Path, ...]:
    """Write the seven tables of this station, as `frames.keep` does: all of them, or none.

    Parameters
    ----------
    study : Study
    respondents, account_scores, client_scores, manager_scores, agreement, changes : DataFrame
    breakdown_scores : DataFrame
        As their functions return them.
    level, draws, seed
        What they were called with, for the run card.
    """
    tables = {
        "respondents": respondents,
        "account_scores": account_scores,
        "client_scores": client_scores,
        "manager_scores": manager_scores,
        "agreement": agreement,
        "changes": changes,
        "breakdown_scores": breakdown_scores,
    }
    return frames.keep(study, tables, level=level, draws=draws, seed=seed)
