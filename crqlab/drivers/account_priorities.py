"""Which driver to fix first at each account and with each account manager."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import OK, code, column
from crqlab.base.standards import FEW_ANSWERS
from crqlab.drivers.client_blocks import FEW_OTHERS, FEW_RESAMPLED, Block, behind, focused
from crqlab.drivers.performance_gap import SCALE_END
from crqlab.drivers.respondent_layout import Layout, centred
from crqlab.stats.cluster_draws import stream
from crqlab.stats.profiles import Spread, drawn_profiles, spread
from crqlab.stats.survey_weights import effective


def spread_of(layout: Layout, drivers: tuple[str, ...]) -> Spread | None:
    """How profiles of drivers vary, over all clients and waves."""
    values = layout.values(list(drivers))
    kept = np.isfinite(values).all(axis=1)
    if kept.sum() < 2 * len(drivers):
        return None
    cell = np.unique(layout.cell[kept], return_inverse=True)[1]
    return spread(centred(values[kept], layout.block[kept], layout.weight[kept]), cell)


def managers_of(layout: Layout, accounts: pd.DataFrame | None) -> pd.Series:
    """The account manager of each account and wave, missing where not known."""
    keys = ["client_id", "wave", "account_id"]
    cells = layout.rows[keys].drop_duplicates().reset_index(drop=True)
    if accounts is None or accounts.empty:
        return pd.Series([None] * len(cells), dtype="str")
    known = accounts.drop_duplicates(["client_id", "account_id"])
    found = cells.merge(known, on=["client_id", "account_id"], how="left")
    return found["account_manager"].astype("str")


def people(
    block: Block, layout: Layout, part: int, wide: Spread | None, managers: pd.Series, seed: int
) -> list[dict[str, NDArray]]:
    """Focus of the accounts of one client and wave, and of their account managers."""
    if wide is None:
        return []
    rows = slice(layout.starts[part], layout.starts[part + 1])
    values, cell = layout.values(list(block.drivers))[rows], layout.cell[rows]
    first = np.flatnonzero(np.diff(cell, prepend=cell[0] - 1))
    n = np.diff(first, append=len(cell))
    centre = block.stand.performance[0]
    weight = layout.weight[rows]
    means, gaps = _means(values, first, centre, weight)
    worth = effective(np.add.reduceat(weight, first), np.add.reduceat(weight**2, first))
    draws = len(block.importance) - 1
    rng = stream(seed, ("profiles", *block.key))
    normals = rng.normal(size=(draws, len(n), len(centre)))
    guess, drawn = drawn_profiles(means, worth, centre, wide, normals=normals)
    scores = np.concatenate([guess[None], drawn])
    names = layout.rows["account_id"].to_numpy(object)[rows][first]
    flags = _flags(block, wide, n, gaps)
    each = focused(block, "account", names, scores, n, np.ones_like(n), flags, sure=n > 0)
    owner = managers.iloc[cell[first]]
    codes, owners = pd.factorize(owner, sort=True)
    if not len(owners):
        return [each]
    return [each, _by_manager(block, scores, n, codes, owners.to_numpy(object))]


def _means(
    values: NDArray, first: NDArray, centre: NDArray, weight: NDArray
) -> tuple[NDArray, NDArray]:
    """Means of accounts; a driver that nobody answered is taken at the client's mean."""
    there, times = np.isfinite(values), weight[:, None]
    total = np.add.reduceat(np.where(there, values * times, 0), first, axis=0)
    count = np.add.reduceat(there * times, first, axis=0)
    means = np.where(count > 0, total / np.where(count > 0, count, 1), np.nan_to_num(centre))
    return means, (count == 0).any(axis=1)


def _flags(block: Block, wide: Spread, n: NDArray, gaps: NDArray) -> NDArray:
    return column(
        len(n),
        (n < FEW_ANSWERS, code("few_answers", minimum=FEW_ANSWERS)),
        (gaps, "drivers_at_client_mean"),
        (True, wide.flag),
        (block.stand.reference == SCALE_END, FEW_OTHERS),
    )


def _by_manager(
    block: Block, scores: NDArray, n: NDArray, codes: NDArray, owners: NDArray
) -> dict[str, NDArray]:
    """Focus of account managers: the mean of their accounts, each counted once."""
    order = np.argsort(codes, kind="stable")
    order = order[codes[order] >= 0]
    starts = np.searchsorted(codes[order], np.arange(len(owners)))
    accounts = np.diff(starts, append=len(order))
    means = np.add.reduceat(scores[:, order], starts, axis=1) / accounts[:, None]
    people = np.add.reduceat(n[order], starts)
    few = code("few_accounts", minimum=FEW_RESAMPLED)
    flags = np.where(accounts < FEW_RESAMPLED, few, OK)
    return focused(
        block,
        "account_manager",
        owners,
        means,
        people,
        accounts,
        flags.astype(object),
        sure=accounts > 0,
        enough=behind(block, means, accounts),
    )
