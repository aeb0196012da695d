"""Correlation of a score with the normal variable behind an ordinal item (polyserial)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_ndtr, ndtri

from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import Estimate, check_level
from crqlab.stats.factors.bivariate import BEYOND
from crqlab.stats.factors.polychoric_correlations import side_by_side
from crqlab.stats.factors.thresholds import Ranks, ranks

__all__ = ["polyserial"]
__dir__ = __all__.copy

METHOD = "two-step, Olsson, Drasgow & Dorans 1982; sandwich on Fisher's z"
NAME = "polyserial correlation"
BOUND = 0.9999
STEP = 1e-5
TINY = np.finfo(float).tiny


def polyserial(continuous: pd.Series, ordinal: pd.Series, *, level: float = LEVEL) -> Estimate:
    r"""Correlation of a continuous score with the normal variable behind an ordinal item.

    With the standardised score z, and the thresholds of the item from its margin, the
    correlation maximises the likelihood of the answers given the scores,

    .. math:: \sum_i \log\left[\Phi\!\left(\frac{\tau_{y_i} - \rho z_i}{\sqrt{1 - \rho^2}}\right)
              - \Phi\!\left(\frac{\tau_{y_i - 1} - \rho z_i}{\sqrt{1 - \rho^2}}\right)\right],
              \quad \tau_k = \Phi^{-1}(\text{share of answers} \le k)

    Its standard error is the sandwich of both steps' estimating equations, so it holds the
    error of thresholds, mean and variance; the interval is made on Fisher's z scale.

    Parameters
    ----------
    continuous : Series
        Scores in any unit.
    ordinal : Series
        Answers of the same respondents, by position: numbers or ordered categories, of which
        only the order counts. Respondents with a gap are left out.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        ``value`` in [-1, 1]; ``n`` counts respondents. At -1 or 1 the interval is open, and a
        note says so.

    Raises
    ------
    EstimateError
        Text, a constant score or item, more than 50 categories, series of different length, or
        fewer than three complete respondents.

    References
    ----------
    Olsson, Drasgow & Dorans (1982), Psychometrika 47, 337-347: the two-step estimator.
    Murphy & Topel (1985), Journal of Business & Economic Statistics 3, 370-379: standard
    errors of a second step.

    Examples
    --------
    >>> score = pd.Series([2.1, 3.4, 3.3, 4.9, 4.2, 5.0, 6.1, 5.7])
    >>> print(polyserial(score, pd.Series([6, 8, 7, 8, 9, 9, 10, 9])))
    polyserial correlation 0.94 [0.76, 0.99], n = 8 respondents (two-step, Olsson, ...)
    """
    check_level(level)
    score, coded = _complete(continuous, ordinal)
    z = (score - score.mean()) / score.std(ddof=1)
    code, cut = coded.codes[:, 0], coded.cuts[0]
    value = _maximum(z, code, cut)
    low = high = np.nan
    notes = coded.notes
    if abs(value) < 1:
        half = -ndtri((1 - level) / 2) * _error(value, z, code, cut) / (1 - value**2)
        low, high = np.tanh(np.arctanh(value) + np.array([-half, half]))
    else:
        notes = (*notes, "score_orders_answers")
    ends = (float(end) for end in (value, low, high))
    return Estimate(NAME, *ends, level, len(score), "respondents", METHOD, notes)


def _complete(continuous: pd.Series, ordinal: pd.Series) -> tuple[NDArray, Ranks]:
    both = side_by_side(continuous, ordinal, ("continuous", "ordinal"))
    if not pd.api.types.is_numeric_dtype(both["continuous"]):
        raise EstimateError(
            "continuous= has text or categories; a score is a number. Use polychoric for two "
            "ordinal items."
        )
    both = both.dropna()
    score = both["continuous"].to_numpy(float)
    if refused := _refused(score):
        found, caution = refused
        raise EstimateError(
            f"continuous= has {found}; polyserial needs three or more respondents and finite "
            "scores that differ. Check the column.",
            caution=caution,
        )
    return score, ranks(both[["ordinal"]])


def _refused(score: NDArray) -> tuple[str, str] | None:
    """Why scores cannot be correlated, as a message says it and as a code."""
    if len(score) < 3:
        return f"{len(score)} complete respondents", code("few_pairs", n=len(score), minimum=3)
    if np.ptp(score) == 0:
        return "the same score for all respondents", "no_variance"
    return None if np.isfinite(score).all() else ("infinite scores", "not_estimable")


def _ends(rho: float, z: NDArray, code: NDArray, cut: NDArray) -> tuple[NDArray, NDArray]:
    """Both ends of every respondent's answer, standardised given the score, and their slopes."""
    rest = (1 - rho) * (1 + rho)
    tau = np.stack([cut[code], cut[code + 1]])
    return (tau - rho * z) / np.sqrt(rest), (rho * tau - z) / rest**1.5


def _log_share(ends: NDArray) -> NDArray:
    """Log of the normal distribution between two ends, exact in both tails."""
    low, high = np.where(ends.sum(axis=0) > 0, -ends[::-1], ends)
    top = log_ndtr(high)
    return top + np.log1p(-np.exp(np.minimum(log_ndtr(low) - top, -TINY)))


def _maximum(z: NDArray, code: NDArray, cut: NDArray) -> float:
    def loss(rho: float) -> float:
        return -_log_share(_ends(rho, z, code, cut)[0]).sum()

    found = minimize_scalar(loss, bounds=(-BOUND, BOUND), options={"xatol": 1e-10})
    return float(np.sign(found.x) if abs(found.x) > BOUND - 1e-6 else found.x)


def _score(rho: float, z: NDArray, code: NDArray, cut: NDArray) -> NDArray:
    """Derivative of each respondent's log likelihood by the correlation."""
    ends, slopes = _ends(rho, z, code, cut)
    low, high = slopes * np.exp(-(ends**2) / 2 - _log_share(ends)) / np.sqrt(2 * np.pi)
    return high - low


def _error(rho: float, z: NDArray, code: NDArray, cut: NDArray) -> float:
    """Standard error, from the influence of every respondent on both steps."""
    inner = np.arange(1, np.count_nonzero(cut < BEYOND))
    below = code[:, None] < inner
    density = np.exp(-(cut[inner] ** 2) / 2) / np.sqrt(2 * np.pi)
    first = np.column_stack([z, (z**2 - 1) / 2, (below - below.mean(axis=0)) / density])

    def mean_score(d_rho=0.0, d_mean=0.0, d_sd=0.0, d_cut=0.0) -> float:
        return _score(rho + d_rho, (z - d_mean) / (1 + d_sd), code, cut + d_cut).mean()

    def slope(**moved) -> float:
        up, down = (mean_score(**{k: sign * v for k, v in moved.items()}) for sign in (1, -1))
        return (up - down) / (2 * STEP)

    units = STEP * np.eye(len(cut))[inner]
    slopes = [slope(d_mean=STEP), slope(d_sd=STEP), *(slope(d_cut=unit) for unit in units)]
    step = min(STEP, (1 - abs(rho)) / 10)
    own = slope(d_rho=step) * STEP / step
    moved = (_score(rho, z, code, cut) + first @ np.array(slopes)) / own
    return float(np.sqrt((moved**2).mean() / len(z)))
