"""Means of all who were asked, from the answers of some, with intervals that re-weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import norm, t

from crqlab.base.errors import EstimateError
from crqlab.stats.cluster_draws import CELLS, resampled, stream
from crqlab.stats.defaults import DRAWS, LEVEL, SEED
from crqlab.stats.estimate import check_level
from crqlab.stats.response_propensity import CAP, FAR, Propensity, inverse, kish

__all__ = ["Asked", "reweighted"]
__dir__ = __all__.copy

NEWTON, CLOSE, STRIDE = 40, 0.01, 2.0  # a step below .01 leaves an error below .0001


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Everybody who was asked in one client's wave, sorted by contact.

    Attributes
    ----------
    scores : ndarray, shape (contacts, measures)
        Missing where there is none.
    answered : ndarray of bool
        Whether the model of answering counts the contact as one who answered.
    late : ndarray of bool
        Whether the answer came late.
    predictors : ndarray, shape (contacts, predictors)
        As the model was fitted with.
    account : ndarray of int
        The account of each contact, from 0.
    """

    scores: NDArray
    answered: NDArray
    late: NDArray
    predictors: NDArray
    account: NDArray


def reweighted(
    asked: Asked,
    fit: Propensity,
    *,
    key: object,
    cap: float = CAP,
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = SEED,
) -> pd.DataFrame:
    """Weighted means, and means in which the silent are like those who answered late.

    Each draw resamples whole accounts with all who were asked there, silent ones included,
    draws slopes from their estimated distribution, fits the client's own level of answering
    again, and weighs and cuts anew. So the interval carries the chance of accounts and of
    answering, the doubt about the model's slopes and the client's level; it does not carry the
    doubt whether the model is the right one. It is widened for few accounts as in
    `crqlab.stats.bootstrap.ratios`.

    Parameters
    ----------
    asked : Asked
    fit : Propensity
        Of all clients together; its strata's level is fitted again here.
    key : object
        The client and wave, for chance that depends on nothing else.
    cap : float
        No answer stands for more than this many average ones.
    draws, seed : int
    level : float
        Coverage of each interval, in (0, 1).

    Returns
    -------
    DataFrame, one row per view and measure
        ``view`` (weighted, late), ``measure`` (column of ``scores``), ``value``, ``low``,
        ``high``, ``n``, ``n_effective`` (Kish).

    Raises
    ------
    EstimateError
        Nobody answered.

    References
    ----------
    Little (1986), International Statistical Review 54, 139-157: weighting by propensity.
    Armstrong & Overton (1977), Journal of Marketing Research 14, 396-402: late answers.
    Field & Welsh (2007), Journal of the Royal Statistical Society B 69, 369-390: resampling
    clusters. Hesterberg (2015), The American Statistician 69, 371-386: expanded percentiles.

    Examples
    --------
    >>> from crqlab.stats.response_propensity import propensity
    >>> rng = np.random.default_rng(1)
    >>> size, account = rng.normal(size=(200, 1)), np.repeat(np.arange(50), 4)
    >>> answered = rng.random(200) < 1 / (1 + np.exp(-size[:, 0]))
    >>> fit = propensity(pd.DataFrame(size, columns=["size"]), answered, clusters=account)
    >>> scores = np.where(answered, 5 + size[:, 0], np.nan)[:, None]
    >>> asked = Asked(scores, answered, answered & (rng.random(200) < 0.3), size, account)
    >>> found = reweighted(asked, fit, key="C1, wave 1", draws=50)
    >>> found["view"].tolist()
    ['weighted', 'late']
    """
    check_level(level)
    if not asked.answered.any():
        raise EstimateError("answered= holds nobody; there is no answer to weigh.")
    once = np.ones((1, int(asked.account.max()) + 1))
    point = _views(asked, once, fit.slopes[None], cap)[:, 0]
    drawn = _drawn(asked, fit, cap, draws, stream(seed, key))
    weight = _weights(asked, fit.slopes, cap)
    carried = np.stack([_carried(asked, weight), _carried(asked, np.ones(len(weight)))])
    low, high = _ends(drawn, carried, level)
    n_measures = asked.scores.shape[1]
    there = ~np.isnan(asked.scores[asked.answered])
    return pd.DataFrame(
        {
            "view": np.repeat(["weighted", "late"], n_measures),
            "measure": np.tile(np.arange(n_measures), 2),
            "value": point.ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
            "n": np.tile(there.sum(axis=0), 2),
            "n_effective": [
                kish(column)
                for part in (weight[asked.answered], np.ones(len(there)))
                for column in (there * part[:, None]).T
            ],
        }
    )


