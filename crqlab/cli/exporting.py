"""``crqlab export``: a client's report as PDF, workbook, slides and CRM table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crqlab.cli.guard import say


def export(
    study: Annotated[str, typer.Option(help="A folder below data/raw.")],
    client: Annotated[list[str], typer.Option(help="A client's id; may be repeated.")],
    wave: Annotated[
        str | None, typer.Option(help="A wave; the client's latest if left out.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Of the page and its PDF; the codebook's if left out.")
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
) -> None:
    """Write a client's numbers for other programs, making its report first where needed."""
    from crqlab.base.study import Study
    from crqlab.report import chosen, export, reports, stations

    project = Study(study)
    kinds = [kind.strip() for kind in to.split(",") if kind.strip()]
    stations(project, {}, say)
    pairs = chosen(project, client, wave)
    pages = reports(project, pairs, {"language": language} if language else {}, say)
    for (name, round_), page in zip(pairs, pages, strict=True):
        made = export(
            project, name, round_, kinds=kinds, page=page.path, theme=theme, template=template
        )
        for path in made:
            say(f"{path}")
