"""How far roles see the same relationship differently: pairs of roles inside accounts."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from crqlab.base.contracts.frames import empty, typed
from crqlab.scores.rollups import ACCOUNT, BLOCK, Layout
from crqlab.scores.wave_changes import verdicts
from crqlab.stats import linearised
from crqlab.stats.multiplicity import q_values

PANEL = ""  # the client of rows that are of all clients together
#: What a verdict of a change is called, and of a difference.
NO_DIFFERENCE = ("no_clear_change", "no_clear_difference")


def role_gaps(layout: Layout, order: tuple[str, ...], *, level: float) -> pd.DataFrame:
    """Hold every pair of roles against each other in the accounts where both were heard.

    An account's gap is the mean of its people of the one role less that of its people of the other;
    every account counts once. So neither the accounts that a role happens to answer from nor
    what sets accounts apart is part of the gap.

    Parameters
    ----------
    layout : Layout
        Respondents.
    order : tuple of str
        Roles from most to least senior; others that occur come last.
    level : float
        Coverage of each interval, in (0, 1).

    Returns
    -------
    DataFrame, one row per client, wave, measure and pair of roles
        Table ``role_gaps``: ``role`` is the more senior one. Rows without a client are of all
        clients together. Student's t of paired means; interval and ``p`` are one test, ``verdict``
        needs ``q`` (false discovery among all pairs of the client's wave on that measure) below
        1 - level.

    Examples
    --------
    >>> from crqlab.scores.rollups import laid_out
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> layout = laid_out(study.read("respondents"), study.codebook.instrument)
    >>> gaps = role_gaps(layout, study.codebook.roles.order, level=0.95)
    >>> gaps.loc[0, ["role", "other"]].tolist()
    ['executive', 'decision maker']
    """
    means = _means(layout)
    known = means.index.get_level_values("role")
    roles = [*order, *sorted(set(known) - set(order))]
    by_role = {role: means.xs(role, level="role") for role in roles if role in set(known)}
    parts = [
        _pair(by_role[role], by_role[other], level).assign(role=role, other=other, pair=place)
        for place, (role, other) in enumerate(combinations(by_role, 2))
    ]
    parts = [part for part in parts if len(part)]
    if not parts:
        return empty("role_gaps")
    table = pd.concat(parts, ignore_index=True)
    q = q_values(table["p"], pd.MultiIndex.from_frame(table[[*BLOCK, "measure"]]))
    said = verdicts(table["value"], table["p"], q, level)
    said = np.where(said == NO_DIFFERENCE[0], NO_DIFFERENCE[1], said)
    places = {name: place for place, name in enumerate(layout.measures)}
    table = table.assign(q=q, verdict=said, level=level, order=table["measure"].map(places))
    return typed(table.sort_values([*BLOCK, "order", "pair"]), "role_gaps")


def _means(layout: Layout) -> pd.DataFrame:
    """Mean of every role of every account and wave on every measure, with how many gave it."""
    weight = layout.weights()
    names = pd.MultiIndex.from_product([("points", "counts", "people"), layout.measures])
    parts = [weight * np.nan_to_num(layout.scores), weight, (weight > 0).astype(float)]
    rows = pd.DataFrame(np.hstack(parts), columns=names)
    keys = [layout.rows[name] for name in (*ACCOUNT, "role")]
    sums = rows.groupby(keys, sort=True).sum()  # who has no role is in no pair
    means = sums["points"] / sums["counts"].where(sums["counts"] > 0)
    return pd.concat({"mean": means, "people": sums["people"]}, axis=1)


def _pair(one: pd.DataFrame, other: pd.DataFrame, level: float) -> pd.DataFrame:
    """Gaps of one pair of roles, client by client and over all of them."""
    both = one.index.intersection(other.index)
    first, second = one.loc[both], other.loc[both]
    there = (first["mean"].notna() & second["mean"].notna()).to_numpy(bool)
    if not there.any():
        return empty({"client_id": "text"})
    people = (first["people"] + second["people"]).where(there, 0.0)
    keys = both.to_frame(index=False)
    account = pd.MultiIndex.from_frame(keys[["client_id", "account_id"]])
    parts = []
    for blocks in (keys[BLOCK], keys[BLOCK].assign(client_id=PANEL)):
        index = pd.MultiIndex.from_frame(blocks)
        sides = pd.concat([first["mean"].where(there), second["mean"].where(there)])
        found = linearised.paired_difference(
            sides.set_axis(account.append(account)),
            sides.notna().astype(float).set_axis(account.append(account)),
            index.append(index),
            np.repeat([True, False], len(keys)),
            level=level,
        )
        n = people.groupby([blocks[key].to_numpy() for key in BLOCK]).sum().to_numpy("int64")
        client, wave = zip(*found["block"], strict=True)
        found = found.rename(columns={"n_clusters": "n_accounts"})
        found = found.assign(client_id=client, wave=wave, n_respondents=n.ravel())
        parts.append(found[found["n_accounts"] > 0])
    return pd.concat(parts, ignore_index=True)
