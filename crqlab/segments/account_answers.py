"""Answers to the scores that rules look at, lined up for the account model."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.conditions import LIKELY
from crqlab.segments.thresholds import Thresholds
from crqlab.stats import nps
from crqlab.stats.account_model import Answers, Expected

LTR = "ltr"
THEN = "_then"  # ends the names of what was known in the account's own wave
KEYS = ["client_id", "wave", "account_id"]


def column_of(word: str, thresholds: Thresholds) -> str:
    """Return the score of respondents that a word of the rules stands for; LTR for what it makes.

    Examples
    --------
    >>> from crqlab.segments import starting
    >>> column_of("service", starting()), column_of("mean_ltr", starting())
    ('service', 'ltr')
    """
    return LTR if word in LIKELY else thresholds.column(word)


def of_table(table: pd.DataFrame, rows: Answers) -> tuple[Expected, Expected]:
    """Return what table ``account_posterior`` says of these answers' cells, in both views.

    Parameters
    ----------
    table : DataFrame
        Table ``account_posterior``.
    rows : Answers
    """
    at = places(table[KEYS], keyed(rows))
    own = {name: name for name in table if f"{name}_sd_then" in table}
    own |= {"mean_ltr": LTR} if "mean_ltr" in own else {}

    def cells(column: str) -> NDArray:
        return np.append(table[column].to_numpy(float), np.nan)[at]

    views = (
        ({ours: cells(f"{name}{part}{view}") for name, ours in own.items()} for part in ("", "_sd"))
        for view in ("", THEN)
    )
    whole, then = (Expected(*parts) for parts in views)
    return whole, then


def unasked(posterior: pd.DataFrame) -> pd.DataFrame | None:
    """Return the keys of accounts that are expected though nobody answered; None if there are none.

    Parameters
    ----------
    posterior : DataFrame
        Table ``account_posterior``.
    """
    rows = posterior.loc[(posterior["n"] == 0).to_numpy(bool), KEYS].reset_index(drop=True)
    return rows if len(rows) else None


def keyed(rows: Answers) -> pd.DataFrame:
    """Return client, wave and account of every cell."""
    return rows.keys().rename(columns={"client": "client_id", "account": "account_id"})[KEYS]


def places(keys: pd.DataFrame, wanted: pd.DataFrame) -> NDArray:
    """Return the row of ``keys`` of each row of ``wanted``, -1 where there is none."""
    index = pd.MultiIndex.from_frame(keys)
    return index.get_indexer(pd.MultiIndex.from_frame(wanted[KEYS]))


def plain_means(rows: Answers) -> dict[str, NDArray]:
    """Return the mean of each cell's answers, and its net promoter score."""
    answers = dict(zip(rows.scores, rows.values.T, strict=True))  # noqa: PD011
    found = {name: _mean(rows, score) for name, score in answers.items()}
    if LTR in found:
        ltr = answers[LTR]
        code = nps.categories(pd.Series(ltr)).cat.codes.to_numpy(float)
        found["nps"] = _mean(rows, np.where(code < 0, np.nan, 100 * (code - 1)))
    return found


def _mean(rows: Answers, score: NDArray) -> NDArray:
    there, size = ~np.isnan(score), len(rows.cell_account)
    n = np.bincount(rows.cell[there], minlength=size)
    total = np.bincount(rows.cell[there], weights=score[there], minlength=size)
    return np.divide(total, n, out=np.full(size, np.nan), where=n > 0)
