"""The ways in which a name, a person or an id is written: no legal form, turned round, short."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from crqlab.page.marks.lookalikes import alike, folded, pairs_joined

#: Letters from which a form may be parted anywhere, and from which a longer word may hold it.
PARTED, HELD = 6, 8
#: Ids of digits alone are looked for from here: shorter ones are also counts and years. Of those
#: that have lost their leading zeros some, from there, tell together.
FEWEST_DIGITS, FEWEST_TOGETHER = 5, 4
#: Letters of the shortest first word by which a firm is known, and of the shortest name in a text.
FIRST_WORD, SHORTEST = 4, 3
#: How a form is found: parted anywhere; parted where its words end; as all that a cell says; as
#: that, and others of the same client's beside it.
LOOSE, EXACT, WHOLE, AMONG = "loose", "exact", "whole", "among"
_YEAR = re.compile(r"(?:19|20)\d\d")

PEOPLE = ("account manager", "contact name")
NAMES = ("client name", "account name")
IDS = ("client id", "account id", "contact id")
#: Words before an id that is too short to stand for itself.
_LABELS = {
    "client id": ("client", "customer", "kund", "id"),
    "account id": ("account", "customer", "konto", "kund", "id"),
    "contact id": ("contact", "respondent", "kontakt", "id"),
}
_LEGAL = frozenset(
    "ab abp ag aktiebolag as asa aps bhd bv co company corp corporation cv doo eood gmbh group hb "
    "holding holdings inc incorporated kb kft kg kgaa koncern lda limited llc llp lp ltd mbh nv "
    "ohg oy oyj plc pte pty rt sa sarl sas sasu sca se sl sp spa spol sprl srl sro the ug "
    "zoo".split()
)
_ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "ß": "ss"})
_AND = ("and", "och", "und", "et", "og", "y")
_WORD = re.compile(r"\d+(?:\.\d+)+|[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")


class Form(NamedTuple):
    """One way to write something.

    Attributes
    ----------
    letters : str
        Letters and digits alone, look-alikes as one.
    how : str
        `LOOSE`, `EXACT`, `WHOLE` or `AMONG`.
    cuts : tuple of int
        Where words of the form end.
    one_word : bool
        Whether it is a single word, which may be anybody's: then a whole cell of it tells.
    turned : bool
        Whether it may come about where two people stand side by side.
    numbered : bool
        Whether there are digits in it: then numbers may be words of it.
    spelt : str
        How an id is spelt: its digits are no letters, nor letters digits.
    """

    letters: str
    how: str
    cuts: tuple[int, ...] = ()
    one_word: bool = False
    turned: bool = False
    numbered: bool = False
    spelt: str = ""

    @property
    def initial(self) -> bool:
        """Whether it is a last name behind the first letter of another."""
        return self.turned and self.how == EXACT and self.cuts == (1,)


def words(text: str) -> list[str]:
    r"""Cut a text into words that two spellings of the same thing share.

    Examples
    --------
    >>> words("A\u0308RLIG\u200b-Söner & Co, C017_2025: 5.23")
    ['arlig', 'soner', 'co', 'c017', '2025', '5.23']
    """
    return _WORD.findall(pairs_joined(folded(text)))


def forms(kind: str, text: str) -> Iterator[Form]:
    """Yield the ways to write a name or an id; none where it is too short to be anybody's.

    Examples
    --------
    >>> [(form.letters, form.how) for form in forms("contact name", "Eva Berg")]
    [('evaberg', 'loose'), ('bergeva', 'loose'), ('eberg', 'exact')]
    >>> [(form.letters, form.how) for form in forms("account id", "004711")][:3]
    [('oo47ll', 'exact'), ('47ll', 'among'), ('account47ll', 'exact')]
    """
    numbered = any(character.isdigit() for character in folded(text))
    for form in _forms(kind, text):
        yield form._replace(numbered=numbered)


def _forms(kind: str, text: str) -> Iterator[Form]:
    said = words(text)
    if kind in IDS:
        yield from _id(kind, said)
        return
    for way in _spelt(text, said):
        if kind not in PEOPLE:
            yield from _name(way)
        elif len(way) == len(said):
            yield from _person(way)
        else:  # marks that became signs have parted words
            yield from _run(way)
    bare = firm(said)
    if kind == "client name" and len(bare) == 2:  # as a register has it: "Steel, Nordic"
        yield from (form._replace(turned=True) for form in _run(bare[::-1]))
    if kind == "client name" and len("".join(said)) >= PARTED:
        yield Form(alike("".join(words("".join(_WORD.findall(folded(text)))[::-1]))), LOOSE)


def paired(id_: str, name: str) -> Iterator[Form]:
    """Yield a short id with its name beside it, either first: a cell of both is somebody's."""
    marks, named = words(id_), words(name)
    if named and marks and not any(form.how == EXACT for form in _id("", marks)):
        for way in (marks + named, named + marks):
            yield Form(alike("".join(way)), WHOLE, _cuts(way), numbered=True)


