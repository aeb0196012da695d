"""Units of unequal size held against the rest, with the funnel that chance allows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t

from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import check_level

__all__ = ["against_rest"]
__dir__ = __all__.copy

ALONE = "nobody to compare with"
TWO = "honest differences cannot be told from two units"


def against_rest(
    values: ArrayLike,
    variances: ArrayLike,
    blocks: ArrayLike | None = None,
    *,
    freedom: ArrayLike = np.inf,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Compare every unit with the mean of all others, allowing for honest differences.

    Units differ for honest reasons too. How much, is estimated by a random effect from the
    *others* alone, so that nobody widens the funnel it is held against (Spiegelhalter cuts the
    extremes to the same end). With fewer than two others there is nothing to estimate it from;
    honest differences then count as none, and ``flag`` says so.

    Parameters
    ----------
    values, variances : array, one element per unit
        A mean and its sampling variance (squared units of the mean, above 0); units where
        either is missing are left out of the comparison.
    blocks : array, optional
        What units are compared within (client and wave); all in one block when absent.
    freedom : float or array
        Degrees of freedom of the variances.
    level : float
        Coverage of the funnel, in (0, 1).

    Returns
    -------
    DataFrame, one row per unit, in order
        ``n_rest`` other units, ``rest`` (their mean), ``between`` (variance of honest differences
        among them), ``value`` (unit minus rest), ``se``, ``z``, ``lower`` and ``upper`` (limits of
        the funnel at this unit's size, in the units of the mean), ``flag``.

    References
    ----------
    Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202: funnel plots, over-dispersion.
    DerSimonian & Laird (1986), Controlled Clinical Trials 7, 177-188: the random effect.
    Viechtbauer & Cheung (2010), Research Synthesis Methods 1, 112-125: leaving the unit out.

    Examples
    --------
    >>> found = against_rest([5.0, 5.2, 4.9, 6.1], [0.04, 0.09, 0.04, 0.05])
    >>> found[["rest", "value", "z"]].round(2)
       rest  value     z
    0  5.40  -0.40 -0.52
    1  5.33  -0.13 -0.17
    2  5.44  -0.54 -0.75
    3  5.00   1.10  4.29
    """
    check_level(level)
    value, noise, code, freedom = _laid_out(values, variances, blocks, freedom)
    known = np.isfinite(value) & np.isfinite(noise)
    if (noise[known] <= 0).any():
        raise EstimateError(
            f"variances= holds {(noise[known] <= 0).sum()} values of zero or less; a unit without "
            "variance cannot be placed in a funnel. Leave it out (NaN)."
        )
    one, other = _pairs(code, known)
    between = _between_others(value, noise, one, other)
    weight = 1 / (noise[other] + between[one])
    mass = np.bincount(one, weight, len(value))
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = np.bincount(one, weight * value[other], len(value)) / mass
        se = np.sqrt(noise + between + 1 / mass)
    half = t.isf((1 - level) / 2, freedom) * se
    n_rest = np.bincount(one, minlength=len(value))
    return pd.DataFrame(
        {
            "n_rest": n_rest,
            "rest": rest,
            "between": between,
            "value": value - rest,
            "se": se,
            "z": (value - rest) / se,
            "lower": rest - half,
            "upper": rest + half,
            "flag": np.select([~known | (n_rest == 0), n_rest == 1], [ALONE, TWO], "ok"),
        }
    )


def _laid_out(values, variances, blocks, freedom) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    value, noise = (np.asarray(x, dtype=float) for x in (values, variances))
    code = np.zeros(len(value), int) if blocks is None else pd.factorize(pd.Index(blocks))[0]
    if not value.shape == noise.shape == code.shape:
        raise EstimateError(
            f"values= has {len(value)} units, variances= {len(noise)} and blocks= {len(code)}; "
            "give one of each per unit."
        )
    return value, noise, code, np.broadcast_to(np.asarray(freedom, dtype=float), value.shape)


def _pairs(code: NDArray, known: NDArray) -> tuple[NDArray, NDArray]:
    """All ordered pairs of different units of one block."""
    order = np.flatnonzero(known)[np.argsort(code[known], kind="stable")]
    size = np.bincount(code[order], minlength=code.max(initial=-1) + 1)
    per_unit = size[code[order]]
    start = (np.cumsum(size) - size)[code[order]]
    one = np.repeat(order, per_unit)
    within = np.arange(len(one)) - np.repeat(np.cumsum(per_unit) - per_unit, per_unit)
    other = order[np.repeat(start, per_unit) + within]
    return one[one != other], other[one != other]


def _between_others(value: NDArray, noise: NDArray, one: NDArray, other: NDArray) -> NDArray:
    """Variance of honest differences among everybody but the unit itself, by moments."""
    n, weight = len(value), 1 / noise[other]
    mass, squared = np.bincount(one, weight, n), np.bincount(one, weight**2, n)
    others = np.bincount(one, minlength=n)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.bincount(one, weight * value[other], n) / mass
        excess = np.bincount(one, weight * (value[other] - middle[one]) ** 2, n) - (others - 1)
        found = excess / (mass - squared / mass)
    return np.where(others > 1, np.maximum(np.nan_to_num(found, posinf=0, neginf=0), 0), 0.0)
