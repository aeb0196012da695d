"""Whether invitations reach a contact, in the words that CRMs and mailing tools have for it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from crqlab.base.spreadsheets.cells import Cells, folded

#: Words in English, German, Swedish, French, Spanish and Dutch.
_SIGNS = {
    "bounced": r"(?:hard |soft )?bounce[ds]?|undeliver(?:able|ed)|invalid(?: e ?mail)?"
    r"|studsa(?:de|t)|unzustellbar|non (?:distribué|délivré)e?|rebotado|onbestelbaar",
    "left": r"left(?: (?:the )?(?:company|account|firm))?|gone|departed|former|no longer .*"
    r"|retired|ausgeschieden|verlassen|slutat|har slutat|partie?|a quitté.*|se fue|vertrokken",
    "active": r"active|ok|valid|delivered|sent|aktiv|actif|activo|actief|levererad|zugestellt",
}


def status_of(texts: pd.Series, words: Mapping[str, str]) -> Cells:
    """Return ``bounced``, ``left`` or ``active`` of every text; broken where none is meant.

    Parameters
    ----------
    texts : Series
    words : mapping of folded word to code
        The codebook's own.

    Examples
    --------
    >>> found = status_of(pd.Series(["Hard bounce", "Left company", "VIP"]), {"vip": "active"})
    >>> found.found.tolist()
    ['bounced', 'left', 'active']
    """
    places, known = pd.factorize(texts)
    found = [*(_meant(folded(text), words) for text in known), None]
    values = pd.Series([found[place] for place in places], index=texts.index, dtype="str")
    return Cells(values, texts.notna() & values.isna())


def _meant(text: str, words: Mapping[str, str]) -> str | None:
    if words.get(text) in _SIGNS:
        return words[text]
    plain = re.sub(r"[\W_]+", " ", text).strip()
    return next((code for code, sign in _SIGNS.items() if re.fullmatch(sign, plain)), None)
