"""Which wave comes after which."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

BLOCK = ["client_id", "wave"]


def in_order(waves: Iterable[str]) -> list[str]:
    """Sort the names of waves, each once; digits count as numbers.

    Examples
    --------
    >>> in_order(["W10", "W9", "W9"])
    ['W9', 'W10']
    """
    return sorted(set(waves), key=_natural)


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
