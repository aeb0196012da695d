"""How far the people of one account agree, and accounts differ."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t

from crqlab.base.contracts.cautions import code, plain
from crqlab.base.errors import EstimateError
from crqlab.stats.cluster_draws import resampled, stream
from crqlab.stats.components import (
    random_intercept_reml,
    sufficient,
    variance_components,
)
from crqlab.stats.defaults import DRAWS, LEVEL, SEED
from crqlab.stats.estimate import Estimate, check_level

__all__ = [
    "icc1",
    "icc2",
    "random_intercept_reml",
    "rwg",
    "rwg_j",
    "sufficient",
    "variance_components",
]
__dir__ = __all__.copy

METHOD = "account bootstrap of log F, Ukoumunne 2003"
TOO_FEW = code("few_answers", minimum=2)


def icc1(
    values: pd.Series,
    groups: pd.Series,
    *,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Estimate:
    """Share of the variance of single answers that lies between accounts, ICC(1).

    Parameters
    ----------
    values : Series
        One score per respondent, any unit; rows without a value or a group are left out.
    groups : Series
        The account of each respondent, by position.
    level : float
        Coverage of the interval, in (0, 1).
    draws, seed : int
        Samples of whole accounts behind the interval, and their seed. The same answers in
        another order give the same bytes.

    Returns
    -------
    Estimate
        ``value`` in [-1/(k-1), 1] for mean account size k; ``n`` counts accounts.

    Raises
    ------
    EstimateError
        Fewer than two accounts, no account with two answers, or no variance.

    References
    ----------
    Bliese (2000), in Klein & Kozlowski, Multilevel Theory, 349-381: ICC(1).
    Ukoumunne et al. (2003), Statistics in Medicine 22, 3805-3821: resampling clusters, on a
    scale with stable variance.

    Examples
    --------
    Six targets rated by four judges (Shrout & Fleiss 1979, table 2; ICC(1,1) = 0.17):

    >>> ratings = [9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7]
    >>> round(icc1(pd.Series(ratings), pd.Series(np.repeat(range(6), 4))).value, 4)
    0.1657
    """
    log_f, half, row = _log_f(values, groups, level, draws, seed)
    f = np.exp([log_f, log_f - half, log_f + half])
    return _estimate("ICC(1)", (f - 1) / (f + row["k"] - 1), level, row)


def icc2(
    values: pd.Series,
    groups: pd.Series,
    *,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Estimate:
    """Reliability of the mean of an account of average size, ICC(2).

    Parameters
    ----------
    values : Series
        One score per respondent, any unit; rows without a value or a group are left out.
    groups : Series
        The account of each respondent, by position.
    level : float
        Coverage of the interval, in (0, 1).
    draws, seed : int
        Samples of whole accounts behind the interval, and their seed. The same answers in
        another order give the same bytes.

    Returns
    -------
    Estimate
        ``value`` in (-inf, 1]; ``n`` counts accounts. Where all accounts have one mean it has no
        lower bound: it is missing, and ``notes`` hold ``no_variance_between``.

    Raises
    ------
    EstimateError
        Fewer than two accounts, no account with two answers, or no variance.

    References
    ----------
    Bliese (2000), in Klein & Kozlowski, Multilevel Theory, 349-381: ICC(2).
    Ukoumunne et al. (2003), Statistics in Medicine 22, 3805-3821: resampling clusters, on a
    scale with stable variance.

    Examples
    --------
    Six targets rated by four judges (Shrout & Fleiss 1979, table 2; ICC(1,4) = 0.44):

    >>> ratings = [9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7]
    >>> round(icc2(pd.Series(ratings), pd.Series(np.repeat(range(6), 4))).value, 4)
    0.4428
    """
    log_f, half, row = _log_f(values, groups, level, draws, seed)
    if log_f == -np.inf:
        return _estimate("ICC(2)", [np.nan] * 3, level, row)
    return _estimate("ICC(2)", 1 - np.exp([-log_f, half - log_f, -half - log_f]), level, row)


def rwg(
    values: pd.Series, groups: pd.Series, *, points: int, low: float | None = None
) -> pd.DataFrame:
    """Agreement inside each account on one question, r_wg.

    Parameters
    ----------
    values : Series
        Answers in scale points; rows without a value or a group are left out.
    groups : Series
        The account of each answer, by position.
    points : int
        How many points the answer scale has: 7 for 1-7, 11 for 0-10.
    low : float, optional
        Its lowest point; answers that lie off the scale are refused. Where it is not given,
        answers that no scale of so many points can hold are.

    Returns
    -------
    DataFrame, one row per account, sorted
        ``group``, ``n`` answers, ``rwg`` in [0, 1] (missing for one answer), ``flag``.

    Raises
    ------
    EstimateError
        Answers off the scale, or a scale of fewer than two points.

    References
    ----------
    James, Demaree & Wolf (1984), Journal of Applied Psychology 69, 85-98.

    Examples
    --------
    >>> rwg(pd.Series([6, 7, 6, 2, 5]), pd.Series(["a", "a", "a", "b", "c"]), points=7)
      group  n       rwg                                   flag
    0     a  3  0.916667                                     ok
    1     b  1       NaN  {"code": "few_answers", "minimum": 2}
    2     c  1       NaN  {"code": "few_answers", "minimum": 2}
    """
    noise = _chance(points)
    _on_scale(pd.Series(values).to_frame("values="), points, low)
    sums = sufficient(values, groups)
    share = _spread(sums) / noise
    return _agreement(sums.index, sums["n"].to_numpy(), 1 - share, "rwg", share > 1)


def rwg_j(
    items: pd.DataFrame, groups: pd.Series, *, points: int, low: float | None = None
) -> pd.DataFrame:
    """Agreement inside each account over the items of one construct, r_wg(J).

    An item's variance comes from all who answered that item, so a respondent with a missing
    cell still counts on the others; an item with fewer than two answers in an account is left
    out there, lowers J and earns a flag. With complete items this is R's ``rwg.j``.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Answers in scale points, reversed items turned round; cells may be missing.
    groups : Series
        The account of each respondent, by position.
    points : int
        How many points the answer scale has: 7 for 1-7, 11 for 0-10.
    low : float, optional
        Its lowest point, as for `rwg`.

    Returns
    -------
    DataFrame, one row per account, sorted
        ``group``, ``n`` respondents with an answer, ``rwg_j`` in [0, 1] (missing where no item
        has two answers), ``flag``.

    References
    ----------
    James, Demaree & Wolf (1984), Journal of Applied Psychology 69, 85-98.

    Examples
    --------
    >>> trust = pd.DataFrame({"t1": [6, 7, 6, 2], "t2": [6, 6, 5, 3], "t3": [7, 6, 6, 1]})
    >>> rwg_j(trust, pd.Series(["a", "a", "a", "b"]), points=7)
      group  n     rwg_j                                   flag
    0     a  3  0.970588                                     ok
    1     b  1       NaN  {"code": "few_answers", "minimum": 2}
    """
    noise = _chance(points)
    _on_scale(items, points, low)
    answered = items.notna().any(axis=1).to_numpy()
    keys = pd.Index(pd.Series(groups)[answered].dropna().unique()).sort_values()
    n = pd.Series(groups)[answered].value_counts().reindex(keys).to_numpy()
    sums = [sufficient(items[name], groups).reindex(keys) for name in items]
    spread = np.array([_spread(item) for item in sums])
    used = (~np.isnan(spread)).sum(axis=0)
    with np.errstate(invalid="ignore"):
        share = np.nansum(spread, axis=0) / used / noise
    kept = np.clip(1 - share, 0, 1)
    value = used * kept / (used * kept + 1 - kept)
    table = _agreement(keys, n, value, "rwg_j", share > 1)
    lost = (table["flag"] == "ok") & (used < items.shape[1])
    return table.assign(flag=table["flag"].mask(lost, "items_with_few_answers"))


def _log_f(values, groups, level: float, draws: int, seed: int) -> tuple[float, float, pd.Series]:
    """Locate log F, with the half width of its interval, and the layout behind it."""
    check_level(level)
    scores = pd.Series(values).astype(float)
    sums = sufficient(scores - scores.median(), groups)
    if sums.empty:
        raise EstimateError(
            "values= has no answer with a group; ICC needs two or more accounts.",
            caution="no_answers",
        )
    row = variance_components(sums["n"], sums["total"], sums["squares"]).iloc[0]
    if row["msw"] == 0 or pd.isna(row["icc1"]):
        caution = row["flag"] if pd.isna(row["icc1"]) else "no_variance_inside_accounts"
        raise EstimateError(
            f"values= has {row['n']} answers from {row['n_accounts']} accounts: {plain(caution)}. "
            "ICC needs two or more accounts, several answers in some, and variance.",
            caution=caution,
        )
    n, total = sums["n"].to_numpy(), sums["total"].to_numpy()
    columns = np.column_stack([n, total, sums["squares"], total**2 / n])
    accounts = len(sums)
    pieces = [c @ columns for c in resampled(accounts, draws, stream(seed, "icc"))]
    people, total, squares, means = np.vstack(pieces).T
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (means - total**2 / people) / (accounts - 1)
        log_f = np.log(between / ((squares - means) / (people - accounts)))
        here = np.log(np.float64(row["msb"]) / row["msw"])
    log_f = log_f[np.isfinite(log_f)]
    spread = log_f.std() * np.sqrt(accounts / (accounts - 1)) if len(log_f) > 1 else np.nan
    return float(here), float(t.isf((1 - level) / 2, accounts - 1) * spread), row


def _estimate(name: str, ends, level: float, row: pd.Series) -> Estimate:
    value, low, high = (float(end) for end in ends)
    notes = () if row["flag"] == "ok" else (row["flag"],)
    return Estimate(
        name, value, low, high, level, int(row["n_accounts"]), "accounts", METHOD, notes
    )


def _chance(points: int) -> float:
    if points < 2 or points % 1:
        raise EstimateError(f"points= is {points}; an answer scale has 2, 3, ... points (1-7: 7).")
    return (points**2 - 1) / 12


def _on_scale(answers: pd.DataFrame, points: int, low: float | None) -> None:
    """Refuse answers that no scale of so many points holds."""
    for name, column in answers.astype(float).items():
        least, most = column.min(), column.max()
        begin = least if low is None else low
        if least < begin or most > begin + points - 1:
            told = (
                f"a scale of {points} points" if low is None else f"{low:g} to {low + points - 1:g}"
            )
            raise EstimateError(
                f"{name} holds answers from {least:g} to {most:g}, off {told}; take out codes of "
                "missing answers, or correct points=."
            )


def _spread(sums: pd.DataFrame) -> np.ndarray:
    n, total = sums["n"].to_numpy(float), sums["total"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(n > 1, np.maximum(sums["squares"] - total**2 / n, 0) / (n - 1), np.nan)


def _agreement(keys, n, value, name: str, beyond_chance) -> pd.DataFrame:
    flag = np.select([np.isnan(value), beyond_chance], [TOO_FEW, "more_spread_than_chance"], "ok")
    return pd.DataFrame(
        {"group": keys, "n": n.astype(int), name: np.clip(value, 0, 1), "flag": flag}
    )
