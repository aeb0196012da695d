"""Several clients in one head-office file, where the codebook says that they are one firm."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from crqlab.base.errors import CrqError
from crqlab.base.study import Study, replace
from crqlab.language import OWN
from crqlab.page.assembly import view
from crqlab.page.head_office.export import ClientRows
from crqlab.page.head_office.select import head_office
from crqlab.report.brand import client_brand
from crqlab.report.clearance import gate
from crqlab.report.clearance.release_audit import cleared
from crqlab.report.exports import theme as themes
from crqlab.report.exports.head_office import written
from crqlab.report.run.page_language import spoken_in

_FILES = (("", "xlsx"), ("", "csv"), ("_fields", "csv"))
NAME = "firm_headoffice"  # ids of clients that are in small letters end in a digest


def export_firm(
    study: Study,
    clients: Iterable[tuple[str, str]],
    *,
    language: str | None = None,
    theme: str | Path | None = None,
) -> list[Path]:
    """Write one head-office sheet of several clients.

    Parameters
    ----------
    study : Study
        Its codebook says ``clients: {same_firm: yes}``.
    clients : iterable of (client, wave)
        Each with the last wave that is told.
    language : str, optional
        The codebook's if left out.
    theme : Path, optional
        As for `crqlab.report.export`.

    Returns
    -------
    list of Path
        ``firm_headoffice.xlsx``, the same as CSV, and what its fields mean.

    Raises
    ------
    CrqError
        The codebook does not say that they are one firm, or nobody was asked whether they would
        recommend.
    LeakError
        A file holds something of a client that is not among them; then none is written.
    DisclosureError
        The file and earlier ones would tell what is withheld of a client; then none is written.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> crq.report.export_firm(study, [("C003", "2025"), ("C017", "2025")])
    Traceback (most recent call last):
    crqlab.base.errors.CrqError: Several clients in one file would show each what belongs to ...
    """
    one_firm(study)
    spoken, listed = spoken_in(study, language), list(clients)
    views = [view(study, client=client, wave=wave, language=spoken) for client, wave in listed]
    parts = [ClientRows(seen, head_office(study, seen)) for seen in views]
    look = themes.read(Path(theme)) if theme else client_brand.of(study, listed[0][0])
    tail = "" if spoken == OWN else f"_{spoken}"
    names = tuple(f"{NAME}{part}{tail}.{end}" for part, end in _FILES)
    files = dict(zip(names, written(parts, look), strict=True))
    first, *others = (client for client, _ in listed)
    passed = gate.passed(files, study, first, beside=others)
    for (client, wave), part in zip(listed, parts, strict=True):
        cleared(study, client, wave, passed, sheet=part.rows)
    return [replace(study.reports / name, content) for name, content in passed.items()]


def one_firm(study: Study) -> None:
    """Refuse a study whose clients may be strangers to each other."""
    if not study.codebook.same_firm:
        raise CrqError(
            "Several clients in one file would show each what belongs to the others, so they stay "
            "in files of their own: leave --together out. If they are units of one firm, say so in "
            "codebook.yaml: clients: {same_firm: yes}."
        )
