"""Reliability of several raters who judge the same targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import f as f_law

from crqlab.base.contracts.cautions import OK, code, plain
from crqlab.base.errors import EstimateError, one_of
from crqlab.base.results import Result
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import check_level

__all__ = ["RaterIccs", "kendall_w", "krippendorff", "rater_iccs"]
__dir__ = __all__.copy

FORMS = ["ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)"]
MEANS = ["one-way", "two-way, agreement", "two-way, consistency"] * 2


@dataclass(frozen=True, slots=True, eq=False)
class RaterIccs(Result):
    """The six intraclass correlations of Shrout and Fleiss.

    Attributes
    ----------
    table : DataFrame, one row per form
        ``form`` (``"ICC(1,1)"`` to ``"ICC(3,k)"``), ``model``, ``icc``, ``low``, ``high``, ``f``,
        ``df1``, ``df2``, ``p`` (of no difference between targets).
    n, k : int
        Targets and raters.
    level : float
        Coverage of the intervals, in (0, 1).
    flag : str
        ``"ok"``, or what was left out, as codes.
    """

    table: pd.DataFrame
    n: int
    k: int
    level: float
    flag: str

    def __str__(self) -> str:
        row = self.table.set_index("form").loc["ICC(2,1)"]
        sentence = (
            f"ICC(2,1) {row['icc']:.2f} [{row['low']:.2f}, {row['high']:.2f}], {self.k} raters of "
            f"{self.n} targets (Shrout & Fleiss 1979)"
        )
        return sentence if self.flag == OK else f"{sentence}; {plain(self.flag)}"


def rater_iccs(ratings: pd.DataFrame, *, level: float = LEVEL) -> RaterIccs:
    """Intraclass correlations of k raters who all rate the same targets, with intervals.

    ICC(1, .): each target has raters of its own. ICC(2, .): the raters are a sample, and their
    being strict or mild counts as error (agreement). ICC(3, .): these raters alone, whose level
    does not count (consistency). (., 1) is of one rater, (., k) of the mean of all k.

    Parameters
    ----------
    ratings : DataFrame, shape (targets, raters)
        Rows with a gap are left out, and told.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    RaterIccs

    Raises
    ------
    EstimateError
        Fewer than two complete targets or raters, or ratings that do not vary.

    References
    ----------
    Shrout & Fleiss (1979), Psychological Bulletin 86, 420-428.
    McGraw & Wong (1996), Psychological Methods 1, 30-46: intervals of ICC(2,1).

    Examples
    --------
    Six targets, four judges (Shrout & Fleiss 1979, table 2):

    >>> judges = pd.DataFrame([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6],
    ...     [10, 5, 6, 9], [6, 2, 4, 7]])
    >>> rater_iccs(judges).table[["form", "icc", "low", "high"]].round(2)
           form   icc   low  high
    0  ICC(1,1)  0.17 -0.13  0.72
    1  ICC(2,1)  0.29  0.02  0.76
    2  ICC(3,1)  0.71  0.34  0.95
    3  ICC(1,k)  0.44 -0.88  0.91
    4  ICC(2,k)  0.62  0.07  0.93
    5  ICC(3,k)  0.91  0.68  0.99
    """
    check_level(level)
    matrix, flag = _matrix(ratings)
    n, k = matrix.shape
    grand = matrix.mean()
    rows = k * ((matrix.mean(axis=1) - grand) ** 2).sum()
    columns = n * ((matrix.mean(axis=0) - grand) ** 2).sum()
    whole = ((matrix - grand) ** 2).sum()
    if not whole > 0:
        raise EstimateError(
            f"ratings= are {grand:g} throughout; reliability needs targets that differ.",
            caution="same_answer_from_all",
        )
    msr, msc, msw = rows / (n - 1), columns / (k - 1), (whole - rows) / (n * (k - 1))
    mse = max(whole - rows - columns, 0.0) / ((n - 1) * (k - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        single = _singles(msr, msc, msw, mse, n, k, level)
    mean = k * single / (1 + (k - 1) * single)
    df2 = np.array([n * (k - 1), (n - 1) * (k - 1), (n - 1) * (k - 1)] * 2)
    with np.errstate(divide="ignore"):
        f = np.array([msr / np.float64(msw), *[msr / np.float64(mse)] * 2] * 2)
    table = pd.DataFrame(np.vstack([single, mean]), columns=["icc", "low", "high"])
    table = table.assign(f=f, df1=n - 1, df2=df2, p=f_law.sf(f, n - 1, df2))
    table.insert(0, "form", FORMS)
    table.insert(1, "model", MEANS)
    return RaterIccs(table, n, k, level, flag)


def _singles(msr, msc, msw, mse, n: int, k: int, level: float) -> NDArray:
    """ICC of one rater with its ends, by model."""
    msr, msc, msw, mse = map(np.float64, (msr, msc, msw, mse))
    tail, error = (1 - level) / 2, (n - 1) * (k - 1)

    def ends(f: float, df2: int) -> list[float]:
        low, high = f / f_law.isf(tail, n - 1, df2), f * f_law.isf(tail, df2, n - 1)
        return [(each - 1) / (each + k - 1) for each in (f, low, high)]

    agreement = (msr - mse) / (msr + (k - 1) * mse + k * (msc - mse) / n)
    a, b = (
        k * agreement / (n * (1 - agreement)),
        1 + k * agreement * (n - 1) / (n * (1 - agreement)),
    )
    v = (a * msc + b * mse) ** 2 / ((a * msc) ** 2 / (k - 1) + (b * mse) ** 2 / error)
    most, least = f_law.isf(tail, n - 1, v), f_law.isf(tail, v, n - 1)
    strict = k * msc + (k * n - k - n) * mse
    low = n * (msr - most * mse) / (most * strict + n * msr)
    high = n * (least * msr - mse) / (strict + n * least * msr)
    return np.array([ends(msr / msw, n * (k - 1)), [agreement, low, high], ends(msr / mse, error)])


def kendall_w(ratings: pd.DataFrame) -> float:
    """Kendall's concordance of raters who rank the same targets, corrected for ties.

    Parameters
    ----------
    ratings : DataFrame, shape (targets, raters)
        Rows with a gap are left out.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    EstimateError
        Fewer than two complete targets or raters, or raters who tell no target from another.

    References
    ----------
    Kendall & Gibbons (1990), Rank Correlation Methods, chapter 6.

    Examples
    --------
    >>> kendall_w(pd.DataFrame({"one": [1, 2, 3, 4], "two": [1, 3, 2, 4]}))
    0.9
    """
    matrix, _ = _matrix(ratings)
    n, k = matrix.shape
    ranks = pd.DataFrame(matrix).rank().to_numpy()
    ties = sum(
        (counts**3 - counts).sum()
        for counts in (np.unique(c, return_counts=True)[1] for c in ranks.T)
    )
    most = k**2 * (n**3 - n) - k * ties
    if not most > 0:
        raise EstimateError(
            "ratings= tell no target from another; concordance needs ranks that differ.",
            caution="same_answer_from_all",
        )
    return float(12 * ((ranks.sum(axis=1) - k * (n + 1) / 2) ** 2).sum() / most)


def krippendorff(ratings: pd.DataFrame, *, scale: str = "interval") -> float:
    """Krippendorff's alpha: agreement beyond chance; ratings may be missing.

    Parameters
    ----------
    ratings : DataFrame, shape (targets, raters)
        Numbers; targets with fewer than two ratings do not count.
    scale : str
        ``"nominal"``, ``"ordinal"`` or ``"interval"``.

    Returns
    -------
    float
        At most 1; 0 is chance, below 0 systematic disagreement.

    Raises
    ------
    EstimateError
        No target with two ratings, or ratings that are all the same.

    References
    ----------
    Krippendorff (2004), Content Analysis, chapter 11.

    Examples
    --------
    >>> ratings = pd.DataFrame({"one": [1, 2, 3, 3], "two": [1, 2, 3, 4], "three": [1, 3, 3, None]})
    >>> round(krippendorff(ratings, scale="nominal"), 3)
    0.512
    """
    one_of("scale=", scale, ["nominal", "ordinal", "interval"])
    matrix = pd.DataFrame(ratings).to_numpy(float)
    values, places = np.unique(matrix[~np.isnan(matrix)], return_inverse=True)
    counts = np.zeros((len(matrix), len(values)))
    np.add.at(counts, (np.nonzero(~np.isnan(matrix))[0], places), 1)
    counts = counts[counts.sum(axis=1) > 1]
    total = counts.sum(axis=0)
    if not len(counts) or (total > 0).sum() < 2:
        raise EstimateError(
            f"ratings= has {len(counts)} targets with two ratings or more and "
            f"{int((total > 0).sum())} values; agreement needs both, and values that differ.",
            caution=code("few_pairs", n=len(counts), minimum=2),
        )
    per = counts.sum(axis=1)
    pairs = counts.T @ (counts / (per - 1)[:, None]) - np.diag(
        (counts / (per - 1)[:, None]).sum(axis=0)
    )
    apart = _distances(values, total, scale)
    chance = (np.outer(total, total) - np.diag(total)) / (total.sum() - 1)
    return float(1 - (pairs * apart).sum() / (chance * apart).sum())


def _distances(values: NDArray, total: NDArray, scale: str) -> NDArray:
    if scale == "nominal":
        return 1.0 - np.eye(len(values))
    if scale == "interval":
        return (values[:, None] - values) ** 2
    upto = np.cumsum(total) - total / 2
    return (upto[:, None] - upto) ** 2


def _matrix(ratings: pd.DataFrame) -> tuple[NDArray, str]:
    table = pd.DataFrame(ratings).astype(float)
    whole = table.dropna()
    lost = len(table) - len(whole)
    if len(whole) < 2 or table.shape[1] < 2:
        raise EstimateError(
            f"ratings= has {len(whole)} targets that all of {table.shape[1]} raters rated; "
            "reliability needs two or more of both.",
            caution="one_item",
        )
    flag = code("respondents_left_out", n=lost, of=len(table)) if lost else OK
    return whole.to_numpy(), flag
