"""How office programs are told in which language a file is."""

from __future__ import annotations

import locale

from crqlab.language import OWN, Language


def number_format(spoken: Language, code: str) -> str:
    r"""Return a number format of Excel that keeps to a language where programs let it.

    Examples
    --------
    >>> from crqlab.language import language
    >>> number_format(language("sv"), "0.00"), number_format(language("en"), "0.00")
    ('[$-41D]0.00', '0.00')
    """
    place = _place(spoken)
    return f"[$-{place[0]:X}]{code}" if place else code


def proofing_tag(spoken: Language) -> str:
    """Return what programs that check spelling call a language; empty for that of the house.

    Examples
    --------
    >>> from crqlab.language import language
    >>> proofing_tag(language("sv")), proofing_tag(language("en"))
    ('sv-SE', '')
    """
    place = _place(spoken)
    return place[1].replace("_", "-") if place else ""


def _place(spoken: Language) -> tuple[int, str] | None:
    """The number and the name by which Windows knows a language, if it does."""
    known = locale.windows_locale.items() if spoken.code != OWN else ()
    return next((pair for pair in known if pair[1].partition("_")[0] == spoken.code), None)
