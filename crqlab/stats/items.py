"""Answers to several items as one complete matrix, checked before any arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Complete answers, and what had to be left out.

    Attributes
    ----------
    matrix : ndarray of float, shape (respondents, items)
        Answers without gaps.
    names : tuple
        The items, in the order of the columns.
    accounts : ndarray of int, shape (respondents,)
        The account of each respondent as a number from 0; every respondent is one of its own
        where accounts were not given.
    unit : str
        What was sampled: ``"accounts"`` or ``"respondents"``.
    notes : tuple of str
        Cautions for the result, as codes.
    """

    matrix: NDArray
    names: tuple
    accounts: NDArray
    unit: str
    notes: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many units were sampled."""
        return int(self.accounts.max()) + 1

    @property
    def deviations(self) -> NDArray:
        """Answers minus their item's mean."""
        return self.matrix - self.matrix.mean(axis=0)

    @property
    def covariance(self) -> NDArray:
        """Covariances between items, with n - 1 below."""
        deviations = self.deviations
        return deviations.T @ deviations / (len(deviations) - 1)

    @property
    def correlation(self) -> NDArray:
        """Correlations between items, exactly 1 on the diagonal."""
        return correlated(self.covariance)


def complete(
    items: pd.DataFrame,
    *,
    accounts: pd.Series | None = None,
    least: int = 2,
    vary: bool = True,
    argument: str = "items=",
    asks: str = "this number",
) -> Answers:
    """Take the respondents who answered every item, and refuse what cannot be computed with.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Answers in scale points, a gap where there is no answer.
    accounts : Series, optional
        The account of each respondent, by position; rows without one are left out.
    least : int
        How many items there must be.
    vary : bool
        Whether an item that everybody answered alike is refused; otherwise it earns a note.
    argument, asks : str
        What the message calls the table and the number that was asked for.

    Raises
    ------
    EstimateError
        Too few items or complete respondents, text, infinite numbers, an item twice, an item
        without variance, accounts of another length.

    Examples
    --------
    >>> found = complete(pd.DataFrame({"t1": [5, 6, 7.0], "t2": [5, 7, None]}))
    >>> found.matrix.tolist(), found.notes
    ([[5.0, 5.0], [6.0, 7.0]], ('{"code": "respondents_left_out", "n": 1, "of": 3}',))
    """
    table = _numbers(items, least, argument, asks)
    gap = np.isnan(table)
    known = ~gap.any(axis=1)
    codes, unit = np.arange(len(table)), "respondents"
    if accounts is not None:
        codes, unit = _accounts(accounts, len(table), argument), "accounts"
        known &= codes >= 0
    values = table[known]
    if len(values) < 2:
        raise _too_few(items, gap, len(values), argument, asks)
    notes = _left_out(known, gap)
    flat = [
        str(name)
        for name, constant in zip(items, np.ptp(values, axis=0) == 0, strict=True)
        if constant
    ]
    if flat and vary:
        raise EstimateError(
            f"Everybody gave the same answer to {', '.join(flat)}; {asks} needs variance. "
            "Check for straight-lining in the export, or leave the item out.",
            caution=code("same_answer_from_all", items=", ".join(flat)),
        )
    if flat:
        notes += (code("same_answer_from_all", items=", ".join(flat)),)
    codes = np.unique(codes[known], return_inverse=True)[1]
    if accounts is not None and codes.max() == 0:
        raise EstimateError(
            f"accounts= names one account for all {len(values)} respondents; an interval from "
            "accounts needs two or more. Pool clients, or leave accounts= out.",
            caution="one_account",
        )
    return Answers(values, tuple(items.columns), codes, unit, notes)


