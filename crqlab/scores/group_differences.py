"""How far a unit, country or product lies from all others of its client's wave."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.stats import linearised
from crqlab.stats.multiplicity import q_values

_DIMENSION = ["client_id", "wave", "dimension"]
_SUMS = ["counts", "points", "squares", "counts_squared"]


def against_others(rows: pd.DataFrame, *, level: float) -> pd.DataFrame:
    """Compare every group with all other answers of its dimension, accounts as what was sampled.

    An account may have answers in the group and among the others: it moves the difference by what
    it adds to the one less what it adds to the other.

    Parameters
    ----------
    rows : DataFrame, one row per answer and dimension
        ``client_id``, ``wave``, ``dimension``, ``block`` (the group, a number), ``account_id``,
        ``points`` (100, 0 or -100) and ``counts`` (survey weight, 1 without one).
    level : float
        Coverage of each interval, in (0, 1).

    Returns
    -------
    DataFrame, index ``block``
        ``difference`` (points of NPS), ``difference_low``, ``difference_high``, ``p`` (two-sided),
        ``q`` (false discovery among the groups of the dimension) and ``effect``: the difference in
        standard deviations of answers, pooled within the two. Missing without others.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292: linearised variance.
    Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300: q.
    Cohen (1988), Statistical Power Analysis, 20-27: differences in standard deviations.

    Examples
    --------
    >>> rows = pd.DataFrame({"client_id": "C", "wave": "1", "dimension": "unit",
    ...     "block": [0] * 6 + [1] * 6, "account_id": list("abcdefghijkl"), "counts": 1.0,
    ...     "points": [100, 100, 0, 100, 100, 0, -100, 0, 0, -100, 100, -100]})
    >>> found = against_others(rows, level=0.95)
    >>> found[["difference", "p", "effect"]].round(2).reset_index()
       block  difference     p  effect
    0      0       100.0  0.02    1.46
    1      1      -100.0  0.02   -1.46
    """
    weighed = rows.assign(
        points=rows["points"] * rows["counts"],
        squares=rows["points"] ** 2 * rows["counts"],
        counts_squared=rows["counts"] ** 2,
    )
    own = weighed.groupby(["block", "account_id"])[_SUMS].sum()
    keys = rows.drop_duplicates("block").set_index("block")[_DIMENSION].sort_index()
    both = weighed.groupby([*_DIMENSION, "account_id"])[_SUMS].sum().reset_index()
    others = keys.reset_index().merge(both, on=_DIMENSION).set_index(["block", "account_id"])[_SUMS]
    others = others.sub(own, fill_value=0)
    others = others[others["counts"] > 1e-9 * own["counts"].max()]
    sides = pd.concat([own, others])
    accounts, blocks = sides.index.get_level_values(1), sides.index.get_level_values(0)
    parts = [sides[[name]].set_axis(["nps"], axis=1).set_axis(accounts)
             for name in ("points", "counts")]  # fmt: skip
    later = np.repeat([True, False], [len(own), len(others)])
    found = linearised.paired_difference(*parts, blocks, later, level=level).set_index("block")
    spread = _pooled(own.groupby("block").sum(), others.groupby("block").sum().reindex(keys.index))
    found = found.rename(columns={"value": "difference", "low": "difference_low",
                                  "high": "difference_high"})  # fmt: skip
    found = found[["difference", "difference_low", "difference_high", "p"]].reindex(keys.index)
    found.loc[~keys.index.isin(others.index.get_level_values(0))] = np.nan
    q = q_values(found["p"], pd.MultiIndex.from_frame(keys))
    return found.assign(q=q, effect=found["difference"].to_numpy() / spread)


def _pooled(*sides: pd.DataFrame) -> NDArray:
    """Standard deviation of answers within groups and others; missing where there is none."""
    square, freedom = 0.0, 0.0
    for sums in sides:
        whole, total, squares, of_weights = (sums[name].to_numpy(float) for name in _SUMS)
        square = square + np.maximum(squares - total**2 / whole, 0)
        freedom = freedom + whole - of_weights / whole
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt(square / freedom)
    return np.where(spread > 1e-9, spread, np.nan)
