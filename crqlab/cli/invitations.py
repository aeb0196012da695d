"""``crqlab invitations``: letters of a wave, who approved whom, and how a letter sounds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crqlab.cli.guard import say
from crqlab.cli.options import WHAT, Clients, StudyName, Wave


def invitations(
    study: StudyName,
    client: Clients = None,
    wave: Wave = None,
    language: Annotated[
        str | None,
        typer.Option(help="Of the letters; the codebook's if left out.", rich_help_panel=WHAT),
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option(help="A letter of your own, as text: does it sound like a survey?"),
    ] = None,
) -> None:
    """Write letters of invitation and who approved whom; or check a letter of your own."""
    from crqlab.base.errors import StudyError
    from crqlab.base.study import Study
    from crqlab.programme.invitation_wording import survey_words
    from crqlab.report import export_invitations
    from crqlab.report.run.page_language import spoken_in

    named = Study(study)
    if check:
        try:
            text = check.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as refused:
            raise StudyError(
                f"{check.name} cannot be read as text ({refused}); save the letter as UTF-8 text."
            ) from None
        found = survey_words(text, spoken_in(named, language))
        say(str(found))
        raise typer.Exit(int(len(found.table) > 0))
    if not client:
        raise typer.BadParameter("name clients, or check a letter", param_hint="--client")
    for one in client:
        made, approved = export_invitations(named, one, wave=wave, language=language)
        say(f"{one}: {approved}")
        for path in made:
            say(f"  {path}")
