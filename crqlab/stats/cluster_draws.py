"""Chance that can be repeated: draws of whole accounts, block by block."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

__all__ = ["resampled", "stream"]
__dir__ = __all__.copy

CELLS = 2_000_000


def stream(seed: int, key: Hashable) -> np.random.Generator:
    """Random numbers that belong to one block, whatever else is computed beside it.

    Parameters
    ----------
    seed : int
        The seed of the study.
    key : str, int or tuple of them
        The block, e.g. ``("C017", 2025)``.

    Examples
    --------
    >>> a, b = stream(1, ("C017", 2025)), stream(1, ("C017", 2025))
    >>> bool(a.integers(100) == b.integers(100))
    True
    """
    parts = key if isinstance(key, tuple) else (key,)
    digest = blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).digest()
    words = np.frombuffer(digest, dtype="<u4").tolist()
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, *words])))


def resampled(n: int, draws: int, rng: np.random.Generator) -> Iterator[NDArray]:
    """How often each of n accounts is drawn when n are drawn with replacement.

    Parameters
    ----------
    n : int
        Accounts, at least one.
    draws : int
        Samples wanted.
    rng : Generator
        Where the chance comes from.

    Yields
    ------
    ndarray of float, shape (samples, n)
        Counts, each row summing to n; several pieces where one would not fit in memory.

    Examples
    --------
    >>> np.vstack(list(resampled(4, 3, stream(1, "C017")))).sum(axis=1)
    array([4., 4., 4.])
    """
    step = max(CELLS // n, 1)
    for start in range(0, draws, step):
        rows = min(step, draws - start)
        drawn = rng.integers(n, size=(rows, n)) + n * np.arange(rows)[:, None]
        yield np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n).astype(float)
