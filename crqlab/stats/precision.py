"""How wide an interval will be, before anybody is asked."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import gammaln
from scipy.stats import t

from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import check_level

__all__ = ["half_widths"]
__dir__ = __all__.copy


def half_widths(
    contacts: ArrayLike,
    blocks: ArrayLike,
    *,
    completion: ArrayLike,
    sd: float,
    icc: float,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Half-widths of account-bootstrap intervals to expect for a mean over respondents.

    With m contacts in an account of whom each answers with probability c, its answers are
    binomial: E[n] = mc, E[n^2] = mc(1 - c) + (mc)^2. The mean over all answers N has the
    variance sd^2 (icc sum E[n^2] + (1 - icc) N) / N^2, and its interval Student's t on as many
    equal accounts as N^2 / sum E[n^2], less one. A standard deviation estimated on so few
    degrees of freedom is a little too small on average, which is allowed for.

    Parameters
    ----------
    contacts : array of int
        People to ask in each account; accounts with nobody count for nothing.
    blocks : array
        What is asked together (client and quarter) of each account.
    completion : float or array, one element per account
        Probability that a contact answers, in [0, 1].
    sd : float
        Standard deviation of respondents' scores, of accounts and people together.
    icc : float
        ICC(1): share of that variance between accounts, in [0, 1].
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    DataFrame, one row per block, index the blocks, sorted
        ``n_accounts``, ``n_contacts``, ``answers`` (expected), ``effective`` (accounts),
        ``half_width`` (units of ``sd``); missing where fewer than two equal accounts are to
        be expected.

    Raises
    ------
    EstimateError
        Columns of different lengths, or options out of their range.

    References
    ----------
    Kish (1965), Survey Sampling, sections 5.4 and 8.2: clusters of unequal size.
    Cureton (1968), The American Statistician 22(1), 22: the mean of a standard deviation.

    Examples
    --------
    Forty accounts of five people, of whom four in ten answer:

    >>> half_widths([5] * 40, ["a"] * 40, completion=0.4, sd=1.0, icc=0.3).round(2)
       n_accounts  n_contacts  answers  effective  half_width
    a          40         200     80.0      30.77        0.28
    """
    check_level(level)
    size = np.asarray(contacts, dtype=float)
    chance = np.broadcast_to(np.asarray(completion, dtype=float), size.shape)
    codes, keys = pd.factorize(pd.Index(blocks), sort=True)
    if len(size) != len(codes):
        raise EstimateError(
            f"contacts= has {len(size)} accounts and blocks= {len(codes)}; give one block each."
        )
    if not (0 <= icc <= 1 and sd >= 0 and ((chance >= 0) & (chance <= 1)).all()):
        raise EstimateError(
            f"icc= is {icc}, sd= {sd}, completion= reaches from {chance.min():g} to "
            f"{chance.max():g}; shares lie between 0 and 1, and sd is 0 or more."
        )

    def add(amounts: np.ndarray) -> np.ndarray:
        return np.bincount(codes, weights=amounts, minlength=len(keys))

    answers, squares = add(size * chance), add(size * chance * (1 - chance + size * chance))
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = answers**2 / squares
        variance = sd**2 * (icc * squares + (1 - icc) * answers) / answers**2
    freedom = np.where(effective >= 2, effective - 1, np.nan)
    table = {
        "n_accounts": add(size > 0).astype(int),
        "n_contacts": add(size).astype(int),
        "answers": answers,
        "effective": effective,
        "half_width": t.isf((1 - level) / 2, freedom) * _shortfall(freedom) * np.sqrt(variance),
    }
    return pd.DataFrame(table, index=keys)


def _shortfall(freedom: np.ndarray) -> np.ndarray:
    """Mean of an estimated standard deviation as a share of the true one."""
    return np.sqrt(2 / freedom) * np.exp(gammaln((freedom + 1) / 2) - gammaln(freedom / 2))
