"""Roles, units, countries and products side by side, and each against all others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.codebook import Codebook, Roles
from crqlab.base.contracts.cautions import column
from crqlab.base.contracts.columns import DIMENSIONS
from crqlab.base.contracts.frames import empty, typed
from crqlab.base.instrument import Instrument
from crqlab.base.results import Result
from crqlab.scores.roles_within_accounts import NO_DIFFERENCE, PANEL, role_gaps
from crqlab.scores.rollups import BLOCK, Layout, laid_out, least_senior, scale_ends
from crqlab.scores.wave_changes import verdicts
from crqlab.stats import linearised
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import check_level
from crqlab.stats.group_contrasts import group_difference
from crqlab.stats.multiplicity import q_values

ROLE = "role"
_KEY = [*BLOCK, "dimension", "group"]
_UNKNOWN = "\U0010ffff"  # sorts behind every name
_SIDES = ("", "_low", "_high")


@dataclass(frozen=True, slots=True, eq=False)
class Groups(Result):
    """Every measure by role, unit, country and product.

    Attributes
    ----------
    table : DataFrame
        Table ``group_scores``.
    gaps : DataFrame
        Table ``role_gaps``: roles against each other inside accounts; rows of no client (an empty
        ``client_id``) are those of the whole panel.
    """

    table: pd.DataFrame
    gaps: pd.DataFrame

    def of(self, client: str, wave: str) -> Groups:
        """Return the rows of one client's wave; those of the panel for an empty client."""
        parts = (
            part[(part["client_id"] == client) & (part["wave"] == wave)].reset_index(drop=True)
            for part in (self.table, self.gaps)
        )
        return Groups(*parts)

    def __str__(self) -> str:
        rows = self.gaps[(self.gaps["measure"] == "crq") & self.gaps["low"].notna()]
        whole = rows[rows["client_id"] == PANEL]
        rows = whole if len(whole) else rows
        if rows.empty:
            return "No two roles were heard in the same accounts: whether they differ is not known"
        rows = rows[rows["wave"] == rows["wave"].iloc[-1]]
        row = rows.loc[rows["value"].abs().idxmax()]
        ends = f"{row['low']:+.2f} to {row['high']:+.2f}"
        return (
            f"In wave {row['wave']} the widest gap of CRQ inside accounts lies between "
            f"{row['role']} and {row['other']}: {row['value']:+.2f} points ({row['level']:.0%} "
            f"interval {ends}, {row['n_accounts']:,} accounts where both were heard)"
        )


def groups(
    respondents: pd.DataFrame,
    breakdowns: pd.DataFrame,
    codebook: Codebook,
    *,
    level: float = LEVEL,
) -> Groups:
    """Score every role, unit, country and product of every client and wave, on every measure.

    Everyone counts once, or by the survey weight. A group is held against all other answers of its
    dimension; accounts are what was sampled, and one that has answers on both sides moves the
    difference by what it adds to one less what it adds to the other. Roles are held against each
    other inside accounts as well (``gaps``).

    Parameters
    ----------
    respondents : DataFrame
        Table ``respondents``.
    breakdowns : DataFrame
        Table ``breakdowns``: units, countries and products of answers.
    codebook : Codebook
        Instrument, and the order of roles.
    level : float
        Coverage of all intervals, in (0, 1). A client's numbers depend neither on other clients nor
        on the order of rows.

    Returns
    -------
    Groups
        Scale points; NPS in points from -100 to 100. Answers whose group is not known are a row
        without a name. A difference has an interval from six accounts on either side; interval
        and ``p`` are one test, and ``verdict`` needs ``q`` (false discovery among all groups and
        measures of the dimension) below 1 - level. Where the least senior role alone answered,
        ``flag`` says so: ``least_senior_alone``.

    Raises
    ------
    EstimateError
        A level that is no share.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292: linearised variance.
    Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300: q.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> people, sorted_ = study.read("respondents"), study.read("breakdowns")
    >>> print(crq.scores.groups(people, sorted_, study.codebook))
    In wave 2025 the widest gap of CRQ inside accounts lies between ...
    """
    check_level(level)
    if respondents.empty:
        return Groups(empty("group_scores"), empty("role_gaps"))
    layout = laid_out(respondents, codebook.instrument)
    parts = [_dimension(layout, name, breakdowns, level) for name in (ROLE, *DIMENSIONS)]
    table = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    table = _flagged(_cut(table, codebook.instrument), codebook.roles, layout)
    order = {name: place for place, name in enumerate((ROLE, *DIMENSIONS))}
    senior = {name: f"{place:05}" for place, name in enumerate(codebook.roles.order)}
    rank = table["group"].where(table["dimension"] != ROLE, table["group"].map(senior))
    table = table.assign(order=table["dimension"].map(order), rank=rank.fillna(table["group"]))
    table = table.sort_values([*BLOCK, "order", "rank"], kind="stable")
    named = table["group"].where(table["group"] != _UNKNOWN)
    gaps = role_gaps(layout, codebook.roles.order, level=level)
    return Groups(typed(table.assign(group=named), "group_scores"), gaps)


