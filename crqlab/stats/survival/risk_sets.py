"""Who could have had the event each time somebody had it: sums over risk sets in one sort."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class RiskSets:
    """The distinct event times, and at which of them each case was at risk.

    A case was at risk at the event times numbered ``first`` to ``last``, both included.

    Attributes
    ----------
    times : ndarray, shape (event times,)
        Ascending.
    first, last : ndarray of int, shape (cases,)
        Numbers of event times; ``last`` < ``first`` where a case was at risk at none.
    dying : ndarray of int, shape (events,)
        The cases with the event.
    size : ndarray of int, shape (event times,)
        How many events there were at each.
    """

    times: NDArray
    first: NDArray
    last: NDArray
    dying: NDArray
    size: NDArray

    def at_risk(self, amounts: NDArray) -> NDArray:
        """Sum amounts over those at risk; shape (cases, ...) becomes (event times, ...)."""
        n = len(self.times)
        inside = self.last >= self.first
        if not self.first.any():
            gone = _added(self.last[inside], amounts[inside], n)
            return np.cumsum(gone[::-1], axis=0)[::-1]
        come = _added(self.first[inside], amounts[inside], n)
        gone = _added(self.last[inside] + 1, amounts[inside], n + 1)[:n]
        return np.cumsum(come - gone, axis=0)

    def at_event(self, amounts: NDArray) -> NDArray:
        """Sum amounts over those with the event; shape (cases, ...) to (event times, ...)."""
        return _added(self.last[self.dying], amounts[self.dying], len(self.times))

    def along(self, amounts: NDArray) -> NDArray:
        """Sum amounts per event time over the times at which each case was at risk."""
        total = np.concatenate([np.zeros((1, *amounts.shape[1:])), np.cumsum(amounts, axis=0)])
        return total[np.maximum(self.last + 1, self.first)] - total[self.first]


def risk_sets(time: NDArray, event: NDArray, entry: NDArray) -> RiskSets:
    """Lay out risk sets; an event comes before a censoring at the same time.

    Parameters
    ----------
    time, event, entry : ndarray, shape (cases,)
        Last seen; 1 where the event happened then, else 0; watched only after.

    Returns
    -------
    RiskSets

    Examples
    --------
    >>> sets = risk_sets(np.array([2.0, 4, 4, 7]), np.array([1, 1, 0, 1]), np.array([0.0, 0, 3, 5]))
    >>> sets.times, sets.at_risk(np.ones(4))
    (array([2., 4., 7.]), array([2., 2., 1.]))
    """
    dying = np.flatnonzero(event == 1)
    times, size = np.unique(time[dying], return_counts=True)
    last = np.searchsorted(times, time, side="right") - 1
    first = np.searchsorted(times, entry, side="right")
    return RiskSets(times, first, last, dying, size)


def _added(place: NDArray, amounts: NDArray, n: int) -> NDArray:
    if amounts.ndim == 1:
        return np.bincount(place, weights=amounts, minlength=n)
    columns = [np.bincount(place, weights=column, minlength=n) for column in amounts.T]
    return np.column_stack(columns) if columns else np.empty((n, 0))