def _drawn(
    asked: Asked, fit: Propensity, cap: float, draws: int, rng: np.random.Generator
) -> NDArray:
    """Both views' means, of other accounts and other slopes in every draw."""
    root, pieces = _root(fit.covariance), []
    for counts in _pieces(int(asked.account.max()) + 1, len(asked.account), draws, rng):
        slopes = fit.slopes + rng.standard_normal((len(counts), len(root))) @ root.T
        pieces.append(_views(asked, counts, slopes, cap))
    return np.concatenate(pieces, axis=1)


def _pieces(n_accounts: int, n_contacts: int, draws: int, rng: np.random.Generator):
    """Counts of accounts, in pieces small enough for all contacts at once."""
    step = max(CELLS // n_contacts, 1)
    for start in range(0, draws, step):
        yield np.vstack(list(resampled(n_accounts, min(step, draws - start), rng)))


def _root(covariance: NDArray) -> NDArray:
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(np.maximum(values, 0))


def _views(asked: Asked, counts: NDArray, slopes: NDArray, cap: float) -> NDArray:
    """Both views' means of every draw; shape (2 views, draws, measures)."""
    times = counts[:, asked.account]
    there = ~np.isnan(asked.scores) & asked.answered[:, None]
    filled = np.where(there, asked.scores, 0)
    late = asked.late[:, None]
    parts = [filled, there, filled * late, there * late]
    of_all, n, of_late, n_late = (counts @ _by_account(asked, part) for part in parts)
    total, answered = times.sum(axis=1), times @ asked.answered.astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = answered / total
        p = _probabilities(asked, times, slopes, rate)
        weight = times[:, asked.answered] * inverse(p, rate[:, None], cap=cap)
        mean = (weight @ filled[asked.answered]) / (weight @ there[asked.answered])
        plain, tail = of_all / n, of_late / n_late
    extrapolated = rate[:, None] * plain + (1 - rate[:, None]) * tail
    return np.stack([mean, np.where(rate[:, None] == 1, plain, extrapolated)])


def _by_account(asked: Asked, amounts: NDArray) -> NDArray:
    sums = np.zeros((asked.account.max() + 1, amounts.shape[1]))
    np.add.at(sums, asked.account, amounts)
    return sums


def _probabilities(asked: Asked, times: NDArray, slopes: NDArray, rate: NDArray) -> NDArray:
    """Probability to answer of those who did, with each draw's own level; (draws, answered)."""
    offset = slopes @ asked.predictors.T
    target = times @ asked.answered.astype(float)
    level = np.log(np.clip(rate, 1e-6, 1 - 1e-6) / (1 - np.clip(rate, 1e-6, 1 - 1e-6)))
    level = np.nan_to_num(level) - (times * offset).sum(axis=1) / times.sum(axis=1)
    for _ in range(NEWTON):
        p = expit(level[:, None] + offset)
        expected = np.einsum("ij,ij->i", times, p)
        slope = np.maximum(expected - np.einsum("ij,ij,ij->i", times, p, p), 1e-9)
        gap = target - expected
        step = np.clip(gap / slope, -STRIDE, STRIDE)
        level = np.clip(level + step, -FAR, FAR)
        if np.abs(step).max() < CLOSE or (np.abs(level[np.abs(step) >= CLOSE]) >= FAR).all():
            break
    return expit(level[:, None] + offset[:, asked.answered])


def _weights(asked: Asked, slopes: NDArray, cap: float) -> NDArray:
    """Weight of every contact at the point estimate; 0 for those who did not answer."""
    rate = np.array([asked.answered.mean()])
    times = np.ones((1, len(asked.answered)))
    weight = np.zeros(len(asked.answered))
    weight[asked.answered] = inverse(
        _probabilities(asked, times, slopes[None], rate)[0], rate, cap=cap
    )
    return weight


def _carried(asked: Asked, weight: NDArray) -> NDArray:
    """Accounts and equal accounts of the same weight, by measure; shape (2, measures)."""
    there = (~np.isnan(asked.scores) & asked.answered[:, None]) * weight[:, None]
    sums = _by_account(asked, there)
    return np.array([(sums > 0).sum(axis=0), [kish(column) for column in sums.T]])


def _ends(drawn: NDArray, carried: NDArray, level: float) -> NDArray:
    """Expanded percentiles of (views, draws, measures); missing below two accounts."""
    accounts, effective = carried[:, 0], carried[:, 1]
    freedom = np.maximum(effective - 1, np.finfo(float).tiny)
    with np.errstate(divide="ignore", invalid="ignore"):
        stretch = np.sqrt(accounts / (accounts - 1))
        tail = norm.cdf(-stretch * t.isf((1 - level) / 2, freedom))
    ends = np.full((2, *accounts.shape), np.nan)
    for view, measure in zip(*np.nonzero(accounts > 1), strict=True):
        values = drawn[view, :, measure]
        share = tail[view, measure]
        values = values[~np.isnan(values)]
        if len(values):
            ends[:, view, measure] = np.quantile(values, [share, 1 - share])
    return ends
