"""Pictures without what their makers say of themselves."""

from __future__ import annotations

from collections.abc import Iterator

_PNG = b"\x89PNG\r\n\x1a\n"
#: Chunks of a PNG that say something of their own beside the picture.
TOLD = frozenset([b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"])


def is_png(content: bytes) -> bool:
    """Return whether these bytes are a PNG."""
    return content.startswith(_PNG)


def bare(picture: bytes) -> bytes:
    """Return a PNG without texts, times and camera data; anything else as it is.

    Parameters
    ----------
    picture : bytes
        A whole PNG.
    """
    if not is_png(picture):
        return picture
    return _PNG + b"".join(whole for kind, whole in _parts(picture) if kind not in TOLD)


def told(png: bytes) -> list[bytes]:
    """Return what a PNG says of itself, chunk by chunk."""
    return [whole[8:-4] for kind, whole in _parts(png) if kind in TOLD]


def _parts(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and all bytes (length, kind, content, check) of each chunk."""
    place = len(_PNG)
    while place + 8 <= len(png):
        end = place + 12 + int.from_bytes(png[place : place + 4], "big")
        yield png[place + 4 : place + 8], png[place:end]
        place = end
