"""What is taken out of comments: ways to reach somebody, and people's names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

import pandas as pd

from crqlab.language import Language
from crqlab.page.marks.name_forms import NAMES, PEOPLE, SHORTEST, firm
from crqlab.page.marks.pieces import BREAK
from crqlab.page.marks.watchlists import Watchlist

_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE
)
#: Eight digits and more that are no date and no span of years, or fewer behind a leading zero.
_PHONE = re.compile(
    r"(?<![\w.,])(?<!\d[-/])(?!\d{4}([-/.])\d\d\1\d\d\b|\d\d?([-/.])\d\d?\2\d{4}\b)"
    r"(?!(?:19|20)\d\d\s?[-/–]\s?(?:19|20)\d\d\b)"
    r"(?:\+?\(?\d(?:[\s().\-/]{0,3}\d){7,14}(?!\w)"
    r"|\(?0\d{1,5}\)?(?:[\s.\-/]{1,2}\d{2,}){1,5}(?![\d.]))"
)
_URL = re.compile(
    r"(?<![\w@])(?:[a-z][a-z+.-]{1,9}://|www\.)[^\s<>\"')\]]+"
    r"|(?<![\w@.-])(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,18}/[^\s<>\"')\]]*",
    re.IGNORECASE,
)
EMAIL, PHONE, NAME = "[e-mail removed]", "[phone number removed]", "[name removed]"
URL, REMOVED = "[address removed]", "[comment removed]"
#: What stands for something that was taken out, by the code of its message.
MARKS = {
    "email_removed": EMAIL, "phone_removed": PHONE, "name_removed": NAME,
    "address_removed": URL, "comment_removed": REMOVED,
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+")


def redacted(words: pd.Series, *, names: Iterable[str] = ()) -> pd.Series:
    """Replace e-mail addresses, web addresses, phone numbers and people's names.

    Parameters
    ----------
    words : Series of str
        Complete.
    names : iterable of str
        Full names of people who must not be found in the words, also not last name first.

    Returns
    -------
    Series
        Each find replaced by a word in brackets that says what stood there.

    Examples
    --------
    >>> print(*redacted(pd.Series(["Ask Eva Berg, eva@x.se or +46 8 123 45 67. Since 2019!"]),
    ...                 names=["Eva Berg"]))
    Ask [name removed], [e-mail removed] or [phone number removed]. Since 2019!
    """
    for pattern, said in ((_EMAIL, EMAIL), (_URL, URL), (_PHONE, PHONE)):
        words = words.str.replace(pattern, said, regex=True)
    said = _folded("\n".join(words))
    parted = {tuple(name.split()) for name in names if len(name.split()) > 1}
    parted = {parts for parts in parted if all(_folded(part) in said for part in parts)}
    if not parted:
        return words
    turned = {(f"{last},", *first) for *first, last in parted}
    whole = sorted(parted | turned, key=lambda parts: (-len(" ".join(parts)), parts))
    each = "|".join(r"\s+".join(map(re.escape, parts)) for parts in whole)
    return words.str.replace(
        re.compile(rf"(?<!\w)(?:{each})(?!\w)", re.IGNORECASE), NAME, regex=True
    )


def marked(words: pd.Series, spoken: Language) -> pd.Series:
    """Return comments whose marks are in the language of the page.

    Examples
    --------
    >>> from crqlab.language import language
    >>> marked(pd.Series(["Ask [name removed]."]), language("sv")).tolist()
    ['Ask [namn borttaget].']
    """
    for code, mark in MARKS.items():
        words = words.str.replace(mark, spoken.say(f"comments.{code}"), regex=False)
    return words


def unmarked(words: pd.Series, spoken: Language) -> pd.Series:
    """Return comments as `marked` was given them, for files that are alike in every language.

    Examples
    --------
    >>> from crqlab.language import language
    >>> unmarked(pd.Series(["Ask [namn borttaget]."]), language("sv")).tolist()
    ['Ask [name removed].']
    """
    for code, mark in MARKS.items():
        words = words.str.replace(spoken.say(f"comments.{code}"), mark, regex=False)
    return words


def unnamed(words: pd.Series, known: Watchlist) -> pd.Series:
    """Replace whatever names somebody, also by one word, without legal form or turned round.

    Parameters
    ----------
    words : Series of str
    known : Watchlist
        Of all whom pseudonyms stand for.

    Returns
    -------
    Series
        A comment that still names somebody, in a way that is not taken out by words, is left out.

    Examples
    --------
    >>> from crqlab.page.marks.watchlists import watchlist
    >>> known = watchlist([("account name", "", "Volvo AB"), ("contact name", "", "Eva Berg"),
    ...                    ("account name", "", "Kvarnby AB"), ("account id", "", "A-4711")])
    >>> said = pd.Series(["Volvo's team, E. Berg above all", "Ask K v a r n b y", "Good."])
    >>> print(*unnamed(said, known), sep="; ")
    [name removed]'s team, [name removed] above all; [comment removed]; Good.
    """
    ways = {tuple(way) for kind, text in known.said[""] for way in _ways(kind, text)}
    whole = sorted((way for way in ways if len("".join(way)) >= SHORTEST),
                   key=lambda way: (-len("".join(way)), way))  # fmt: skip
    if not whole:
        return words
    each = "|".join(r"[\W_]{0,3}".join(map(re.escape, way)) for way in whole)
    found = re.compile(rf"(?<![^\W_])(?:{each})(?=s?(?![^\W_]))", re.IGNORECASE)
    clear = words.str.normalize("NFC").str.replace(found, NAME, regex=True)
    left = [known.found(said.replace(NAME, BREAK)) for said in clear]
    return clear.mask([bool(one.runs or one.parted or one.held) for one in left], REMOVED)


def _ways(kind: str, text: str) -> Iterator[list[str]]:
    """The words of a name in the orders in which it is mostly written."""
    said = _WORD.findall(unicodedata.normalize("NFC", text))
    yield said
    if kind in PEOPLE and len(said) > 1:
        yield from ([said[0], said[-1]], [said[-1], *said[:-1]], [said[0][0], said[-1]])
    elif kind in NAMES:
        bare = firm([word.casefold() for word in said])
        yield [word for word in said if word.casefold() in bare]


def _folded(words: str) -> str:
    """Make the same whatever a search takes for the same that passes over upper and lower case."""
    return words.casefold().replace("\u0307", "").replace("\u0131", "i")  # dots of Turkish i
