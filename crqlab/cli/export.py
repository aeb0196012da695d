"""``crqlab export``: clients' reports as PDF, workbook, slides and CRM table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from crqlab.cli.client_reports import FEW
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
    Supersede,
    Tls,
    Wave,
    Where,
    scheduler,
    taken_back,
    wanted,
)


def export(
    study: OfStudy,
    client: Clients = None,
    everybody: Everybody = False,
    where: Where = None,
    wave: Wave = None,
    language: Annotated[
        str | None,
        typer.Option(
            help="Of PDF, workbook and slides; the codebook's if left out.", rich_help_panel=WHAT
        ),
    ] = None,
    to: Annotated[
        str,
        typer.Option(
            help="What to write, parted by commas: pdf, xlsx, pptx, csv, headoffice, salesforce, "
            "hubspot, dynamics, invitations.",
            rich_help_panel=WHAT,
        ),
    ] = "pdf,xlsx,pptx,csv",
    theme: Annotated[
        Path | None,
        typer.Option(help="A client's colours and logo: a YAML file.", rich_help_panel=WHAT),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(help="A client's own slides to build on: a .pptx file.", rich_help_panel=WHAT),
    ] = None,
    together: Annotated[
        bool,
        typer.Option(
            "--together",
            help="One head-office file of all clients of one firm.",
            rich_help_panel=WHAT,
        ),
    ] = False,
    jobs: Jobs = None,
    limit: Limit = LONGEST,
    cluster: Cluster = None,
    tls: Tls = None,
    supersede: Supersede = False,
    draft: Draft = False,
) -> None:
    """Write clients' numbers for other programs; a PDF's report is made first where needed."""
    from crqlab.base.study import Study
    from crqlab.report import export_firm, index, stations
    from crqlab.report.exports.export_files import accepted

    kinds = accepted(
        [kind.strip() for kind in to.split(",") if kind.strip()],
        language=language,
        theme=theme,
        template=template,
    )
    named = Study(study)
    if together:
        _alone(kinds, named)
    clients = wanted(named, client, everybody, where, wave, draft=draft)
    stations(named, {}, say)
    taken_back(named, clients(), supersede=supersede)
    if together:
        for path in export_firm(named, clients(), language=language, theme=theme):
            say(f"{path}")
        index(named, language=language)
        return
    options = {"kinds": kinds, "language": language, "theme": theme, "template": template}
    work = {"jobs": jobs, "seconds": limit, "cluster": scheduler(cluster, tls)}
    raise typer.Exit(_files(named, clients(), options, work))


def _alone(kinds: list[str], study: Any) -> None:
    """Refuse one file of several clients for other kinds, or of firms that are strangers."""
    from crqlab.report.exports.firm_file import one_firm

    if kinds != ["headoffice"]:
        raise typer.BadParameter("goes with --to headoffice alone", param_hint="--together")
    one_firm(study)


def _files(
    study: Any, clients: list[tuple[str, str]], options: dict[str, Any], work: dict[str, Any]
) -> int:
    """Write the files of clients, of those whose page could be made; 1 where anything failed."""
    from crqlab.cli.progress import told
    from crqlab.report import export_all, index, run_batch
    from crqlab.report.exports.export_files import file_names

    failed = []
    if "pdf" in options["kinds"]:
        language = {"language": options["language"]} if options["language"] else {}
        pages = told(run_batch, study, clients, parameters=language, **work)
        index(study, new=[step.job.file for step in pages.made], **language)
        failed = [(step.job.client, step.job.wave) for step in pages.failed]
    left = [one for one in clients if one not in failed]
    files = told(export_all, study, left, **options, **work)
    index(study, language=options["language"])
    if len(clients) <= FEW:
        for step in files.steps:
            for kind in () if step.error else options["kinds"]:
                told_in = step.job.parameters["language"]
                for name in file_names(step.job.client, step.job.wave, told_in, kind):
                    say(f"{study.reports / name}")
    else:
        say(f"{study.reports}")
    return int(bool(failed or files.failed))
