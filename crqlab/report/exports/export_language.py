"""What an export says, in the language of its reader; what a client's data say stays as it is."""

from __future__ import annotations

import locale
import re
from collections.abc import Iterator

import pandas as pd

from crqlab.language.catalogue import OWN, catalogue
from crqlab.language.translation import Translator
from crqlab.page.client_view import ClientView

_FIRST, _MOST = 0xF000, 500  # characters that stand for names while a text is translated
_PRIVATE = re.compile("[\ue000-\uf8ff]")  # no text of ours has such characters
_SHORTEST = 2  # letters of a name that is looked for inside a text


class Voice:
    """Says the texts of one client's exports.

    Parameters
    ----------
    language : str
        One of `crqlab.language.catalogue.languages`.
    view : ClientView, optional
        What its data call something is never translated.

    Attributes
    ----------
    left : list of str
        Texts that no message of the catalogue fits; they stay English.

    Examples
    --------
    >>> Voice().said("n respondents"), Voice("sv").said("Revenue a year (EUR)")
    ('n respondents', 'Intäkter per år (EUR)')
    >>> Voice("sv").code("0.00"), Voice("sv").tag
    ('[$-41D]0.00', 'sv-SE')
    """

    def __init__(self, language: str = OWN, view: ClientView | None = None) -> None:
        self.language = language
        self.left: list[str] = []
        self._names = sorted(set(_names(view)), key=len, reverse=True) if view else []
        self._into = None if language == OWN else Translator(catalogue(language))
        if self._into:
            self._into.begin(frozenset(self._names))

    def said(self, text: str) -> str:
        """Return one of our own texts in this language."""
        if self._into is None or not text or _PRIVATE.search(text):
            return text
        left: list[str] = []
        found = self._into.spoken(text, left)
        if left:  # names may stand in the way
            left.clear()
            masked, held = self._masked(text)
            found = _restored(self._into.spoken(masked, left), held)
            self.left += [_restored(one, held) for one in left]
        return found

    def code(self, code: str) -> str:
        """Return a number format of Excel that keeps to this language where programs let it."""
        return f"[$-{self._place[0]:X}]{code}" if self._place else code

    @property
    def tag(self) -> str:
        """The language as programs that check spelling call it; empty for that of the house."""
        return self._place[1].replace("_", "-") if self._place else ""

    @property
    def _place(self) -> tuple[int, str] | None:
        """The number and the name by which Windows knows this language, if it does."""
        known = locale.windows_locale.items() if self._into else ()
        return next((pair for pair in known if pair[1].partition("_")[0] == self.language), None)

    def _masked(self, text: str) -> tuple[str, list[str]]:
        """Put one character for each name inside a text."""
        held: list[str] = []
        for name in self._names:
            if len(name) >= _SHORTEST and name in text and len(held) < _MOST:
                text = text.replace(name, chr(_FIRST + len(held)))
                held.append(name)
        return text, held


def _restored(text: str, held: list[str]) -> str:
    for place, name in enumerate(held):
        text = text.replace(chr(_FIRST + place), name)
    return text


def _names(view: ClientView) -> Iterator[str]:
    """What the client's data call something."""
    yield from (view.title, view.client, view.client_id, view.instrument.name, view.currency)
    columns = (view.accounts["name"], view.accounts["manager"], view.accounts["account_id"],
               view.reach.silent["name"], view.questions["wording"])  # fmt: skip
    yield from (str(name) for column in columns for name in pd.Series(column).dropna() if str(name))
    if view.instrument.recommend:
        yield view.instrument.recommend


#: What exports say where nobody asks for another language.
PLAIN = Voice()
