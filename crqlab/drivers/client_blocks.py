"""One client and wave as it is prioritised, and the rows that come of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from crqlab.base.contracts.cautions import OK, code, column, joined
from crqlab.base.standards import FEW_CLIENTS, SURE
from crqlab.drivers.performance_gap import SCALE_END, Standing
from crqlab.drivers.priority import NO_GAP, chances, firsts, pressures
from crqlab.stats.defaults import FEW_RESAMPLED
from crqlab.stats.importance import ends
from crqlab.stats.multiplicity import q_values

FEW_OTHERS = code("few_other_clients", minimum=FEW_CLIENTS)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One client and wave: where it stands, and what matters to it.

    Attributes
    ----------
    key : (str, str)
        Client and wave.
    stand : Standing
    importance : ndarray, shape (1 + draws, drivers)
        Share of each driver, the estimate before its draws.
    own_share : float
        How far importance rests on the client's own answers, 0 to 1.
    behind : (int, int)
        The client's complete answers behind it, and those of all clients.
    drivers : tuple of str
    names : dict of str to str
        Labels.
    level : float
    """

    key: tuple[str, str]
    stand: Standing
    importance: NDArray
    own_share: float
    behind: tuple[int, int]
    drivers: tuple[str, ...]
    names: dict[str, str]
    level: float

    @property
    def labels(self) -> NDArray:
        """What readers call the drivers."""
        return np.array([self.names[d] for d in self.drivers], dtype=object)

    @property
    def flag(self) -> str:
        """The codes of every caution about the client as a whole, or ok."""
        few = self.stand.n_accounts < FEW_RESAMPLED
        alone = self.stand.reference == SCALE_END
        return joined(
            [
                code("few_accounts", minimum=FEW_RESAMPLED) if few else OK,
                FEW_OTHERS if alone else OK,
            ]
        )


def filled(size: int, **words: object) -> dict[str, NDArray]:
    """Columns that hold the same in every row."""
    return {
        name: np.full(size, word, dtype=object if isinstance(word, str) else None)
        for name, word in words.items()
    }


def mapped(block: Block) -> dict[str, NDArray]:
    """Return the client's rows of the map."""
    stand, p = block.stand, len(block.drivers)
    gap = stand.target - stand.performance
    both = np.stack([block.importance, gap], axis=1)
    low, high = ends(both, stand.n_accounts, block.level)
    chance = chances(pressures(block.importance, gap)[1:, None])[0]
    known = stand.n_accounts > 1
    client, wave = block.key
    return {
        **filled(p, client_id=client, wave=wave, reference=stand.reference, flag=block.flag),
        **filled(p, n=stand.n, n_accounts=stand.n_accounts, n_clients=stand.n_clients),
        "driver": np.array(block.drivers, dtype=object),
        "label": block.labels,
        "importance": block.importance[0],
        "importance_low": low[0],
        "importance_high": high[0],
        "own_share": np.full(p, block.own_share),
        **filled(p, n_own=block.behind[0], n_panel=block.behind[1]),
        "performance": stand.performance[0],
        "performance_low": stand.low,
        "performance_high": stand.high,
        "panel": stand.panel[0],
        "top": stand.target[0] if stand.reference != SCALE_END else np.full(p, np.nan),
        "gap": gap[0],
        "gap_low": low[1],
        "gap_high": high[1],
        "pressure": pressures(block.importance[0], gap[0]),
        "probability": chance if known else np.full(p, np.nan),
    }


def of_client(block: Block) -> dict[str, NDArray]:
    """Return the client's row of the focus."""
    stand = block.stand
    unit = np.array([block.key[0]], dtype=object)
    n, accounts = np.array([stand.n]), np.array([stand.n_accounts])
    flags = np.array([block.flag], dtype=object)
    performance = stand.performance[:, None]
    return focused(
        block,
        "client",
        unit,
        performance,
        n,
        accounts,
        flags,
        sure=accounts > 1,
        enough=behind(block, performance, accounts),
    )


def behind(block: Block, performance: NDArray, accounts: NDArray) -> NDArray:
    """Whether units are truly behind in each driver, among all that are asked.

    Against the top decile as it is expected to be without its luck, by Student's t on draws of
    whole accounts: who is behind in nothing has nothing to fix first.

    Parameters
    ----------
    block : Block
    performance : ndarray, shape (1 + draws, units, drivers)
        Scale points, the estimate before its draws.
    accounts : ndarray of int, one per unit

    Returns
    -------
    ndarray of bool, shape (drivers, units)
    """
    stand = block.stand
    aim = stand.target
    if stand.reference != SCALE_END:
        aim = stand.panel + stand.true_share * (stand.target - stand.panel)
    gap = aim[:, None] - performance
    error = gap[1:].std(axis=0, ddof=1) if len(gap) > 2 else np.full(gap.shape[1:], np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = t.sf(gap[0] / error, np.maximum(accounts - 1, 1)[:, None])
    kept = [q_values(pd.Series(row)).to_numpy() < 1 - block.level for row in p]
    return np.array(kept, dtype=bool).reshape(p.shape).T & (accounts >= FEW_RESAMPLED)


def focused(
    block: Block,
    kind: str,
    unit: NDArray,
    performance: NDArray,
    n: NDArray,
    accounts: NDArray,
    flags: NDArray,
    *,
    sure: NDArray,
    enough: NDArray | bool = True,
) -> dict[str, NDArray]:
    """Return rows of the focus.

    Parameters
    ----------
    block : Block
    kind : str
    unit : ndarray of str
        What the units are called.
    performance : ndarray, shape (1 + draws, units, drivers)
        Scale points, the estimate before its draws.
    n, accounts : ndarray of int
        Respondents and accounts of each unit.
    flags : ndarray of str
    sure : ndarray of bool
        Units whose draws say something.
    enough : ndarray of bool
        Units, or drivers of them, that may be called clear.
    """
    gap = block.stand.target[:, None] - performance
    pressure = pressures(block.importance[:, None], gap)
    chance = chances(pressure[1:])
    first, second = firsts(chance, pressure[0])
    row = np.arange(len(unit))
    likely = np.where(sure, chance[row, first], np.nan)
    none = (pressure[0].max(axis=1) <= 0) & (chance.max(axis=1) < SURE)
    flags = column(len(unit), (True, flags), (none, NO_GAP))
    names, labels = np.array(block.drivers, dtype=object), block.labels
    client, wave = block.key
    fixed = {"client_id": client, "wave": wave, "kind": kind, "reference": block.stand.reference}
    return {
        **filled(len(unit), **fixed),
        "unit": unit,
        "driver": names[first],
        "label": labels[first],
        "probability": likely,
        "runner_up": names[second],
        "runner_up_label": labels[second],
        "runner_up_probability": np.where(sure, chance[row, second], np.nan),
        "clear": (np.nan_to_num(likely) >= SURE)
        & np.broadcast_to(enough, (len(names), len(unit)))[first, row],
        "importance": block.importance[0, first],
        "performance": performance[0][row, first],
        "target": block.stand.target[0, first],
        "gap": gap[0][row, first],
        "n": n,
        "n_accounts": accounts,
        "flag": flags,
    }
