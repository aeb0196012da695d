"""Letters without what two spellings of the same name differ in: case, marks, alphabet, width."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

#: Letters of other alphabets that are drawn like a Latin one, as we see them; letters with marks,
#: small capitals, full width, circles and styles follow from Unicode's own names and forms.
_DRAWN_ALIKE = """
a αаᎪɑꓮᗅ  b βвьᏴᏏꓐᗷᑲ  c ςсᏟϲⲥꓚ  d ԁᎠᏧꓓᗪ  e εеҽᎬ℮ꓰⴹ  f ƒքꓝᖴϝ  g ցᏀɡԍᏳꓖ  h һнհᎻᏂⲏꓧᕼ  i ιіӏӀᎥاɩ
j ϳјᎫյꓙᒍ  k κкᏦⲕꓗᛕ  l ⅼՏᏞǀꓡᒪⳑ  m μмᎷⲙꓟᗰϻ  n ηոпռⲛꓠ  o οоօσ০໐〇ⲟꓳⵔჿ  p ρрᏢⲣꓑᑭ  q ԛգզⵕ
r гᎡᏒⲅꓣᖇᴦ  s ѕᏚᏕꓢƽ  t τтᎢⲧꓔ  u υսцʋꓴᑌ  v νѵᏙꓦᐯ  w ωԝшѡᎳᏔꓪաɯ  x χх×ⲭꓫᕁꭓ  y γуүყⲩᎩᎽꓬɣ  z ζᏃꓜ
3 зӡ  4 ч  6 б
"""
_CAPITALS = str.maketrans("ΗΝΥΜΡΒΧΕΤΙΑΟΚΖ", "hnympbxetiaokz")
_SPELT = {"þ": "th", "æ": "ae", "œ": "oe", "ĳ": "ij", "ﬁ": "fi", "ð": "d", "ı": "i", "ŋ": "n"}
_PAIRS = _DRAWN_ALIKE.split()
_TABLE = {
    **{ord(c): to for to, others in zip(_PAIRS[::2], _PAIRS[1::2], strict=True) for c in others},
    **{ord(letter): spelt for letter, spelt in _SPELT.items()},
}
_NAMED = re.compile(
    r"(?:[A-Z ]+ )?LATIN (?:SMALL LETTER|CAPITAL LETTER|LETTER SMALL CAPITAL) ([A-Z])(?: WITH .+)?"
    r"|REGIONAL INDICATOR SYMBOL LETTER ([A-Z])"
)
#: What Unicode's own forms turn into another letter than the one they are drawn like.
_FIRST = str.maketrans("ϲϹՏ", "ccs")
#: Characters that are drawn alike within the alphabet; told apart nowhere.
_SAME = str.maketrans("i10", "llo")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
#: Marks above and below letters, and characters that are not drawn at all.
_UNDRAWN = frozenset(["Mn", "Me", "Cf"])
#: Letters from which a run of another alphabet is a word of it and not a few letters put in.
_WORD_OF_ITS_OWN = 3


def folded(text: str) -> str:
    """Return a text in small letters without marks, each look-alike as its Latin letter.

    Examples
    --------
    >>> folded("K\u200bvаnby СÖderström ＡＢ")  # the first a and the C are Cyrillic
    'kvanby coderstrom ab'
    """
    if not text.isascii():
        text = _NOT_ASCII.sub(lambda run: _latin(run[0]), text)
    return text.lower()


def pairs_joined(plain: str) -> str:
    """Return folded text with one letter in the place of two that are drawn like it."""
    return plain.replace("rn", "m").replace("vv", "w")


@lru_cache(maxsize=1 << 16)
def _latin(run: str) -> str:
    drawn = [c for c in unicodedata.normalize("NFKD", run.translate(_FIRST))
             if unicodedata.category(c) not in _UNDRAWN]  # fmt: skip
    plain = "".join(drawn)
    if len(plain) < _WORD_OF_ITS_OWN:
        plain = plain.translate(_CAPITALS)
    again = unicodedata.normalize("NFKD", plain.casefold())
    letters = "".join(c for c in again if not unicodedata.combining(c)).translate(_TABLE)
    return unicodedata.normalize("NFC", "".join(c if c.isascii() else _named(c) for c in letters))


@cache
def _named(character: str) -> str:
    """The Latin letter that a character is by its name, or the digit; else itself."""
    found = _NAMED.fullmatch(unicodedata.name(character, ""))
    if found:
        return (found[1] or found[2]).lower()
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)


def alike(letters: str) -> str:
    """Return folded letters in which i, l and 1, and o and 0, are the same.

    Examples
    --------
    >>> alike("kiruna10"), alike("k1runaio")
    ('klrunalo', 'klrunalo')
    """
    return letters.translate(_SAME)
