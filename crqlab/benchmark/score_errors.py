"""How sure the scores of clients are, for their places among each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from crqlab.benchmark.ranked_units import Scores

#: Method of intervals that are Student's t over accounts.
BY_ACCOUNTS = "account_t"
#: Accounts that what all clients' accounts differ by counts for, beside a client's own.
WORTH = 10


def score_errors(
    scores: Scores, intervals: pd.DataFrame | None, completion: pd.DataFrame | None
) -> pd.DataFrame:
    """Standard error of each client's own score, as its interval tells; 0 where none is known.

    Few accounts tell badly how far accounts differ: with three of them the interval is four
    standard errors wide to either side, and the standard error itself is a guess. So what a
    client's accounts differ by is drawn towards what all clients' do.

    Parameters
    ----------
    scores : Scores
    intervals : DataFrame, optional
        Table ``client_scores``.
    completion : DataFrame, optional
        Table ``completion``, for the errors of its shares.

    Returns
    -------
    DataFrame, shape (scores, measures)

    References
    ----------
    Smyth (2004), Statistical Applications in Genetics and Molecular Biology 3(1), article 3:
    variances drawn towards those of many, by their degrees of freedom.
    """
    parts = []
    if intervals is not None:
        rows = intervals[intervals["roll_up"] == "respondents"]
        parts.append(rows.drop_duplicates(["client_id", "wave", "measure"]))
    if completion is not None:
        rows = completion[completion["dimension"] == "all"]
        named = rows["unit"].map({"contacts": "completion", "revenue": "revenue_coverage"})
        parts.append(rows.assign(measure=named, n_accounts=0)[named.notna()])
    key = pd.MultiIndex.from_frame(scores.table[["client_id", "wave"]])
    if not parts:
        return pd.DataFrame(0.0, index=range(len(key)), columns=list(scores.measures))
    every = pd.concat(parts, ignore_index=True)
    wide = every.assign(se=_errors(every)).pivot_table(
        index=["client_id", "wave"], columns="measure", values="se", aggfunc="first"
    )
    there = wide.reindex(index=key, columns=list(scores.measures)).to_numpy(float)
    return pd.DataFrame(np.nan_to_num(there), columns=list(scores.measures))


def _errors(rows: pd.DataFrame) -> NDArray:
    """Standard errors of rows with ``low``, ``high``, ``level``, ``n_accounts`` and ``method``."""
    by_accounts = rows["method"].eq(BY_ACCOUNTS).to_numpy(bool)
    n = rows["n_accounts"].to_numpy(float)
    freedom = np.where(by_accounts, np.maximum(n - 1, 1), np.inf)
    whole = rows["value"] - rows["low"], rows["high"] - rows["value"]  # an end may be cut off
    variance = (np.maximum(*whole) / t.isf((1 - rows["level"]) / 2, freedom)) ** 2
    own = pd.DataFrame({"of": rows["measure"], "df": freedom, "spread": variance * n})
    own = own[by_accounts & own["spread"].notna().to_numpy()]
    sums = own.assign(spread=own["df"] * own["spread"]).groupby("of")[["spread", "df"]].sum()
    usual = rows["measure"].map(sums["spread"] / sums["df"]) / np.maximum(n, 1)
    drawn = (freedom * variance + WORTH * usual) / (freedom + WORTH)
    return np.sqrt(np.where(by_accounts, drawn, variance))
