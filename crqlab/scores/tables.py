"""The tables of this station, written for those that follow: all of them, or none."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from crqlab.base.contracts import frames
from crqlab.base.study import Study


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Findings:
    """The tables of this station."""

    respondents: pd.DataFrame
    account_scores: pd.DataFrame
    client_scores: pd.DataFrame
    manager_scores: pd.DataFrame
    agreement: pd.DataFrame
    changes: pd.DataFrame
    rolling_scores: pd.DataFrame
    rolling_changes: pd.DataFrame
    breakdown_scores: pd.DataFrame
    group_scores: pd.DataFrame
    role_gaps: pd.DataFrame
    account_years: pd.DataFrame
    year_scores: pd.DataFrame
    year_gaps: pd.DataFrame
    account_model: pd.DataFrame
    account_posterior: pd.DataFrame


def keep(
    study: Study, *, level: float, draws: int, seed: int, **found: pd.DataFrame
) -> tuple[Path, ...]:
    """Write the tables of this station, as `frames.keep` does: all of them, or none.

    Parameters
    ----------
    study : Study
    level, draws, seed
        What the station was called with, for the run card.
    **found : DataFrame
        All fields of `Findings`, as their functions return them.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> found = {each.name: study.read(each.name) for each in fields(Findings)}
    >>> paths = crq.scores.keep(study, **found, level=0.95, draws=20, seed=20250101)
    >>> paths[0].name
    '30_respondents.parquet'
    """
    given = Findings(**found)
    tables = {each.name: getattr(given, each.name) for each in fields(given)}
    return frames.keep(study, tables, level=level, draws=draws, seed=seed)
