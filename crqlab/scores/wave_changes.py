"""What changed since the client's previous wave, and whose change it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.codebook import Codebook
from crqlab.base.contracts.cautions import OK, code
from crqlab.base.contracts.frames import empty, typed
from crqlab.base.instrument import Instrument
from crqlab.scores.rollups import Layout, laid_out, ratio, scale_ends
from crqlab.stats import linearised
from crqlab.stats.defaults import FEW_RESAMPLED, LEVEL
from crqlab.stats.estimate import check_level
from crqlab.stats.multiplicity import q_values

METHOD = "paired_account_t"
PARTS = ("all", "same", "joiners", "leavers")
VERDICTS = ("unknown", "higher", "lower", "no_clear_change")
STILL = 1e-9  # scale points: answers that differ by less are alike
_FEW = code("few_accounts", minimum=FEW_RESAMPLED)


def changes(
    respondents: pd.DataFrame,
    codebook: Codebook,
    *,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Change of every measure since the client's previous wave, with its test, in three parts.

    Everyone counts once, or by the survey weight. Accounts that answered a measure in both waves
    are the *same*; let S be their mean. With a bar for the mean over everybody and 1, 2 for the
    waves::

        all     = x̄2 - x̄1
        same    = S2 - S1      what changed in the accounts that stayed
        joiners = x̄2 - S2      how far new accounts lift the later mean
        leavers = S1 - x̄1      how far the loss of accounts lifts the earlier mean

    so that same + joiners + leavers = all. ``effect`` is a change in standard deviations of
    people's answers, pooled within both waves (of NPS: of -100, 0 and 100); the ends of its
    interval are those of the change, the deviation taken as known.

    Parameters
    ----------
    respondents : DataFrame
        Table ``respondents``, of one or more waves. A wave comes after another if its name
        sorts after it, numbers by their value: 2024 < 2025, W9 < W10.
    codebook : Codebook
    level : float
        Coverage of all intervals, in (0, 1). A client's numbers depend neither on other clients
        nor on the order of rows.

    Returns
    -------
    DataFrame, one row per client, wave, measure and part
        Table ``changes``, in the units of the measure; counts are of accounts, and respondents
        of either wave, in the part. No row where a measure was not answered in both waves. The
        interval leaves out 0 exactly where p is below 1 - level; a verdict needs q below it.

    Raises
    ------
    EstimateError
        No respondents, or a level that is no share.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292: linearised variance.
    Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300: q.
    Cohen (1988), Statistical Power Analysis, 20-27: differences in standard deviations.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rows = crq.scores.changes(study.read("respondents"), study.codebook)
    >>> sorted(rows["verdict"].unique())
    ['higher', 'lower', 'no_clear_change', 'unknown']
    """
    check_level(level)
    layout = laid_out(respondents, codebook.instrument)
    before = layout.before
    if (before < 0).all():
        return empty("changes")
    pairs = _paired(layout, before)
    accounts, blocks = np.tile(pairs.account, 2), layout.blocks.loc[np.tile(pairs.block, 2)]
    found = linearised.paired_difference(
        *(
            pd.DataFrame(_sides(sums, pairs.stayed), accounts)
            for sums in (pairs.total, pairs.whole)
        ),
        pd.MultiIndex.from_frame(blocks),
        np.repeat([True, False], len(pairs.account)),
        level=level,
    )
    counts = _counts(pairs)
    table = _keyed(layout, before, found, counts, level)
    table = _judged(_explained(table, found["flag"].to_numpy(), counts[2]), level)
    table = _sized(_cut(table, codebook.instrument), layout, before)
    whole = (table["part"] == "all").to_numpy().reshape(-1, len(PARTS), len(layout.measures))
    known = table["value"].notna().to_numpy().reshape(whole.shape)
    kept = np.repeat((known & whole).any(axis=1, keepdims=True), len(PARTS), axis=1).ravel()
    return typed(table[kept], "changes")


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Accounts of each later wave or the wave before it, sorted by later wave and name.

    ``total``, ``whole`` (sums of weights) and ``n`` (people) have the shape (accounts, 2 waves,
    measures), the later wave first;
    ``block`` is the later wave's row in the layout.
    """

    account: NDArray
    block: NDArray
    total: NDArray
    whole: NDArray
    n: NDArray

    @property
    def stayed(self) -> NDArray:
        """1 where an account answered a measure in both waves, shape (accounts, measures)."""
        return (self.n > 0).all(axis=1).astype(float)


def _paired(layout: Layout, before: NDArray) -> _Pairs:
    after = np.full(len(before), -1)
    after[before[before >= 0]] = np.flatnonzero(before >= 0)
    own = np.where(before >= 0, np.arange(len(before)), -1)
    pair = np.concatenate([own[layout.block], after[layout.block]])
    used = pair >= 0
    names, uniques = pd.factorize(layout.accounts["account_id"], sort=True)
    place = pair * len(uniques) + np.tile(names, 2)
    places, row = np.unique(place[used], return_inverse=True)
    wave = np.repeat([0, 1], len(names))[used]
    source = np.tile(np.arange(len(names)), 2)[used]
    sums = []
    for amounts in (*layout.sums(), layout.counts()):
        spread = np.zeros((len(places), 2, amounts.shape[1]))
        spread[row, wave] = amounts[source]
        sums.append(spread)
    account = uniques.to_numpy()[places % len(uniques)]
    return _Pairs(account, places // len(uniques), *sums)


def _sides(amounts: NDArray, stayed: NDArray) -> NDArray:
    """What each part subtracts from what: sums of shape (2 sides x accounts, parts x measures)."""
    later, earlier = amounts[:, 0], amounts[:, 1]
    minuend = np.hstack([later, later * stayed, later, earlier * stayed])
    subtrahend = np.hstack([earlier, earlier * stayed, later * stayed, earlier])
    return np.vstack([minuend, subtrahend])


def _keyed(
    layout: Layout, before: NDArray, found: pd.DataFrame, counts: list[NDArray], level: float
) -> pd.DataFrame:
    """Lay the estimates out beside client, waves, measure and part."""
    later = np.flatnonzero(before >= 0)
    repeated = np.repeat(later, len(PARTS) * len(layout.measures))
    blocks = layout.blocks.loc[repeated].reset_index(drop=True)
    return blocks.assign(
        from_wave=layout.blocks["wave"].loc[before[repeated]].to_numpy(),
        measure=np.tile(layout.measures, len(later) * len(PARTS)),
        part=np.tile(np.repeat(PARTS, len(layout.measures)), len(later)),
        **{name: found[name].to_numpy() for name in ("value", "low", "high", "p")},
        level=level,
        n_accounts=counts[0].astype("int64"),
        n_respondents=counts[1].astype("int64"),
        method=METHOD,
    )


def _counts(pairs: _Pairs) -> list[NDArray]:
    """Accounts, respondents and accounts behind the thinner mean, by wave, part and measure."""
    there, stayed = (pairs.n > 0).astype(float), pairs.stayed
    of_part = [np.ones(stayed.shape), stayed, there[:, 0] - stayed, there[:, 1] - stayed]
    starts = np.flatnonzero(np.diff(pairs.block, prepend=-1))
    amounts = [there.max(axis=1), pairs.n.sum(axis=1)]
    sums = [
        np.add.reduceat(np.hstack([a * part for part in of_part]), starts, axis=0).ravel()
        for a in amounts
    ]
    later, earlier, same = (
        np.add.reduceat(side, starts, axis=0) for side in (there[:, 0], there[:, 1], stayed)
    )
    sides = ((later, earlier), (same, same), (later, same), (same, earlier))
    return [*sums, np.hstack([np.minimum(*pair) for pair in sides]).ravel()]


def _explained(table: pd.DataFrame, flag: NDArray, thinner: NDArray) -> pd.DataFrame:
    """Say of each part what its numbers cannot: nobody joined, few answered in one wave."""
    part, n = table["part"].to_numpy(), table["n_accounts"].to_numpy()
    unsplit = table["value"].isna().to_numpy()
    none = (n == 0) & ~unsplit
    few = (n > 0) & (np.minimum(n, thinner) < FEW_RESAMPLED) & ~unsplit
    flag = np.where(few & (flag == "unequal_accounts"), _FEW, flag)  # the few are why
    cells = np.select(
        [unsplit, none & (part == "joiners"), none, flag != OK, few],
        ["not_to_be_split", "no_joiners", "no_leavers", flag, _FEW],
        OK,
    )
    ends = {end: table[end].mask(none, 0.0) for end in ("low", "high")}
    return table.assign(flag=cells, p=table["p"].mask(none), **ends)


def _cut(table: pd.DataFrame, asked: Instrument) -> pd.DataFrame:
    """Cut intervals at the greatest change that the measure's scale allows."""
    most = table["measure"].map(
        {name: high - low for name, (low, high) in scale_ends(asked).items()}
    )
    return table.assign(low=table["low"].clip(-most, most), high=table["high"].clip(-most, most))


