"""Personal data in comments: found, and never repeated in what we say about it."""

from __future__ import annotations

import pandas as pd

from crqlab.responses.findings import findings

_MAIL = r"[A-Za-z0-9._%+-]+\s?@\s?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
_PHONE = (
    r"(?<![\w.,/-])(?:\+|00)[1-9](?:[\s().\-/]{0,2}[0-9]){7,13}(?![0-9])"
    r"|(?<![\w.,/-])\(?0[0-9]{1,5}\)?(?:[\s.\-/]{1,2}[0-9]{2,}){1,5}(?![0-9.])"
    r"|(?<![\w.,/-])0[1-9][0-9]{7,10}(?![0-9])"
    r"|(?<![\w.,/-])\(?[2-9][0-9]{2}\)?[\s.-][0-9]{3}[\s.-][0-9]{4}(?![0-9])"
)
_CHECK = "personal_data"


def personal_data(comments: pd.DataFrame) -> pd.DataFrame:
    """Find comments that hold an e-mail address or a telephone number.

    Parameters
    ----------
    comments : DataFrame of str, one column per open question

    Examples
    --------
    >>> said = pd.DataFrame({"best": ["Call +46 70 123 45 67", "Since 2019-2024, 100 %", "a@b.se"]})
    >>> personal_data(said)["found"].tolist()
    ['telephone_number', 'email_address']
    """
    parts = [_column(comments[name].dropna(), name) for name in comments.columns]
    empty = findings(pd.Series(False, index=comments.index), _CHECK, "", _CHECK)
    return pd.concat([part for part in parts if len(part)] or [empty])


def _column(texts: pd.Series, name: str) -> pd.DataFrame:
    mail = _holds(texts, "@", _MAIL)
    phone = _holds(texts, r"\d{2}", _PHONE)
    found = pd.Series("email_address", index=texts.index)
    found = found.mask(phone, "telephone_number")
    found = found.mask(mail & phone, "email_and_telephone")
    return findings(mail | phone, _CHECK, found, _CHECK, name)


def _holds(texts: pd.Series, sign: str, pattern: str) -> pd.Series:
    """Look closely only where a quick look finds the sign."""
    near = texts[texts.str.contains(sign, regex=True)]
    return near.astype(object).str.contains(pattern, regex=True).reindex(texts.index) == True  # noqa: E712
