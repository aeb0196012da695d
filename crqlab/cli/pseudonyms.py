"""``crqlab pseudonyms …``: the way back, for whoever holds the key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crqlab.cli.guard import Guarded, say
from crqlab.cli.options import StudyName

app = typer.Typer(cls=Guarded, no_args_is_help=True, help="Say for whom pseudonyms stand.")


@app.callback()
def _group() -> None:
    """Say for whom pseudonyms stand."""


@app.command(epilog="Example: crqlab pseudonyms resolve acme A-1F2C3D4E")
def resolve(
    study: StudyName,
    tokens: Annotated[
        list[str] | None, typer.Argument(metavar="[TOKEN]...", help="Pseudonyms: A-… C-… M-…")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="A table with pseudonyms, as crqlab export --to csv makes.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="Where to write that table; the screen if left out.")
    ] = None,
) -> None:
    """Say for whom pseudonyms stand, or write a table with ids and names in their place."""
    from crqlab.base.errors import CrqError
    from crqlab.base.study import Study, replace
    from crqlab.page.pseudonym_owners import resolved, unveiled

    if bool(tokens) == bool(file):
        raise CrqError("Name pseudonyms, or a table with --file, and not both.")
    named = Study(study)
    if file is None:
        for row in resolved(named, tokens or []).itertuples():
            say(f"{row.pseudonym}  {row.kind} {row.id} of {row.client_id}: {row.name}")
        return
    if not file.is_file():
        raise CrqError(f"{file.name} is not there; expected a table with pseudonyms.")
    table = unveiled(named, file.read_text(encoding="utf-8-sig"))
    if to is None:
        say(table.rstrip())
    elif to.resolve().is_relative_to(named.reports.resolve()):
        raise CrqError(
            f"{to.name} would lie among the reports, which are handed out; expected a place of "
            "your own."
        )
    else:
        say(f"{replace(to, table.encode())}")
