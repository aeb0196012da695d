"""How far two coders agree beyond chance, with accounts as what was sampled."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t

from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import Estimate, check_level

__all__ = ["kappa"]
__dir__ = __all__.copy


def kappa(
    first: ArrayLike, second: ArrayLike, accounts: ArrayLike, *, level: float = LEVEL
) -> Estimate:
    r"""Cohen's kappa of two yes-or-no codings.

    kappa = (o - e) / (1 - e), where o is the share of equal codes and e the share that would be
    equal by chance. Its variance is the jackknife over accounts: whole accounts are left out.

    Parameters
    ----------
    first, second : array_like of bool, shape (texts,) or (texts, themes)
        Whether each coder saw a theme in a text. Of several themes all cells are taken together.
    accounts : array_like, shape (texts,)
        Whose text it is.
    level : float
        Coverage of the interval, in (0, 1); Student's t with (accounts - 1) degrees of freedom.

    Returns
    -------
    Estimate
        ``value`` in [-1, 1], missing where a coder saw the theme nowhere or everywhere and the
        other did, too; ``n`` counts texts.

    Raises
    ------
    EstimateError
        Codings of different shapes.

    References
    ----------
    Cohen (1960), Educational and Psychological Measurement 20, 37-46. Efron & Stein (1981),
    Annals of Statistics 9, 586-596: the jackknife.

    Examples
    --------
    >>> one = [True] * 25 + [False] * 25
    >>> two = [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15
    >>> print(kappa(one, two, range(50)))  # 70 % alike where 50 % are by chance
    kappa 0.40 [0.14, 0.66], n = 50 texts (jackknife over accounts, Cohen 1960)
    """
    check_level(level)
    one, two = (np.asarray(cells, dtype=bool) for cells in (first, second))
    if one.shape != two.shape or len(one) != len(np.asarray(accounts)):
        raise EstimateError(
            f"first= is {one.shape}, second= {two.shape}, accounts= {np.shape(accounts)}; give "
            "both coders' codes of the same texts."
        )
    cells = np.stack([one & two, one & ~two, ~one & two, ~one & ~two], axis=-1)
    per_text = cells.reshape(len(one), -1, 4).sum(axis=1)
    codes = pd.factorize(np.asarray(accounts))[0]
    sums = np.zeros((codes.max(initial=-1) + 1, 4))
    np.add.at(sums, codes, per_text)
    value = float(_of(sums.sum(axis=0)))
    groups = len(sums)
    left = _of(sums.sum(axis=0) - sums) if groups > 1 else np.array([np.nan])
    error = np.sqrt((groups - 1) / max(groups, 1) * ((left - left.mean()) ** 2).sum())
    notes = () if error > 0 else ("interval_unknown",)
    half = t.isf((1 - level) / 2, max(groups - 1, 1)) * (error if error > 0 else np.nan)
    low, high = np.clip([value - half, value + half], -1, 1)
    method = "jackknife over accounts, Cohen 1960"
    return Estimate("kappa", value, low, high, level, len(one), "texts", method, notes)


def _of(counts: NDArray) -> NDArray:
    """Kappa of counts (both, only the first, only the second, neither), along the last axis."""
    both, first, second, neither = np.moveaxis(counts, -1, 0)
    n = both + first + second + neither
    with np.errstate(divide="ignore", invalid="ignore"):
        seen, also = (both + first) / n, (both + second) / n
        chance = seen * also + (1 - seen) * (1 - also)
        return np.where(chance < 1, ((both + neither) / n - chance) / (1 - chance), np.nan)
