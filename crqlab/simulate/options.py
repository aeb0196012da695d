"""What may be chosen about a synthetic panel."""

from __future__ import annotations

from dataclasses import dataclass

from crqlab.base.errors import CrqError, one_of

SEED = 2673


@dataclass(frozen=True, slots=True)
class Options:
    """How a panel is drawn.

    Attributes
    ----------
    seed : int
        Same seed, same panel; 0 or more.
    waves : tuple of int
        Consecutive years, oldest first.
    nonresponse : {"unhappy", "random"}
        Whether people of unhappy accounts answer less often.
    churn : {"relationship", "random"}
        Whether churn depends on the relationship, or hits every account alike.
    change : {"drift", "none"}
        Whether clients and accounts change from wave to wave, or are for ever what they are.
    differences : {"clients", "none"}
        Whether clients differ, or all have one and the same mean of every construct and of LTR.
    slices : {1, 2, 3, 4, 6}
        Waves a year; each asks one slice of every client's accounts, each account once a year.
    """

    seed: int = SEED
    waves: tuple[int, ...] = (2023, 2024, 2025)
    nonresponse: str = "unhappy"
    churn: str = "relationship"
    change: str = "drift"
    differences: str = "clients"
    slices: int = 1

    @property
    def periods(self) -> tuple[str, ...]:
        """Names of the waves: years, or the parts of years in which a slice is asked each."""
        if self.slices == 1:
            return tuple(map(str, self.waves))
        part = "Q" if self.slices == 4 else "P"
        return tuple(f"{y}{part}{k}" for y in self.waves for k in range(1, self.slices + 1))

    @property
    def step(self) -> float:
        """Years from one wave to the next."""
        return 1 / self.slices

    @property
    def starts(self) -> tuple[str, ...]:
        """Day from which each wave's invitations go out."""
        if self.slices == 1:
            return tuple(f"{year}-03-01" for year in self.waves)
        months = range(1, 13, 12 // self.slices)
        return tuple(f"{year}-{month:02d}-10" for year in self.waves for month in months)

    def __post_init__(self) -> None:
        one_of("nonresponse=", self.nonresponse, ["unhappy", "random"])
        one_of("churn=", self.churn, ["relationship", "random"])
        one_of("change=", self.change, ["drift", "none"])
        one_of("differences=", self.differences, ["clients", "none"])
        if self.slices not in (1, 2, 3, 4, 6):
            raise CrqError(f"slices= is {self.slices}; a year has 1, 2, 3, 4 or 6 of them.")
        if self.seed < 0:
            raise CrqError(f"seed= is {self.seed}; give a whole number of 0 or more.")
        years = list(self.waves)
        first = years[0] if years else 0
        if years != list(range(first, first + len(years))) or not 1990 <= first <= 2090:
            raise CrqError(
                f"waves= is {self.waves}; give consecutive years, oldest first: (2023, 2024)."
            )