def _spelt(text: str, said: list[str]) -> Iterator[list[str]]:
    """Words of a name: as they are, letter by letter, and as programs write it that know ASCII."""
    yield said
    if (letters := _WORD.findall(folded(text))) != said:
        yield letters
    if not text.isascii():
        yield words(text.lower().translate(_ASCII))
        yield words(text.encode("ascii", "ignore").decode())
        yield words(text.encode().decode("cp1252", "replace"))
    if "&" in text:
        yield from (words(text.replace("&", f" {and_} ")) for and_ in _AND)


def _id(kind: str, said: list[str]) -> Iterator[Form]:
    letters = "".join(said)
    digits = letters.isdigit()
    if len(letters) >= (FEWEST_DIGITS if digits else 2):
        short = len(said) > 1 if digits else letters.isalpha() and len(letters) < SHORTEST
        yield Form(alike(letters), WHOLE if short else EXACT, _cuts(said), spelt=letters)
    bare = letters.lstrip("0") if digits else ""
    if bare and bare != letters and len(bare) >= FEWEST_DIGITS:
        yield Form(alike(bare), WHOLE, spelt=bare)
    elif len(bare) >= FEWEST_TOGETHER and not _YEAR.fullmatch(bare):
        yield Form(alike(bare), AMONG, spelt=bare)
    shorter = {short for short in (bare, letters) if short and len(short) < FEWEST_DIGITS}
    for label in map(folded, _LABELS.get(kind, ()) if digits else ()):
        for short in sorted(shorter):
            yield Form(alike(label + short), EXACT, (len(label),), spelt=label + short)


def _name(said: list[str]) -> Iterator[Form]:
    yield from _run(said)
    bare = firm(said)
    if bare != said and len("".join(bare)) >= SHORTEST:
        yield from _run(bare)
    if len(bare) > 1 and len(bare[0]) >= FIRST_WORD and not bare[0].isdigit():
        yield Form(alike(bare[0]), WHOLE)


def firm(said: list[str]) -> list[str]:
    """Return the words of a firm's name without its legal form.

    Examples
    --------
    >>> firm(["kvarnby", "verkstad", "holding", "ab"])
    ['kvarnby', 'verkstad']
    """
    first, end = 0, len(said)
    while end - first > 1 and said[end - 1] in _LEGAL:
        end -= 1
    while end - first > 1 and said[first] in _LEGAL:
        first += 1
    return said[first:end]


def _person(said: list[str]) -> Iterator[Form]:
    yield from _run(said)
    if len(said) < 2:
        return
    first, last = said[0], said[-1]
    if len(said) > 2:
        yield from _run([first, last])
    for form in _run([last, *said[:-1]]):
        yield form._replace(turned=True)
    if len(last) >= SHORTEST and first != last and first[0].isalpha():
        yield Form(alike(first[0] + last), EXACT, (1,), turned=True)


def _run(said: list[str]) -> Iterator[Form]:
    letters, one = "".join(said), len(said) == 1
    if letters.isdigit() and len(letters) < FEWEST_DIGITS:
        return
    if len(letters) >= PARTED and not letters.isdigit():
        yield Form(alike(letters), LOOSE, _cuts(said), one)
    elif len(letters) >= SHORTEST:
        yield Form(alike(letters), EXACT, _cuts(said), one)
    elif len(letters) == 2:
        yield Form(alike(letters), WHOLE, (), one)


def _cuts(said: list[str]) -> tuple[int, ...]:
    cuts, end = [], 0
    for word in said[:-1]:
        end += len(word)
        cuts.append(end)
    return tuple(cuts)
