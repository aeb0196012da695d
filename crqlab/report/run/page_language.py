"""In which language a client's page is: as asked for, else as the codebook says; its file name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crqlab.base.errors import one_of
from crqlab.base.study import Study
from crqlab.language import OWN, languages
from crqlab.report.run.notebook_files import stem
from crqlab.report.run.parameters import checked, declared

#: The parameter of the report's notebook that says in which language its page is.
LANGUAGE = "language"


def known(language: str) -> str:
    """Return a language that has a catalogue, or refuse it."""
    one_of("language", language, languages())
    return language


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
    checked(path, for_notebook(path, given))


def for_notebook(path: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a notebook is told: its page's language only if it asks for one.

    A page has a language whether or not its notebook knows of it: its frame speaks it.
    """
    asks = LANGUAGE in declared(path)
    return {name: value for name, value in given.items() if asks or name != LANGUAGE}


def told(study: Study, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told, and the page's language where it is not that of the house."""
    others = {name: value for name, value in given.items() if name != LANGUAGE}
    language = spoken_in(study, given.get(LANGUAGE))
    return others | ({} if language == OWN else {LANGUAGE: language})


def spoken_in(study: Study, asked: str | None = None) -> str:
    """Return the language that was asked for, else the codebook's; refuse one without catalogue."""
    return known(study.codebook.report_language if asked is None else asked)


def page_name(client: str, wave: str, language: str = OWN, part: str = "") -> str:
    """Return the file name, without ending, of a client's page and of what is made beside it.

    Languages have files of their own, so that making one never replaces another; so has a part
    of its own kind, as the head-office sheet.

    Examples
    --------
    >>> page_name("C017", "2025"), page_name("C017", "2025", "sv"), page_name("C017", "2025_sv")
    ('C017_2025', 'C017_2025_sv', 'C017_2025-sv-162590f8')
    >>> page_name("C017", "2025", "sv", "headoffice")
    'C017_2025_headoffice_sv'
    """
    name = f"{stem(client, wave)}_{part}" if part else stem(client, wave)
    return name if language == OWN else f"{name}_{language}"


def named(parameters: Mapping[str, Any]) -> str:
    """Return the file name, without ending, of the page that is told this; see `page_name`."""
    return page_name(parameters["client"], parameters["wave"], parameters.get(LANGUAGE, OWN))
