"""Amounts of money as a director would say them: no finer than anybody acts on."""

from __future__ import annotations

from math import isnan

from crqlab.language import Language

_MILLION, _BILLION = 1e6, 1e9


def amount(value: float, spoken: Language, currency: str = "") -> str:
    r"""Say an amount in a few figures.

    Parameters
    ----------
    value : float
        In currency units.
    spoken : Language
    currency : str
        As the codebook has it; empty for none.

    Examples
    --------
    >>> from crqlab.language import language
    >>> amount(1056043.58, language("en"), "EUR").replace("\N{NO-BREAK SPACE}", " ")
    '1.1 million EUR'
    >>> amount(41468.3, language("sv")).replace("\N{NO-BREAK SPACE}", " ")
    '41 500'
    """
    if isnan(value):
        return spoken.say("common.open")
    for size, word in ((_BILLION, "billion"), (_MILLION, "million")):
        if abs(value) >= size:
            n = spoken.number(value / size, int(abs(value) < 100 * size))
            return f"{spoken.say(f'summary.{word}', n=n)} {currency}".rstrip()
    hundreds = -2 if abs(value) >= 1e3 else 0
    return f"{spoken.number(round(value, hundreds), 0)} {currency}".rstrip()
