"""What all accounts are where a wave asks a slice of them, so coarse that it tells none of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.page.suppression import PROTECTS

ENDS = ["value", "low", "high"]
_SIDE = 100.0  # points of NPS from one side to the next
#: Of a scale's protection; a step that is greater says nothing of a client any more.
_COARSEST = 0.1
_FINEST = {"nps": 1.0}
_HUNDREDTHS = 0.01


def steps(measures: pd.Series, n_accounts: pd.Series, protection: float) -> NDArray:
    """Return in which steps numbers of all accounts may be written.

    No account counts by more than one in ``n_accounts``, whatever the account model makes of its
    answers. So a number that is true to half a step leaves what an account's people said on
    average at least ``step * n_accounts`` wide, for somebody who knows everything else exactly.

    Parameters
    ----------
    measures : Series of str
    n_accounts : Series of int
    protection : float
        ``privacy.protection`` in scale points; of NPS one side.

    Returns
    -------
    ndarray
        Powers of ten; missing where so coarse a number would say nothing.

    Examples
    --------
    >>> measures = pd.Series(["crq", "crq", "crq", "nps", "nps"])
    >>> steps(measures, pd.Series([120, 36, 9, 36, 9]), 1.0).tolist()
    [0.01, 0.1, nan, 10.0, nan]
    """
    whole = np.where(measures == "nps", _SIDE, protection)
    finest = measures.map(_FINEST).fillna(_HUNDREDTHS).to_numpy(float)
    needed = whole / n_accounts.to_numpy(float)
    step = np.maximum(10.0 ** np.ceil(np.log10(np.maximum(needed, finest)) - 1e-9), finest)
    return np.where(step > _COARSEST * whole + 1e-9, np.nan, step) if protection else finest


def coarsened(rows: pd.DataFrame, protection: float) -> pd.DataFrame:
    """Write numbers of all accounts in their steps; empty those that would need too coarse ones.

    Half the interval is rounded up and laid around the number that is written: ends of their own
    would tell the number more finely than it is written.

    Parameters
    ----------
    rows : DataFrame
        ``measure``, ``value``, ``low``, ``high``, ``n_accounts``, ``flag``.
    protection : float
    """
    step = steps(rows["measure"], rows["n_accounts"], protection)
    value, low, high = (rows[name].to_numpy(float) for name in ENDS)
    nps = (rows["measure"] == "nps").to_numpy()
    told = np.round(value / step) * step
    half = np.ceil((high - low) / 2 / step - 1e-9) * step
    ends = {"value": told, "low": told - half, "high": told + half}
    cells = {name: np.round(end, 6) for name, end in ends.items()}
    if "from_wave" not in rows:  # a state of NPS ends where its scale does
        cells = {
            name: np.where(nps, np.clip(end, -_SIDE, _SIDE), end) for name, end in cells.items()
        }
    gone = np.isnan(step) & ~np.isnan(value)
    return rows.assign(**cells, flag=rows["flag"].mask(gone, PROTECTS))
