"""Outcome and covariates, checked and brought to one scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError

INTERCEPT = "(intercept)"
ALIASED = 1e-10  # share of a column's variance that is its own; less is rounding
ROWS = 1 << 15  # rows of a design that are multiplied at a time


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """What a fit works on.

    Attributes
    ----------
    X : ndarray, shape (rows, terms)
        Ones, then covariates with mean 0 and standard deviation 1; what carries no
        information of its own is left out.
    back : ndarray, shape (terms, terms)
        Turns coefficients of ``X`` into those of the covariates as given.
    y, weights : ndarray, shape (rows,)
        Outcome, 0 or 1, and how many rows each row stands for.
    terms : tuple of str
        The intercept and the covariates in ``X``.
    dropped : dict
        Covariates left out, each with the reason.
    """

    X: NDArray
    back: NDArray
    y: NDArray
    weights: NDArray
    terms: tuple[str, ...]
    dropped: dict[str, str]


def designed(
    outcome: ArrayLike, covariates: pd.DataFrame, weights: ArrayLike | None = None
) -> Design:
    """Check what a regression is given and bring covariates to mean 0 and deviation 1.

    Raises
    ------
    EstimateError
        Lengths that differ, an outcome other than 0 and 1 or of one class, covariates that
        are missing, infinite, no numbers or named twice, weights below 0.
    """
    return standardised(*checked(outcome, covariates, weights), covariates)


def standardised(y: NDArray, w: NDArray, covariates: pd.DataFrame) -> Design:
    """Bring covariates that have been checked to mean 0 and deviation 1.

    Parameters
    ----------
    y, w : ndarray, shape (rows,)
        Outcome and weights, as they stand in the design.
    covariates : DataFrame, shape (rows, covariates)
        See `check_numbers`.
    """
    raw = covariates.to_numpy(float)
    mean, scale = _moments(raw, w)
    dropped = {
        str(name): code("dropped_constant", term=str(name))
        for name, wide in zip(covariates, scale, strict=True)
        if not wide > 0
    }
    kept = np.flatnonzero(scale > 0)
    X = np.empty((len(y), len(kept) + 1))
    X[:, 0] = 1
    np.subtract(raw[:, kept], mean[kept], out=X[:, 1:])
    X[:, 1:] /= scale[kept]
    names = [str(covariates.columns[place]) for place in kept]
    own, reasons = _aliases(gram(X[:, 1:], w) / w.sum(), names)
    back = np.diag(1 / np.concatenate([[1.0], scale[kept]]))
    back[0, 1:] = -mean[kept] / scale[kept]
    if len(own) < len(kept):
        places = np.concatenate([[0], own + 1])
        X, back = np.ascontiguousarray(X[:, places]), back[np.ix_(places, places)]
    return Design(X, back, y, w, (INTERCEPT, *(names[i] for i in own)), dropped | reasons)


def checked(
    outcome: ArrayLike, covariates: pd.DataFrame, weights: ArrayLike | None
) -> tuple[NDArray, NDArray]:
    """Return outcome and weights as numbers, or say what is wrong with them."""
    y = pd.to_numeric(pd.Series(np.asarray(outcome).ravel()), errors="coerce").to_numpy(float)
    w = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=float).ravel()
    if not len(y) == len(covariates) == len(w):
        raise EstimateError(
            f"outcome= has {len(y)} rows, covariates= {len(covariates)} and weights= {len(w)}; "
            "they must describe the same rows in the same order."
        )
    odd = int((~np.isin(y, (0.0, 1.0))).sum())
    if odd:
        raise EstimateError(
            f"outcome= holds {odd} values that are missing or neither 0 nor 1. Code the event "
            "as 1, its absence as 0, and leave out rows whose outcome is not known."
        )
    check_numbers(covariates)
    if not (np.isfinite(w).all() and (w >= 0).all() and w.any()):
        raise EstimateError("weights= must be finite and 0 or more, with some above 0.")
    events = int(y[w > 0].sum())
    if events in (0, int((w > 0).sum())):
        raise EstimateError(
            f"outcome= is the same in all {len(y)} rows ({events} events); a regression needs "
            "both outcomes. Wait for outcomes, or pool more accounts.",
            caution="one_outcome",
        )
    return y, w


def check_numbers(covariates: pd.DataFrame) -> None:
    """Refuse covariates that are no numbers, missing, infinite or named twice.

    Raises
    ------
    EstimateError
    """
    names = pd.Index(covariates.columns.map(str))
    twice = sorted({*names[names.duplicated()], *(names[names == INTERCEPT])})
    if twice:
        raise EstimateError(
            f"covariates= names {', '.join(twice)} more than once (the intercept is added); "
            "give every covariate its own name."
        )
    words = [
        str(name)
        for name, kind in covariates.dtypes.items()
        if not pd.api.types.is_numeric_dtype(kind)
    ]
    if words:
        raise EstimateError(
            f"covariates= holds no numbers in {', '.join(words)}; code categories as columns of "
            "0 and 1."
        )
    holes = (~np.isfinite(covariates.to_numpy(float))).sum(axis=0)
    if holes.any():
        found = ", ".join(f"{n} in {name}" for name, n in zip(names, holes, strict=True) if n)
        raise EstimateError(
            f"covariates= has missing or infinite cells ({found}); complete them, leave the rows "
            "out, or add a column that marks what is not known."
        )


def predicted_from(covariates: pd.DataFrame, names: list[str]) -> NDArray:
    """Return the covariates of a fit in their order, shape (rows, len(names)).

    Raises
    ------
    EstimateError
        One of them is absent, or a cell is missing or infinite.

    Examples
    --------
    >>> predicted_from(pd.DataFrame({"crq": [5.0], "nps": [20]}), ["nps"])
    array([[20.]])
    >>> predicted_from(pd.DataFrame({"crq": [5.0]}), ["nps"])
    Traceback (most recent call last):
    crqlab.base.errors.EstimateError: covariates= lacks nps; a prediction needs ...
    """
    columns = covariates.set_axis(covariates.columns.map(str), axis=1)
    missing = [name for name in names if name not in columns]
    if missing:
        raise EstimateError(
            f"covariates= lacks {', '.join(missing)}; a prediction needs all the covariates "
            "of the fit."
        )
    X = columns[names].to_numpy(float)
    if not np.isfinite(X).all():
        raise EstimateError(
            "covariates= has missing or infinite cells; complete them as they were for the fit."
        )
    return X


def _moments(raw: NDArray, w: NDArray) -> tuple[NDArray, NDArray]:
    """Weighted means and standard deviations; a deviation that is rounding is 0."""
    total = w.sum()
    mean = w @ raw / total
    square = np.zeros(raw.shape[1])
    for start in range(0, len(raw), ROWS):
        part = slice(start, start + ROWS)
        square += w[part] @ (raw[part] - mean) ** 2
    scale = np.sqrt(square / total)
    return mean, np.where(scale > 1e-12 * np.maximum(np.abs(mean), 1e-300), scale, 0.0)


def gram(X: NDArray, weights: NDArray) -> NDArray:
    """Weighted cross-products of all columns, a block of rows at a time."""
    total = np.zeros((X.shape[1], X.shape[1]))
    for start in range(0, len(X), ROWS):
        part = X[start : start + ROWS]
        total += part.T @ (part * weights[start : start + ROWS, None])
    return total


def _aliases(r: NDArray, names: list[str]) -> tuple[NDArray, dict[str, str]]:
    """Columns with variance of their own, from first to last, and what the others repeat."""
    own: list[int] = []
    reasons = {}
    for place, name in enumerate(names):
        parts = np.linalg.solve(r[np.ix_(own, own)], r[own, place])
        if r[place, place] - r[own, place] @ parts > ALIASED:
            own.append(place)
            continue
        others = [names[i] for i, part in zip(own, parts, strict=True) if abs(part) > 1e-6]
        reasons[name] = code("dropped_repeats", term=name, others=", ".join(others))
    return np.array(own, dtype=int), reasons
