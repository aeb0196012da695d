"""Office files as archives whose bytes depend on what is in them, not on when they were made."""

from __future__ import annotations

import io
import re
import zipfile

_THEN = b"2000-01-01T00:00:00Z"
_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_FIRST = (1980, 1, 1, 0, 0, 0)


def settled(content: bytes) -> bytes:
    """Return an office file, and those inside it, with fixed dates.

    Parameters
    ----------
    content : bytes
        A ``.xlsx`` or ``.pptx`` file.
    """
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _DATES.sub(rb"\g<1>" + _THEN, part)
            elif name.endswith(".xlsx"):
                part = settled(part)
            told = zipfile.ZipInfo(name, _FIRST)
            told.compress_type = zipfile.ZIP_DEFLATED
            told.external_attr = 0o600 << 16
            new.writestr(told, part)
    return made.getvalue()
