"""In which language a client's page is: as asked for, else as the codebook says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crqlab.base.errors import one_of
from crqlab.base.study import Study
from crqlab.language import OWN, languages
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
