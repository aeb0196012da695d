"""``crqlab plans``: plans of key accounts, and the board's review of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from crqlab.cli.guard import say
from crqlab.cli.options import (
    WHAT,
    WHOM,
    Clients,
    Draft,
    Everybody,
    StudyName,
    Supersede,
    Wave,
    settings,
    taken_back,
    wanted,
)


def plans(
    study: StudyName,
    client: Clients = None,
    everybody: Everybody = False,
    wave: Wave = None,
    account: Annotated[
        list[str] | None,
        typer.Option(help="An account's id; repeatable.", rich_help_panel=WHOM),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="Accounts of a kind, as in tier=A, segment=Rational or status=silent; "
                     "repeatable.", rich_help_panel=WHOM),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option(min=1, help="So many, whom to see first on top; 10 if nothing is said.",
                     rich_help_panel=WHOM),
    ] = None,
    board: Annotated[
        bool,
        typer.Option("--board", help="One review of all of them, an account on each page.",
                     rich_help_panel=WHAT),
    ] = False,
    to: Annotated[
        str,
        typer.Option(help="What to write, parted by commas: html, pptx.", rich_help_panel=WHAT),
    ] = "html,pptx",
    language: Annotated[
        str | None,
        typer.Option(help="Of the plans; the codebook's if left out.", rich_help_panel=WHAT),
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day that days are counted from.",
                     rich_help_panel=WHAT),
    ] = None,
    supersede: Supersede = False,
    draft: Draft = False,
) -> None:  # fmt: skip
    """Write plans of key accounts, to read and to edit; or the board's review of them."""
    import pandas as pd

    from crqlab.base.errors import CrqError
    from crqlab.base.study import Study
    from crqlab.page.plans.select import Choice
    from crqlab.report import export_plans, stations

    named = Study(study)
    kinds = [kind.strip() for kind in to.split(",") if kind.strip()]
    choice = Choice(tuple(account or ()), settings(where, "--where"), top)
    clients = wanted(named, client, everybody, None, wave, draft=draft)
    stations(named, {}, say)
    taken_back(named, clients(), supersede=supersede)
    day, failed = pd.Timestamp(on) if on else None, 0
    for one, when in clients():
        try:
            made = export_plans(
                named, one, when, choice, board=board, kinds=kinds, language=language, on=day
            )
        except CrqError as error:
            if not everybody:
                raise
            failed += 1
            say(f"{one}, wave {when}: {error}")
            continue
        for path in made:
            say(f"{path}")
    raise typer.Exit(int(failed > 0))
