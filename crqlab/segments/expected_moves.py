"""Where accounts went from wave to wave, from draws of both waves of each account together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.waves import BLOCK, wave_before
from crqlab.segments.expected_mix import whole_numbers
from crqlab.segments.likeliest_segments import SILENT, THEN, UNJUDGED, as_then
from crqlab.segments.panel_segments import Panel
from crqlab.segments.segment_posterior import NEVER, SegmentPosterior
from crqlab.segments.segment_traits import SegmentTraits
from crqlab.stats.account_model import central
from crqlab.stats.account_model.layout import selection
from crqlab.stats.defaults import LEVEL

SORTED, NEW, NOT_ASKED = "sorted", "new", "not_asked"
WAYS = ("climbed", "fell", "stayed")
SURELY = 0.9  # probability from which a move of one account is told
KEYS = ["client_id", "from_wave", "wave"]


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """Accounts of two waves running of a client, with their segments before and now.

    Attributes
    ----------
    keys : DataFrame, one row per account and pair of waves
        ``client_id``, ``from_wave``, ``wave``, ``account_id``.
    before, now : ndarray of int8, shape (rows, draws)
        Place of the segment; beyond the segments silent, unjudged, and new or not_asked.
    revenue : ndarray
        What the account pays.
    known : ndarray of bool
        Whether there was a model for both waves.
    """

    keys: pd.DataFrame
    before: NDArray
    now: NDArray
    revenue: NDArray
    known: NDArray


def moves(table: pd.DataFrame, view: SegmentPosterior) -> Moves:
    """Put two waves running of each account beside each other.

    Parameters
    ----------
    table : DataFrame
        ``client_id``, ``wave``, ``account_id``, ``status``, ``revenue`` in this view.
    view : SegmentPosterior
    """
    waves = table[BLOCK].drop_duplicates()
    pairs = waves.assign(from_wave=wave_before(waves)).dropna()
    own = table[[*BLOCK, "account_id", "status", "revenue"]].assign(row=view.of(table))
    later = own.merge(pairs, on=BLOCK)
    earlier = own.rename(columns={"wave": "from_wave"}).merge(pairs, on=KEYS[:2])
    both = earlier.merge(
        later, on=[*KEYS, "account_id"], how="outer", suffixes=("_before", "")
    ).sort_values([*KEYS, "account_id"], ignore_index=True)
    at, was = (both[name].fillna(-1).to_numpy(int) for name in ("row", "row_before"))
    now = _stated(view, at, both["status"].fillna(NOT_ASKED), NOT_ASKED)
    before = _stated(view, was, both["status_before"].fillna(NEW), NEW)
    joint = np.flatnonzero((at >= 0) & (both["status_before"].notna()).to_numpy())
    past = view.past[at[joint]]
    linked = (past != NEVER).all(axis=1) & (before[joint] < len(view.names)).all(axis=1)
    before[joint[linked]] = past[linked]
    pays = both["revenue"].fillna(both["revenue_before"]).astype(float).fillna(0)
    known = [view.known[place] | (place < 0) for place in (at, was)]
    return Moves(both[[*KEYS, "account_id"]], before, now, pays.to_numpy(), known[0] & known[1])


def _stated(view: SegmentPosterior, row: NDArray, status: pd.Series, absent: str) -> NDArray:
    """Labels of accounts that are judged; of others a number for their status."""
    places = {SILENT: 0, UNJUDGED: 1, absent: 2}
    other = status.map(places).fillna(-1).to_numpy(int)
    labels = view.labels[np.maximum(row, 0)].copy()
    fixed = other >= 0
    labels[fixed] = (len(view.names) + other[fixed])[:, None]
    return labels


def expected_moves(found: Moves, names: tuple[str, ...], level: float) -> pd.DataFrame:
    """Count accounts by where they were and are, in every client's pair of waves.

    Returns
    -------
    DataFrame, one row per pair of segments or statuses that may occur
        ``client_id``, ``from_wave``, ``wave``, ``from_segment``, ``segment`` (or a status),
        ``n`` (whole numbers that add up), ``expected``, ``low``, ``high``, ``revenue``.
    """
    block, blocks = pd.factorize(pd.MultiIndex.from_frame(found.keys[KEYS]))
    pick = selection(block, len(blocks))
    starts, ends = [*names, SILENT, UNJUDGED, NEW], [*names, SILENT, UNJUDGED, NOT_ASKED]
    parts = []
    for i, j in np.ndindex(len(starts), len(ends)):
        hit = (found.before == i) & (found.now == j)
        rows = np.flatnonzero(hit.any(axis=1))
        if not len(rows):
            continue
        here = hit[rows].astype(np.float32)
        drawn = np.asarray(pick[:, rows] @ here)
        low, high = _ends(drawn, pick, found.known, level)
        money = pick[:, rows] @ (here.mean(axis=1) * found.revenue[rows])
        part = {"from_segment": starts[i], "segment": ends[j], "expected": drawn.mean(axis=1),
                "low": low, "high": high, "revenue": money}  # fmt: skip
        parts.append(pd.DataFrame(part).assign(block=np.arange(len(blocks))))
    if not parts:
        return pd.DataFrame(columns=[*KEYS, "from_segment", "segment", "n", "expected", "low",
                                     "high", "revenue"])  # fmt: skip
    table = pd.concat(parts, ignore_index=True)
    table = table[table["expected"] > 0].sort_values(
        ["block", "from_segment", "segment"], ignore_index=True
    )
    n = [whole_numbers(own.to_numpy()[None, :])[0] for _, own in table.groupby("block")["expected"]]
    own = pd.DataFrame(list(blocks), columns=KEYS).loc[table["block"]].reset_index(drop=True)
    return pd.concat([own, table.drop(columns="block").assign(n=np.concatenate(n))], axis=1)


def movement(
    found: Moves, traits: SegmentTraits, names: tuple[str, ...], level: float
) -> pd.DataFrame:
    """Expect how many accounts climbed, fell and stayed, of those judged in both waves.

    Returns
    -------
    DataFrame, one row per client, pair of waves and direction
        ``client_id``, ``from_wave``, ``wave``, ``direction``, ``n`` (accounts judged in both
        waves), ``value`` (accounts expected), ``low``, ``high``, ``surely`` (accounts of which
        it is true with a probability of .9 or more), ``more_climbed`` (probability that more
        accounts climbed than fell).
    """
    rung = np.array([traits.rung[name] for name in names])
    K = len(names)
    judged = ((found.before < K) & (found.now < K)).any(axis=1)
    keys = found.keys[judged].reset_index(drop=True)
    before, now = found.before[judged], found.now[judged]
    there = (before >= 0) & (now >= 0) & (before < K) & (now < K)
    step = np.where(there, rung[np.where(there, before, 0)] - rung[np.where(there, now, 0)], 0)
    block, blocks = pd.factorize(pd.MultiIndex.from_frame(keys[KEYS]))
    pick, known = selection(block, len(blocks)), found.known[judged]
    hits = {"climbed": there & (step > 0), "fell": there & (step < 0),
            "stayed": there & (step == 0)}  # fmt: skip
    counts = {way: np.asarray(pick @ hit.astype(np.float32)) for way, hit in hits.items()}
    up, down = counts["climbed"], counts["fell"]
    more = (up > down).mean(axis=1) + (up == down).mean(axis=1) / 2
    parts = []
    for way in WAYS:
        low, high = _ends(counts[way], pick, known, level)
        sure = pick @ ((hits[way].mean(axis=1) >= SURELY) & known).astype(float)
        own = pd.DataFrame(list(blocks), columns=KEYS)
        parts.append(own.assign(direction=way, n=np.bincount(block, minlength=len(blocks)),
                                value=counts[way].mean(axis=1), low=low, high=high,
                                surely=sure.astype("int64"), more_climbed=more))  # fmt: skip
    return pd.concat(parts, ignore_index=True).sort_values(KEYS, kind="stable", ignore_index=True)


def _ends(drawn: NDArray, pick, known: NDArray, level: float) -> tuple[NDArray, NDArray]:
    """Intervals of counts; everything that is possible where there was no model."""
    low, high = central(drawn, level)
    unknown = np.asarray(pick @ ~known) > 0
    every = np.asarray(pick.sum(axis=1)).ravel()
    return np.where(unknown, 0.0, low), np.where(unknown, every, high)


def parted(kind: pd.Series) -> dict[str, pd.Series]:
    """Part segments from the statuses of accounts that have none."""
    without = kind.isin((SILENT, UNJUDGED, NEW, NOT_ASKED))
    return {"status": kind.where(without, SORTED), "segment": kind.mask(without)}


def migration(panel: Panel, *, level: float = LEVEL) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tell where accounts went from each wave of a client to its next one, and how many moved.

    Parameters
    ----------
    panel : Panel
    level : float
        Coverage of the intervals, in (0, 1): of counts of these very accounts.

    Returns
    -------
    (DataFrame, DataFrame)
        Tables ``migration`` and ``movement``, given all waves and (``_then``) as the later of
        the two waves knew them.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> moves, movement = crq.segments.migration(panel)
    """
    names, traits = panel.thresholds.names, panel.thresholds.traits
    both = [
        moves(panel.table, panel.whole),
        moves(as_then(panel.table), panel.then),
    ]
    pairs = [*KEYS, "from_segment", "segment"]
    counted = _two_views([expected_moves(one, names, level) for one in both], pairs)
    before, now = parted(counted["from_segment"]), parted(counted["segment"])
    rungs = [at["segment"].map(traits.rung).astype(float) for at in (before, now)]
    step = rungs[0] - rungs[1]
    way = np.select([step > 0, step < 0, step == 0], WAYS, default="")
    table = counted.assign(
        from_status=before["status"], from_segment=before["segment"], **now, level=level,
        direction=pd.Series(way, index=counted.index, dtype="str").replace("", None),
    )  # fmt: skip
    moved = [movement(one, traits, names, level) for one in both]
    return table, _two_views(moved, [*KEYS, "direction"]).assign(level=level)


def _two_views(parts: list[pd.DataFrame], keys: list[str]) -> pd.DataFrame:
    """Put two views beside each other; what one of them takes for impossible counts 0 there."""
    both = parts[0].merge(parts[1], on=keys, how="outer", suffixes=("", THEN))
    numbers = [name for name in both if name not in keys]
    counts = {name: "int64" for name in numbers if name.removesuffix(THEN) in ("n", "surely")}
    return both.fillna(dict.fromkeys(numbers, 0.0)).astype(counts)
