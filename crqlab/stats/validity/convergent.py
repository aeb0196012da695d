"""How much of its items a construct explains, and how much of it others share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from crqlab.stats.defaults import LEVEL
from crqlab.stats.delta import propagated
from crqlab.stats.estimate import check_level
from crqlab.stats.factors.model import LAMBDA
from crqlab.stats.factors.result import CfaFit
from crqlab.stats.factors.standard import standardised
from crqlab.stats.items import correlated


def ave(fit: CfaFit, *, level: float = LEVEL) -> pd.DataFrame:
    """Average variance extracted: mean squared standardised loading of each construct.

    Parameters
    ----------
    fit : CfaFit
        From `crqlab.stats.factors.cfa`; its standard errors (robust, by account) carry over.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    DataFrame, one row per construct (and ``group``, if the fit has several)
        ``construct``, ``n_items``, ``ave``, ``low``, ``high`` (in [0, 1]), ``flag``. Half or
        more is the usual bar. Second-order constructs are left out.

    References
    ----------
    Fornell & Larcker (1981), Journal of Marketing Research 18, 39-50: equation 9.
    Oehlert (1992), The American Statistician 46, 27-29: delta method, on the logit scale.

    Examples
    --------
    >>> from crqlab.stats.factors import cfa
    >>> rng = np.random.default_rng(1)
    >>> answers = rng.normal(size=(500, 1)) + rng.normal(size=(500, 3))
    >>> fit = cfa(pd.DataFrame(answers, columns=["t1", "t2", "t3"]), {"trust": ["t1", "t2", "t3"]})
    >>> ave(fit).round(2)
      construct  n_items   ave   low  high flag
    0     trust        3  0.47  0.42  0.52   ok
    """
    return _by_construct(fit, "ave", lambda loadings: (loadings**2).mean(), level)


def composite_reliability(fit: CfaFit, *, level: float = LEVEL) -> pd.DataFrame:
    """Composite reliability of each construct from its standardised loadings l.

    CR = (sum l)^2 / ((sum l)^2 + sum (1 - l^2)): the reliability of the sum of standardised
    answers, when items reflect the construct unequally.

    Parameters
    ----------
    fit : CfaFit
        From `crqlab.stats.factors.cfa`; its standard errors (robust, by account) carry over.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    DataFrame, one row per construct (and ``group``, if the fit has several)
        ``construct``, ``n_items``, ``composite_reliability``, ``low``, ``high`` (in [0, 1]),
        ``flag``. Second-order constructs are left out; see `omega_hierarchical` for them.

    References
    ----------
    Jöreskog (1971), Psychometrika 36, 109-133: congeneric reliability.
    Fornell & Larcker (1981), Journal of Marketing Research 18, 39-50: equation 10.
    Oehlert (1992), The American Statistician 46, 27-29: delta method, on the logit scale.

    Examples
    --------
    >>> from crqlab.stats.factors import cfa
    >>> rng = np.random.default_rng(1)
    >>> answers = rng.normal(size=(500, 1)) + rng.normal(size=(500, 3))
    >>> fit = cfa(pd.DataFrame(answers, columns=["t1", "t2", "t3"]), {"trust": ["t1", "t2", "t3"]})
    >>> composite_reliability(fit)["composite_reliability"].round(2).tolist()
    [0.72]
    """

    def reliability(loadings: NDArray) -> float:
        true = loadings.sum() ** 2
        return true / (true + (1 - loadings**2).sum())

    return _by_construct(fit, "composite_reliability", reliability, level)


def fornell_larcker(fit: CfaFit) -> pd.DataFrame:
    """Roots of AVE on the diagonal, correlations between constructs beside them.

    A construct is distinct from another if it shares more with its own items: if its diagonal
    entry exceeds the correlation in its row.

    Parameters
    ----------
    fit : CfaFit
        From `crqlab.stats.factors.cfa`.

    Returns
    -------
    DataFrame, constructs x constructs
        Symmetric, in [-1, 1] for a proper solution; missing where a construct's variance is
        negative. With several groups, stacked, indexed by group and construct. Second-order
        constructs are left out, and what they imply is the correlation.

    References
    ----------
    Fornell & Larcker (1981), Journal of Marketing Research 18, 39-50.

    Examples
    --------
    >>> from crqlab.stats.factors import cfa
    >>> rng = np.random.default_rng(1)
    >>> latent = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=2000)
    >>> answers = latent[:, [0, 0, 0, 1, 1, 1]] * 0.8 + rng.normal(size=(2000, 6)) * 0.6
    >>> table = pd.DataFrame(answers, columns=["t1", "t2", "t3", "c1", "c2", "c3"])
    >>> model = {"trust": ["t1", "t2", "t3"], "commitment": ["c1", "c2", "c3"]}
    >>> fornell_larcker(cfa(table, model)).round(1)
                trust  commitment
    trust         0.8         0.6
    commitment    0.6         0.8
    """
    extracted = ave(fit)
    if len(fit.labels) == 1:
        return _square(fit.latent, extracted)
    squares = {
        label: _square(fit.latent.loc[label], extracted[extracted["group"] == label])
        for label in fit.labels
    }
    return pd.concat(squares, names=["group", "construct"])


def _square(latent: pd.DataFrame, extracted: pd.DataFrame) -> pd.DataFrame:
    names = extracted["construct"].tolist()
    with np.errstate(invalid="ignore"):
        square = correlated(latent.loc[names, names].to_numpy(copy=True))
        np.fill_diagonal(square, np.sqrt(extracted["ave"].to_numpy()))
    return pd.DataFrame(square, index=names, columns=names)


def _by_construct(
    fit: CfaFit, name: str, function: Callable[[NDArray], float], level: float
) -> pd.DataFrame:
    """Compute a function of each construct's standardised loadings, with its interval."""
    check_level(level)
    model = fit.model
    loads = np.flatnonzero(model.kind == LAMBDA)
    place = pd.MultiIndex.from_arrays([model.group[loads], model.col[loads]])
    codes, keys = pd.factorize(place, sort=False)
    blocks = [loads[codes == code] for code in range(len(keys))]

    def values(theta: NDArray) -> NDArray:
        std = standardised(model, theta)
        return np.array([function(std[block]) for block in blocks])

    value, error = propagated(values, fit.theta, fit.vcov)
    low, high = _logit_ends(value, norm.isf((1 - level) / 2) * error)
    crowded = pd.Series(model.row[loads]).groupby(model.group[loads]).value_counts()
    alone = np.array([len(block) == 1 for block in blocks])
    crossed = [
        any(crowded[model.group[row], model.row[row]] > 1 for row in block) for block in blocks
    ]
    table = pd.DataFrame(
        {
            "construct": [model.constructs[column] for _, column in keys],
            "n_items": [len(block) for block in blocks],
            name: value,
            "low": low,
            "high": high,
            "flag": np.select([alone, crossed], ["one_item", "item_loads_elsewhere"], fit.flag),
        }
    )
    if len(fit.labels) > 1:
        table.insert(0, "group", [fit.labels[group] for group, _ in keys])
    return table


def _logit_ends(value: NDArray, half: NDArray) -> tuple[NDArray, NDArray]:
    """Ends that stay between 0 and 1; symmetric where the value does not lie there."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logit, reach = np.log(value / (1 - value)), half / (value * (1 - value))
        low, high = (1 / (1 + np.exp(-logit - sign * reach)) for sign in (-1, 1))
    inside = (value > 0) & (value < 1)
    return np.where(inside, low, value - half), np.where(inside, high, value + half)
