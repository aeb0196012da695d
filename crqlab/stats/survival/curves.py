"""What share is still there after a while: product-limit curves, medians and mean times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from crqlab.base.contracts.cautions import plain
from crqlab.base.errors import one_of
from crqlab.base.results import Result
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import check_level
from crqlab.stats.survival.groups import LogRank, compared
from crqlab.stats.survival.histories import Histories, complete

TRANSFORMS = ("log", "log-log", "plain")
EVERYBODY = "all"


@dataclass(frozen=True, slots=True, eq=False)
class KaplanMeier(Result):
    """Product-limit curves of one or more groups.

    Attributes
    ----------
    table : DataFrame, one row per group and time at which somebody was last seen
        ``group``, ``time``, ``n_risk``, ``events``, ``censored``, ``survival``, ``se``, ``low``,
        ``high`` (shares in [0, 1]).
    summary : DataFrame, one row per group
        ``group``, ``n``, ``events``, ``median``, ``median_low``, ``median_high`` (missing where
        the curve does not fall so far), ``mean``, ``mean_se`` (time up to ``until``), ``until``.
    log_rank : LogRank
        Whether the groups differ; missing with one group.
    level : float
        Coverage of the intervals.
    notes : tuple of str
        Cautions the reader must see.
    """

    table: pd.DataFrame
    summary: pd.DataFrame
    log_rank: LogRank
    level: float
    notes: tuple[str, ...]

    def __str__(self) -> str:
        rows = self.summary.itertuples()
        told = ", ".join(f"{r.group} {_told(r)} (n = {r.n}, {r.events} events)" for r in rows)
        tail = [] if np.isnan(self.log_rank.p) else [str(self.log_rank)]
        cautions = map(plain, self.notes)
        return "; ".join([f"median time: {told} (Kaplan & Meier 1958)", *tail, *cautions])

    def at(self, times: ArrayLike) -> pd.DataFrame:
        """Curves at chosen times, with the numbers at risk just before them.

        Parameters
        ----------
        times : array
            In the unit of ``time``.

        Returns
        -------
        DataFrame, one row per group and time
            ``group``, ``time``, ``n_risk``, ``events`` (up to then), ``survival``, ``se``,
            ``low``, ``high``.

        Examples
        --------
        >>> result = kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0])
        >>> result.at([0, 2, 3])[["time", "n_risk", "events", "survival"]]
           time  n_risk  events  survival
        0   0.0       4       0     1.000
        1   2.0       3       1     0.750
        2   3.0       2       2     0.375
        """
        when = np.asarray(times, dtype=float)
        parts = [_at(rows, when) for _, rows in self.table.groupby("group", sort=False)]
        columns = "group time n_risk events survival se low high".split()
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    until: float | None = None,
    transform: str = "log",
    level: float = LEVEL,
) -> KaplanMeier:
    """Estimate the share to whom it has not happened yet, by time.

    Parameters
    ----------
    time, event : array, shape (cases,)
        When each case was last seen, in any unit; 1 where the event happened then, else 0.
        Incomplete cases are left out and counted.
    groups : array, optional
        A curve for each; one curve without.
    entry : array, optional
        A case was watched only after this time (left truncation).
    until : float, optional
        Mean times count up to here; the last time at which every group is watched, if absent.
    transform : str
        Scale on which intervals are symmetric: ``"log"``, ``"log-log"`` (better for few) or
        ``"plain"``.
    level : float
        Coverage of each interval, in (0, 1), point by point.

    Returns
    -------
    KaplanMeier

    Raises
    ------
    EstimateError
        Arrays of different lengths, text, events that are neither 0 nor 1, or cases watched
        only after their end.

    References
    ----------
    Kaplan & Meier (1958), Journal of the American Statistical Association 53, 457-481.
    Greenwood (1926), Reports on Public Health and Medical Subjects 33: the variance.
    Brookmeyer & Crowley (1982), Biometrics 38, 29-41: the interval of the median.
    Royston & Parmar (2013), BMC Medical Research Methodology 13, 152: mean time up to a limit.

    Examples
    --------
    >>> result = kaplan_meier([6, 6, 6, 7, 10, 13, 16, 22, 23], [1, 1, 0, 1, 0, 1, 1, 1, 1])
    >>> print(result)
    median time: all 13.00 [7.00, open] (n = 9, 7 events) (Kaplan & Meier 1958)
    """
    check_level(level)
    one_of("transform=", transform, TRANSFORMS)
    labels = np.full(len(time), EVERYBODY) if groups is None else groups
    cases = complete(time, event, entry=entry, labels=labels)
    inside = [cases.codes == code for code in range(len(cases.keys))]
    tables = [_curve(cases, rows, transform, level) for rows in inside]
    limit = min((table["time"].max() for table in tables), default=np.nan)
    limit = limit if until is None else until
    named = list(zip(cases.keys, tables, strict=True))
    summary = pd.DataFrame([_summary(key, table, limit) for key, table in named], columns=_SUMMARY)
    summary["n"] = [int(rows.sum()) for rows in inside]
    columns = "group time n_risk events censored survival se low high".split()
    parts = [table.assign(group=key)[columns] for key, table in named]
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    notes = cases.notes if cases.event.any() else (*cases.notes, "no_events")
    return KaplanMeier(whole, summary, compared(cases), level, notes)


_SUMMARY = "group n events median median_low median_high mean mean_se until".split()


def _curve(cases: Histories, rows: NDArray, transform: str, level: float) -> pd.DataFrame:
    time, event, entry = cases.time[rows], cases.event[rows], cases.entry[rows]
    times, place = np.unique(time, return_inverse=True)
    events, seen = np.bincount(place, weights=event), np.bincount(place)
    later = np.bincount(np.searchsorted(times, entry, side="right"), minlength=len(times) + 1)
    n_risk = seen[::-1].cumsum()[::-1] - later[:0:-1].cumsum()[::-1]
    survival = np.cumprod(1 - events / n_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.sqrt(np.cumsum(events / (n_risk * (n_risk - events))))
        error = np.where(survival > 0, survival * greenwood, np.nan)
    low, high = _ends(survival, greenwood, transform, norm.isf((1 - level) / 2))
    found = {
        "time": times,
        "n_risk": n_risk,
        "events": events.astype(int),
        "censored": seen - events.astype(int),
        "survival": survival,
        "se": error,
        "low": low,
        "high": high,
    }
    return pd.DataFrame(found)


def _ends(survival: NDArray, error: NDArray, transform: str, z: float) -> tuple[NDArray, NDArray]:
    """Bounds of the curve; missing where nobody is left, as the variance then is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if transform == "plain":
            low, high = survival * (1 - z * error), survival * (1 + z * error)
        elif transform == "log":
            low, high = survival * np.exp(-z * error), survival * np.exp(z * error)
        else:
            wide = z * error / np.log(survival)
            low, high = (survival ** np.exp(sign * wide) for sign in (-1, 1))
            low, high = (np.where(survival == 1, 1.0, end) for end in (low, high))
    gone = survival == 0
    return np.where(gone, np.nan, np.clip(low, 0, 1)), np.where(gone, np.nan, np.clip(high, 0, 1))


