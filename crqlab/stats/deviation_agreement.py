"""Agreement of the people of one account: AD, a_wg and r*_wg(J), beside r_wg."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError, one_of

__all__ = ["ad", "awg", "rwg_lindell"]
__dir__ = __all__.copy

TOO_FEW = code("few_answers", minimum=2)


def ad(
    items: pd.DataFrame | pd.Series, groups: pd.Series, *, points: int, centre: str = "mean"
) -> pd.DataFrame:
    """Average deviation of the answers of each account from their centre, AD.

    Parameters
    ----------
    items : DataFrame or Series, shape (respondents, items)
        Answers in scale points, reversed items turned round; cells may be missing.
    groups : Series
        The account of each respondent, by position.
    points : int
        How many points the answer scale has: 7 for 1-7, 11 for 0-10.
    centre : str
        ``"mean"`` (AD_M) or ``"median"`` (AD_Md).

    Returns
    -------
    DataFrame, one row per account, sorted
        ``group``, ``n`` respondents with an answer, ``ad`` in scale points, the mean over items
        (missing where no item has two answers), ``agree`` (at most a sixth of the points),
        ``flag``.

    References
    ----------
    Burke, Finkelstein & Dusig (1999), Organizational Research Methods 2, 49-68.
    Burke & Dunlap (2002), Organizational Research Methods 5, 159-172: a sixth of the points.

    Examples
    --------
    >>> ad(pd.Series([6, 7, 6, 2, 5]), pd.Series(list("aaabb")), points=7)[["group", "n", "ad"]]
      group  n        ad
    0     a  3  0.444444
    1     b  2  1.500000
    """
    one_of("centre=", centre, ["mean", "median"])
    _check(points)

    def deviation(answers: NDArray) -> float:
        return float(np.abs(answers - getattr(np, centre)(answers)).mean())

    table = _by_group(items, groups, deviation, "ad")
    return _placed(table, "agree", (table["ad"] <= points / 6).where(table["ad"].notna()))


def awg(
    items: pd.DataFrame | pd.Series, groups: pd.Series, *, points: int, low: float = 1
) -> pd.DataFrame:
    """Agreement inside each account against the most disagreement that its mean allows, a_wg.

    For n answers with mean M and variance s2 on a scale from L to H,
    a_wg = 1 - 2 s2 / (((H + L) M - M^2 - H L) n / (n - 1)); the mean over items for several.

    Parameters
    ----------
    items : DataFrame or Series, shape (respondents, items)
        Answers in scale points, reversed items turned round; cells may be missing.
    groups : Series
        The account of each respondent, by position.
    points : int
        How many points the answer scale has.
    low : float
        Its lowest point.

    Returns
    -------
    DataFrame, one row per account, sorted
        ``group``, ``n`` respondents with an answer, ``awg`` in [-1, 1] (1 where all say the
        same; missing where no item has two answers, or where means lie so far out that the
        index is not defined), ``flag``.

    Raises
    ------
    EstimateError
        Answers off the scale.

    References
    ----------
    Brown & Hauenstein (2005), Organizational Research Methods 8, 165-184.

    Examples
    --------
    >>> awg(pd.Series([6, 7, 6, 2, 5]), pd.Series(list("aaabb")), points=7)[["group", "awg"]]
      group  awg
    0     a  NaN
    1     b  NaN
    """
    _check(points)
    high = low + points - 1
    answers = pd.DataFrame(items).astype(float)
    least, most = answers.min().min(), answers.max().max()
    if least < low or most > high:
        raise EstimateError(
            f"items= holds answers from {least:g} to {most:g}, off {low:g} to {high:g}; take out "
            "codes of missing answers, or correct points= and low=."
        )

    def agreement(given: NDArray) -> float:
        n, mean = len(given), given.mean()
        if given.min() == given.max():
            return 1.0
        if not (low * (n - 1) + high) / n <= mean <= (high * (n - 1) + low) / n:
            return np.nan
        worst = ((high + low) * mean - mean**2 - high * low) * n / (n - 1)
        return float(1 - 2 * given.var(ddof=1) / worst)

    table = _by_group(items, groups, agreement, "awg")
    extreme = table["awg"].isna() & (table["flag"] == "ok")
    return table.assign(flag=table["flag"].mask(extreme, "mean_too_near_the_end"))


def rwg_lindell(items: pd.DataFrame | pd.Series, groups: pd.Series, *, points: int) -> pd.DataFrame:
    """Agreement that does not grow with the number of items, r*_wg(J).

    One minus the mean variance of the items over that of answers by chance, (points^2 - 1) / 12.

    Parameters
    ----------
    items : DataFrame or Series, shape (respondents, items)
        Answers in scale points, reversed items turned round; cells may be missing.
    groups : Series
        The account of each respondent, by position.
    points : int
        How many points the answer scale has.

    Returns
    -------
    DataFrame, one row per account, sorted
        ``group``, ``n`` respondents with an answer, ``rwg_lindell`` at most 1, below 0 where
        answers spread more than chance, ``flag``.

    References
    ----------
    Lindell, Brandt & Whitney (1999), Applied Psychological Measurement 23, 127-135.

    Examples
    --------
    >>> answers = pd.DataFrame({"t1": [6, 7, 6], "t2": [6, 6, 5]})
    >>> rwg_lindell(answers, pd.Series(list("aaa")), points=7)[["group", "n", "rwg_lindell"]]
      group  n  rwg_lindell
    0     a  3     0.916667
    """
    noise = _check(points)
    table = _by_group(items, groups, lambda answers: float(answers.var(ddof=1)), "rwg_lindell")
    return table.assign(rwg_lindell=1 - table["rwg_lindell"] / noise)


def _check(points: int) -> float:
    """Variance of answers by chance."""
    if points < 2 or points % 1:
        raise EstimateError(f"points= is {points}; an answer scale has 2, 3, ... points (1-7: 7).")
    return (points**2 - 1) / 12


def _by_group(items, groups, index, name: str) -> pd.DataFrame:
    """Mean over items of an index of the answers of each group, where it has two of them."""
    answers = pd.DataFrame(items).astype(float).reset_index(drop=True)
    codes, keys = pd.factorize(pd.Series(np.asarray(groups)), sort=True)
    if len(codes) != len(answers):
        raise EstimateError(
            f"items= has {len(answers)} rows, groups= {len(codes)}; they must describe the same "
            "respondents in the same order."
        )
    kept = (codes >= 0) & answers.notna().any(axis=1).to_numpy()
    rows, matrix = [], answers.to_numpy()[kept]
    order = np.argsort(codes[kept], kind="stable")
    present, starts = np.unique(codes[kept][order], return_index=True)
    parts = np.split(matrix[order], starts[1:]) if len(present) else []
    for group, part in zip(present, parts, strict=True):
        columns = [column[~np.isnan(column)] for column in part.T]
        found = [index(column) for column in columns if len(column) > 1]
        known = [value for value in found if not np.isnan(value)]
        few = len(found) < len(columns)
        flag = TOO_FEW if not found else "items_with_few_answers" if few else "ok"
        value = float(np.mean(known)) if known else np.nan
        rows.append((keys[group], len(part), value, flag))
    return pd.DataFrame(rows, columns=["group", "n", name, "flag"])


def _placed(table: pd.DataFrame, name: str, column: pd.Series) -> pd.DataFrame:
    """Put a column before the flag."""
    table.insert(len(table.columns) - 1, name, column)
    return table
