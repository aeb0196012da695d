"""How much hangs on how few: shares of the greatest, and how many equal ones weigh as much."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crqlab.base.errors import EstimateError

__all__ = ["concentration"]
__dir__ = __all__.copy

TOP = (1, 2, 3)


def concentration(amounts: ArrayLike, blocks: ArrayLike) -> pd.DataFrame:
    """Herfindahl-Hirschman index and top shares of many blocks at once.

    Parameters
    ----------
    amounts : array of float
        What each holder has, 0 or more, any unit; missing counts as 0.
    blocks : array
        The block (client and wave) of each holder.

    Returns
    -------
    DataFrame, one row per block, index the blocks, sorted
        ``holders`` (with more than 0), ``total``, ``hhi`` in (0, 1] (sum of squared shares),
        ``effective`` (1 / hhi: so many equal holders would be as concentrated), ``top_1``,
        ``top_2``, ``top_3`` (share of the greatest one, two, three). Missing where all is 0.

    Raises
    ------
    EstimateError
        A negative amount, or columns of different lengths.

    References
    ----------
    Hirschman (1964), American Economic Review 54, 761: the index.

    Examples
    --------
    >>> concentration([50, 30, 20, 7], ["a", "a", "a", "b"]).round(2)
       holders  total   hhi  effective  top_1  top_2  top_3
    a        3  100.0  0.38       2.63    0.5    0.8    1.0
    b        1    7.0  1.00       1.00    1.0    1.0    1.0
    """
    values = np.nan_to_num(np.asarray(amounts, dtype=float))
    codes, keys = pd.factorize(pd.Index(blocks), sort=True)
    if len(values) != len(codes) or (values < 0).any():
        raise EstimateError(
            f"amounts= has {len(values)} values, the least {values.min(initial=0):g}, blocks= "
            f"{len(codes)}; use one amount of 0 or more per holder."
        )

    def add(parts: np.ndarray) -> np.ndarray:
        return np.bincount(codes, weights=parts, minlength=len(keys))

    total = add(values)
    share = np.divide(values, total[codes], out=np.zeros(len(values)), where=total[codes] > 0)
    order = np.lexsort((-share, codes))
    place = np.empty(len(order), dtype=int)
    starts = np.searchsorted(codes[order], np.arange(len(keys)))
    place[order] = np.arange(len(order)) - starts[codes[order]]
    hhi = np.where(total > 0, add(share**2), np.nan)
    tops = {f"top_{k}": np.where(total > 0, add(share * (place < k)), np.nan) for k in TOP}
    table = {
        "holders": add(values > 0).astype(int),
        "total": total,
        "hhi": hhi,
        "effective": 1 / hhi,
        **tops,
    }
    return pd.DataFrame(table, index=keys)
