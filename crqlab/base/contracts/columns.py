"""Columns that many tables share, so that one word has one meaning everywhere."""

from __future__ import annotations

from crqlab.base.contracts.schema import Column


def amount(says: str, low: float | None = None, high: float | None = None) -> Column:
    """Return a column of numbers that may be missing."""
    return Column("number", says, True, low, high)


def later(says: str, low: float | None = None, high: float | None = None) -> Column:
    """Return a column of numbers that older tables have not."""
    return Column("number", says, True, low, high, later=True)


def count(says: str) -> Column:
    """Return a column of whole numbers from 0."""
    return Column("count", says, low=0)


#: By what a head-office sheet breaks its numbers down.
DIMENSIONS = ("unit", "country", "product")
CLIENT = Column("text", "the supplier firm that commissioned the assessment")
WAVE = Column("text", "assessment round")
ACCOUNT = Column("text", "customer company, as the client's CRM names it")
FLAG = Column("text", "'ok', or the codes of the cautions that belong to the number")
LTR = Column("number", "likely to recommend, 0-10", True, 0, 10)
SCORE = "(scale points of the instrument)"
#: A survey weight as its file gives it: more than 0 and finite, on whatever scale.
WEIGHT = Column("number", "survey weight of the answer, as given", True, 1e-9, 1e9, later=True)
LEVEL = Column("number", "coverage of the interval", low=0, high=1)
INTERVAL = {
    "value": amount("the estimate"),
    "low": amount("lower end of its interval"),
    "high": amount("upper end of its interval"),
    "level": LEVEL,
}