def _summary(key: object, table: pd.DataFrame, limit: float) -> tuple:
    times = table["time"].to_numpy()
    medians = [_crossing(times, table[name].to_numpy()) for name in ("survival", "low", "high")]
    mean, error = _mean(table, limit)
    return key, 0, int(table["events"].sum()), *medians, mean, error, limit


def _crossing(times: NDArray, curve: NDArray, share: float = 0.5) -> float:
    """When a curve falls below a share: half-way along a step that lies on it."""
    known = ~np.isnan(curve)
    times, curve = times[known], curve[known]
    below = np.flatnonzero(curve < share + 1e-12)
    if len(below) == 0:
        return float("nan")
    at = below[0]
    if abs(curve[at] - share) > 1e-12:
        return float(times[at])
    beyond = np.flatnonzero(curve < share - 1e-12)
    end = beyond[0] if len(beyond) else len(times) - 1
    return float((times[at] + times[end]) / 2)


def _mean(table: pd.DataFrame, limit: float) -> tuple[float, float]:
    """Area below the curve up to the limit, and its standard error."""
    rows = table[table["time"] <= limit]
    edges = np.concatenate([[0.0], rows["time"], [limit]])
    area = np.diff(edges) * np.concatenate([[1.0], rows["survival"]])
    left = area[::-1].cumsum()[::-1][1:]
    n, d = rows["n_risk"].to_numpy(float), rows["events"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        pace = np.where(n > d, d / (n * (n - d)), 0)
    return float(area.sum()), float(np.sqrt((left**2 * pace).sum()))


def _at(rows: pd.DataFrame, when: NDArray) -> pd.DataFrame:
    times = rows["time"].to_numpy()
    place = np.searchsorted(times, when, side="right")
    coming = np.searchsorted(times, when, side="left")
    padded = {
        name: np.concatenate([[start], rows[name]])[place]
        for name, start in (("survival", 1.0), ("se", 0.0), ("low", 1.0), ("high", 1.0))
    }
    found = {
        "group": rows["group"].iloc[0],
        "time": when,
        "n_risk": np.concatenate([rows["n_risk"], [0]])[coming],
        "events": np.concatenate([[0], rows["events"].cumsum()])[place],
    }
    return pd.DataFrame(found | padded)


def _told(row) -> str:
    if np.isnan(row.median):
        return "not reached"
    low, high = ("open" if np.isnan(e) else f"{e:.2f}" for e in (row.median_low, row.median_high))
    return f"{row.median:.2f} [{low}, {high}]"
