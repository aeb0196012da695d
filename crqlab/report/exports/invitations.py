"""The invitation kit of a client's wave: letters, and who has approved whom is invited."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from crqlab.base.errors import CrqError, one_of
from crqlab.base.study import Study, replace
from crqlab.base.waves import in_order
from crqlab.language import OWN
from crqlab.language import language as spoken_language
from crqlab.page.invitations.html import invitation_kit
from crqlab.page.invitations.letters import Letter, letters
from crqlab.programme.sign_offs import SignOffs, sign_offs
from crqlab.report.brand import client_brand
from crqlab.report.clearance.raw_gate import RawGate
from crqlab.report.run import render
from crqlab.report.run.manager_packs import pack_name
from crqlab.report.run.page_language import page_name, spoken_in
from crqlab.responses import as_they_stand, read
from crqlab.responses.raw_files import Raw
from crqlab.responses.tables import joined

#: Ends the name of a client's folder of letters.
FOLDER, KIT = "invitations", "kit"
_OF_ALL = ("ceo", "last")


def export_invitations(
    study: Study, client: str, *, wave: str | None = None, language: str | None = None
) -> tuple[list[Path], SignOffs]:
    """Write the letters of a client's wave, and how far its contact lists are approved.

    Parameters
    ----------
    study : Study
        Its raw files are read as they stand; no station need have run.
    client : str
    wave : str, optional
        The latest of the client's contacts if left out.
    language : str, optional
        The codebook's if left out.

    Returns
    -------
    tuple of list of Path, SignOffs
        ``C017_2025_invitations/kit.html``, and a text file for each letter: of the managing
        director, and of each account manager.

    Raises
    ------
    CrqError
        An unknown client, wave or language, or a client without contacts and answers.
    LeakError
        A letter would hold something of another client; none is written.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> files, approved = crq.report.export_invitations(study, "C019")
    >>> [path.name for path in files][:2], approved.missing.empty
    (['kit.html', 'ceo.txt'], True)
    """
    spoken = spoken_language(spoken_in(study, language))
    with as_they_stand(study) as (copy, _):
        raw = read(copy)
    whole = joined(study, raw)
    one_of("client", client, sorted(whole["clients"]["client_id"]))
    wave = _wave(raw, client, wave)
    people, accounts = _of(raw.contacts, client), _of(whole["accounts"], client)
    people = people[(people["wave"] == wave) & people["invited"].to_numpy(bool)]
    book = study.codebook
    approved = sign_offs(people, accounts, book.invitation)
    name = whole["clients"].set_index("client_id")["name"].get(client, client)
    made = {
        manager: list(letters(book.invitation, book.privacy, name, manager, spoken))
        for manager in _managers(accounts)
    }
    page = render.document(
        invitation_kit(name, wave, made, approved, book.invitation, spoken).html,
        title=spoken.say("invitation.kit", client=name),
        language=spoken.code,
        synthetic=book.synthetic,
        brand=client_brand.of(study, client),
    )
    tail = "" if spoken.code == OWN else f"_{spoken.code}"
    files = {f"{KIT}{tail}.html": page.encode(), **_texts(made, tail)}
    asked = book.invitation
    said = (asked.sender, asked.director, str(asked.programme), str(asked.title))
    passed = RawGate(study, raw, filter(None, said)).passed(files, client)
    folder = study.reports / page_name(client, wave, part=FOLDER)
    return [replace(folder / file, content) for file, content in passed.items()], approved


def _wave(raw: Raw, client: str, wave: str | None) -> str:
    waves = in_order([*_of(raw.contacts, client)["wave"], *_of(raw.responses, client)["wave"]])
    if not waves:
        raise CrqError(
            f"Client {client} has neither contacts nor answers; add the people to be invited to "
            "the contacts file."
        )
    if wave is None:
        return waves[-1]
    one_of(f"wave of client {client}", wave, waves)
    return wave


def _of(rows: pd.DataFrame, client: str) -> pd.DataFrame:
    return rows[(rows["client_id"] == client).to_numpy(bool)]


def _managers(accounts: pd.DataFrame) -> list[str | None]:
    """All account managers by name; None where nobody looks after some account."""
    named = sorted(accounts["account_manager"].dropna().unique())
    return [*named, *([None] if accounts["account_manager"].isna().any() or not named else [])]


def _texts(made: dict[str | None, Iterable[Letter]], tail: str) -> dict[str, bytes]:
    """A text file for each letter that differs."""
    files = {}
    for manager, some in made.items():
        for letter in some:
            whose = "" if letter.kind in _OF_ALL else f"_{pack_name(manager)}"
            files.setdefault(f"{letter.kind}{whose}{tail}.txt", letter.text.encode())
    return files
