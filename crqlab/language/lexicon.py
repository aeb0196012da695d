"""One language of the house: codes become words, numbers and dates are written by locale.

What is said lies in ``catalogues/LANGUAGE/SECTION.yaml``: a message ``lead`` of ``renewal.yaml``
has the code ``renewal.lead``; those of ``caution/scores.yaml`` begin with ``caution.``. Nothing is
ever read back out of a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup, escape

from crqlab.base.contracts.cautions import codes
from crqlab.base.errors import CrqError, one_of
from crqlab.language.formats import Figure, Formats
from crqlab.language.templates import Part, Template, disagreement, template

#: The language of notebooks, and of a page where nobody asks for another one.
OWN = "en"
FOLDER = Path(__file__).parent / "catalogues"
#: What stands between codes of a kind that together say one thing.
_BETWEEN = {"peers": ", "}


class Language:
    r"""Says codes in one language.

    Parameters
    ----------
    code : str
        One of `languages`.
    messages : mapping of code to template

    Examples
    --------
    >>> english = language("en")
    >>> english.say("common.n_accounts", n=1), english.say("common.n_accounts", n=1200)
    ('1 account', '1,200 accounts')
    >>> language("sv").say("common.n_accounts", n=1200)
    '1\xa0200 kunder'
    >>> english.span(4.981, 5.432), english.span(float("nan"), 5.4)
    ('4.98 to 5.43', 'open to 5.40')
    """

    def __init__(self, code: str, messages: Mapping[str, str]) -> None:
        self.code = code
        self.formats = Formats(code)
        self.messages = {name: template(source) for name, source in messages.items()}
        self.number = self.formats.number
        self.short = self.formats.short
        self.percent = self.formats.percent
        self.chance = self.formats.chance
        self.day = self.formats.day

    def __repr__(self) -> str:
        return f"Language({self.code!r})"

    def __reduce__(self) -> tuple:
        return language, (self.code,)

    def __contains__(self, code: object) -> bool:
        return code in self.messages

    def say(self, code: str, /, **places: Any) -> str:
        """Say a message as plain text.

        Parameters
        ----------
        code : str
            ``SECTION.message``.
        **places
            What stands in its places: whole numbers and dates are written by locale, other
            numbers as their place says (`crqlab.language.templates`) or beforehand by `number`;
            texts stay as they are.

        Raises
        ------
        CrqError
            A code that is in no catalogue, or a place that was not filled.
        """
        return "".join(
            "" if part.kind == "tag" else str(self._filled(code, part, places))
            for part in self._template(code).parts
        )

    def html(self, code: str, /, **places: Any) -> Markup:
        """Say a message as HTML: its own tags stay, what stands in its places is escaped.

        Examples
        --------
        >>> language("en").html("common.wave_tag", wave="<2025>")
        Markup('<span>wave &lt;2025&gt;</span>')
        """
        return Markup("").join(
            Markup(part.text) if part.kind == "tag" else escape(self._filled(code, part, places))
            for part in self._template(code).parts
        )

    def _template(self, code: str) -> Template:
        try:
            return self.messages[code]
        except KeyError:
            raise CrqError(
                f"There is no message {code!r} in the catalogue of {self.code!r}: add it to "
                f"crqlab/language/catalogues/*/{code.partition('.')[0]}.yaml, in every language."
            ) from None

    def _filled(self, code: str, part: Part, places: Mapping[str, Any]) -> Any:
        if part.kind in ("fixed", "tag"):
            return part.text
        try:
            value = places[part.text]
        except KeyError:
            raise CrqError(f"Message {code!r} needs a value in place {part.text!r}.") from None
        if part.kind == "form":
            amount = value.amount if isinstance(value, Figure) else value
            return part.forms[self.formats.form(amount)]
        return self._written(value, part.writing)

    def _written(self, value: Any, writing: str = "") -> Any:
        """Write a value as its place says; what is a text already stays as it is."""
        if isinstance(value, str):
            return self._worded(value, writing)
        if isinstance(value, date):
            return self.formats.day(value)
        if writing == "%":
            return self.percent(value)
        if writing == "g":
            return self.formats.short(value)
        if writing:
            return self.number(value, int(writing), signed=writing[0] == "+")
        if int(value) != value:
            raise CrqError(f"{value!r} stands in a message: write it with .number() first.")
        return self.formats.number(value, 0)

    def _worded(self, value: str, writing: str) -> str:
        if writing == "day":
            return self.formats.day(date.fromisoformat(value))
        if writing == "country":
            return self.formats.country(value)
        if writing == "word":
            return self.term(value)
        code = f"{writing}.{value}"
        return self.say(code) if code in self.messages else value

    def span(self, low: float, high: float, decimals: int = 2, *, signed: bool = False) -> str:
        """Write an interval; an end that the data cannot place is said to be open."""
        unknown = self.say("common.open")
        if low != low and high != high:
            return unknown
        ends = [
            unknown if end != end else self.number(end, decimals, signed=signed)
            for end in (low, high)
        ]
        return self.say("common.span", low=ends[0], high=ends[1])

    def nth(self, place: float) -> str:
        """Write a place in a row.

        Examples
        --------
        >>> [language("en").nth(place) for place in (1, 3.0, 10, float("nan"))]
        ['1st', '3rd', '10th', '–']
        """
        if place != place:
            return self.number(place)
        whole = round(place)
        return self.say(f"common.nth_{whole}" if whole in (1, 2, 3) else "common.nth", n=whole)

    def listed(self, words: Iterable[str]) -> str:
        """Join words with commas and a last "and".

        Examples
        --------
        >>> language("en").listed(["a", "b", "c"]), language("sv").listed(["a", "b"])
        ('a, b and c', 'a och b')
        """
        *first, last = words
        return self.say("common.and", first=", ".join(first), last=last) if first else last

    def caution(self, cell: str) -> str:
        """Say the cautions of one cell (`crqlab.base.contracts.cautions`); nothing for "ok".

        Examples
        --------
        >>> language("en").caution('{"code": "n_below_minimum", "minimum": 3}')
        'withheld: n below 3'
        """
        return self.coded("caution", cell)

    def method(self, cell: str) -> str:
        """Say how a number and its interval were made, from the code of one cell."""
        return self.coded("method", cell)

    def coded(self, kind: str, cell: str) -> str:
        """Say the codes of one cell by the messages of a kind, a file or folder of the catalogue.

        What is no code of that kind, as the prose of an old release, stays as it is.

        Examples
        --------
        >>> language("en").coded("caution", "few words of long ago")
        'few words of long ago'
        """
        return _BETWEEN.get(kind, "; ").join(self._coded(kind, one) for one in codes(cell))

    def _coded(self, kind: str, one: dict[str, Any]) -> str:
        numbers = {name: value for name, value in one.items() if name != "code"}
        said = f"{kind}.{one['code']}"
        return self.say(said, **numbers) if said in self.messages else str(one["code"])

    def term(self, word: str) -> str:
        """Say a word of a client's data where the house has it too, as it is where it has not.

        Labels of constructs, segments, roles and industries stand in codebooks and tables in one
        language; those that equal an English message of ``term.yaml`` are known in the others,
        in small letters or with a large one in front.

        Examples
        --------
        >>> language("sv").term("Trust"), language("sv").term("Our own word")
        ('Förtroende', 'Our own word')
        >>> language("sv").term("Decision maker"), language("sv").term("decision maker")
        ('Beslutsfattare', 'beslutsfattare')
        """
        if self.code == OWN or not (code := _terms().get(word) or _terms().get(_turned(word))):
            return word
        said = self.say(code)
        return said if word in _terms() else _turned(said)


def _turned(word: str) -> str:
    """Turn the first letter of a word from small to large or back."""
    return word[:1].swapcase() + word[1:]


def languages() -> list[str]:
    """Return the languages in which a report can be had.

    Examples
    --------
    >>> languages()
    ['en', 'sv']
    """
    return sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


@cache
def language(code: str) -> Language:
    """Return a language, its catalogue read and checked once in a process.

    Raises
    ------
    CrqError
        There is no such language.
    """
    one_of("language=", code, languages())
    return Language(code, _catalogue(code))


def _catalogue(code: str) -> dict[str, str]:
    """Read all messages of a language; a folder's name stands for those of the files in it."""
    found = {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for path in sorted((FOLDER / code).rglob("*.yaml")):
        messages = yaml.load(path.read_text(encoding="utf-8"), Loader=loader) or {}
        prefix = path.relative_to(FOLDER / code).parts[0].removesuffix(".yaml")
        twice = sorted(f"{prefix}.{name}" for name in messages if f"{prefix}.{name}" in found)
        if twice:
            raise CrqError(f"Two files of the catalogue {code!r} have {twice[0]!r}; keep one.")
        found |= {f"{prefix}.{name}": said for name, said in messages.items()}
    return found


@cache
def _terms() -> dict[str, str]:
    """Codes of the house's terms by their English words."""
    own = language(OWN).messages
    return {said.source: code for code, said in own.items() if code.startswith("term.")}


def faults(code: str) -> list[str]:
    """List what is wrong with a catalogue, as a translator needs it; empty where nothing is."""
    own, other = language(OWN), language(code)
    forms = len(other.formats.plurals)
    missing = [f"{name}: is missing" for name in own.messages if name not in other]
    stray = [f"{name}: no English message has this code" for name in other.messages
             if name not in own]  # fmt: skip
    wrong = [
        f"{name}: {why}"
        for name, said in other.messages.items()
        if name in own and (why := disagreement(own.messages[name], said, forms))
    ]
    return missing + stray + wrong
