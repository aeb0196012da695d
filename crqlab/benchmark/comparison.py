"""What moved between two releases, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from crqlab.base.results import Result
from crqlab.benchmark.cells import ALL
from crqlab.benchmark.ranked_units import GROUPS
from crqlab.benchmark.release_files import Release

KEY = ["unit", "view", "by", *GROUPS, "measure", "share"]


@dataclass(frozen=True, slots=True, eq=False)
class Shift(Result):
    """Two releases held against each other.

    Attributes
    ----------
    table : DataFrame, one row per cut of either
        The key of table ``deciles``; ``before``, ``after``, ``change`` (measure's units) with
        ``low`` and ``high``, ``clients_before``, ``clients_after``, ``why``: ``both``, ``new``,
        ``gone``, ``other_cell``.
    before, after : Release
    """

    table: pd.DataFrame
    before: Release
    after: Release

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why numbers may have moved, in words."""
        one, other = self.before.facts, self.after.facts
        said = []
        if self.before.digest == self.after.digest:
            return ("it is the same release",)
        if (self.table["why"] == "both").all() and (self.table["change"] == 0).all():
            return ("nothing but the name changed",)
        if one["instrument"] != other["instrument"]:
            names = [
                f"{f['instrument']['name']} {f['instrument']['version']}" for f in (one, other)
            ]
            said.append(f"another instrument: {names[0]}, then {names[1]}")
        if one["contributors"] != other["contributors"]:
            said.append(f"{one['contributors']:,} clients, then {other['contributors']:,}")
        if more := sorted(set(other["waves"]) - set(one["waves"])):
            said.append(f"new waves: {', '.join(more)}")
        if less := sorted(set(one["waves"]) - set(other["waves"])):
            said.append(f"waves gone: {', '.join(less)}")
        if one["synthetic"] != other["synthetic"]:
            said.append("one of the two is of made-up data")
        if one["made"] != other["made"]:
            changed = [k for k in {**one["made"], **other["made"]}
                       if one["made"].get(k) != other["made"].get(k)]  # fmt: skip
            said.append(f"other settings: {', '.join(sorted(changed))}")
        return tuple(said) or ("the same settings and contributors: corrected answers",)

    def farthest(self, n: int = 10) -> list[str]:
        """Return the cuts that moved farthest beyond chance, one sentence each."""
        rows = self.table[(self.table["why"] == "both") & (self.table["view"] == "as answered")]
        rows = rows[(rows["low"] > 0) | (rows["high"] < 0)]
        rows = rows.reindex(rows["change"].abs().sort_values(ascending=False).index).head(n)
        return [
            f"{row.measure}, {row.unit}s, {_cell(row)}: {100 * row.share:.0f} % cut "
            f"{row.before:.2f}, then {row.after:.2f} "
            f"({row.change:+.2f}, {row.low:+.2f} to {row.high:+.2f})"
            for row in rows.itertuples()
        ]

    def __str__(self) -> str:
        both = self.table[self.table["why"] == "both"]
        moved = ((both["low"] > 0) | (both["high"] < 0)).sum()
        counts = self.table["why"].value_counts()
        far = both["change"].abs().max() if len(both) else 0.0
        return (
            f"From {self.before.name} to {self.after.name}: {moved:,} of {len(both):,} cuts moved "
            f"by more than chance, the farthest by {far:.2f}; {counts.get('new', 0):,} new, "
            f"{counts.get('gone', 0):,} gone, {counts.get('other_cell', 0):,} show another "
            f"cell. Why: {'; '.join(self.reasons)}"
        )


def compare(before: Release, after: Release) -> Shift:
    """Hold two releases against each other, cut by cut.

    The interval of a change takes the two as independent. Most of their clients are the same, so
    it is wider than need be.

    Parameters
    ----------
    before, after : Release

    Returns
    -------
    Shift

    Examples
    --------
    >>> from datetime import date
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> before = crq.benchmark.publish_study(study, "2025.1", as_of=date(2025, 12, 31))
    >>> after = crq.benchmark.publish_study(study, "2026.1", as_of=date(2026, 12, 31))
    >>> print(crq.benchmark.compare(before, after))
    From 2025.1 to 2026.1: 0 of ... cuts moved by more than chance...: nothing but the name changed
    """
    both = before.table.merge(after.table, "outer", KEY, suffixes=("_before", "_after"), sort=True)
    change = both["estimate_after"] - both["estimate_before"]
    half = np.hypot(_half(both, "before"), _half(both, "after"))
    why = np.select(
        [both["estimate_before"].isna(), both["estimate_after"].isna(),
         both["shown_before"] != both["shown_after"]],
        ["new", "gone", "other_cell"], "both",
    )  # fmt: skip
    named = {"estimate_before": "before", "estimate_after": "after"}
    counts = {"n_clients_before": "clients_before", "n_clients_after": "clients_after"}
    table = both[[*KEY, *named, *counts]].rename(columns={**named, **counts})
    table.insert(len(KEY) + 2, "change", change)
    table = table.assign(low=change - half, high=change + half, why=why)
    return Shift(table, before, after)


def _cell(row: Any) -> str:
    told = [getattr(row, name) for name in GROUPS if getattr(row, name) != ALL]
    return ", ".join(told) or "all"


def _half(both: pd.DataFrame, end: str) -> pd.Series:
    """Half a 95 % interval, whatever the level was."""
    scale = norm.isf(0.025) / norm.isf((1 - both[f"level_{end}"]) / 2)
    return (both[f"high_{end}"] - both[f"low_{end}"]) / 2 * scale
