"""What stands for a response in a ledger: nobody without the study's key finds the person."""

from __future__ import annotations

import hmac
from hashlib import sha256
from unicodedata import normalize

from crqlab.base.study import Study
from crqlab.base.study_key import key

_SHOWN = 32  # letters of the hash


def response_key(study: Study, client: str, response: str) -> str:
    """Return the keyed hash of a response, for the column ``response_key``.

    Parameters
    ----------
    study : Study
        Its key is made where it has none yet.
    client, response : str
        Ids.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> len(crq.programme.response_key(study, "C001", "R1"))
    32
    """
    said = "\0".join(normalize("NFC", part.strip()) for part in ("response", client, response))
    return hmac.digest(key(study), said.encode(), sha256).hex()[:_SHOWN]
