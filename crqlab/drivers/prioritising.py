"""The importance-performance map of clients, and the one thing to fix: client, manager, account."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.codebook import Codebook
from crqlab.base.contracts import contract
from crqlab.drivers.borrowing import borrowed
from crqlab.drivers.choosing import CLEAR, NO_GAP, chances, firsts, pressures
from crqlab.drivers.laying import Layout, centred, laid_out
from crqlab.drivers.standing import SCALE_END, Standing, standings
from crqlab.drivers.weighing import Weights
from crqlab.stats.importance import ends
from crqlab.stats.profiles import Spread, drawn_profiles, spread
from crqlab.stats.resampling import SEED, stream

FEW_ANSWERS = 3
FEW_ACCOUNTS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Priorities:
    """Where clients stand on drivers, and what to mend first.

    Attributes
    ----------
    table : DataFrame
        Table ``driver_map``: one row per client, wave and driver.
    focus : DataFrame
        Table ``driver_focus``: one row per client, account manager and account of a wave.
    level : float
    """

    table: pd.DataFrame
    focus: pd.DataFrame
    level: float

    def __str__(self) -> str:
        rows = self.of("client")
        if rows.empty:
            return "Nothing can be put first: no driver is known to move an outcome"
        clear = rows[rows["clear"]]
        named = clear["label"].value_counts()
        said = ", ".join(f"{label} {n}" for label, n in named.items())
        return f"{len(clear)} of {len(rows)} clients' waves have one clear thing to fix" + (
            f" ({said})" if said else ""
        )

    def of(self, kind: str, *, client: str | None = None, wave: str | None = None) -> pd.DataFrame:
        """Return the focus of clients, account managers or accounts."""
        rows = self.focus[self.focus["kind"] == kind]
        for name, wanted in (("client_id", client), ("wave", wave)):
            rows = rows if wanted is None else rows[rows[name] == wanted]
        return rows.reset_index(drop=True)


def priorities(
    weights: Weights,
    respondents: pd.DataFrame,
    codebook: Codebook,
    accounts: pd.DataFrame | None = None,
    *,
    seed: int = SEED,
) -> Priorities:
    """Put what matters beside how well it is done, and name what to mend first.

    A driver presses by its importance times its gap to the top decile of the other clients of
    the wave (by CRQ); with fewer than ten others, to the end of the answer scale. In each draw
    of whole accounts some driver presses most; the share of draws is the probability that it is
    the one thing to fix. Importance is the client's own as far as its answers can tell, and
    the panel's for the rest. Accounts and account managers are held against the same target by
    their own answers, shrunken as few voices demand.

    Parameters
    ----------
    weights : Weights
        As `crqlab.drivers.weights` returns them, with two draws or more.
    respondents : DataFrame
        Table ``respondents``, the same.
    codebook : Codebook
    accounts : DataFrame, optional
        Table ``accounts``, for account managers.
    seed : int

    Returns
    -------
    Priorities
        Empty where no driver is known to move an outcome.

    References
    ----------
    Martilla & James (1977), Journal of Marketing 41(1), 77-79: importance and performance.
    Pressure, its probability and the target are our own choice.
    """
    drivers = weights.questions.drivers
    if not weights.shares or not np.isfinite(weights.shares[("", "")]).any():
        return Priorities(_table("driver_map", []), _table("driver_focus", []), weights.level)
    layout = laid_out(respondents)
    draws = len(weights.shares[("", "")]) - 1
    top = codebook.instrument.scale.high
    stands = standings(layout, drivers, top_of_scale=top, draws=draws, seed=seed)
    shares = borrowed(weights.shares, weights.answers)
    wide = _spread(layout, drivers)
    managers = _managers(layout, accounts)
    maps, focus = [], []
    for part, (key, stand) in enumerate(zip(layout.blocks, stands, strict=True)):
        block = _Block(key, stand, *shares[key], drivers, weights)
        maps.append(_map(block))
        focus.append(_client(block))
        focus += _people(block, layout, part, wide, managers, seed)
    return Priorities(_table("driver_map", maps), _table("driver_focus", focus), weights.level)


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """One client and wave: where it stands, and what matters to it."""

    key: tuple[str, str]
    stand: Standing
    importance: NDArray
    own_share: float
    drivers: tuple[str, ...]
    weights: Weights

    @property
    def labels(self) -> NDArray:
        return np.array([self.weights.questions.labels[d] for d in self.drivers], dtype=object)

    @property
    def flag(self) -> str:
        few = self.stand.n_accounts < FEW_ACCOUNTS
        parts = [f"fewer than {FEW_ACCOUNTS} accounts"] if few else []
        parts += ["fewer than 10 other clients"] if self.stand.reference == SCALE_END else []
        return "; ".join(parts) or "ok"


def _table(name: str, parts: list[dict]) -> pd.DataFrame:
    columns = list(contract(name).columns)
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.DataFrame({c: np.concatenate([part[c] for part in parts]) for c in columns})


def _filled(size: int, **words: object) -> dict[str, NDArray]:
    """Columns that hold the same in every row."""
    return {
        name: np.full(size, word, dtype=object if isinstance(word, str) else None)
        for name, word in words.items()
    }


def _map(block: _Block) -> dict[str, NDArray]:
    stand, p = block.stand, len(block.drivers)
    gap = stand.target - stand.performance
    both = np.stack([block.importance, stand.performance, gap], axis=1)
    low, high = ends(both, stand.n_accounts, block.weights.level)
    chance = chances(pressures(block.importance, gap)[1:, None])[0]
    known = stand.n_accounts > 1
    client, wave = block.key
    return {
        **_filled(p, client_id=client, wave=wave, reference=stand.reference, flag=block.flag),
        **_filled(p, n=stand.n, n_accounts=stand.n_accounts, n_clients=stand.n_clients),
        "driver": np.array(block.drivers, dtype=object),
        "label": block.labels,
        "importance": block.importance[0],
        "importance_low": low[0],
        "importance_high": high[0],
        "own_share": np.full(p, block.own_share),
        "performance": stand.performance[0],
        "performance_low": low[1],
        "performance_high": high[1],
        "panel": stand.panel[0],
        "top": stand.target[0] if stand.reference != SCALE_END else np.full(p, np.nan),
        "gap": gap[0],
        "gap_low": low[2],
        "gap_high": high[2],
        "pressure": pressures(block.importance[0], gap[0]),
        "probability": chance if known else np.full(p, np.nan),
    }


def _client(block: _Block) -> dict[str, NDArray]:
    stand = block.stand
    unit = np.array([block.key[0]], dtype=object)
    n, accounts = np.array([stand.n]), np.array([stand.n_accounts])
    flags = np.array([block.flag], dtype=object)
    performance = stand.performance[:, None]
    return _focused(block, "client", unit, performance, n, accounts, flags, sure=accounts > 1)


def _focused(
    block: _Block,
    kind: str,
    unit: NDArray,
    performance: NDArray,
    n: NDArray,
    accounts: NDArray,
    flags: NDArray,
    *,
    sure: NDArray,
) -> dict[str, NDArray]:
    """Rows of the focus; ``performance`` has the shape (1 + draws, units, drivers)."""
    gap = block.stand.target[:, None] - performance
    pressure = pressures(block.importance[:, None], gap)
    chance = chances(pressure[1:])
    first, second = firsts(chance, pressure[0])
    row = np.arange(len(unit))
    likely = np.where(sure, chance[row, first], np.nan)
    none = (pressure[0].max(axis=1) <= 0) & (chance.max(axis=1) < CLEAR)
    flags = np.where(none, np.where(flags == "ok", NO_GAP, flags + "; " + NO_GAP), flags)
    names, labels = np.array(block.drivers, dtype=object), block.labels
    client, wave = block.key
    fixed = {"client_id": client, "wave": wave, "kind": kind, "reference": block.stand.reference}
    return {
        **_filled(len(unit), **fixed),
        "unit": unit,
        "driver": names[first],
        "label": labels[first],
        "probability": likely,
        "runner_up": names[second],
        "runner_up_label": labels[second],
        "runner_up_probability": np.where(sure, chance[row, second], np.nan),
        "clear": np.nan_to_num(likely) >= CLEAR,
        "importance": block.importance[0, first],
        "performance": performance[0][row, first],
        "target": block.stand.target[0, first],
        "gap": gap[0][row, first],
        "n": n,
        "n_accounts": accounts,
        "flag": flags,
    }


def _spread(layout: Layout, drivers: tuple[str, ...]) -> Spread | None:
    """How profiles of drivers vary, over all clients and waves."""
    values = layout.values(list(drivers))
    kept = np.isfinite(values).all(axis=1)
    if kept.sum() < 2 * len(drivers):
        return None
    cell = np.unique(layout.cell[kept], return_inverse=True)[1]
    return spread(centred(values[kept], layout.block[kept]), cell)


def _managers(layout: Layout, accounts: pd.DataFrame | None) -> pd.Series:
    """The account manager of each account and wave, missing where not known."""
    keys = ["client_id", "wave", "account_id"]
    cells = layout.rows[keys].drop_duplicates().reset_index(drop=True)
    if accounts is None or accounts.empty:
        return pd.Series([None] * len(cells), dtype="str")
    known = accounts.drop_duplicates(["client_id", "account_id"])
    found = cells.merge(known, on=["client_id", "account_id"], how="left")
    return found["account_manager"].astype("str")


def _people(
    block: _Block, layout: Layout, part: int, wide: Spread | None, managers: pd.Series, seed: int
) -> list[dict[str, NDArray]]:
    """Focus of the accounts of one client and wave, and of their account managers."""
    if wide is None:
        return []
    rows = slice(layout.starts[part], layout.starts[part + 1])
    values, cell = layout.values(list(block.drivers))[rows], layout.cell[rows]
    first = np.flatnonzero(np.diff(cell, prepend=cell[0] - 1))
    n = np.diff(first, append=len(cell))
    centre = block.stand.performance[0]
    means, gaps = _means(values, first, centre)
    draws = len(block.importance) - 1
    rng = stream(seed, ("profiles", *block.key))
    normals = rng.normal(size=(draws, len(n), len(centre)))
    guess, drawn = drawn_profiles(means, n, centre, wide, normals=normals)
    scores = np.concatenate([guess[None], drawn])
    names = layout.rows["account_id"].to_numpy(object)[rows][first]
    flags = _flags(block, wide, n, gaps)
    each = _focused(block, "account", names, scores, n, np.ones_like(n), flags, sure=n > 0)
    owner = managers.iloc[cell[first]]
    codes, owners = pd.factorize(owner, sort=True)
    if not len(owners):
        return [each]
    return [each, _by_manager(block, scores, n, codes, owners.to_numpy(object))]


def _means(values: NDArray, first: NDArray, centre: NDArray) -> tuple[NDArray, NDArray]:
    """Means of accounts; a driver that nobody answered is taken at the client's mean."""
    there = np.isfinite(values)
    total = np.add.reduceat(np.where(there, values, 0), first, axis=0)
    count = np.add.reduceat(there.astype(float), first, axis=0)
    means = np.where(count > 0, total / np.maximum(count, 1), np.nan_to_num(centre))
    return means, (count == 0).any(axis=1)


