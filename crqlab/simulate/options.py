"""What may be chosen about a synthetic panel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from crqlab.base.errors import CrqError, one_of
from crqlab.simulate import model

SEED = 2673
#: Items of a pulse; LTR is asked with them.
PULSE = ("tru_1", "tru_2", "tru_3", "com_1", "com_2", "sat_1", "sat_2")


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
        Full waves a year; each asks one slice of every client's accounts, each account once a year.
    pulses : int
        Waves after each full one that ask `PULSE` alone, of accounts whose full turn is far; the
        year is parted evenly, in 12 waves at most.
    role_effects : float
        How far roles lie apart, as a multiple of `model.ROLE_SHIFTS`; 0: they do not.
    honeymoon : float
        Scale points by which an account falls after its first year, and half of it again after its
        fourth, where contact with it is not kept; of half the accounts people stay then, of the
        others they change. 0: no account falls, and people change alike.
    programme : bool
        Whether actions were agreed and people asked for referrals after each wave but the last.
    levers : {"none", "drawn"}
        Whether contacts say what was done for an answer (`model.LEVERS` says how much less others
        answer), and some bounced or left.
    """

    seed: int = SEED
    waves: tuple[int, ...] = (2023, 2024, 2025)
    nonresponse: str = "unhappy"
    churn: str = "relationship"
    change: str = "drift"
    differences: str = "clients"
    slices: int = 1
    pulses: int = 0
    role_effects: float = 1.0
    honeymoon: float = 0.0
    programme: bool = False
    levers: str = "none"

    @property
    def role_shifts(self) -> tuple[float, ...]:
        """What each role adds to its answers (scale points)."""
        return tuple(self.role_effects * shift for shift in model.ROLE_SHIFTS.tolist())

    @property
    def a_year(self) -> int:
        """Waves a year, full ones and pulses."""
        return self.slices * (1 + self.pulses)

    @property
    def periods(self) -> tuple[str, ...]:
        """Names of the waves: years, or parts of years."""
        if self.a_year == 1:
            return tuple(map(str, self.waves))
        part = "Q" if self.a_year == 4 else "P"
        return tuple(f"{y}{part}{k}" for y in self.waves for k in range(1, self.a_year + 1))

    @property
    def short(self) -> tuple[bool, ...]:
        """Whether each wave is a pulse."""
        return tuple(k % (1 + self.pulses) > 0 for k in range(len(self.periods)))

    @property
    def turns(self) -> tuple[int, ...]:
        """The slice that each wave asks; a pulse asks the one that is half a round away."""
        away = (self.slices + 1) // 2 % self.slices
        full = (k // (1 + self.pulses) for k in range(len(self.periods)))
        return tuple((f + away * s) % self.slices for f, s in zip(full, self.short, strict=True))

    @property
    def step(self) -> float:
        """Years from one wave to the next."""
        return 1 / self.a_year

    @property
    def starts(self) -> tuple[str, ...]:
        """Day from which each wave's invitations go out."""
        if self.a_year == 1:
            return tuple(f"{year}-03-01" for year in self.waves)
        if 12 % self.a_year:
            away = [timedelta(k * 365 // self.a_year) for k in range(self.a_year)]
            return tuple(str(date(year, 1, 10) + days) for year in self.waves for days in away)
        months = range(1, 13, 12 // self.a_year)
        return tuple(f"{year}-{month:02d}-10" for year in self.waves for month in months)

    def __post_init__(self) -> None:
        one_of("nonresponse=", self.nonresponse, ["unhappy", "random"])
        one_of("churn=", self.churn, ["relationship", "random"])
        one_of("change=", self.change, ["drift", "none"])
        one_of("differences=", self.differences, ["clients", "none"])
        one_of("levers=", self.levers, ["none", "drawn"])
        if self.slices not in (1, 2, 3, 4, 6):
            raise CrqError(f"slices= is {self.slices}; a year has 1, 2, 3, 4 or 6 of them.")
        if self.pulses < 0 or self.a_year > 12:
            raise CrqError(
                f"pulses= is {self.pulses} with slices= {self.slices}, {self.a_year} waves a year; "
                "a year has 12 of them at most, and pulses= is 0 or more."
            )
        if not 0 <= self.honeymoon <= 3 or not -10 <= self.role_effects <= 10:
            raise CrqError(
                f"honeymoon= is {self.honeymoon} and role_effects= {self.role_effects}; give 0 to "
                "3 scale points, and a multiple between -10 and 10."
            )
        if self.seed < 0:
            raise CrqError(f"seed= is {self.seed}; give a whole number of 0 or more.")
        years = list(self.waves)
        first = years[0] if years else 0
        if years != list(range(first, first + len(years))) or not 1990 <= first <= 2090:
            raise CrqError(
                f"waves= is {self.waves}; give consecutive years, oldest first: (2023, 2024)."
            )