def _sized(table: pd.DataFrame, layout: Layout, before: NDArray) -> pd.DataFrame:
    """Tell changes in standard deviations of answers within the two waves."""
    squares, freedom = layout.deviations()
    both = [part[before >= 0] + part[before[before >= 0]] for part in (squares, freedom)]
    spread = np.sqrt(ratio(*both))
    spread = np.where(spread > STILL, spread, np.nan)
    each = np.repeat(spread[:, None, :], len(PARTS), axis=1).ravel()
    names = {"effect": "value", "effect_low": "low", "effect_high": "high"}
    return table.assign(**{name: table[of].to_numpy() / each for name, of in names.items()})


def _judged(table: pd.DataFrame, level: float) -> pd.DataFrame:
    """Say higher or lower where that survives all that is asked of the client's wave.

    The whole changes of all measures are one family, their parts another: in a client of which
    nothing changed, anything is said of the first in at most 1 - level of the cases.
    """
    whole = (table["part"] == "all").to_numpy()
    q = q_values(table["p"], pd.MultiIndex.from_arrays([table["client_id"], table["wave"], whole]))
    return table.assign(q=q, verdict=verdicts(table["value"], table["p"], q, level))


def verdicts(value: pd.Series, p: pd.Series, q: pd.Series, level: float) -> NDArray:
    """Say higher or lower where q is below 1 - level.

    Examples
    --------
    >>> verdicts(*(pd.Series([v, v]) for v in (0.4, 0.01)), pd.Series([0.02, 0.06]), 0.95).tolist()
    ['higher', 'no_clear_change']
    """
    clear = q < 1 - level
    unknown = value.isna() | (p.isna() & (value != 0))
    return np.select([unknown, clear & (value > 0), clear & (value < 0)], VERDICTS[:3], VERDICTS[3])
