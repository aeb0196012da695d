"""``crqlab report``: clients' pages, one or all, under the same limits."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from crqlab.cli.guard import say
from crqlab.cli.options import (
    LONGEST,
    Clients,
    Cluster,
    Draft,
    Everybody,
    Jobs,
    Limit,
    OfStudy,
    Set,
    Wave,
    Where,
    settings,
    wanted,
)


def report(
    study: OfStudy,
    client: Clients = None,
    everybody: Everybody = False,
    where: Where = None,
    wave: Wave = None,
    language: Annotated[
        str | None, typer.Option(help="Of the pages, as in sv; the codebook's if left out.")
    ] = None,
    set_: Set = None,
    jobs: Jobs = None,
    limit: Limit = LONGEST,
    cluster: Cluster = None,
    reviewer: Annotated[
        bool, typer.Option("--reviewer", help="Each report once more, with code and methods.")
    ] = False,
    draft: Draft = False,
) -> None:
    """Write client reports as HTML, running the stations first where needed."""
    from crqlab.base.study import Study
    from crqlab.report import accepted, stations

    named = Study(study)
    told = settings(set_) | ({"language": language} if language else {})
    accepted(named, told)
    clients = wanted(named, client, everybody, where, wave, draft=draft)
    stations(named, {}, say)
    work = {"jobs": jobs, "seconds": limit, "cluster": cluster}
    raise typer.Exit(pages(named, clients(), told, work, reviewer=reviewer))


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


FEW = 12  # pages up to which each is named when it is done
