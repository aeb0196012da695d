"""Numbers as a reader sees them: rounded here, and nowhere else.

Decimals follow what the data can carry: two for a client's scores, one for an account's, none
for NPS, whose unit is already a hundredth.
"""

from __future__ import annotations

from math import isnan

MISSING = "–"
DECIMALS = {"nps": 0}
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def number(value: float | None, decimals: int = 2, *, signed: bool = False) -> str:
    """Write one number; a missing one is a dash.

    Parameters
    ----------
    value : float or None
        In any unit; None or NaN is missing.
    decimals : int
        Digits behind the point.
    signed : bool
        Whether a positive number carries its sign.

    Examples
    --------
    >>> number(5.2149), number(-0.004), number(17.2, 0, signed=True), number(None)
    ('5.21', '0.00', '+17', '–')
    >>> number(-12345.6, 0)
    '−12,346'
    """
    if value is None or isnan(value):
        return MISSING
    text = f"{value:{'+' if signed else ''},.{decimals}f}"
    if not text.strip("+-0.,"):
        text = text.lstrip("+-")
    return text.replace("-", "−")


def span(low: float, high: float, decimals: int = 2, *, signed: bool = False) -> str:
    """Write an interval; an end that the data cannot place is said to be open.

    Examples
    --------
    >>> span(4.981, 5.432), span(-3, 12.4, 0, signed=True)
    ('4.98 to 5.43', '−3 to +12')
    >>> span(float("nan"), 5.4), span(float("nan"), float("nan"))
    ('open to 5.40', 'open')
    """
    if isnan(low) and isnan(high):
        return "open"
    ends = ("open" if isnan(end) else number(end, decimals, signed=signed) for end in (low, high))
    return " to ".join(ends)


def share(part: int, whole: int, what: str) -> str:
    r"""Write a part of a whole the way it is read aloud, both counts included.

    Examples
    --------
    >>> share(540, 4500, "contacts")
    '540 of 4,500 contacts (12\xa0%)'
    >>> share(0, 0, "contacts")
    '0 of 0 contacts'
    """
    said = f"{part:,} of {whole:,} {what}"
    return f"{said} ({100 * part / whole:.0f}\u00a0%)" if whole else said


def count(n: int, one: str, many: str | None = None) -> str:
    """Write a count and what is counted.

    Examples
    --------
    >>> count(1, "account"), count(1200, "account")
    ('1 account', '1,200 accounts')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def decimals(measure: str, *, change: bool = False) -> int:
    """Return how many decimals a client's number of this measure is shown with.

    Examples
    --------
    >>> decimals("crq"), decimals("nps"), decimals("nps", change=True)
    (2, 0, 1)
    """
    return DECIMALS.get(measure, 2) + (1 if change and measure in DECIMALS else 0)


def percent(share: float) -> str:
    r"""Write a share as whole per cent; its sign never starts a line.

    Examples
    --------
    >>> percent(0.95), percent(float("nan"))
    ('95\xa0%', '–')
    """
    return MISSING if isnan(share) else f"{100 * share:.0f}\u00a0%"


def quantity(measure: str) -> str:
    """Name a measure and its unit, as an axis does.

    Examples
    --------
    >>> quantity("crq"), quantity("nps"), quantity("trust")
    ('CRQ (scale points)', 'NPS (points)', 'trust (scale points)')
    """
    named = {"crq": "CRQ (scale points)", "nps": "NPS (points)", "mean_ltr": "mean LTR (0 to 10)"}
    return named.get(measure, f"{measure} (scale points)")


def nth(place: float) -> str:
    """Write a place in a row.

    Examples
    --------
    >>> nth(1), nth(3.0), nth(10), nth(float("nan"))
    ('1st', '3rd', '10th', '–')
    """
    if isnan(place):
        return MISSING
    return f"{place:.0f}{_ENDINGS.get(round(place), 'th')}"
