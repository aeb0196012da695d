r"""How likely a change between two waves will be seen, before the later one is held.

Of a wave with :math:`n_i` answers of account i, N in all, the mean has the variance
:math:`V = \sigma^2 [\rho_I \sum n_i^2 + (1 - \rho_I) N] / N^2`, :math:`\rho_I` being ICC(1). Two
waves share accounts, which correlate by r, and people, whose own deviations correlate by k; with
:math:`m_i` answers then, M in all, and K people who answer in both,

.. math:: Cov = \sigma^2 [\rho_I\, r \sum n_i m_i + (1 - \rho_I)\, k\, K] / (N M)

and the change :math:`\delta` is seen (p < 1 - level, two-sided) with the chance that Student's t
with noncentrality :math:`\delta / \sqrt{V_n + V_m - 2 Cov}` lies beyond its quantile, on as many
degrees of freedom as equal accounts stand behind the two means, less one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import chi2, norm, t

from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import check_level

__all__ = ["Alike", "Waves", "detectable", "more_accounts", "power", "voices", "wider_waves"]
__dir__ = __all__.copy

_NODES = (np.arange(100) + 0.5) / 100
MOST = 100.0  # times as many accounts, beyond which nobody asks


@dataclass(frozen=True, slots=True)
class Alike:
    """How answers of a measure vary, and keep.

    Attributes
    ----------
    sd : float
        Standard deviation of people's answers inside a client's wave, accounts included.
    icc : float
        ICC(1): share of that variance between accounts, in [0, 1].
    accounts, people : float
        Correlation between the two waves of an account, and of one person apart from the
        account, each in [0, 1].
    """

    sd: float
    icc: float
    accounts: float
    people: float


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """Answers of each account in two waves, as they were or are expected.

    Attributes
    ----------
    before : ndarray
        Answers in the earlier wave, which was held; 0 of accounts that did not answer.
    contacts : ndarray
        People to be asked in the later one.
    completion : float
        Chance that each of them answers, in (0, 1].
    again : float
        People expected to answer in both.
    """

    before: NDArray
    contacts: NDArray
    completion: float
    again: float

    def __post_init__(self) -> None:
        if self.before.shape != self.contacts.shape or not 0 < self.completion <= 1:
            raise EstimateError(
                f"before= and contacts= have {self.before.shape} and {self.contacts.shape}, "
                f"completion= is {self.completion}; give one number each per account, and a share."
            )


def power(waves: Waves, alike: Alike, change: float, *, level: float = LEVEL) -> float:
    """Return the chance that a change is seen.

    Parameters
    ----------
    waves : Waves
    alike : Alike
    change : float
        In units of ``alike.sd``.
    level : float
        Coverage of the interval that must leave out 0, in (0, 1).

    Returns
    -------
    float
        In [0, 1]; missing where fewer than two equal accounts answer in either wave.

    References
    ----------
    Kish (1965), Survey Sampling, sections 8.2 and 12.4: clusters, and two waves that overlap.
    Cohen (1988), Statistical Power Analysis, chapter 2.

    Examples
    --------
    >>> four = np.full(60, 4)
    >>> asked = Waves(before=four * 0.4, contacts=four, completion=0.4, again=60.0)
    >>> round(power(asked, Alike(77.0, 0.25, 0.8, 0.5), 10.0), 2)
    0.19
    """
    check_level(level)
    error, freedom = _error(waves, alike, 1.0)
    return _seen(change, error, freedom, level)


def detectable(waves: Waves, alike: Alike, chance: float, *, level: float = LEVEL) -> float:
    """Return the change that is seen with a chance, in units of ``alike.sd``.

    Examples
    --------
    >>> four = np.full(60, 4)
    >>> asked = Waves(before=four * 0.4, contacts=four, completion=0.4, again=60.0)
    >>> alike = Alike(77.0, 0.25, 0.8, 0.5)
    >>> step = detectable(asked, alike, 0.8)
    >>> round(power(asked, alike, step), 3)
    0.8
    """
    error, freedom = _error(waves, alike, 1.0)
    if not freedom >= 1:
        return float("nan")
    end = 20 * error * (1 + t.isf((1 - level) / 2, freedom))
    return float(brentq(lambda d: _seen(d, error, freedom, level) - chance, 0.0, end, rtol=1e-6))


def more_accounts(
    waves: Waves, alike: Alike, change: float, chance: float, *, level: float = LEVEL
) -> float:
    """Return how many accounts more the later wave is to ask, for a change to be seen so likely.

    The others are as the ones that are asked, but were not asked before: where the same accounts
    are asked again they hardly help. 0 where those asked do; infinite where no number does.

    Examples
    --------
    >>> four = np.full(60, 4)
    >>> others = Waves(np.append(four * 2, 0 * four), np.append(0 * four, four), 0.4, 0.0)
    >>> more_accounts(others, Alike(77.0, 0.25, 0.8, 0.5), 25.0, 0.8)
    49.0
    """
    n = int((waves.contacts > 0).sum())
    found = _factor(lambda f: _seen(change, *_error(waves, alike, f), level), chance)
    return float(np.ceil(round((found - 1) * n, 6))) if n else float("inf")


def wider_waves(
    waves: Waves, alike: Alike, change: float, chance: float, *, level: float = LEVEL
) -> float:
    """Return how many accounts both waves are to ask, of the same kind and overlap.

    Examples
    --------
    >>> four = np.full(60, 4)
    >>> asked = Waves(before=four * 0.4, contacts=four, completion=0.4, again=60.0)
    >>> wider_waves(asked, Alike(77.0, 0.25, 0.8, 0.5), 10.0, 0.8)
    393.0
    """
    n = int((waves.contacts > 0).sum())

    def seen(factor: float) -> float:
        error, freedom = _error(waves, alike, 1.0)
        return _seen(change, error / np.sqrt(factor), factor * (freedom + 1) - 1, level)

    return float(np.ceil(round(_factor(seen, chance) * n, 6)))


def voices(icc: float, wanted: float) -> float:
    """Return how many answers an account needs for its mean to be so reliable (ICC(2)).

    Examples
    --------
    >>> round(voices(0.3, 0.7), 2)
    5.44

    References
    ----------
    Bliese (2000), in Klein & Kozlowski, Multilevel Theory, 349-381: Spearman-Brown of ICC(1).
    """
    if not (0 < icc <= 1 and 0 < wanted < 1):
        return float("inf") if icc <= 0 else float("nan")
    return wanted / (1 - wanted) * (1 - icc) / icc


def _error(waves: Waves, alike: Alike, factor: float) -> tuple[float, float]:
    """Standard error of the change and its degrees of freedom, the later wave so much wider."""
    c = waves.completion
    squares = (waves.contacts * c * (1 - c + waves.contacts * c)).sum() * factor
    later, N = waves.contacts * c, (waves.contacts * c).sum() * factor
    earlier, M = waves.before, waves.before.sum()
    if not (N > 0 and M > 0):
        return float("nan"), float("nan")
    inside = 1 - alike.icc

    def variance(square: float, n: float) -> float:
        return (alike.icc * square + inside * n) / n**2

    shared = alike.icc * alike.accounts * (earlier * later).sum() + inside * alike.people * (
        waves.again
    )
    total = variance(squares, N) + variance((earlier**2).sum(), M) - 2 * shared / (N * M)
    apart = squares / N**2 + (earlier**2).sum() / M**2 + 2 * (earlier * later).sum() / (N * M)
    return float(alike.sd * np.sqrt(max(total, 0.0))), float(4 / apart - 1)


def _seen(change: float, error: float, freedom: float, level: float) -> float:
    if not (freedom >= 1 and error > 0):
        return float("nan")
    beyond, away = _beyond(round(freedom, 3), level), abs(change) / error
    return float((norm.sf(beyond - away) + norm.cdf(-beyond - away)).mean())


@lru_cache(maxsize=1024)
def _beyond(freedom: float, level: float) -> NDArray:
    """Limits of what is seen, in true errors, as the estimated error may turn out."""
    return t.isf((1 - level) / 2, freedom) * np.sqrt(chi2.ppf(_NODES, freedom) / freedom)


def _factor(seen: Callable[[float], float], chance: float) -> float:
    """How many times as much is needed; infinite where nothing suffices."""
    if seen(1.0) >= chance:
        return 1.0
    if not seen(MOST) >= chance:
        return float("inf")
    return float(brentq(lambda f: seen(f) - chance, 1.0, MOST, rtol=1e-5))