def _flags(block: _Block, wide: Spread, n: NDArray, gaps: NDArray) -> NDArray:
    cautions = (
        (n < FEW_ANSWERS, f"fewer than {FEW_ANSWERS} answers"),
        (gaps, "some drivers unanswered: client's mean taken"),
        (np.full(len(n), wide.flag != "ok"), wide.flag),
        (np.full(len(n), block.stand.reference == SCALE_END), "fewer than 10 other clients"),
    )
    text = np.full(len(n), "", dtype=object)
    for applies, words in cautions:
        text = text + np.where(applies, f"; {words}", "").astype(object)
    return np.array([said[2:] or "ok" for said in text], dtype=object)


def _by_manager(
    block: _Block, scores: NDArray, n: NDArray, codes: NDArray, owners: NDArray
) -> dict[str, NDArray]:
    """Focus of account managers: the mean of their accounts, each counted once."""
    order = np.argsort(codes, kind="stable")
    order = order[codes[order] >= 0]
    starts = np.searchsorted(codes[order], np.arange(len(owners)))
    accounts = np.diff(starts, append=len(order))
    means = np.add.reduceat(scores[:, order], starts, axis=1) / accounts[:, None]
    people = np.add.reduceat(n[order], starts)
    flags = np.where(accounts < FEW_ACCOUNTS, f"fewer than {FEW_ACCOUNTS} accounts", "ok")
    return _focused(
        block,
        "account manager",
        owners,
        means,
        people,
        accounts,
        flags.astype(object),
        sure=accounts > 0,
    )
