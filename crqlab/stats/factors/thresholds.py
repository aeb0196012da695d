"""Answers as ranks: their codes, and the cuts of the normal variables behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError
from crqlab.stats.factors.bivariate import BEYOND

MOST = 50


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Complete ordinal answers of several items, each counted from its lowest category.

    Attributes
    ----------
    names : tuple
        The items.
    codes : int array, shape (respondents, items)
        0 for the lowest category that somebody chose.
    categories : tuple of tuple
        The categories of each item that were chosen, ascending.
    shares : array, shape (items, categories)
        Share of the respondents in each category, 0 beyond an item's last one.
    cuts : array, shape (items, categories + 1)
        Thresholds in standard deviations between -/+ ``BEYOND``, which also fills up items with
        fewer categories.
    notes : tuple of str
        What the reader must know about the answers, as codes.
    """

    names: tuple
    codes: NDArray
    categories: tuple[tuple, ...]
    shares: NDArray
    cuts: NDArray
    notes: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """Thresholds, one row each: ``item``, ``threshold``, ``below``, ``value``.

        ``below`` is the highest category under the threshold, ``value`` is in standard
        deviations of the variable behind the item.
        """
        rows = [
            (name, j + 1, of[j], self.cuts[i, j + 1])
            for i, (name, of) in enumerate(zip(self.names, self.categories, strict=True))
            for j in range(len(of) - 1)
        ]
        return pd.DataFrame(rows, columns=["item", "threshold", "below", "value"])


def ranks(items: pd.DataFrame) -> Ranks:
    r"""Code ordinal answers and place their thresholds.

    Threshold k of an item is :math:`\tau_k = \Phi^{-1}(\text{share of answers} \le k)`, the
    maximum likelihood estimate from the item alone. Rows with a missing answer are left out.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Numbers or ordered categories; only their order counts.

    Returns
    -------
    Ranks

    Raises
    ------
    EstimateError
        Text, a repeated item, an item with one category or with more than 50, or fewer than
        two complete rows.

    References
    ----------
    Olsson (1979), Psychometrika 44, 443-460, equation 13.

    Examples
    --------
    >>> ranks(pd.DataFrame({"trust": [1, 3, 3, 7]})).table()
        item  threshold  below    value
    0  trust          1      1 -0.67449
    1  trust          2      3  0.67449
    """
    items = pd.DataFrame(items)
    _check_columns(items)
    whole = items.dropna()
    if len(whole) < 2:
        raise EstimateError(
            f"items= has {len(whole)} rows without a gap, of {len(items)}; thresholds need two or "
            "more. Check for an item that nobody answered.",
            caution=code("few_complete_respondents", n=len(whole), items=items.shape[1]),
        )
    coded = [_codes(whole[name]) for name in whole]
    codes = np.column_stack([code for code, _ in coded])
    categories = tuple(chosen for _, chosen in coded)
    _check_categories(items.columns, categories)
    most = max(map(len, categories))
    counts = np.array([np.bincount(code, minlength=most) for code in codes.T])
    return Ranks(
        tuple(items.columns),
        codes,
        categories,
        counts / len(codes),
        cuts(counts),
        _notes(whole),
    )


def cuts(counts: NDArray) -> NDArray[np.float64]:
    """Place thresholds where a standard normal variable splits as the answers do.

    Parameters
    ----------
    counts : array, shape (items, categories)
        Answers in each category, ascending.

    Returns
    -------
    array, shape (items, categories + 1)
        In standard deviations, the outer ones at -/+ ``BEYOND``.

    Examples
    --------
    >>> cuts(np.array([[1, 2, 1]])).round(3).tolist()
    [[-40.0, -0.674, 0.674, 40.0]]
    """
    below = np.cumsum(counts, axis=1) / np.sum(counts, axis=1, keepdims=True)
    return np.clip(np.pad(ndtri(below), ((0, 0), (1, 0)), constant_values=-BEYOND), -BEYOND, BEYOND)


def _codes(column: pd.Series) -> tuple[NDArray, tuple]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.cat.remove_unused_categories()
        return column.cat.codes.to_numpy(np.int64), tuple(column.cat.categories)
    code, chosen = pd.factorize(column.to_numpy(float), sort=True)
    return code, tuple(int(c) if float(c).is_integer() else float(c) for c in chosen)


def _notes(whole: pd.DataFrame) -> tuple[str, ...]:
    """Name the categories that were offered and never chosen, as far as the type tells."""
    notes = []
    for name in whole:
        if isinstance(whole[name].dtype, pd.CategoricalDtype):
            offered = whole[name].cat.categories
            never = [str(c) for c in offered if c not in set(whole[name])]
            if never:
                notes.append(code("nobody_chose", categories=", ".join(never), item=str(name)))
    return tuple(notes)


def _check_columns(items: pd.DataFrame) -> None:
    twice = items.columns[items.columns.duplicated()]
    if len(twice):
        raise EstimateError(f"items= has {twice[0]!r} twice; every item counts once. Drop one.")
    for name, kind in items.dtypes.items():
        ordered = isinstance(kind, pd.CategoricalDtype) and kind.ordered
        if not ordered and not pd.api.types.is_numeric_dtype(kind):
            raise EstimateError(
                f"items= has text or unordered categories in {name!r}; ordinal answers are numbers "
                "or ordered categories. Give the categories their order (pd.Categorical) or number "
                "them."
            )


def _check_categories(names: pd.Index, categories: tuple[tuple, ...]) -> None:
    for name, chosen in zip(names, categories, strict=True):
        if len(chosen) < 2:
            raise EstimateError(
                f"items= has the single answer {chosen[0]} in {name!r}; a threshold needs two "
                "categories. Leave the item out.",
                caution=code("same_answer_from_all", items=str(name)),
            )
        if len(chosen) > MOST:
            raise EstimateError(
                f"items= has {len(chosen)} categories in {name!r}; an ordinal item has {MOST} or "
                "fewer. Use polyserial for a continuous variable."
            )
