"""Means over the accounts of each client's wave, those included that were not asked in it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from crqlab.base.results import Result
from crqlab.stats.account_model.answers import Answers
from crqlab.stats.account_model.components import Components
from crqlab.stats.account_model.draws import DRAWS, SETS, doubted, drawn_scores, parts_of
from crqlab.stats.account_model.model import AccountModel
from crqlab.stats.cluster_draws import stream
from crqlab.stats.defaults import LEVEL, SEED

LTR, NPS = "ltr", "nps"


@dataclass(frozen=True, slots=True, eq=False)
class BlockMeans(Result):
    """Draws of what the accounts of a client's wave may be on average.

    Attributes
    ----------
    blocks : DataFrame, one row per client and wave
        ``client``, ``wave``, ``weight`` (of all its accounts together; with equal weights their
        number), ``n`` people who answered.
    means : mapping of score to ndarray, shape (blocks, draws)
        In the units of the scores; with ``ltr`` also ``nps``, -100 to 100. Missing where no
        account counts. Draws of a client's waves belong together: differences of two rows are
        draws of the change.
    """

    blocks: pd.DataFrame
    means: Mapping[str, NDArray]

    @property
    def table(self) -> pd.DataFrame:
        """``blocks``, and of each score ``NAME``, ``NAME_low`` and ``NAME_high`` (95 %)."""
        found = {name: interval(drawn) for name, drawn in self.means.items()}
        columns = {
            f"{name}{end}": part
            for name, parts in found.items()
            for end, part in zip(("", "_low", "_high"), parts, strict=True)
        }
        return self.blocks.assign(**columns)

    def __str__(self) -> str:
        size = next(iter(self.means.values())).shape[1] if self.means else 0
        return f"{size} draws of the means of {len(self.blocks):,} waves of clients"


def interval(drawn: NDArray, level: float = LEVEL) -> tuple[NDArray, NDArray, NDArray]:
    """Return mean and ends of the middle of draws, shape (rows, draws).

    Examples
    --------
    >>> interval(np.array([[1.0, 2.0, 3.0]]), 0.5)
    (array([2.]), array([1.5]), array([2.5]))
    """
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=1)
    return drawn.mean(axis=1), low, high


def block_means(
    model: AccountModel,
    rows: Answers,
    *,
    weight: ArrayLike | None = None,
    scores: Iterable[str] | None = None,
    n: int = DRAWS,
    sets: int = SETS,
    seed: int = SEED,
) -> BlockMeans:
    """Draw the means of all accounts that count, wave by wave of each client.

    What is drawn are the accounts as they are, not as a few of their people happen to answer: the
    interval grows with the share of accounts that were not heard lately, and is narrow where all
    were heard, whatever the number of accounts.

    Parameters
    ----------
    model : AccountModel
    rows : Answers
        With a row without values for every account of a wave that counts though nobody answered.
    weight : array, one per cell, optional
        How much an account counts, 0 or more; by default all count once.
    scores : iterable of str, optional
        By default all of the model's.
    n, sets, seed : int
        As for `draws`.

    Returns
    -------
    BlockMeans
        Blocks by client and wave.

    Examples
    --------
    >>> from crqlab.stats.account_model import answers, fit
    >>> rng = np.random.default_rng(1)
    >>> account = np.repeat(np.arange(60), 4)
    >>> crq = 5 + rng.normal(0, 0.6, 60)[account] + rng.normal(0, 0.9, 240)
    >>> who = {"client": np.repeat(["C1", "C2"], 120), "account": account, "wave": ["1"] * 240}
    >>> rows = answers(pd.DataFrame({"crq": crq}), **who)
    >>> found = block_means(fit(rows), rows, n=50)
    >>> found.blocks["weight"].tolist(), found.means["crq"].shape
    ([30.0, 30.0], (2, 50))
    """
    model.checked(rows)
    drawn = [k for k, name in enumerate(model.scores) if scores is None or name in set(scores)]
    count = np.ones(len(rows.cell_account)) if weight is None else np.asarray(weight, dtype=float)
    versions = doubted(model, min(sets, n), stream(seed, "model"))
    found = Parallel(n_jobs=os.cpu_count() or 1, prefer="threads")(
        delayed(_of_clients)(model, some, count[cells], drawn, versions, n, rng)
        for some, cells, rng in parts_of(rows, seed)
    )
    names = list(found[0])
    means = {name: np.concatenate([part[name] for part in found]) for name in names}
    return BlockMeans(_blocks(rows, count), means)


def _of_clients(
    model: AccountModel,
    given: Answers,
    count: NDArray,
    drawn: list[int],
    versions: list[Components],
    n: int,
    rng: np.random.Generator,
) -> dict[str, NDArray]:
    """Means of some clients' blocks by score, shape (blocks, draws)."""
    blocks = len(given.block_client)
    names = [model.scores[k] for k in drawn]
    curve = model.promoters(LTR) if LTR in names else None
    sums = {name: np.zeros((blocks, n)) for name in (*names, *((NPS,) if curve else ()))}
    for cells, which, scores in drawn_scores(model, given, drawn, versions, n, rng):
        where = given.cell_block[cells.ravel()]
        pick = sparse.csr_matrix(
            (count[cells.ravel()], (where, np.arange(cells.size))), shape=(blocks, cells.size)
        )
        if curve:
            scores = {**scores, NPS: curve.nps(scores[LTR])}
        for name, values in scores.items():
            sums[name][:, which] += pick @ values.reshape(cells.size, -1)
    total = np.bincount(given.cell_block, weights=count, minlength=blocks)
    whole = np.where(total > 0, total, np.nan)[:, None]
    return {name: part / whole for name, part in sums.items()}


def _blocks(rows: Answers, count: NDArray) -> pd.DataFrame:
    blocks = len(rows.block_client)
    return pd.DataFrame(
        {
            "client": rows.clients[rows.block_client],
            "wave": rows.waves[rows.block_wave],
            "weight": np.bincount(rows.cell_block, weights=count, minlength=blocks),
            "n": np.bincount(rows.cell_block, weights=rows.n, minlength=blocks).astype("int64"),
        }
    )
