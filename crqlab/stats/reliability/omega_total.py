"""Reliability of a sum of items that reflect their construct unequally."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import Estimate, check_level
from crqlab.stats.factors.proper import negative_residuals
from crqlab.stats.influence import half_width
from crqlab.stats.items import Answers, complete, regular
from crqlab.stats.reliability.consistency import alpha, check_sum, widened
from crqlab.stats.reliability.one_factor import OneFactor, one_factor, scores

METHOD = "one-factor ML, distribution-free delta method, Yuan & Bentler 2002"


def omega(
    items: pd.DataFrame, *, accounts: pd.Series | None = None, level: float = LEVEL
) -> Estimate:
    """Reliability of the sum of items that one factor explains, omega total.

    With loadings l and residual variances t of a one-factor model by maximum likelihood,
    omega = (sum l)^2 / ((sum l)^2 + sum t). Equal to alpha where all loadings are equal,
    otherwise greater.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Answers in scale points, reversed items already turned round. Respondents with a gap
        are left out, and counted in a note.
    accounts : Series, optional
        The account of each respondent, by position. When given, whole accounts are what was
        sampled; when absent, respondents count as independent.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        ``value`` in (-inf, 1], no unit; ``n`` counts respondents, or accounts when given. A
        note names an item whose residual variance is negative (Heywood case).

    Raises
    ------
    EstimateError
        Fewer than two items, no more respondents than items, text, one account, a constant
        item, or items that follow exactly from others.

    References
    ----------
    McDonald (1999), Test Theory, equation 6.20: the coefficient.
    Yuan & Bentler (2002), Psychometrika 67, 251-259: standard errors without normality, here
    by the infinitesimal jackknife, summed by account, on the scale of log(1 - omega).

    Examples
    --------
    Three items that a common factor drives with loadings 3 : 2 : 1:

    >>> rng = np.random.default_rng(1)
    >>> noise = rng.normal(size=(500, 3))
    >>> answers = pd.DataFrame(noise + rng.normal(size=(500, 1)) * [1.5, 1.0, 0.5])
    >>> print(omega(answers))
    omega 0.77 [0.72, 0.81], n = 500 respondents (one-factor ML, ... Yuan & Bentler 2002)
    """
    check_level(level)
    answers = complete(items, accounts=accounts, asks="omega")
    if len(answers.names) == 2:
        return _two_items(items, accounts, level)
    regular(answers, "omega")
    check_sum(answers.covariance)
    sd = answers.deviations.std(axis=0)
    scaled = answers.deviations / sd
    fit = one_factor(scaled.T @ scaled / len(scaled))
    if not fit.converged:
        raise EstimateError(
            "The one-factor model of the items has no solution; omega needs items that share "
            "something. Look at their correlations, or report alpha.",
            caution="one_factor_without_solution",
        )
    value, gradient = _ratio(fit, sd)
    influence = scores(fit, scaled) @ np.linalg.lstsq(fit.curvature, gradient, rcond=None)[0]
    ends = widened(value, float(half_width(influence, answers.accounts, level)))
    notes = answers.notes + _improper(fit, answers)
    return Estimate("omega", value, *ends, level, answers.n, answers.unit, METHOD, notes)


def _two_items(items: pd.DataFrame, accounts: pd.Series | None, level: float) -> Estimate:
    """Two items leave loadings unidentified unless they are equal."""
    found = alpha(items, accounts=accounts, level=level)
    return Estimate(
        "omega", found.value, found.low, found.high, level, found.n, found.unit, found.method,
        (*found.notes, "two_items_alpha"),
    )  # fmt: skip


def _ratio(fit: OneFactor, sd: NDArray) -> tuple[float, NDArray]:
    """Omega of the raw sum, and how it moves with each standardised loading and residual."""
    true, error = (sd @ fit.loadings) ** 2, sd**2 @ fit.residuals
    total = true + error
    by_loading = 2 * sd * (sd @ fit.loadings) * error / total**2
    return float(true / total), np.concatenate([by_loading, -(sd**2) * true / total**2])


def _improper(fit: OneFactor, answers: Answers) -> tuple[str, ...]:
    worst = int(fit.residuals.argmin())
    here = slice(worst, worst + 1)
    return tuple(negative_residuals(fit.residuals[here], answers.names[here]))
