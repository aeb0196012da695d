"""``crqlab watch``: what has come in while a wave is open and cannot wait."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from crqlab.cli.client_reports import FEW
from crqlab.cli.guard import say
from crqlab.cli.options import WHAT, Clients, Wave, completed_study

if TYPE_CHECKING:
    from crqlab.base.study import Study

_MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


def watch(
    study: Annotated[
        str | None,
        typer.Argument(help="A folder below data/raw.", autocompletion=completed_study),
    ] = None,
    client: Clients = None,
    wave: Wave = None,
    to: Annotated[
        str,
        typer.Option(
            help="What to write, parted by commas: html, csv, atom, mbox.", rich_help_panel=WHAT
        ),
    ] = "html,csv",
    language: Annotated[
        str | None,
        typer.Option(help="Of the pages; the codebook's if left out.", rich_help_panel=WHAT),
    ] = None,
    answered: Annotated[
        str | None, typer.Option(help="Note that this alert, by its id, was answered.")
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=_MOMENTS, help="When that was, or the moment that counts as now."),
    ] = None,
    rules: Annotated[
        bool, typer.Option("--rules", help="Print the rules that crqlab proposes; look at nothing.")
    ] = False,
) -> None:
    """List what cannot wait while a wave is open, once each, with owner and clock; send nothing."""
    if rules:
        from crqlab.programme.alert_rules import SHIPPED

        say(SHIPPED.read_text(encoding="utf-8").rstrip())
        return
    import pandas as pd

    from crqlab.base.study import Study
    from crqlab.report.alerts import watch as alerts

    if study is None:
        raise typer.BadParameter("name a study, or ask for --rules", param_hint="STUDY")
    named, now = Study(study), pd.Timestamp(on) if on else None
    if answered:
        say(alerts.answered(named, answered, now))
        return
    kinds = [kind.strip() for kind in to.split(",") if kind.strip()]
    found = alerts.watch(named, clients=client, wave=wave, kinds=kinds, language=language, now=now)
    for one in found.clients:
        if one.view is not None or one.waiting or one.hidden or one.held:
            say(str(one))
        for path in one.files if len(found.clients) <= FEW else ():
            say(f"  {path}")
    if len(found.clients) > FEW:
        say(f"{named.reports / 'alerts'}")
    quiet = sum(one.view is None for one in found.clients)
    say(f"{len(found.clients)} open waves were looked at; {quiet} clients have no alert")
    for note in [*found.notes, *found.refused]:
        say(note)
    raise typer.Exit(int(bool(found.refused)))


def findings(study: Study) -> list[str]:
    """Say what is in a study's own alert rules, and which of them it cannot answer."""
    from crqlab.programme.alert_rules import FILE, alert_rules_of, unmeasured

    if not (study.raw / FILE).is_file():
        return []
    rules = alert_rules_of(study)
    _, left = rules.fitted(study.codebook.instrument)
    return [f"{FILE}: {rules}", *(f"{FILE}: {one}" for one in unmeasured(left))]
