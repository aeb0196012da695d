"""Correlation of the normal variables behind two ordinal items (polychoric)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from crqlab.base.contracts.cautions import OK, code, joined, plain
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import Estimate, check_level
from crqlab.stats.factors.thresholds import Ranks, ranks
from crqlab.stats.factors.twostep import Pairs, correlate, matrix, pairs

METHOD = "two-step, Olsson 1979; jackknife on Fisher's z"
NAME = "polychoric correlation"
SINGULAR = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Polychoric(Result):
    """Polychoric correlations of several items, with the thresholds they were found with.

    Attributes
    ----------
    table : DataFrame, shape (items, items)
        Correlations in [-1, 1], 1 on the diagonal.
    thresholds : DataFrame, one row per threshold
        ``item``, ``threshold``, ``below`` (the highest category under it), ``value`` (standard
        deviations of the variable behind the item).
    n : int
        Respondents with an answer to every item.
    flag : str
        ``"ok"``, or cautions as codes: a correlation at its bound, a matrix that is not positive
        definite, a category that nobody chose.
    """

    table: pd.DataFrame
    thresholds: pd.DataFrame
    n: int
    flag: str

    def __str__(self) -> str:
        values = self.table.to_numpy()[np.triu_indices(len(self.table), 1)]
        sentence = (
            f"Polychoric correlations of {len(self.table)} items, {values.min():.2f} to "
            f"{values.max():.2f}, n = {self.n} respondents"
        )
        return sentence if self.flag == OK else f"{sentence}; {plain(self.flag)}"


def polychoric(a: pd.Series, b: pd.Series, *, level: float = LEVEL) -> Estimate:
    r"""Correlation of the normal variables behind two ordinal items.

    Behind each item stands a standard normal variable, cut into the answer categories by
    thresholds. These come from the margins; the correlation then maximises

    .. math:: \sum_{kl} n_{kl} \log \pi_{kl}(\rho), \quad \pi_{kl} = \Phi_2(\tau_k, \tau_l)
              - \Phi_2(\tau_{k-1}, \tau_l) - \Phi_2(\tau_k, \tau_{l-1})
              + \Phi_2(\tau_{k-1}, \tau_{l-1})

    The interval is made on Fisher's z scale from the jackknife over respondents, so it holds
    the error of the thresholds and does not rest on the normal model.

    Parameters
    ----------
    a, b : Series
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
        Text, a constant item, more than 50 categories, series of different length, or fewer
        than two complete respondents.

    References
    ----------
    Olsson (1979), Psychometrika 44, 443-460: the two-step estimator.
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 11: the jackknife.

    Examples
    --------
    Two items split at their medians, 40 of 100 respondents low on both: the correlation is
    sin(pi/2 (4 * 0.4 - 1)) = 0.81.

    >>> a = pd.Series([1] * 50 + [2] * 50)
    >>> b = pd.Series([1] * 40 + [2] * 50 + [1] * 10)
    >>> print(polychoric(a, b))
    polychoric correlation 0.81 [0.60, 0.92], n = 100 respondents (two-step, Olsson 1979; ...)
    """
    check_level(level)
    coded = ranks(side_by_side(a, b, ("a", "b")))
    found = pairs(coded)
    value, n = float(found.rho[0]), len(coded.codes)
    low, high = _jackknife(found, level)
    notes = coded.notes
    if found.bounded[0]:
        notes = (*notes, "nobody_contradicts")
    elif np.isnan(low):
        notes = (*notes, "hangs_on_one_respondent")
    return Estimate(NAME, value, low, high, level, n, "respondents", METHOD, notes)


def polychoric_matrix(items: pd.DataFrame) -> Polychoric:
    """Polychoric correlations of all pairs of items, in the manner of `polychoric`.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Numbers or ordered categories, of which only the order counts. Respondents with a gap
        are left out, so that all correlations rest on the same answers.

    Returns
    -------
    Polychoric
        ``table`` in the order of the items. Each correlation stands for itself, so the matrix
        may fail to be positive definite; then ``flag`` says so.

    Raises
    ------
    EstimateError
        As `polychoric`, or fewer than two items.

    References
    ----------
    Olsson (1979), Psychometrika 44, 443-460.

    Examples
    --------
    >>> trust = pd.DataFrame({"t1": [1, 1, 2, 2, 3, 3], "t2": [1, 2, 1, 2, 2, 3]})
    >>> print(polychoric_matrix(trust))
    Polychoric correlations of 2 items, 0.74 to 0.74, n = 6 respondents
    """
    coded = ranks(items)
    if len(coded.names) < 2:
        raise EstimateError(
            f"items= has {len(coded.names)} items; a correlation needs two or more. Add an item."
        )
    found = pairs(coded)
    table = matrix(coded, found)
    names = list(coded.names)
    return Polychoric(
        pd.DataFrame(table, index=names, columns=names),
        coded.table(),
        len(coded.codes),
        _flag(coded, found, table),
    )


def side_by_side(a: pd.Series, b: pd.Series, names: tuple[str, str]) -> pd.DataFrame:
    """Lay two columns of one table side by side, by position.

    Examples
    --------
    >>> side_by_side(pd.Series([1, 2]), pd.Series([3]), ("a", "b"))
    Traceback (most recent call last):
    crqlab.base.errors.EstimateError: a= has 2 rows and b= 1; they must be columns of one table.
    """
    a, b = (pd.Series(column).reset_index(drop=True) for column in (a, b))
    if len(a) != len(b):
        raise EstimateError(
            f"{names[0]}= has {len(a)} rows and {names[1]}= {len(b)}; "
            "they must be columns of one table."
        )
    return pd.DataFrame({names[0]: a, names[1]: b})


def _flag(coded: Ranks, found: Pairs, table: NDArray) -> str:
    notes = list(coded.notes)
    if found.bounded.any():
        first = int(np.flatnonzero(found.bounded)[0])
        pair = {
            side: str(coded.names[place[first]])
            for side, place in (("left", found.left), ("right", found.right))
        }
        more = int(found.bounded.sum()) - 1
        alone = code("pair_at_bound", **pair)
        notes.append(code("pairs_at_bound", **pair, more=more) if more else alone)
    if np.linalg.eigvalsh(table)[0] <= SINGULAR:
        notes.append("correlations_not_positive_definite")
    return joined(notes)


def _jackknife(found: Pairs, level: float) -> tuple[float, float]:
    """Interval from leaving out each respondent; those of one cell give one and the same table."""
    if found.bounded[0]:
        return np.nan, np.nan
    whole = found.tables[0]
    filled = np.argwhere(whole > 0)
    tables = np.repeat(whole[None], len(filled), axis=0)
    tables[np.arange(len(filled)), *filled.T] -= 1
    with np.errstate(divide="ignore"):
        z = np.arctanh(correlate(tables, found.rho[0]))
    times = whole[whole > 0]
    n = times.sum()
    if not np.isfinite(z).all():
        return np.nan, np.nan
    spread = np.sqrt((n - 1) / n * (times @ (z - times @ z / n) ** 2))
    half = -ndtri((1 - level) / 2) * spread
    here = np.arctanh(found.rho[0])
    return float(np.tanh(here - half)), float(np.tanh(here + half))
