"""What happened and what was foretold, checked once and laid side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import FEW_CASES, FEW_CLUSTERS


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Complete cases: outcomes, what was foretold, and the account of each.

    Attributes
    ----------
    outcome : ndarray of float, shape (cases,)
        1 where the event happened, else 0.
    columns : tuple of ndarray, each of shape (cases,)
        Scores, probabilities or weights, in the order in which they were given.
    accounts : ndarray of int, shape (cases,)
        From 0 without gaps; each case its own where no accounts were given.
    clustered : bool
        Whether accounts were given.
    notes : tuple of str
        How many cases were left out, and which outcome is rare, as codes.
    """

    outcome: NDArray
    columns: tuple[NDArray, ...]
    accounts: NDArray
    clustered: bool
    notes: tuple[str, ...]

    @property
    def n(self) -> int:
        """Accounts where accounts were given, else cases."""
        return int(self.accounts.max(initial=-1)) + 1

    @property
    def unit(self) -> str:
        """What ``n`` counts."""
        return "accounts" if self.clustered else "cases"

    @property
    def events(self) -> int:
        """Cases in which it happened."""
        return int(self.outcome.sum())

    @property
    def one_outcome(self) -> bool:
        """Whether nothing, or the same thing, happened in all cases."""
        return self.events in (0, len(self.outcome))


def complete(
    outcome: ArrayLike, named: dict[str, ArrayLike], cluster: ArrayLike | None = None
) -> Cases:
    """Keep the cases in which everything is known.

    Parameters
    ----------
    outcome : array of bool or of 0 and 1, shape (cases,)
        What happened; missing where it is not known yet.
    named : dict of str to array, each of shape (cases,)
        Numbers, by the name of the argument that brought them.
    cluster : array, optional
        The account of each case.

    Raises
    ------
    EstimateError
        Arrays of different lengths, text, or outcomes that are neither 0 nor 1.

    Examples
    --------
    >>> complete([1, 0, None], {"score": [3.5, 1.0, 2.0]}).notes[0]
    '{"code": "cases_without", "n": 1, "lacking": "outcome, score"}'
    """
    arrays = {"outcome": _numbers("outcome", outcome)}
    arrays |= {name: _numbers(name, values) for name, values in named.items()}
    accounts = np.arange(len(arrays["outcome"])) if cluster is None else _coded(cluster)
    lengths = {name: len(values) for name, values in arrays.items()} | {"cluster": len(accounts)}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name}= has {n}" for name, n in lengths.items())
        raise EstimateError(f"{told} rows; give one row per case in all of them.")
    known = ~np.isnan(list(arrays.values())).any(axis=0) & (accounts >= 0)
    y, *columns = (values[known] for values in arrays.values())
    if not np.isin(y, (0, 1)).all():
        odd = sorted(set(y[~np.isin(y, (0, 1))]))[:3]
        raise EstimateError(
            f"outcome= holds {', '.join(f'{value:g}' for value in odd)}; it must be 1 where the "
            "event happened and 0 where it did not."
        )
    codes = np.unique(accounts[known], return_inverse=True)[1]
    clustered = cluster is not None
    notes = (
        *_left_out(~known, ["outcome", *named, *(["account"] if clustered else [])]),
        *_cautions(y, codes, clustered),
    )
    return Cases(y, tuple(columns), codes, clustered, notes)


def _numbers(name: str, values: ArrayLike) -> NDArray:
    try:
        return pd.to_numeric(pd.Series(values), errors="raise").to_numpy(float, na_value=np.nan)
    except (TypeError, ValueError):
        raise EstimateError(
            f"{name}= holds text; it must hold numbers, one per case. Look at what was joined."
        ) from None


def _coded(cluster: ArrayLike) -> NDArray:
    """Number the accounts by name, so that the order of rows changes no draw; missing is -1."""
    return pd.factorize(pd.Index(cluster), sort=True)[0]


def _left_out(gone: NDArray, names: list[str]) -> tuple[str, ...]:
    n = int(gone.sum())
    return (code("cases_without", n=n, lacking=", ".join(names)),) if n else ()


def _cautions(y: NDArray, codes: NDArray, clustered: bool) -> tuple[str, ...]:
    """What the reader must know before quoting the number."""
    events = int(y.sum())
    rare = min(events, len(y) - events)
    if rare == 0:
        return ("one_outcome" if len(y) else "no_cases",)
    few = (code("few_cases_of_one_outcome", minimum=FEW_CASES),) if rare < FEW_CASES else ()
    accounts = codes.max() + 1
    return (
        (*few, code("few_accounts", minimum=FEW_CLUSTERS))
        if clustered and accounts < FEW_CLUSTERS
        else few
    )
