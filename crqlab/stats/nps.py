"""Would they recommend? Net promoter scores and what the sample says about them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm, t

from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import FEW_RESPONDENTS, LEVEL
from crqlab.stats.estimate import Estimate, check_level

__all__ = ["adjusted", "adjusted_wald", "categories", "counts", "difference", "nps", "weighted"]
__dir__ = __all__.copy

KINDS = ("detractor", "passive", "promoter")
LAST_DETRACTOR, LAST_PASSIVE = 6, 8


def categories(ltr: pd.Series) -> pd.Series:
    """Sort answers to "how likely are you to recommend us" into three kinds.

    Parameters
    ----------
    ltr : Series
        Whole numbers from 0 to 10; missing answers stay missing.

    Returns
    -------
    Series
        Ordered categorical detractor (0-6) < passive (7-8) < promoter (9-10), same index.

    Raises
    ------
    EstimateError
        An answer that is not a whole number from 0 to 10.

    Examples
    --------
    >>> list(categories(pd.Series([10, 8, 6])))
    ['promoter', 'passive', 'detractor']
    """
    kind = _kind(_answers(ltr))
    codes = np.where(np.isnan(kind), -1, kind + 1).astype(np.int8)
    dtype = pd.CategoricalDtype(KINDS, ordered=True)
    return pd.Series(pd.Categorical.from_codes(codes, dtype=dtype), index=ltr.index)


def counts(ltr: pd.Series, groups: ArrayLike, *, weights: ArrayLike | None = None) -> pd.DataFrame:
    """Count promoters, passives and detractors of each group.

    Parameters
    ----------
    ltr : Series
        Whole numbers from 0 to 10; missing answers are not counted.
    groups : Series or array
        The group (account, client ...) of each answer, by position.
    weights : array, optional
        Survey weight of each answer, above 0. Counts are then as many equally weighted answers
        as say as much (Kish), in shares of the weights: fit for `adjusted_wald`.

    Returns
    -------
    DataFrame, one row per group, sorted
        ``promoters``, ``passives``, ``detractors``; a group without an answer has zeros.

    References
    ----------
    Kish (1965), Survey Sampling, section 11.2: the effective number.

    Examples
    --------
    >>> answers, groups = pd.Series([10, 9, 3, 7]), pd.Series(["a", "a", "a", "b"])
    >>> counts(answers, groups)
       promoters  passives  detractors
    a          2         0           1
    b          0         1           0
    >>> counts(answers, groups, weights=[1, 1, 2, 1]).round(2)
       promoters  passives  detractors
    a       1.33       0.0        1.33
    b       0.00       1.0        0.00
    """
    kind = _kind(_answers(ltr))
    codes, keys = pd.factorize(groups, sort=True)
    kept = ~np.isnan(kind) & (codes >= 0)
    place, size = codes[kept] * 3 + 1 - kind[kept].astype(int), 3 * len(keys)
    columns = ["promoters", "passives", "detractors"]
    if weights is None:
        cells = np.bincount(place, minlength=size).reshape(-1, 3)
        return pd.DataFrame(cells, index=keys, columns=columns)
    weight = np.asarray(weights, dtype=float)[kept]
    cells, squares = (np.bincount(place, w, size).reshape(-1, 3) for w in (weight, weight**2))
    whole, square = cells.sum(axis=1), squares.sum(axis=1)
    worth = np.divide(whole, square, out=np.zeros(len(keys)), where=square > 0)
    return pd.DataFrame(cells * worth[:, None], index=keys, columns=columns)


def adjusted(promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike) -> NDArray:
    """Net promoter score drawn towards zero by three imagined answers.

    Parameters
    ----------
    promoters, passives, detractors : array of int
        Counts of answers, of one shape.

    Returns
    -------
    ndarray
        The middle of the adjusted Wald interval, in points, inside (-100, 100).

    References
    ----------
    Rocks (2016), The American Statistician 70, 365-372.

    Examples
    --------
    >>> float(adjusted(12, 6, 2).round(1))
    43.5
    """
    p, n, d = (np.asarray(count, dtype=float) for count in (promoters, passives, detractors))
    return 100 * (p - d) / (p + n + d + 3)


def adjusted_wald(
    promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike, *, level: float = LEVEL
) -> pd.DataFrame:
    """Net promoter scores from counts, many at a time, with adjusted Wald intervals.

    Three imagined answers (3/4 promoter, 3/2 passive, 3/4 detractor) keep the interval honest
    in small samples and at the ends of the scale. It takes answers as independent: where
    several come from one account, resample accounts instead (``crqlab.stats.bootstrap``).

    Parameters
    ----------
    promoters, passives, detractors : array of int
        Counts of answers, one element per account (or client, ...).
    level : float
        Coverage of each interval, in (0, 1).

    Returns
    -------
    DataFrame, one row per element
        ``nps`` (as observed), ``adjusted`` (middle of the interval), ``low``, ``high``: points,
        -100 to 100, bounds cut at the ends of the scale; ``n`` answers. Missing where n is 0.

    References
    ----------
    Rocks (2016), The American Statistician 70, 365-372: adjusted Wald.

    Examples
    --------
    >>> adjusted_wald([12, 1], [6, 1], [2, 1]).round(1)
        nps  adjusted   low  high   n
    0  50.0      43.5  15.0  71.9  20
    1   0.0       0.0 -61.1  61.1   3
    """
    check_level(level)
    p, q, d = (np.atleast_1d(np.asarray(c, dtype=float)) for c in (promoters, passives, detractors))
    n = p + q + d
    if not (np.minimum(np.minimum(p, q), d) >= 0).all():
        raise EstimateError("Counts of answers are negative or missing; use 0, 1, 2, ...")
    share = np.where(n > 0, adjusted(p, q, d) / 100, np.nan)
    spread = np.sqrt(((p + d + 1.5) / (n + 3) - share**2) / (n + 3))
    half = norm.isf((1 - level) / 2) * spread
    with np.errstate(invalid="ignore"):
        raw = np.clip(100 * (p - d) / n, -100, 100)  # counts of weights may round beyond
    return pd.DataFrame(
        {
            "nps": raw,
            "adjusted": 100 * share,
            "low": 100 * np.maximum(share - half, -1),
            "high": 100 * np.minimum(share + half, 1),
            "n": n.astype(int),
        }
    )


def nps(ltr: pd.Series, *, level: float = LEVEL) -> Estimate:
    """Net promoter score of independent answers.

    Parameters
    ----------
    ltr : Series
        Whole numbers from 0 to 10; missing answers are left out.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        ``value`` as observed, in points from -100 to 100; ``n`` counts respondents.

    Raises
    ------
    EstimateError
        No answer, or one that is not a whole number from 0 to 10.

    References
    ----------
    Reichheld (2003), Harvard Business Review 81(12), 46-54: the score.
    Rocks (2016), The American Statistician 70, 365-372: the interval.

    Examples
    --------
    >>> print(nps(pd.Series([10] * 12 + [8] * 6 + [3] * 2)))
    NPS 50.00 [15.02, 71.94], n = 20 respondents (adjusted Wald, Rocks 2016)
    """
    count = _tally(ltr, "ltr=")
    row = adjusted_wald(*count, level=level).iloc[0]
    return Estimate(
        "NPS",
        float(row["nps"]),
        float(row["low"]),
        float(row["high"]),
        level,
        int(row["n"]),
        "respondents",
        "adjusted Wald, Rocks 2016",
    )


def difference(first: pd.Series, second: pd.Series, *, level: float = LEVEL) -> Estimate:
    """Net promoter score of one sample minus that of an independent other.

    For two waves that share accounts use ``crqlab.stats.bootstrap.paired_difference``.

    Parameters
    ----------
    first, second : Series
        Whole numbers from 0 to 10; missing answers are left out.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        ``value`` in points from -200 to 200, positive where ``first`` is higher; ``n`` counts
        the respondents of both. A note says where a sample is too small for the interval.

    Raises
    ------
    EstimateError
        A sample without answers, or an answer that is not a whole number from 0 to 10.

    References
    ----------
    Rocks (2016), The American Statistician 70, 365-372: multinomial variance.

    Examples
    --------
    >>> print(difference(pd.Series([10, 9, 7, 8, 3] * 8), pd.Series([9, 7, 6, 5, 2] * 8)))
    NPS difference 60.00 [26.05, 93.95], n = 80 respondents (Wald, Rocks 2016)
    """
    check_level(level)
    count = np.array([_tally(first, "first="), _tally(second, "second=")], dtype=float)
    n = count.sum(axis=1)
    share = (count[:, 0] - count[:, 2]) / n
    variance = ((count[:, 0] + count[:, 2]) / n - share**2) / n
    value, half = share[0] - share[1], norm.isf((1 - level) / 2) * np.sqrt(variance.sum())
    notes = []
    if n.min() < FEW_RESPONDENTS:
        notes.append(f"one sample has only {n.min():.0f} answers: the interval is too narrow")
    if variance.min() == 0:
        notes.append("all answers of one sample are of one kind: the interval is too narrow")
    ends = 100 * np.array([value, value - half, value + half])
    method = "Wald, Rocks 2016"
    name = "NPS difference"
    return Estimate(name, *ends.tolist(), level, int(n.sum()), "respondents", method, tuple(notes))


def weighted(
    ltr: pd.Series,
    *,
    weights: pd.Series | None = None,
    clusters: pd.Series | None = None,
    level: float = LEVEL,
) -> Estimate:
    """Net promoter score with survey weights, answers clustered in accounts.

    Parameters
    ----------
    ltr : Series
        Whole numbers from 0 to 10; rows that miss an answer, weight or cluster are left out.
    weights : Series, optional
        Weight of each answer, above 0, by position; one each when absent.
    clusters : Series, optional
        The account of each answer, by position; every answer its own when absent.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        ``value`` in points from -100 to 100; ``n`` counts accounts, or respondents without
        ``clusters``; the interval is linearised, with Student's t on n - 1 degrees of
        freedom, and cut at the ends of the scale.

    Raises
    ------
    EstimateError
        No answer, a weight that is not positive, or an answer outside 0-10.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292: linearised variance.

    Examples
    --------
    >>> answers = pd.Series([10, 9, 2, 8, 10, 6] * 3)
    >>> print(weighted(answers, clusters=pd.Series([*"aabbccddeeffgghhii"])))
    NPS 16.67 [-34.18, 67.51], n = 9 accounts (linearised, Binder 1983)
    """
    check_level(level)
    kind, weight, codes = _complete(ltr, weights, clusters)
    if not (weight > 0).all():
        raise EstimateError("weights= holds values of zero or less; drop those rows or weigh them.")
    value = float(np.average(kind, weights=weight))
    influence = np.bincount(codes, weights=weight * (kind - value)) / weight.sum()
    n = len(influence)
    half = np.nan
    if n > 1:
        half = t.isf((1 - level) / 2, n - 1) * np.sqrt(n / (n - 1) * (influence**2).sum())
    unit = "respondents" if clusters is None else "accounts"
    notes = () if n > 1 else (f"one of the {unit} only: its spread is unknown",)
    ends = (100 * np.clip([value, value - half, value + half], -1, 1)).tolist()
    return Estimate("NPS", *ends, level, n, unit, "linearised, Binder 1983", notes)


def _answers(ltr: pd.Series) -> NDArray:
    answers = pd.Series(ltr).to_numpy(dtype=float, na_value=np.nan)
    present = answers[~np.isnan(answers)]
    odd = present[(present < 0) | (present > 10) | (present % 1 != 0)]
    if len(odd):
        shown = ", ".join(f"{value:g}" for value in pd.unique(odd)[:3])
        raise EstimateError(
            f"Likelihood to recommend has {len(odd)} values that are not whole numbers from 0 to "
            f"10 (such as {shown}). Declare missing codes in the codebook; means are not answers."
        )
    return answers


def _kind(answers: NDArray) -> NDArray:
    kind = np.select([answers <= LAST_DETRACTOR, answers <= LAST_PASSIVE], [-1.0, 0.0], 1.0)
    return np.where(np.isnan(answers), np.nan, kind)


def _tally(ltr: pd.Series, argument: str) -> tuple[int, int, int]:
    kind = _kind(_answers(ltr))
    count = (int((kind > 0).sum()), int((kind == 0).sum()), int((kind < 0).sum()))
    if sum(count) == 0:
        raise EstimateError(f"{argument} has no answers; a net promoter score needs at least one.")
    return count


def _complete(
    ltr: pd.Series, weights: pd.Series | None, clusters: pd.Series | None
) -> tuple[NDArray, NDArray, NDArray]:
    kind = _kind(_answers(ltr))
    weight = np.ones(len(kind)) if weights is None else pd.Series(weights).to_numpy(float)
    label = pd.Series(np.arange(len(kind)) if clusters is None else clusters)
    if not len(kind) == len(weight) == len(label):
        raise EstimateError(
            f"ltr= has {len(kind)} rows, weights= {len(weight)} and clusters= {len(label)}; "
            "they must be columns of one table."
        )
    kept = ~np.isnan(kind) & ~np.isnan(weight) & label.notna().to_numpy()
    if not kept.any():
        raise EstimateError("ltr= has no complete answers; a net promoter score needs one.")
    return kind[kept], weight[kept], pd.factorize(label[kept])[0]
