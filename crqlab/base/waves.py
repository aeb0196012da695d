"""Which wave comes after which."""

from __future__ import annotations

import re
from collections.abc import Iterable


def in_order(waves: Iterable[str]) -> list[str]:
    """Sort the names of waves, each once; digits count as numbers.

    Examples
    --------
    >>> in_order(["W10", "W9", "W9"])
    ['W9', 'W10']
    """
    return sorted(set(waves), key=_natural)


def _natural(wave: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", wave)]
