"""In which language a client's page is: as asked for, else as the codebook says.

Notebooks are English, and so are reviewers' pages; a client's page is translated last.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crqlab.base.study import Study
from crqlab.language.catalogue import OWN, known
from crqlab.report.clearance import integrity
from crqlab.report.run.parameters import checked

#: Told together with a notebook's parameters, though no notebook knows it.
LANGUAGE = "language"


def accepted(path: Path, given: Mapping[str, Any]) -> None:
    """Refuse what a page cannot be told: its notebook's parameters, and its language.

    Parameters
    ----------
    path : Path
        The notebook.
    given : mapping

    Raises
    ------
    CrqError
        A parameter that the notebook does not declare, or a language without a catalogue.
    """
    known(given.get(LANGUAGE, OWN))
    checked(path, for_notebook(given))


def for_notebook(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told without the page's language.

    Examples
    --------
    >>> for_notebook({"client": "C017", "language": "sv"})
    {'client': 'C017'}
    """
    return {name: value for name, value in given.items() if name != LANGUAGE}


def told(study: Study, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told, and the page's language where it is not the notebook's."""
    language = spoken_in(study, given.get(LANGUAGE))
    return for_notebook(given) | ({} if language == OWN else {LANGUAGE: language})


def spoken_in(study: Study, asked: str | None = None) -> str:
    """Return the language that was asked for, else the codebook's; refuse one without catalogue."""
    return known(study.codebook.report_language if asked is None else asked)


def said(page: str, language: str) -> tuple[str, tuple[str, ...]]:
    """Return a page in a language, and the texts that had to stay English.

    Parameters
    ----------
    page : str
        English; the run card of the other page tells its language.
    language : str
        One of `crqlab.language.catalogue.languages`.
    """
    if language == OWN:
        return page, ()
    from crqlab.language.translation import translated, translator

    found = translated(integrity.spoken(page, language), translator(language))
    return found.page, found.left
