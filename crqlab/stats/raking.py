"""Weights that make a sample's margins those of the population: iterative proportional fitting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crqlab.base.contracts.cautions import OK, code, joined, plain
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.stats.response_propensity import kish

__all__ = ["RakedWeights", "raked"]
__dir__ = __all__.copy

ROUNDS, CLOSE = 1000, 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class RakedWeights(Result):
    """Weights of a raked sample.

    Attributes
    ----------
    table : DataFrame, one row per variable and category
        ``variable``, ``category``, ``n`` rows, ``before``, ``after`` and ``target``: shares of
        the sample as given, as raked, and of the population.
    weights : Series, index of the rows
        Mean 1; missing where a row lacks a category, or has weight 0.
    n : int
        Rows with a weight.
    effective_n : float
        Equally weighted rows that would say as much (Kish).
    design_effect : float
        ``n`` over ``effective_n``: what weighting costs, at least 1.
    flag : str
        ``"ok"``, or what fell short, as codes.
    """

    table: pd.DataFrame
    weights: pd.Series
    n: int
    effective_n: float
    design_effect: float
    flag: str

    def __str__(self) -> str:
        margins = self.table["variable"].nunique()
        low, high = self.weights.min(), self.weights.max()
        sentence = (
            f"{self.n:,} rows raked to {margins} margins, weights {low:.2f} to {high:.2f}: worth "
            f"{self.effective_n:,.0f} equal ones (Deming & Stephan 1940)"
        )
        return sentence if self.flag == OK else f"{sentence}; {plain(self.flag)}"


def raked(
    rows: pd.DataFrame,
    targets: Mapping[str, Mapping[object, float]],
    *,
    weights: ArrayLike | None = None,
    cap: float | None = None,
) -> RakedWeights:
    """Weigh rows so that every margin has its share of the population.

    Parameters
    ----------
    rows : DataFrame, one row per respondent
        Has a column for each variable of ``targets``; rows with a missing one get no weight.
    targets : mapping of str to mapping
        Shares (or counts) of each category in the population, by variable.
    weights : array, optional
        Weights to begin with; 1 when absent.
    cap : float, optional
        No weight above so many times the mean, or below the mean over so many; more than 1.

    Returns
    -------
    RakedWeights
        Flagged where margins are not met: not settled, or held back by ``cap``.

    Raises
    ------
    EstimateError
        A column that is absent; a category of the rows without a target, or of the targets
        without a row: merge it with another.

    References
    ----------
    Deming & Stephan (1940), Annals of Mathematical Statistics 11, 427-444.
    Kish (1965), Survey Sampling, section 11.2: the effective number.

    Examples
    --------
    >>> rows = pd.DataFrame({"role": ["user"] * 6 + ["head"] * 4, "land": list("ssssffssff")})
    >>> found = raked(rows, {"role": {"user": 0.8, "head": 0.2}, "land": {"s": 0.5, "f": 0.5}})
    >>> found.table[["category", "n", "before", "after", "target"]].round(3)
      category  n  before  after  target
    0     user  6     0.6    0.8     0.8
    1     head  4     0.4    0.2     0.2
    2        s  6     0.6    0.5     0.5
    3        f  4     0.4    0.5     0.5
    >>> round(found.effective_n, 1)
    7.9
    """
    if cap is not None and not cap > 1:
        raise EstimateError(f"cap= is {cap}; it must be above 1. Use 3 to 5.")
    start = np.ones(len(rows)) if weights is None else np.asarray(weights, dtype=float).ravel()
    if len(start) != len(rows) or not (np.isfinite(start).all() and (start >= 0).all()):
        raise EstimateError(
            f"weights= has {len(start)} values for {len(rows)} rows; give one per row, finite and "
            "0 or more."
        )
    absent = [name for name in targets if name not in rows]
    if absent or not targets:
        raise EstimateError(
            f"rows= has no column {absent[0]!r}; targets= names it."
            if absent
            else "targets= is empty; give the shares of a variable's categories."
        )
    known = rows[list(targets)].notna().all(axis=1).to_numpy() & (start > 0)
    margins = [_margin(rows.loc[known, name], of, name) for name, of in targets.items()]
    found, flags = _fitted(start[known] / start[known].mean(), margins, cap)
    lost = int((~known).sum())
    if lost:
        flags.append(code("respondents_left_out", n=lost, of=len(rows)))
    n, effective = int(known.sum()), kish(found)
    return RakedWeights(
        _table(targets, margins, start[known], found),
        pd.Series(found, rows.index[known]).reindex(rows.index).rename("weight"),
        n,
        effective,
        n / effective,
        joined(flags),
    )


def _margin(column: pd.Series, targets: Mapping, name: str) -> tuple[NDArray, NDArray]:
    """Category of each row by its place among the targets, and the targets as shares."""
    wanted = pd.Series(dict(targets), dtype=float)
    codes = pd.Index(wanted.index).get_indexer(column)
    strange = sorted({str(value) for value in column[codes < 0]})
    empty = [str(k) for k in wanted.index[wanted > 0].difference(column.unique())]
    if strange or empty or not (wanted >= 0).all() or not wanted.sum() > 0:
        told = (
            f"has no share of {strange[0]!r}, which rows have"
            if strange
            else f"has {empty[0]!r}, of which there is no row"
            if empty
            else "has shares below 0 or none above it"
        )
        raise EstimateError(
            f"targets= for {name!r} {told}. Merge small categories in rows and targets alike, or "
            "correct the shares.",
            caution="not_estimable",
        )
    return codes, (wanted / wanted.sum()).to_numpy()


def _fitted(
    weights: NDArray, margins: list[tuple[NDArray, NDArray]], cap: float | None
) -> tuple[NDArray, list[str]]:
    """Meet one margin after another until all hold; with a cap, trim between the rounds."""
    for _ in range(ROUNDS):
        for codes, share in margins:
            now = np.bincount(codes, weights, minlength=len(share)) / weights.sum()
            with np.errstate(divide="ignore", invalid="ignore"):
                weights = weights * np.where(now > 0, share / now, 0.0)[codes]
        weights = weights / weights.mean()
        if cap is not None:
            weights = np.clip(weights, 1 / cap, cap)
        apart = _apart(weights, margins)
        if apart < CLOSE:
            return weights, []
    worst = code("margins_not_met", most=round(apart, 4))
    return weights, [worst] if apart > 1e-6 else []


def _apart(weights: NDArray, margins: list[tuple[NDArray, NDArray]]) -> float:
    total = weights.sum()
    return max(
        float(np.abs(np.bincount(codes, weights, minlength=len(share)) / total - share).max())
        for codes, share in margins
    )


def _table(targets: Mapping, margins, start: NDArray, found: NDArray) -> pd.DataFrame:
    parts = []
    for (name, of), (codes, share) in zip(targets.items(), margins, strict=True):
        counts, before, after = (
            np.bincount(codes, each, minlength=len(share))
            for each in (np.ones(len(codes)), start, found)
        )
        columns = {
            "variable": name,
            "category": list(of),
            "n": counts.astype(int),
            "before": before / before.sum(),
            "after": after / after.sum(),
            "target": share,
        }
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)
