"""Packs for account managers: a page and a PDF each, with nothing of colleagues' accounts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from unicodedata import combining, normalize

import pandas as pd

from crqlab.base.study import Study, replace
from crqlab.language import OWN, languages
from crqlab.page.assembly import view
from crqlab.page.client_view import ClientView
from crqlab.page.method.html import run_card_lines
from crqlab.page.packs.data import Pack
from crqlab.page.packs.meeting import meetings
from crqlab.page.packs.portfolio import portfolio
from crqlab.page.packs.select import packs
from crqlab.report.batch import ledger
from crqlab.report.brand import client_brand
from crqlab.report.clearance import colleagues, gate
from crqlab.report.clearance.provenance import card
from crqlab.report.clearance.release_audit import cleared
from crqlab.report.exports import pdf
from crqlab.report.run import page_build, render
from crqlab.report.run.page_language import page_name, spoken_in
from crqlab.show.html import lines

#: Ends the name of a client's folder of packs, behind the name of its page.
FOLDER = "by"
#: The file of accounts that nobody looks after.
UNASSIGNED = "unassigned"
_PLAIN = re.compile(r"[A-Z][a-z]+( [A-Z][a-z]+)*")
#: Names of files that are taken: by accounts of nobody, and by Windows for devices.
_TAKEN = re.compile(rf"(?i:{UNASSIGNED}|con|prn|aux|nul)")
_LONGEST = 40  # letters of a name in a file name


def export_packs(
    study: Study,
    client: str,
    wave: str,
    *,
    language: str | None = None,
    on: pd.Timestamp | None = None,
) -> list[Path]:
    """Write a pack for every account manager of a client.

    Parameters
    ----------
    study : Study
        Its stations must have run.
    client, wave : str
    language : str, optional
        The codebook's if left out; packs of another language stay as they are.
    on : Timestamp, optional
        The day from which due dates are counted; that of the last answer if left out.

    Returns
    -------
    list of Path
        ``C017_2025_by/NAME.html`` and, where weasyprint is installed, ``NAME.pdf``; by name. All
        are made before the first is written; packs of managers that are gone are removed.

    Raises
    ------
    CrqError
        There are no account managers, or no accounts.
    LeakError
        A pack holds something of another client, or of a colleague's accounts; none is written.
    DisclosureError
        Packs and earlier files would together tell what is withheld; none is written.
    """
    spoken = spoken_in(study, language)
    shown = view(study, client=client, wave=wave, language=spoken)
    found = packs(study, shown, on)
    folder = page_name(client, wave, part=FOLDER)
    made: dict[str, bytes] = {}
    owners: dict[str, str] = {}
    for pack in found:
        name = pack_name(pack.manager, spoken)
        files = _files(study, shown, pack, name, language=spoken)
        passed = gate.passed(files, study, client)
        promised = pack.promised["owner"].dropna().tolist()
        colleagues.check(passed, study, client, pack.manager, owners=promised)
        made |= passed
        owners |= dict.fromkeys(passed, pack.manager or "")
    cleared(study, client, wave, [f"{folder}/{file}" for file in made])
    inputs = page_build.inputs(study, page_build.report_notebook(study), {"on": str(on)})
    told = {"client": client, "wave": wave, "language": spoken}
    written = [replace(study.reports / folder / file, content) for file, content in made.items()]
    for path in written:
        entry = f"{ledger.EXPORTS}{folder}/{path.name}"
        facts = {**told, "manager": owners[path.name]}
        ledger.made(study, entry, inputs=inputs, parameters=facts, seconds=0.0)
    _without_older(study.reports / folder, written, spoken)
    return written


def _files(
    study: Study, shown: ClientView, pack: Pack, name: str, *, language: str
) -> dict[str, bytes]:
    """One manager's page and, where it can be made, its PDF."""
    look = client_brand.of(study, shown.client_id)
    front, behind = portfolio(shown, pack), meetings(shown, pack)
    made_from = card(study, client=shown.client_id, wave=shown.wave, language=language)
    foot = run_card_lines(shown, made_from.table)
    page = render.document(
        lines(front.html, behind.html, foot.html),
        title=f"{pack.manager or ''} · {shown.client} {shown.wave}".strip(" ·"),
        language=language,
        synthetic=shown.synthetic,
        unconfirmed=shown.unconfirmed,
        brand=look,
    )
    files = {f"{name}.html": page.encode()}
    if find_spec("weasyprint"):
        files[f"{name}.pdf"] = pdf.content(shown, look, page=page)
    return files


def pack_name(manager: str | None, language: str = OWN) -> str:
    """Return the file name, without ending, of a manager's pack.

    Names of plain words stay readable; every other one carries a digest of its exact text, so that
    names that differ by an accent, a hyphen or upper and lower case alone have files of their own.

    Examples
    --------
    >>> pack_name("Eva Lind"), pack_name("Eva-Lind"), pack_name(None, "sv")
    ('Eva-Lind', 'Eva-Lind-aa2694c8', 'unassigned_sv')
    """
    tail = "" if language == OWN else f"_{language}"
    if manager is None:
        return f"{UNASSIGNED}{tail}"
    safe = len(manager) <= _LONGEST and not _TAKEN.fullmatch(manager)
    if safe and _PLAIN.fullmatch(manager):
        return f"{manager.replace(' ', '-')}{tail}"
    bare = "".join(mark for mark in normalize("NFKD", manager) if not combining(mark))
    plain = re.sub(r"[^A-Za-z0-9]+", "-", bare)[:_LONGEST].strip("-")
    return f"{plain or 'name'}-{hashlib.sha256(manager.encode()).hexdigest()[:8]}{tail}"


def _without_older(folder: Path, written: Iterable[Path], language: str) -> None:
    """Remove packs of this language that were not written now."""
    kept = {path.name for path in written}
    others = tuple(f"_{code}" for code in languages() if code != OWN)
    for path in sorted(folder.glob("*")):
        own = (
            not path.stem.endswith(others)
            if language == OWN
            else path.stem.endswith(f"_{language}")
        )
        if own and path.suffix in (".html", ".pdf") and path.name not in kept:
            path.unlink()
