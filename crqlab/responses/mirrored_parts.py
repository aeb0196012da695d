"""A part of a group that was asked on a mirrored scale: a second link, some days, some people.

A group is looked into where far more of its responses contradict themselves than in the rest
of the panel. What is mirrored in it is a run of start times where one explains the contradictions
better than single responses do; else it is every response that is likelier mirrored than not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binom

#: Log likelihood ratio from which a response counts as a contradiction, and its least usual share.
CONTRADICTING, USUAL = 3.0, 0.01
#: Fewest contradictions of a group, and their least share of it.
FEWEST, SHARE = 4, 0.15
#: Chance that any group of an innocent study is looked into.
CHANCE = 1e-4
#: Share above which a group is mirrored as a whole, whatever single responses say.
WHOLE = 0.95
#: Log likelihood by which a mixture must be better than a group that is mirrored as a whole.
DIVIDED = 12.0
#: No single response says more than this, however far out it is.
LOUDEST = 6.0
_SHARES = np.linspace(0.02, 0.98, 49)


@dataclass(frozen=True, slots=True)
class Part:
    """Responses of one group that are mirrored.

    Attributes
    ----------
    rows : Index
    column : str
        ``ltr``, or empty for all items.
    run : bool
        Whether they follow each other in time; then all between first and last are among them.
    """

    rows: pd.Index
    column: str
    run: bool


def parts(ratio: pd.DataFrame, group: pd.Series, started: pd.Series) -> Iterator[Part]:
    """Find the mirrored part of every group that has one.

    Parameters
    ----------
    ratio : DataFrame, one row per response
        As `contradictions.evidence` returns it.
    group : Series of int
        From 0; under the index of ``ratio``.
    started : Series of datetime
        When the person began; missing times make no run.

    References
    ----------
    Kulldorff & Nagarwalla (1995), Statistics in Medicine 14, 799-810: the likeliest window of a
    scan.
    """
    for name, column in (("items", ""), ("ltr", "ltr")):
        other = ratio["ltr" if name == "items" else "items"].groupby(group).sum()
        likelier = ratio[name].groupby(group).sum() >= other
        suspect, chance = _contradictions(ratio[name], group)
        for place in np.flatnonzero(likelier & suspect):
            rows = ratio.loc[group == place, name].clip(-LOUDEST, LOUDEST).dropna()
            found = _mirrored(rows, started.reindex(rows.index), np.log(len(chance) / CHANCE))
            if found.run or chance[place] < CHANCE / len(chance):
                yield replace(found, column=column)


def mixed(ratio: pd.DataFrame, turned: str, group: pd.Series) -> pd.Series:
    """Whether a part of a group is surely mirrored and another surely not, response by response.

    Parameters
    ----------
    ratio : DataFrame, one row per response
        As `contradictions.evidence` returns it.
    turned : {"items", "ltr"}
    group : Series of int
        Groups that are taken for mirrored as a whole.
    """
    told = ratio.dropna().clip(-LOUDEST, LOUDEST)
    best = told.groupby(group)[[turned, "both"]].sum().max(axis=1)
    found = {place: _mixture(rows.to_numpy()) for place, rows in told[turned].groupby(group)}
    gain = {place: gained for place, (share, gained) in found.items() if share < WHOLE}
    return group.map(pd.Series(gain, dtype=float) - best) > DIVIDED


def _contradictions(ratio: pd.Series, group: pd.Series) -> tuple[pd.Series, NDArray[np.float64]]:
    """Whether a group has many contradictions, and how likely that were if it were like others."""
    told = ratio.notna().groupby(group).sum()
    found = (ratio > CONTRADICTING).groupby(group).sum()
    elsewhere = (found.sum() - found) / (told.sum() - told).clip(lower=1)
    chance = binom.sf(found - 1, told, elsewhere.clip(USUAL, 0.5))
    return (found >= FEWEST) & (found >= SHARE * told), chance


def _mirrored(ratio: pd.Series, started: pd.Series, sure: float) -> Part:
    """The run, or the single responses, that explain a group best."""
    share, mixed = _mixture(ratio.to_numpy())
    if started.notna().all():
        ordered = ratio.loc[started.sort_values(kind="stable").index]
        first, last, gain = _window(ordered.to_numpy())
        gain -= np.log(len(ordered) * (len(ordered) + 1) / 2)
        if gain > max(mixed, sure):
            return Part(ordered.index[first:last], "", run=True)
    return Part(ratio.index[ratio > np.log((1 - share) / share)], "", run=False)


def _mixture(ratio: NDArray[np.float64]) -> tuple[float, float]:
    """Likeliest share of mirrored responses, and the log likelihood that it gains."""
    gains = np.log1p(np.outer(_SHARES, np.expm1(ratio))).sum(axis=1)
    return float(_SHARES[gains.argmax()]), float(gains.max())


def _window(ratio: NDArray[np.float64]) -> tuple[int, int, float]:
    """Start, end (excluded) and sum of the stretch with the greatest sum."""
    total = np.concatenate([[0.0], np.cumsum(ratio)])
    lowest = np.minimum.accumulate(total)
    last = int((total - lowest).argmax())
    first = int(total[: last + 1].argmin())
    return first, last, float(total[last] - total[first])
