"""From one client's wave to files beside its report: made in memory, looked through, then kept."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from crqlab.base.errors import ReportError, StudyError, one_of
from crqlab.base.extras import install
from crqlab.base.study import Study, replace
from crqlab.page.assembly import view
from crqlab.page.head_office.select import head_office
from crqlab.report.brand import client_brand
from crqlab.report.clearance import gate
from crqlab.report.clearance.provenance import card
from crqlab.report.clearance.release_audit import cleared
from crqlab.report.exports import theme as themes
from crqlab.report.run.page_language import known, page_name, spoken_in

#: Kind of file: its module, and the package that it needs from the extra 'exports'.
KINDS = {
    "pdf": ("pdf", "weasyprint"),
    "xlsx": ("workbook", ""),
    "pptx": ("deck", "pptx"),
    "csv": ("crm", ""),
    "headoffice": ("head_office", ""),
    "salesforce": ("salesforce", ""),
    "hubspot": ("hubspot", ""),
    "dynamics": ("dynamics", ""),
    "invitations": ("invitation_lists", ""),
}
#: What is written where nobody says what.
USUAL = ("pdf", "xlsx", "pptx", "csv")
#: Kinds that are several files, or have a name of their own: part of the name, and ending.
_FILES = {
    "csv": (("", "csv"), ("contacts", "csv"), ("tasks", "csv"), ("crm_fields", "csv")),
    "headoffice": (("headoffice", "xlsx"), ("headoffice", "csv"), ("headoffice_fields", "csv")),
    **{name: ((name, "zip"),) for name in ("salesforce", "hubspot", "dynamics")},
    "invitations": (("invitations", "xlsx"), ("invitations", "csv")),
}


def file_names(client: str, wave: str, language: str, kind: str) -> tuple[str, ...]:
    """Return the names of the files of a kind, the main one first.

    Examples
    --------
    >>> file_names("C017", "2025", "sv", "pdf")
    ('C017_2025_sv.pdf',)
    >>> file_names("C017", "2025", "en", "headoffice")[:2]
    ('C017_2025_headoffice.xlsx', 'C017_2025_headoffice.csv')
    """
    parts = _FILES.get(kind, (("", kind),))
    return tuple(f"{page_name(client, wave, language, part)}.{end}" for part, end in parts)


def export(
    study: Study,
    client: str,
    wave: str,
    *,
    kinds: Iterable[str] = USUAL,
    language: str | None = None,
    theme: str | Path | None = None,
    template: str | Path | None = None,
) -> list[Path]:
    """Write what a client's report shows for other programs.

    Parameters
    ----------
    study : Study
    client, wave : str
        Its report must have been made where a PDF is wanted.
    kinds : iterable of str
        ``"pdf"``, ``"xlsx"``, ``"pptx"``, ``"csv"``, ``"headoffice"``,
        ``"salesforce"``, ``"hubspot"``, ``"dynamics"``, ``"invitations"``.
    language : str, optional
        The codebook's if left out. A PDF is made from the page in this language, and a CRM gets
        the same columns and words in every language.
    theme : Path, optional
        A YAML file with the client's colours and logo.
    template : Path, optional
        A ``.pptx`` file whose look the slides take on.

    Returns
    -------
    list of Path
        Beside the report, in the order of ``kinds``. All are made before the first is written,
        so that a failure leaves none; the same inputs give the same bytes.

    Raises
    ------
    CrqError
        An unknown kind, or a language without catalogue.
    ReportError
        A package is missing, a file holds something of another client, or the files and earlier
        ones would tell what is withheld.
    StudyError
        The report was not made yet in this language, or a theme, logo or template is not there.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> files = crq.report.export(study, "C019", "2025", kinds=["xlsx"])
    >>> [path.name for path in files]
    ['C019_2025.xlsx']
    """
    kinds = accepted(kinds, language=language, template=template)
    spoken = spoken_in(study, language)
    name = page_name(client, wave, spoken)
    source = {
        "page": _page(study.reports / f"{name}.html", spoken) if "pdf" in kinds else "",
        "card": card(study, client=client, wave=wave),
        "template": template,
        "study": study,
    }
    shown = view(study, client=client, wave=wave, language=spoken)
    look = themes.read(Path(theme)) if theme else client_brand.of(study, client)
    files = {}
    for kind in kinds:
        made = import_module(f"crqlab.report.exports.{KINDS[kind][0]}").content(
            shown, look, **source
        )
        names = file_names(client, wave, spoken, kind)
        files |= zip(names, made if isinstance(made, tuple) else (made,), strict=True)
    passed = gate.passed(files, study, client)
    sheet = head_office(study, shown) if "headoffice" in kinds else None
    cleared(study, client, wave, passed, sheet=sheet)
    return [replace(study.reports / file, content) for file, content in passed.items()]


def accepted(
    kinds: Iterable[str],
    *,
    language: str | None,
    template: str | Path | None,
    theme: str | Path | None = None,
) -> list[str]:
    """Return the kinds of file, each once; refuse what cannot be made here before any work."""
    kinds = list(dict.fromkeys(kinds))
    for kind in kinds:
        one_of("to", kind, KINDS)
        _installed(kind)
    if language:
        known(language)
    if theme:
        themes.read(Path(theme))
    if template and not Path(template).is_file():
        raise StudyError(f"The template {Path(template).name} is not there; name a .pptx file.")
    return kinds


def _installed(kind: str) -> None:
    needed = KINDS[kind][1]
    if needed and find_spec(needed) is None:
        raise ReportError(
            f"A {kind} file needs the package {needed}, which is not installed. "
            f"Run: {install('exports')}"
        )


def _page(path: Path, language: str) -> str:
    if not path.is_file():
        raise StudyError(
            f"{path.name} is not there; a PDF is made from it. Run: crqlab report --language "
            f"{language}"
        )
    return path.read_text(encoding="utf-8")
