"""Which wave comes after which: by the study's dates, where its codebook has them, else by name.

The days are those of the study at hand, the one whose codebook was asked for last: every table
comes from a study, and names of waves mean nothing outside theirs (docs/decisions/0014).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

import pandas as pd

BLOCK = ["client_id", "wave"]
_STARTS: dict[str, date] = {}


def begin(starts: Mapping[str, date]) -> None:
    """Take the days on which the waves of the study at hand begin; none forgets earlier ones.

    Examples
    --------
    >>> begin({"spring": date(2025, 3, 1), "autumn": date(2024, 9, 1)})
    >>> in_order(["autumn", "spring"])
    ['autumn', 'spring']
    >>> begin({})
    """
    _STARTS.clear()
    _STARTS.update(starts)


def in_order(waves: Iterable[str]) -> list[str]:
    """Sort the names of waves, each once: by their day where it is known, else by name.

    In names digits count as numbers. Waves without a day keep the place that their name gives them.

    Examples
    --------
    >>> in_order(["W10", "W9", "W9"])
    ['W9', 'W10']
    """
    named = sorted(set(waves), key=_natural)
    dated = iter(sorted((name for name in named if name in _STARTS), key=_STARTS.__getitem__))
    return [next(dated) if name in _STARTS else name for name in named]


def undated(waves: Iterable[str]) -> list[str]:
    """Return the waves whose day is not known, where that of others is.

    Examples
    --------
    >>> undated(["W9", "W10"])
    []
    """
    named = in_order(waves)
    bare = [name for name in named if name not in _STARTS]
    return bare if len(bare) < len(named) else []


def places(waves: Iterable[str]) -> dict[str, int]:
    """Return the place of every wave, the earliest 0.

    Examples
    --------
    >>> places(["W10", "W9", "W9"])
    {'W9': 0, 'W10': 1}
    """
    return {wave: place for place, wave in enumerate(in_order(waves))}


def latest(rows: pd.DataFrame) -> pd.Series:
    """Return whether each row belongs to the last wave of its client.

    Examples
    --------
    >>> latest(pd.DataFrame({"client_id": ["a", "a", "b"], "wave": ["W10", "W9", "W9"]})).tolist()
    [True, False, True]
    """
    place = rows["wave"].map(places(rows["wave"].unique()))
    return place == place.groupby(rows["client_id"]).transform("max")


def wave_before(rows: pd.DataFrame) -> pd.Series:
    """Return the wave before, of each row's client; missing in a client's first wave.

    Parameters
    ----------
    rows : DataFrame
        ``client_id`` and ``wave``; a client's waves are those that occur here.

    Examples
    --------
    >>> rows = pd.DataFrame({"client_id": ["a", "a", "b", "a"], "wave": ["W10", "W9", "W9", "W8"]})
    >>> wave_before(rows).fillna("").tolist()
    ['W9', 'W8', '', '']
    """
    blocks = rows[BLOCK].drop_duplicates()
    blocks = blocks.assign(place=blocks["wave"].map(places(blocks["wave"])))
    blocks = blocks.sort_values(["client_id", "place"])
    blocks["before"] = blocks.groupby("client_id")["wave"].shift()
    return rows[BLOCK].merge(blocks, on=BLOCK, how="left")["before"].set_axis(rows.index)


def _natural(wave: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", wave)]
