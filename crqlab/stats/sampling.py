"""How an interval is drawn: its coverage, the samples behind it, and where their chance begins."""

from __future__ import annotations

from dataclasses import dataclass

from crqlab.stats.defaults import DRAWS, LEVEL, SEED
from crqlab.stats.estimate import check_level

__all__ = ["Sampling"]
__dir__ = __all__.copy


@dataclass(frozen=True, slots=True)
class Sampling:
    """What functions with many options take under these names: ``level=0.9, draws=500``.

    Attributes
    ----------
    level : float
        Coverage of an interval, in (0, 1).
    draws : int
        Samples of whole accounts, or of whole clients.
    seed : int
        Where their chance begins.

    Raises
    ------
    EstimateError
        The level is no share.

    Examples
    --------
    >>> Sampling(draws=500)
    Sampling(level=0.95, draws=500, seed=20250101)
    >>> Sampling(level=95)
    Traceback (most recent call last):
    crqlab.base.errors.EstimateError: level= is 95; it must lie between 0 and 1. Use 0.95.
    """

    level: float = LEVEL
    draws: int = DRAWS
    seed: int = SEED

    def __post_init__(self) -> None:
        check_level(self.level)
