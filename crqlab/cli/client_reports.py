"""``crqlab report``: clients' pages, one or all, under the same limits."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from crqlab.cli.guard import say
from crqlab.cli.options import (
    LONGEST,
    WHAT,
    Clients,
    Cluster,
    Draft,
    Everybody,
    Jobs,
    Limit,
    OfStudy,
    Set,
    Supersede,
    Tls,
    Wave,
    Where,
    scheduler,
    settings,
    taken_back,
    wanted,
)


def report(
    study: OfStudy,
    client: Clients = None,
    everybody: Everybody = False,
    where: Where = None,
    wave: Wave = None,
    language: Annotated[
        str | None,
        typer.Option(
            help="Of the pages, as in sv; the codebook's if left out.", rich_help_panel=WHAT
        ),
    ] = None,
    set_: Set = None,
    jobs: Jobs = None,
    limit: Limit = LONGEST,
    cluster: Cluster = None,
    tls: Tls = None,
    reviewer: Annotated[
        bool,
        typer.Option(
            "--reviewer",
            help="Each report once more, with code and methods.",
            rich_help_panel=WHAT,
        ),
    ] = False,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            help="account_manager: a pack for each, in place of the reports.",
            rich_help_panel=WHAT,
        ),
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="With --by: the day due dates are counted from.",
            rich_help_panel=WHAT,
        ),
    ] = None,
    supersede: Supersede = False,
    draft: Draft = False,
) -> None:
    """Write client reports as HTML, running the stations first where needed."""
    from crqlab.base.study import Study
    from crqlab.report import accepted, stations

    if by not in (None, MANAGERS):
        raise typer.BadParameter(f"is {by!r}; use {MANAGERS!r}", param_hint="--by")
    if on and not by:
        raise typer.BadParameter("goes with --by", param_hint="--on")
    named = Study(study)
    told = settings(set_) | ({"language": language} if language else {})
    accepted(named, told)
    clients = wanted(named, client, everybody, where, wave, draft=draft)
    stations(named, {}, say)
    taken_back(named, clients(), supersede=supersede)
    if by:
        raise typer.Exit(_packs(named, clients(), language, on))
    work = {"jobs": jobs, "seconds": limit, "cluster": scheduler(cluster, tls)}
    raise typer.Exit(pages(named, clients(), told, work, reviewer=reviewer))


def _packs(
    study: Any, clients: list[tuple[str, str]], language: str | None, on: datetime | None
) -> int:
    """Make account managers' packs, client by client; 1 where any client has none."""
    import pandas as pd

    from crqlab.base.errors import CrqError
    from crqlab.report import export_packs, index

    failed = 0
    day = pd.Timestamp(on) if on else None
    for client, wave in clients:
        try:
            for path in export_packs(study, client, wave, language=language, on=day):
                say(f"{path}")
        except CrqError as error:
            if len(clients) == 1:
                raise
            failed += 1
            say(f"{client}, wave {wave}: {error}")
    say(f"{index(study, language=language)}")
    return int(failed > 0)


def pages(
    study: Any,
    clients: list[tuple[str, str]],
    given: dict[str, Any],
    work: dict[str, Any],
    *,
    reviewer: bool = False,
) -> int:
    """Make reports and their index, say where they are, and return the exit code: 1 for failures.

    Parameters
    ----------
    study : Study
    clients : list of (client, wave)
    given : mapping
        What the report's notebook is told.
    work : mapping
        ``jobs``, ``seconds``, ``cluster``, as for `crqlab.report.run_batch`.
    reviewer : bool
        Whether each report is made once more, with code and methods.
    """
    from crqlab.cli.progress import told
    from crqlab.report import index, reviewed, run_batch

    outcome = told(run_batch, study, clients, parameters=given, **work)
    sound = [step.job for step in outcome.steps if not step.error]
    if len(clients) <= FEW:
        for job in sorted(sound, key=lambda job: clients.index((job.client, job.wave))):
            say(f"{study.reports / job.file}.html")
    if reviewer:
        for job in sound:
            say(f"{reviewed(study, job.client, job.wave, given.get('language'))}")
    new = [step.job.file for step in outcome.made]
    say(f"{index(study, language=given.get('language'), new=new)}")
    return int(bool(outcome.failed))


MANAGERS = "account_manager"
FEW = 12  # pages up to which each is named when it is done
