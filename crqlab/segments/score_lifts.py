"""The smallest change in its scores that takes an account one rung up the ladder."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import OK, code, codes, joined
from crqlab.base.contracts.frames import empty
from crqlab.base.instrument import Instrument
from crqlab.base.results import Result
from crqlab.base.standards import FEW_ANSWERS
from crqlab.segments.assignment import KEYS, scores_of
from crqlab.segments.likeliest_segments import as_then
from crqlab.segments.panel_models import SAMPLES
from crqlab.segments.panel_segments import Panel
from crqlab.segments.segment import placed
from crqlab.segments.thresholds import Thresholds
from crqlab.stats.defaults import SEED

STEPS = 60  # tried between no change and the whole scale


@dataclass(frozen=True, slots=True, eq=False)
class Lifts(Result):
    """What would take accounts one rung up.

    Attributes
    ----------
    table : DataFrame, one row per account below the top
        Keys, ``segment``, ``target``, ``change`` (codes: ``raise``, ``raise_crq``, ``raise_all``,
        ``raise_recommendation``, with ``by`` points), ``size`` (sum of the changes, scale
        points; LTR by its share of its own scale), ``probability`` that the account would then
        truly be at the target or above, ``now`` (the same without the change), ``flag``.
    """

    table: pd.DataFrame

    def __str__(self) -> str:
        if self.table.empty:
            return "No account has a rung above it"
        drivers = self.table["change"].map(_raised_most).value_counts()
        return (
            f"{len(self.table):,} accounts could move one rung up, half of them by "
            f"{self.table['size'].median():.1f} points in all or less; "
            f"most often by {drivers.index[0]}"
        )


def lifts(panel: Panel, *, draws: int = SAMPLES, seed: int = SEED) -> Lifts:
    """Find what would take accounts of each client's last wave one rung up, as then known.

    Parameters
    ----------
    panel : Panel
        Sorted accounts.
    draws, seed : int
        As for `panel`.

    Returns
    -------
    Lifts
        Of accounts whose expected scores lie in their likeliest segment. Constructs are taken
        as if each could be raised alone; what truly moves together is the question of the
        drivers.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> result = crq.segments.lifts(panel)
    """
    thresholds, names = panel.thresholds, panel.thresholds.names
    rows = panel.expected_then[panel.latest.to_numpy()]
    found = smallest_changes(rows, thresholds, panel.instrument)
    told = as_then(panel.table).loc[rows.index[found.row], "segment"].to_numpy()
    kept = told == np.array(names, dtype=object)[found.place]
    found, rows = found.kept(kept), rows.iloc[found.row[kept]].reset_index(drop=True)
    if rows.empty:
        return Lifts(empty("lifts"))
    above = [_above(thresholds, k) for k in range(len(names))]
    reached, chance = np.array([above[k] for k in found.target]).astype(float), {}
    shift = {name: found.shift.get(thresholds.column(name)) for name in thresholds.scores}
    shift = {name: points for name, points in shift.items() if points is not None}
    for name, change in (("now", None), ("probability", shift)):
        shares = panel.models.shares_then(thresholds, rows, change, draws=draws, seed=seed)
        chance[name] = (shares * reached).sum(axis=1)
    few = rows["n"].to_numpy() < FEW_ANSWERS
    table = rows[list(KEYS)].assign(
        segment=pd.array(np.array(names, dtype=object)[found.place], dtype="str"),
        target=pd.array(np.array(names, dtype=object)[found.target], dtype="str"),
        change=pd.array(found.change, dtype="str"),
        size=found.size,
        probability=chance["probability"],
        now=chance["now"],
        flag=np.where(few, code("few_answers", minimum=FEW_ANSWERS), OK),
    )
    return Lifts(table)


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """The smallest changes that take scores one rung up.

    Attributes
    ----------
    row : ndarray of int
        Place of the account in what was asked for; accounts that nothing lifts are not here.
    place, target : ndarray of int
        Of the segment of its scores, and of the rung above.
    change : ndarray of str
        Codes.
    size : ndarray
        Sum of the changes (scale points).
    shift : mapping of score to ndarray
        Points that each score rises by.
    """

    row: NDArray
    place: NDArray
    target: NDArray
    change: NDArray
    size: NDArray
    shift: dict[str, NDArray]

    def kept(self, rows: NDArray) -> Changes:
        """Return some of the accounts."""
        shift = {name: points[rows] for name, points in self.shift.items()}
        parts = (self.row, self.place, self.target, self.change, self.size)
        return Changes(*(part[rows] for part in parts), shift)


def smallest_changes(
    accounts: pd.DataFrame, thresholds: Thresholds, instrument: Instrument
) -> Changes:
    """Search single scores, pairs raised alike, and all raised alike, for the smallest lift.

    Parameters
    ----------
    accounts : DataFrame, one row per account
        ``account_id``, scores of the rules and every construct.
    thresholds : Thresholds
        ``next`` of a segment names the rung above it.
    instrument : Instrument
        CRQ and uniqueness move with their constructs.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> changes = crq.segments.smallest_changes(panel.scored, panel.thresholds, asked)
    """
    thresholds = thresholds.fitted(instrument)
    place = placed(thresholds.segments, scores_of(accounts, thresholds))
    rung = {k: thresholds.names.index(s.next) for k, s in enumerate(thresholds.segments) if s.next}
    mine = np.flatnonzero(np.isin(place, list(rung)))
    rows = accounts.iloc[mine].reset_index(drop=True)
    target = np.array([rung[p] for p in place[mine]], dtype=int)
    tried = _patterns(_levers(thresholds, instrument), instrument)
    step = (instrument.scale.high - instrument.scale.low) / STEPS
    best, size = _smallest(rows, thresholds, instrument, target, tried, step)
    change = _changes(instrument, tried, best, size)
    shift = _shift(rows, instrument, tried, best, size)
    count = np.array([len(pattern) for pattern in tried], dtype=int)[best]
    found = Changes(mine, place[mine], target, change, size * count, shift)
    return found.kept(np.isfinite(size))


def _levers(thresholds: Thresholds, instrument: Instrument) -> list[str]:
    """Constructs that some rule feels, and LTR."""
    named = [*instrument.crq.constructs] if "crq" in thresholds.scores else []
    named += [*instrument.uniqueness] if "uniqueness" in thresholds.scores else []
    ruled = map(thresholds.column, thresholds.scores)
    named += [name for name in ruled if name in instrument.constructs]
    return [*dict.fromkeys(named), *(["mean_ltr"] if "mean_ltr" in thresholds.scores else [])]


def _patterns(levers: list[str], instrument: Instrument) -> list[tuple[str, ...]]:
    """Single scores first, so that a tie goes to the simplest change."""
    unique = tuple(name for name in instrument.uniqueness if name in levers)
    crq = tuple(name for name in instrument.crq.constructs if name in levers)
    likely = ("mean_ltr",) if "mean_ltr" in levers else ()
    more = [unique, unique + likely, crq, crq + likely, tuple(levers)]
    tried = [*((one,) for one in levers), *combinations(levers, 2), *more]
    return [pattern for pattern in dict.fromkeys(tried) if pattern]


def _raised(
    rows: pd.DataFrame, instrument: Instrument, pattern: tuple[str, ...], by: NDArray | float
) -> dict[str, NDArray]:
    """Changes of all scores when those of a pattern rise, none above the scale."""
    ends = instrument.scale
    found: dict[str, NDArray] = {}
    for name in pattern:
        most = 10.0 if name == "mean_ltr" else ends.high
        points = by * 10 / (ends.high - ends.low) if name == "mean_ltr" else by
        room = np.maximum(most - rows[name].to_numpy(float), 0)
        found[name] = np.minimum(points, room)
    for made, parts in (("crq", instrument.crq.constructs), ("uniqueness", instrument.uniqueness)):
        if moved := [found[name] for name in parts if name in found]:
            found[made] = np.nan_to_num(np.sum(moved, axis=0)) / len(parts)
    return found


def _smallest(rows, thresholds, instrument, target, tried, step) -> tuple[NDArray, NDArray]:
    """Pattern and step of the smallest change, by its sum over the scores of the pattern."""
    scores = scores_of(rows, thresholds)
    best, cost = np.zeros(len(rows), dtype=int), np.full(len(rows), np.inf)
    size = np.full(len(rows), np.inf)
    for k, pattern in enumerate(tried):
        waiting = np.arange(len(rows))
        for by in step * np.arange(1, STEPS + 1):
            waiting = waiting[by * len(pattern) < cost[waiting] - 1e-9]
            if not len(waiting):
                break
            part = rows.iloc[waiting]
            moves = _raised(part, instrument, pattern, by)
            new = {n: v[waiting] + moves.get(thresholds.column(n), 0.0) for n, v in scores.items()}
            there = placed(thresholds.segments, new) == target[waiting]
            reached = waiting[there]
            best[reached], size[reached], cost[reached] = k, by, by * len(pattern)
            waiting = waiting[~there]
    return best, size


def _shift(rows, instrument, tried, best, size) -> dict[str, NDArray]:
    """The chosen changes of every score."""
    shift: dict[str, NDArray] = {}
    for k in np.unique(best):
        mine = (best == k) & np.isfinite(size)
        for name, change in _raised(rows[mine], instrument, tried[k], size[mine]).items():
            shift.setdefault(name, np.zeros(len(rows)))[mine] = change
    return shift


def _above(thresholds: Thresholds, place: int) -> list[bool]:
    """Which segments are at this rung or further up its ladder."""
    found, k = {place}, place
    while (up := thresholds.segments[k].next) and (k := thresholds.names.index(up)) not in found:
        found.add(k)
    return [k in found for k in range(len(thresholds.names))]


def _changes(instrument: Instrument, tried, best, size) -> NDArray:
    """Code each change once."""
    pairs = list(zip(best.tolist(), size.tolist(), strict=True))
    coded = {
        pair: _change(instrument, tried[pair[0]], pair[1])
        for pair in set(pairs)
        if np.isfinite(pair[1])
    }
    return np.array([coded.get(pair) for pair in pairs], dtype=object)


def _change(instrument: Instrument, pattern: tuple[str, ...], by: float) -> str:
    """Code a change of several scores that are raised alike, LTR by its share of its own scale."""
    ends, scores = instrument.scale, [name for name in pattern if name != "mean_ltr"]
    points = round(by, 4)
    parts = []
    if len(scores) > 3:
        crq = set(scores) <= set(instrument.crq.constructs)
        parts.append(code("raise_crq" if crq else "raise_all", by=points))
    elif scores:
        parts.append(code("raise", scores=scores, by=points))
    if "mean_ltr" in pattern:
        likely = round(by * 10 / (ends.high - ends.low), 4)
        parts.append(code("raise_recommendation", scores=["mean_ltr"], by=likely))
    return joined(parts)


def _raised_most(cell: str) -> str:
    scores = codes(cell)[0].get("scores", ["several scores"])
    return " and ".join(scores).replace("_", " ")
