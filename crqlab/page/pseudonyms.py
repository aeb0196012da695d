"""Names that tell nothing, and stay the same for whoever holds the key."""

from __future__ import annotations

import hmac
from base64 import b32encode
from hashlib import sha256

import pandas as pd

from crqlab.base.errors import CrqError
from crqlab.base.study_key import KEY_BYTES

SHOWN_BYTES = 10  # of the hash: 16 letters and digits


def pseudonym(value: str, *, kind: str, key: bytes) -> str:
    """Return a keyed hash of an id, fit to stand in its place.

    Parameters
    ----------
    value : str
        The id as the data have it.
    kind : str
        What it names, such as ``"account"``: equal ids of two kinds get different pseudonyms.
    key : bytes
        At least 32 bytes, kept apart from the data. Without it nobody can go back, or find out
        whether an id is among the pseudonyms.

    Returns
    -------
    str
        The kind's first letter and 16 letters and digits; two of a million ids share one with a
        chance of about 4 in 10 to the 13.

    Raises
    ------
    CrqError
        The key is too short.

    References
    ----------
    Krawczyk, Bellare & Canetti (1997), RFC 2104: HMAC, here with SHA-256.

    Examples
    --------
    >>> pseudonym("A001", kind="account", key=b"k" * 32)
    'A-FQQ2H25ZA6ZGB4HR'
    """
    if len(key) < KEY_BYTES:
        raise CrqError(
            f"key= has {len(key)} bytes; a pseudonym needs {KEY_BYTES} or more, or it can be "
            "guessed. Use crqlab.report.key(study)."
        )
    digest = hmac.digest(key, f"{kind}\0{value}".encode(), sha256)
    return f"{kind[:1].upper()}-{b32encode(digest[:SHOWN_BYTES]).decode()}"


def pseudonyms(values: pd.Series, *, kind: str, key: bytes) -> pd.Series:
    """Return a column of ids as pseudonyms; gaps stay gaps, each id is hashed once.

    Examples
    --------
    >>> hidden = pseudonyms(pd.Series(["A1", "A2", None, "A1"]), kind="account", key=b"k" * 32)
    >>> hidden.nunique(), hidden.isna().tolist(), hidden[0] == hidden[3]
    (2, [False, False, True, False], True)
    """
    known = {v: pseudonym(str(v), kind=kind, key=key) for v in values.dropna().unique()}
    return values.map(known)
