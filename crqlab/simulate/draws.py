"""Random numbers that belong to one client, whoever else is drawn beside it.

Every client has one stream per stage, spawned from the seed by its number. So a panel of
ten clients is the first part of a panel of a thousand, and blocks of any size agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Literal

import numpy as np


class Stage(IntEnum):
    """What the numbers of a stream are for; the values are part of what a seed means."""

    CLIENT = 1
    ACCOUNT = 2
    ACCOUNT_EFFECT = 3
    CONTACT = 4
    CONTACT_EFFECT = 5
    ANSWER = 6
    NOISE = 7
    DIRT = 8
    CLIENT_EFFECT = 9
    CARE = 10
    PROGRAMME = 11
    REFERRAL = 12
    LEVER = 13


def draw(
    kind: Literal["normal", "uniform"],
    seed: int,
    clients: Sequence[int],
    stage: Stage,
    rows: np.ndarray,
    width: int,
) -> np.ndarray:
    """Return independent numbers, one row per unit, the units of one client together.

    Parameters
    ----------
    kind : {"normal", "uniform"}
        Standard normal, or uniform in [0, 1).
    seed : int
    clients : sequence of int
        Client numbers, from 1.
    stage : Stage
    rows : array of int, one per client
        How many units each client has.
    width : int
        Numbers per unit.

    Returns
    -------
    array, shape (sum of rows, width)

    Examples
    --------
    >>> alone = draw("normal", 1, [7], Stage.CLIENT, np.array([2]), 3)
    >>> beside = draw("normal", 1, [6, 7], Stage.CLIENT, np.array([4, 2]), 3)
    >>> bool((alone == beside[4:]).all())
    True
    """
    parts = [np.empty((0, width))]
    for client, n in zip(clients, rows, strict=True):
        stream = np.random.SeedSequence(seed, spawn_key=(client, int(stage)))
        source = np.random.default_rng(stream)
        size = (int(n), width)
        parts.append(source.standard_normal(size) if kind == "normal" else source.random(size))
    return np.concatenate(parts)
