"""Texts in another coding: percent signs, escapes, base64, hexadecimal digits, compressed."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote_plus

_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_ESCAPE = re.compile(
    r"[\\%]u\{?([0-9A-Fa-f]{4,6})\}?|\\U([0-9A-Fa-f]{8})|\\x([0-9A-Fa-f]{2})|\\([0-3][0-7]{2})"
    r"|\\([0-9A-Fa-f]{1,6}) "  # of a style sheet
)
_QUOTED = re.compile(r"=[0-9A-F]{2}")
_BASE64 = re.compile(
    r"(?<![\w+/=-])(?:[A-Za-z0-9+/]{12,76}\r?\n)*[A-Za-z0-9+/_-]{8,}={0,2}(?![\w+/=-])"
)
#: What is a word rather than base64.
_WORD = re.compile(r"[A-Za-z]?[a-z]+|[A-Z]+|\d+|[a-z]+(?:[-_/][a-z]+)+")
_HEXADECIMAL = re.compile(
    r"(?<![0-9A-Za-z])((?:0x)?(?:[0-9A-Fa-f]{2}(?:,? ?0x|[ :-])?){5,}[0-9A-Fa-f]{2})(?![0-9A-Za-z])"
)
_TWO_DIGITS = re.compile(r"(?:0x)?([0-9A-Fa-f]{2})")
_DOMAIN = re.compile(r"\bxn--[a-z0-9-]+", re.IGNORECASE)
#: Characters that nobody sees, of which each stands for one of ASCII.
_TAGS = re.compile(r"[\U000e0020-\U000e007e]+")
#: A first letter and a name, as an address has them; a letter between two names.
_ADDRESS = re.compile(r"\b([a-z])([a-z]{3,})@\w", re.IGNORECASE)
_MIDDLE = re.compile(r"\b(\w+) [A-Z]\. (?=(\w+))")
#: Characters in ten of a decoded text that must be letters, digits or spaces to be a text.
_LETTERS = 8
#: How often a coding may stand within another, and bytes to which a packed text may grow.
_DEEPEST, _MOST = 3, 1 << 24


def decoded(said: str) -> Iterator[str]:
    r"""Yield what a text says once more, where parts of it are written in another way.

    Examples
    --------
    >>> list(decoded("to=Kvarnby%20Verkstad"))
    ['to=Kvarnby Verkstad']
    >>> list(decoded(r"var a='\u004bvarnby'")), list(decoded("S3Zhcm5ieSBWZXJrc3RhZA=="))
    (["var a='Kvarnby'"], ['Kvarnby Verkstad'])
    >>> list(decoded("4b 76 61 72 6e 62 79")), list(decoded("yquist@x.example"))
    (['Kvarnby'], ['y. quist'])
    """
    now = [said]
    for _ in range(_DEEPEST):
        now = [text for one in now for text in _once(one)]
        yield from now
    yield from (f"{letter}. {name}" for letter, name in _ADDRESS.findall(said))
    yield from (f"{first} {last}" for first, last in _MIDDLE.findall(said))


def _once(said: str) -> Iterator[str]:
    if _PERCENT.search(said):
        yield unquote_plus(said)
    if ("\\" in said or "%u" in said) and _ESCAPE.search(said):
        yield _ESCAPE.sub(_character, said)
    if _QUOTED.search(said):
        yield text_of(quopri.decodestring(said.encode()))
    for run in dict.fromkeys(_BASE64.findall(said)):
        if not _WORD.fullmatch(run) and (text := from_base64(run)):
            yield text
    for run in dict.fromkeys(_HEXADECIMAL.findall(said)):
        if text := text_in(bytes.fromhex("".join(_TWO_DIGITS.findall(run)))):
            yield text
    for run in _DOMAIN.findall(said):
        with suppress(UnicodeError):
            yield run.encode().decode("idna")
    if not said.isascii():
        for run in _TAGS.findall(said):
            yield "".join(chr(ord(character) - 0xE0000) for character in run)


def from_base64(run: str) -> str:
    """Return the text that base64 stands for; empty where it stands for none."""
    bare = "".join(run.split()).rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        content = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
        return text_in(unpacked(content) or content)
    except (binascii.Error, ValueError):
        return ""


def unpacked(content: bytes) -> bytes:
    """Return what compressed bytes hold, up to 16 MiB; nothing where they are not compressed.

    Examples
    --------
    >>> unpacked(zlib.compress(b"Kvarnby")), unpacked(b"Kvarnby")
    (b'Kvarnby', b'')
    """
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(content, _MOST)
    except zlib.error:
        return b""


def text_in(content: bytes) -> str:
    """Return the text that bytes are, in whichever coding; empty where they are none."""
    said = text_of(content)
    utf_16 = b"\0" in content[:64] or content[:2] in (b"\xff\xfe", b"\xfe\xff")
    known = said
    if not utf_16:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:  # of eight bits: then mostly letters of ASCII
            known = said.encode("ascii", "ignore").decode()
    letters = sum(c.isalnum() or c.isspace() for c in known)
    control = any(c < " " and not c.isspace() for c in said)
    return said if not control and 10 * letters >= _LETTERS * len(said) else ""


def text_of(content: bytes) -> str:
    """Return bytes as characters: UTF-16 where a mark or every other byte tells, UTF-8, Latin-1.

    Examples
    --------
    >>> text_of("Å".encode("utf-16")), text_of("Åh".encode("utf-16-be")), text_of(bytes([197, 104]))
    ('Å', 'Åh', 'Åh')
    """
    halves = content[:64:2], content[1:64:2]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    for code, half in (("utf-16-be", halves[0]), ("utf-16-le", halves[1])):
        if half and not any(half) and any(content[:64]):
            return content.decode(code, "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _character(escape: re.Match[str]) -> str:
    if escape[4]:
        return chr(int(escape[4], 8))
    number = int(next(filter(None, escape.groups())), 16)
    return chr(number) if number < 0x110000 else ""
