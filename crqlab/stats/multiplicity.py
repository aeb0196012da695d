"""Many questions at once: how much of what is raised would be raised by chance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crqlab.base.errors import EstimateError

__all__ = ["q_values"]
__dir__ = __all__.copy


def q_values(p: pd.Series, families: pd.Series | None = None) -> pd.Series:
    """Smallest false discovery rate at which each p value would be raised.

    Raising all questions with ``q <= 0.05`` keeps the expected share of false ones among those
    raised at 5 %, in every family by itself; where nothing is wrong at all, something is raised
    in at most 5 % of the families.

    Parameters
    ----------
    p : Series
        P values in [0, 1]; missing ones were not asked and do not count.
    families : Series, optional
        The family of each p value, by position; all in one family when absent.

    Returns
    -------
    Series, index of ``p``
        q values in [0, 1], missing where p is.

    Raises
    ------
    EstimateError
        A p value outside [0, 1], or not one family per p value.

    References
    ----------
    Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.

    Examples
    --------
    >>> q_values(pd.Series([0.01, 0.04, 0.03, 0.005])).tolist()
    [0.02, 0.04, 0.04, 0.02]
    """
    value = pd.Series(p).to_numpy(dtype=float, na_value=np.nan)
    code = np.zeros(len(value), int) if families is None else pd.factorize(pd.Index(families))[0]
    if len(code) != len(value):
        raise EstimateError(
            f"p= has {len(value)} values and families= {len(code)}; give one family per p value."
        )
    if (bad := (value < 0) | (value > 1)).any():
        raise EstimateError(
            f"p= holds {bad.sum()} values outside 0 to 1 (such as {value[bad][0]:g}); "
            "give p values, not test statistics."
        )
    from statsmodels.stats.multitest import multipletests

    found = np.full(len(value), np.nan)
    asked = pd.Series(np.flatnonzero(~np.isnan(value)))
    for rows in asked.groupby(code[asked]).groups.values():
        at = asked[rows]
        found[at] = multipletests(value[at], method="fdr_bh")[1]
    return pd.Series(found, index=pd.Series(p).index)