def _dimension(layout: Layout, name: str, breakdowns: pd.DataFrame, level: float) -> pd.DataFrame:
    """All groups of one dimension, in the waves that are sorted by it."""
    rows = layout.rows
    if name == ROLE:
        group = rows[ROLE].astype(object)
    else:
        own = breakdowns[breakdowns["dimension"] == name]
        group = rows["response_id"].map(own.set_index("response_id")["group"]).astype(object)
    keys = rows[BLOCK].assign(dimension=name, group=group.fillna(_UNKNOWN).to_numpy(object))
    sorted_ = group.notna().groupby([rows[key] for key in BLOCK]).transform("any").to_numpy(bool)
    keys = keys[sorted_].reset_index(drop=True)
    if keys.empty:
        return pd.DataFrame()
    return _compared(layout, sorted_, keys, level)


def _compared(layout: Layout, kept: NDArray, keys: pd.DataFrame, level: float) -> pd.DataFrame:
    """Score each group, and hold it against the others of its client's wave."""
    block, whole = (keys.groupby(by, sort=True).ngroup().to_numpy() for by in (_KEY, BLOCK))
    weight = layout.weights()[kept]
    parts = [weight * np.nan_to_num(layout.scores[kept]), weight, (weight > 0).astype(float)]
    account = layout.rows["account_id"].to_numpy(object)[kept]
    own = _sums(parts, layout.measures, block, account)
    of = pd.Series(whole).groupby(block).first()
    found = _estimated(own, _others(own, _sums(parts, layout.measures, whole, account), of), level)
    names = keys.iloc[np.unique(block, return_index=True)[1]]
    table = names.iloc[found["block"]].reset_index(drop=True).join(found.drop(columns="block"))
    table = table[table["n_respondents"] > 0].assign(level=level).reset_index(drop=True)
    q = q_values(table["p"], pd.MultiIndex.from_frame(table[[*BLOCK, "dimension"]]))
    said = verdicts(table["difference"], table["p"], q, level)
    return table.assign(q=q, verdict=np.where(said == NO_DIFFERENCE[0], NO_DIFFERENCE[1], said))


def _estimated(own: pd.DataFrame, others: pd.DataFrame, level: float) -> pd.DataFrame:
    """Every group and measure in a row: its value, its difference to the others, and their ends."""
    sides = pd.concat([own, others])
    later = np.repeat([True, False], [len(own), len(others)])
    points, counts = (sides[name].droplevel(0) for name in ("points", "counts"))
    block = sides.index.get_level_values(0)
    apart = group_difference(points, counts, block, later, level=level)
    found = linearised.ratios(points[later], counts[later], block[later], level=level)
    ends = {f"difference{end}": apart[name]
            for end, name in zip(_SIDES, ("value", "low", "high"), strict=True)}  # fmt: skip
    people = own["people"].groupby(level=0).sum().to_numpy("int64").ravel()
    found = found.rename(columns={"n_clusters": "n_accounts"})
    return found.assign(**ends, p=apart["p"], n_respondents=people)


def _sums(
    parts: list[NDArray], measures: tuple[str, ...], block: NDArray, account: NDArray
) -> pd.DataFrame:
    """Points, weights and people of every account in every block."""
    names = pd.MultiIndex.from_product([("points", "counts", "people"), measures])
    rows = pd.DataFrame(np.hstack(parts), columns=names)
    return rows.groupby([block, account], sort=True).sum()


def _others(own: pd.DataFrame, all_: pd.DataFrame, of: pd.Series) -> pd.DataFrame:
    """What every account adds to all others than each group."""
    pairs = pd.DataFrame({"block": of.index, "whole": of.to_numpy()})
    rows = all_.index.to_frame(index=False, name=["whole", "account"])
    pairs = pairs.merge(rows, on="whole")
    both = all_.loc[pd.MultiIndex.from_frame(pairs[["whole", "account"]])]
    both = both.set_axis(pd.MultiIndex.from_frame(pairs[["block", "account"]]))
    left = both - own.reindex(both.index).fillna(0.0)
    none = left["people"] < 0.5  # what rounding leaves of a weight is nobody
    for part in ("points", "counts"):
        left[part] = left[part].mask(none, 0.0)
    return left


def _cut(table: pd.DataFrame, asked: Instrument) -> pd.DataFrame:
    """Cut intervals at the ends of the measure's scale, differences at its width."""
    if table.empty:
        return empty("group_scores")
    ends = scale_ends(asked)
    low, high = (table["measure"].map({name: ends[name][k] for name in ends}) for k in (0, 1))
    cut = {name: table[name].clip(low, high) for name in ("value", "low", "high")}
    wide = {f"difference{end}": table[f"difference{end}"].clip(low - high, high - low)
            for end in _SIDES}  # fmt: skip
    return table.assign(**cut, **wide)


def _flagged(table: pd.DataFrame, roles: Roles, layout: Layout) -> pd.DataFrame:
    """Say where those at the end of the order of roles alone answered."""
    alone = least_senior(layout, roles, whole=True)
    blocks = pd.MultiIndex.from_frame(layout.blocks[BLOCK])[alone[0]]
    here = pd.MultiIndex.from_frame(table[BLOCK]).isin(blocks)
    here &= (table["dimension"] == ROLE).to_numpy(bool)
    return table.assign(flag=column(len(table), (True, table["flag"]), (here, alone[1])))
