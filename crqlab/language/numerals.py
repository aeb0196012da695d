"""Numbers and dates of an English page as another language writes them."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from typing import Any

from crqlab.language.messages import DATE, NUMBER

_ANY = re.compile(rf"(?P<date>{DATE})|(?P<number>(?<![\w.])(?:{NUMBER})(?![\w.]*\d))")
_BETWEEN = re.compile(r"(?<=[\d%]), (?=[+−-]?\d)")


class Numerals:
    r"""The way one language writes numbers, from Babel's tables.

    Parameters
    ----------
    language : str
        As in ``lang="sv"``.

    Examples
    --------
    >>> swedish = Numerals("sv")
    >>> swedish.number("1,234.5"), swedish.number("+0.05"), swedish.number("95 %")
    ('1\xa0234,5', '+0,05', '95\xa0%')
    >>> swedish.day("2026-09-29"), swedish.form("1"), swedish.form("2")
    ('2026-09-29', 0, 1)
    >>> swedish.every("[4.98, 5.43]")
    '[4,98; 5,43]'
    """

    def __init__(self, language: str) -> None:
        from babel import Locale

        self._locale: Any = Locale.parse(language, sep="-")
        symbols = self._locale.number_symbols
        marks = symbols.get("latn", symbols)
        self._marks = str.maketrans(
            {".": marks["decimal"], ",": marks["group"], "−": marks["minusSign"].strip("\u200e")}
        )
        self._gap = "\u00a0" if "\u00a0" in self._locale.percent_formats[None].pattern else ""

    @cached_property
    def tags(self) -> list[str]:
        """Names of the plural forms, in CLDR's order."""
        known = self._locale.plural_form.tags
        return [*(tag for tag in ("zero", "one", "two", "few", "many") if tag in known), "other"]

    def number(self, said: str) -> str:
        """Write one number; what is no number stays."""
        return said.translate(self._marks).replace(" %", f"{self._gap}%")

    def day(self, said: str) -> str:
        """Write one date, with all four digits of its year."""
        from babel.dates import format_date

        short = self._locale.date_formats["short"]
        style = "medium" if re.search(r"(?<!y)yy(?!y)", short.pattern) else "short"
        try:
            return format_date(date.fromisoformat(said), style, locale=self._locale)
        except ValueError:
            return said

    def form(self, said: str) -> int:
        """Return the place of the word form that goes with a number."""
        plain = re.sub(r"[^\d.]", "", said)
        whole = int(plain) if plain.isdecimal() else float(plain or 0)
        return self.tags.index(self._locale.plural_form(whole))

    def every(self, said: str) -> str:
        """Write all numbers and dates of a text that has nothing else to be translated."""
        apart = _BETWEEN.sub("; ", said) if self.number(",.")[1] == "," else said
        return _ANY.sub(self._written, apart)

    def _written(self, found: re.Match[str]) -> str:
        return self.day(found[0]) if found["date"] else self.number(found[0])
