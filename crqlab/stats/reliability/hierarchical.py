"""How much of the sum of all items reflects what all constructs have in common."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import LEVEL
from crqlab.stats.delta import propagated
from crqlab.stats.estimate import Estimate, check_level
from crqlab.stats.factors.implied import implied, matrices
from crqlab.stats.factors.model import BETA, LAMBDA, PSI, THETA, Model
from crqlab.stats.factors.result import CfaFit
from crqlab.stats.reliability.consistency import widened

METHOD = "second-order {estimator}, delta method"


def omega_hierarchical(fit: CfaFit, *, level: float = LEVEL) -> Estimate:
    """Share of the variance of the sum of all items that is due to the second-order factor.

    With first-order loadings L, second-order loadings g, variance v of the second-order factor
    and Sigma the covariances that the model implies, omega = v (1'L g)^2 / 1'Sigma 1. What is
    left is what the constructs have for themselves, and error.

    Parameters
    ----------
    fit : CfaFit
        From ``cfa(..., second_order="crq")``: one second-order factor, one group.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        ``value`` in (-inf, 1], no unit; ``n`` counts respondents; the interval rests on the
        fit's standard errors (robust, by account). A note repeats the fit's caution.

    Raises
    ------
    EstimateError
        A fit without a second-order factor, with several, or with several groups.

    References
    ----------
    McDonald (1999), Test Theory; Zinbarg et al. (2005), Psychometrika 70, 123-133: the ratio.
    Kelley & Pornprasertmanit (2016), Psychological Methods 21, 69-92: intervals.

    Examples
    --------
    >>> import pandas as pd
    >>> from crqlab.stats.factors import cfa
    >>> rng = np.random.default_rng(1)
    >>> above = rng.normal(size=(2000, 1))
    >>> constructs = 0.8 * above + 0.6 * rng.normal(size=(2000, 3))
    >>> answers = np.repeat(constructs, 3, axis=1) * 0.8 + 0.6 * rng.normal(size=(2000, 9))
    >>> items = [f"{name}{number}" for name in "tcs" for number in (1, 2, 3)]
    >>> model = {name: [f"{name}{number}" for number in (1, 2, 3)] for name in "tcs"}
    >>> fit = cfa(pd.DataFrame(answers, columns=items), model, second_order="crq")
    >>> print(omega_hierarchical(fit))
    omega hierarchical 0.79 [0.77, 0.80], n = 2000 respondents (second-order ml, delta method)
    """
    check_level(level)
    model = fit.model
    above = np.unique(model.col[model.kind == BETA])
    if len(above) != 1 or len(fit.labels) > 1:
        raise EstimateError(
            f"fit= has {len(above)} second-order factors and {len(fit.labels)} groups; omega "
            'hierarchical needs one of each. Fit cfa(..., second_order="crq") to all together.'
        )
    value, error = propagated(lambda at: _share(model, at), fit.theta, fit.vcov)
    ends = widened(float(value[0]), float(norm.isf((1 - level) / 2) * error[0]))
    notes = () if fit.flag == "ok" else (fit.flag,)
    notes += () if (model.kind == THETA).any() else ("of_continuous_answers",)
    n, method = int(fit.fit["n"]), METHOD.format(estimator=fit.estimator)
    name = "omega hierarchical"
    return Estimate(name, float(value[0]), *ends, level, n, "respondents", method, notes)


def _share(model: Model, theta: NDArray) -> NDArray:
    values = model.values(theta)
    filled = matrices(model, values)
    general = (filled[LAMBDA] @ filled[BETA]).sum(axis=0)
    sigma = implied(model, values).sigma
    if not (model.kind == THETA).any():
        sigma = sigma - np.diag(np.diagonal(sigma) - 1)
    return np.atleast_1d(general @ filled[PSI] @ general / sigma.sum())
