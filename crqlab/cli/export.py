"""``crqlab export``: clients' reports as PDF, workbook, slides and CRM table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from crqlab.cli.guard import say
from crqlab.cli.options import (
    Clients,
    Cluster,
    Draft,
    Everybody,
    Jobs,
    Limit,
    Wave,
    Where,
    settings,
)


def export(
    study: Annotated[str, typer.Option(help="A folder below data/raw.")],
    client: Clients = None,
    everybody: Everybody = False,
    where: Where = None,
    wave: Wave = None,
    language: Annotated[
        str | None,
        typer.Option(help="Of PDF, workbook and slides; the codebook's if left out."),
    ] = None,
    to: Annotated[
        str, typer.Option(help="What to write, parted by commas: pdf, xlsx, pptx, csv.")
    ] = "pdf,xlsx,pptx,csv",
    theme: Annotated[
        Path | None, typer.Option(help="A client's colours and logo: a YAML file.")
    ] = None,
    template: Annotated[
        Path | None, typer.Option(help="A client's own slides to build on: a .pptx file.")
    ] = None,
    jobs: Jobs = None,
    limit: Limit = 300,
    cluster: Cluster = None,
    draft: Draft = False,
) -> None:
    """Write clients' numbers for other programs; a PDF's report is made first where needed."""
    from crqlab.base.study import Study
    from crqlab.report.exports.export_files import accepted
    from crqlab.responses import refuse_draft

    if everybody == bool(client):
        raise typer.BadParameter("name clients, or take --all", param_hint="--client")
    if not draft:
        refuse_draft(Study(study))
    named = [kind.strip() for kind in to.split(",") if kind.strip()]
    kinds = accepted(named, language=language, template=template)
    options = {"kinds": kinds, "language": language, "theme": theme, "template": template}
    if everybody:
        work = {"jobs": jobs, "seconds": limit, "cluster": cluster}
        _everybody(Study(study), settings(where, "--where"), wave, options, work)
    else:
        _named(Study(study), client or [], wave, options)


def _named(study: Any, clients: list[str], wave: str | None, options: dict[str, Any]) -> None:
    """The files of some clients; the first failure ends it."""
    from crqlab.report import chosen, export, reports, stations

    stations(study, {}, say)
    pairs = chosen(study, clients, wave)
    if "pdf" in options["kinds"]:
        language = options["language"]
        reports(study, pairs, {"language": language} if language else {}, say)
    for name, round_ in pairs:
        for path in export(study, name, round_, **options):
            say(f"{path}")


def _everybody(
    study: Any,
    where: dict[str, str],
    wave: str | None,
    options: dict[str, Any],
    work: dict[str, Any],
) -> None:
    """The files of all clients; failures are told at the end, with exit code 1."""
    from crqlab.cli.progress import told
    from crqlab.report import chosen, everybody, export_all, index, run_batch, stations

    stations(study, {}, say)
    clients, failed = chosen(study, everybody(study, where), wave), []
    if "pdf" in options["kinds"]:
        language = {"language": options["language"]} if options["language"] else {}
        pages = told(run_batch, study, clients, parameters=language, **work)
        index(study, new=[step.job.file for step in pages.made], **language)
        failed = [(step.job.client, step.job.wave) for step in pages.failed]
    files = told(export_all, study, [one for one in clients if one not in failed], **options,
                 **work)  # fmt: skip
    say(f"{study.reports}")
    raise typer.Exit(int(bool(failed or files.failed)))
