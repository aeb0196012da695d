"""The same executed notebook once more, for a reviewer: with code and methods shown."""

from __future__ import annotations

from pathlib import Path

from crqlab.base.errors import ReportError
from crqlab.base.study import Study, replace
from crqlab.report.brand import client_brand
from crqlab.report.clearance import gate
from crqlab.report.run import render
from crqlab.report.run.page_language import page_name, spoken_in

#: Kept apart from what is mailed to clients.
FOLDER = "reviewer"


def reviewed(study: Study, client: str, wave: str, language: str | None = None) -> Path:
    """Lay out a finished report with its code, and return the page.

    Parameters
    ----------
    study : Study
    client, wave : str
        Of a report that was made.
    language : str, optional
        Of that report; the codebook's if left out.

    Returns
    -------
    Path
        ``reviewer/<name of the report>.html`` below the study's reports. Nothing is run again: the
        numbers are the client's, to the byte.

    Raises
    ------
    ReportError
        The report was not made.
    LeakError
        The page shows something of another client; nothing is written.
    """
    import nbformat

    spoken, book = spoken_in(study, language), study.codebook
    name = page_name(client, wave, spoken)
    executed = study.reports / f"{name}.ipynb"
    if not executed.is_file():
        raise ReportError(
            f"{executed.name} is missing in {study.reports}; make the report of {client}, wave "
            f"{wave}, first: crqlab report --study {study.name} --client {client} --wave {wave}"
        )
    page = render.render(
        nbformat.read(executed, as_version=4),
        title=book.title,
        language=spoken,
        code=True,
        synthetic=book.synthetic,
        unconfirmed=len(book.unconfirmed),
        brand=client_brand.of(study, client),
    )
    files = gate.passed({f"{name}.html": page.encode()}, study, client)
    folder = study.reports / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    return replace(folder / f"{name}.html", files[f"{name}.html"])