def correlated(covariance: NDArray) -> NDArray:
    """Turn covariances into correlations; leading axes may stack many matrices.

    Examples
    --------
    >>> correlated(np.array([[4.0, 1.0], [1.0, 1.0]]))
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    spread = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    correlation = covariance / (spread[..., :, None] * spread[..., None, :])
    diagonal = np.arange(covariance.shape[-1])
    correlation[..., diagonal, diagonal] = 1
    return correlation


def regular(answers: Answers, asks: str) -> NDArray:
    """Return the correlations if they can be inverted; otherwise say which items repeat others.

    Raises
    ------
    EstimateError
        No more respondents than items, or an item that follows exactly from others.

    Examples
    --------
    >>> twice = pd.DataFrame({"a": [1, 2, 4, 3.0], "b": [2, 4, 8, 6.0]})
    >>> regular(complete(twice), "KMO")
    Traceback (most recent call last):
    crqlab.base.errors.EstimateError: Items follow exactly from others (a, b correlate 1.00); ...
    """
    n, k = answers.matrix.shape
    if n <= k:
        raise EstimateError(
            f"There are {n} complete respondents for {k} items; {asks} needs more respondents "
            "than items. Pool waves, or take fewer items.",
            caution=code("respondents_not_above_items", n=n, items=k),
        )
    correlation = answers.correlation
    if np.linalg.eigvalsh(correlation)[0] > 1e-10 * k:
        return correlation
    above = np.triu(np.abs(correlation), 1)
    left, right = np.unravel_index(above.argmax(), above.shape)
    raise EstimateError(
        f"Items follow exactly from others ({answers.names[left]}, {answers.names[right]} "
        f"correlate {correlation[left, right]:.2f}); {asks} needs items that do not repeat each "
        "other. Leave one of them out.",
        caution=code(
            "item_repeats", left=str(answers.names[left]), right=str(answers.names[right])
        ),
    )


def _numbers(items: pd.DataFrame, least: int, argument: str, asks: str) -> NDArray:
    if not isinstance(items, pd.DataFrame):
        raise EstimateError(
            f"{argument} is a {type(items).__name__}; expected a table with one row per "
            "respondent and one column per item. Use a DataFrame."
        )
    n, k = items.shape
    if k < least or n < 2:
        raise EstimateError(
            f"{argument} has {n} respondents and {k} items; {asks} needs two respondents and "
            f"{least} items or more. Check the construct's item list in the codebook.",
            caution=code("few_items", n=k, minimum=least) if k < least else _few(n, k),
        )
    if not items.columns.is_unique:
        twice = items.columns[items.columns.duplicated()].astype(str).unique()
        raise EstimateError(
            f"{argument} holds {', '.join(twice)} more than once; every item counts once. "
            "Check the construct's item list in the codebook."
        )
    for name, column in items.items():
        if not _is_number(column):
            odd = (repr(value) for value in column.dropna() if not isinstance(value, Real))
            raise EstimateError(
                f"Item {name} holds answers such as {next(odd, column.dtype)}; expected numbers. "
                "Code answers as scale points first."
            )
    table = items.to_numpy(dtype=float, na_value=np.nan)
    if np.isinf(table).any():
        name = items.columns[np.isinf(table).any(axis=0)][0]
        raise EstimateError(f"Item {name} holds infinite numbers; expected scale points or gaps.")
    return table


def _is_number(column: pd.Series) -> bool:
    if pd.api.types.is_object_dtype(column):
        return all(isinstance(value, Real) for value in column.dropna())
    return pd.api.types.is_any_real_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)


def _accounts(accounts: pd.Series, n: int, argument: str) -> NDArray:
    codes = pd.factorize(pd.Series(accounts), sort=True)[0]
    if len(codes) != n:
        raise EstimateError(
            f"accounts= has {len(codes)} rows and {argument} {n}; "
            "they must be columns of one table."
        )
    return codes


def _too_few(items: pd.DataFrame, gap: NDArray, n: int, argument: str, asks: str) -> EstimateError:
    share = gap.mean(axis=0)
    worst = items.columns[share.argmax()]
    return EstimateError(
        f"{argument} has {n} respondents who answered all {items.shape[1]} items; {asks} needs "
        f"two or more. {worst} is missing for {share.max():.0%} of {len(items)}: leave out what "
        "was not asked of everybody.",
        caution=_few(n, items.shape[1]),
    )


def _few(n: int, items: int) -> str:
    return code("few_complete_respondents", n=n, items=items)


def _left_out(known: NDArray, gap: NDArray) -> tuple[str, ...]:
    gaps = int(gap.any(axis=1).sum())
    homeless = int((~known).sum()) - gaps
    notes = ()
    if gaps:
        notes += (code("respondents_left_out", n=gaps, of=len(known)),)
    if homeless:
        notes += (code("respondents_without_account", n=homeless, of=len(known)),)
    return notes
