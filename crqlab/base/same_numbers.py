"""Whether two tables hold the same numbers: last digits differ from one Python to the next."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

#: Significant digits to which numbers of two makings of a table must agree.
DIGITS = 7
#: What is nearer than this is the same: zero and what is left of it by rounding.
TINY = 1e-9


def alike(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Return whether two tables agree: in numbers to seven digits, in all else to the letter.

    Examples
    --------
    >>> table = pd.DataFrame({"account": ["a", "b"], "crq": [5.1, np.nan]})
    >>> alike(table, table.assign(crq=table["crq"] * (1 + 1e-9)))
    True
    >>> alike(table, table.assign(crq=table["crq"] + 1e-5))
    False
    """
    if len(one) != len(other) or not one.dtypes.equals(other.dtypes):
        return False
    near = {"rtol": 10.0**-DIGITS, "atol": TINY, "equal_nan": True}
    return all(
        np.allclose(one[name], other[name], **near)
        if one[name].dtype.kind == "f"
        else one[name].equals(other[name])
        for name in one
    )


def digest(rows: pd.DataFrame) -> str:
    """Return the SHA-256 of a table whose numbers are rounded to seven digits.

    Examples
    --------
    >>> table = pd.DataFrame({"account": ["a", "b"], "crq": [5.1, np.nan]})
    >>> digest(table) == digest(table.assign(crq=table["crq"] * (1 + 1e-13)))
    True
    >>> digest(table) == digest(table.assign(crq=table["crq"] + 1e-5))
    False
    """
    total = hashlib.sha256(repr(list(rows.dtypes.astype(str).items())).encode())
    for name in rows:
        column = rows[name]
        rounded = _rounded(column.to_numpy()) if column.dtype.kind == "f" else column
        total.update(pd.util.hash_pandas_object(pd.Series(rounded), index=False).to_numpy())
    return total.hexdigest()


def _rounded(values: np.ndarray) -> np.ndarray:
    """Round to seven significant digits; what is tiny is zero, without a sign."""
    kept = np.where(np.abs(values) < TINY, 0.0, values)
    with np.errstate(divide="ignore"):
        size = np.floor(np.log10(np.abs(kept)))
    scale = 10.0 ** (DIGITS - 1 - np.where(np.isfinite(size), size, 0))
    return np.where(np.isfinite(kept), np.round(kept * scale) / scale, kept)
