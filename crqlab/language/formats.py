r"""Numbers, shares, intervals and dates as one language writes them; rounded here, nowhere else.

Marks come from the Unicode tables in Babel. A written number keeps its amount, so that a
message can choose the word form that goes with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cached_property
from math import isnan
from typing import Any

MISSING = "–"
_ENGLISH = "en"


class Figure(str):
    """A written number that remembers how much it is.

    Attributes
    ----------
    amount : float
        The number as it is shown, for the choice of word forms.
    """

    __slots__ = ("amount",)
    amount: float

    def __new__(cls, written: str, amount: float) -> Figure:
        """Return a text that knows its amount."""
        figure = super().__new__(cls, written)
        figure.amount = amount
        return figure


class Formats:
    r"""How one language writes numbers and dates.

    Parameters
    ----------
    code : str
        As in ``lang="sv"``.

    Examples
    --------
    >>> en, sv = Formats("en"), Formats("sv")
    >>> en.number(5.2149), en.number(-0.004), en.number(17.2, 0, signed=True), en.number(None)
    ('5.21', '0.00', '+17', '–')
    >>> en.number(-12345.6, 0), sv.number(-12345.6, 1)
    ('−12,346', '−12\xa0345,6')
    >>> en.percent(0.95), sv.day(date(2026, 9, 29)), sv.form(1), sv.form(2)
    ('95\xa0%', '2026-09-29', 0, 1)
    """

    def __init__(self, code: str) -> None:
        self.code = code

    @cached_property
    def _locale(self) -> Any:
        from babel import Locale

        return Locale.parse(self.code, sep="-")

    @cached_property
    def _marks(self) -> dict[int, str]:
        if self.code == _ENGLISH:
            return {}
        symbols = self._locale.number_symbols
        marks = symbols.get("latn", symbols)
        return str.maketrans(
            {".": marks["decimal"], ",": marks["group"], "−": marks["minusSign"].strip("\u200e")}
        )

    @cached_property
    def _gap(self) -> str:
        if self.code == _ENGLISH:
            return "\u00a0"
        return "\u00a0" if "\u00a0" in self._locale.percent_formats[None].pattern else ""

    @cached_property
    def plurals(self) -> tuple[str, ...]:
        """Names of the plural forms of this language, in the order of CLDR."""
        if self.code == _ENGLISH:
            return ("one", "other")
        known = self._locale.plural_form.tags
        ranks = ("zero", "one", "two", "few", "many")
        return (*(rank for rank in ranks if rank in known), "other")

    @cached_property
    def _plural(self) -> Callable[[float], str]:
        if self.code == _ENGLISH:
            return lambda amount: "one" if amount == 1 else "other"
        return self._locale.plural_form

    def form(self, amount: float) -> int:
        """Return the place of the word form that goes with an amount."""
        whole = int(amount) if amount == int(amount) else amount
        return self.plurals.index(self._plural(whole))

    def number(
        self, value: float | None, decimals: int = 2, *, signed: bool = False
    ) -> Figure | str:
        """Write one number; a missing one is a dash.

        Parameters
        ----------
        value : float or None
            In any unit; None or NaN is missing.
        decimals : int
            Digits behind the point.
        signed : bool
            Whether a positive number carries its sign.
        """
        if value is None or isnan(value):
            return MISSING
        written = f"{value:{'+' if signed else ''},.{decimals}f}"
        if not written.strip("+-0.,"):
            written = written.lstrip("+-")
        amount = round(float(value), decimals)
        return Figure(written.replace("-", "−").translate(self._marks), amount)

    def short(self, value: float) -> Figure | str:
        r"""Write a round number, such as the end of a scale, with the decimals that it has.

        Examples
        --------
        >>> Formats("en").short(7.0), Formats("en").short(-2500), Formats("sv").short(0.25)
        ('7', '−2,500', '0,25')
        """
        if abs(value) >= 1000:
            return self.number(value, 0)
        return self.number(value, len(f"{value:g}".partition(".")[2]))

    def percent(self, share: float) -> str:
        """Write a share as whole per cent; its sign never starts a line."""
        return MISSING if isnan(share) else f"{self.number(100 * share, 0)}{self._gap}%"

    def chance(self, probability: float) -> str:
        """Write a probability as whole per cent, never as 0 or 100: nothing is that sure."""
        if probability > 0.99:
            return f">{self.percent(0.99)}"
        return f"<{self.percent(0.01)}" if probability < 0.01 else self.percent(probability)

    def country(self, code: str) -> str:
        """Say the country of an ISO code; anything else, and all in English, stays as it is.

        Examples
        --------
        >>> Formats("sv").country("SE"), Formats("en").country("GB"), Formats("sv").country("Nord")
        ('Sverige', 'GB', 'Nord')
        """
        return code if self.code == _ENGLISH else str(self._locale.territories.get(code, code))

    def day(self, day: Any) -> str:
        """Write a date with all four digits of its year; a missing one is a dash."""
        if day is None or day != day:
            return MISSING
        if self.code == _ENGLISH:
            return f"{day:%Y-%m-%d}"
        from babel.dates import format_date

        two_digits = re.search(r"(?<!y)yy(?!y)", self._locale.date_formats["short"].pattern)
        style = "medium" if two_digits else "short"
        return format_date(date(day.year, day.month, day.day), style, locale=self._locale)
