"""The command line, ``crqlab …``: every command is one call into the package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crqlab.cli import benchmark, playbook, thresholds
from crqlab.cli.confirm import confirm
from crqlab.cli.export import export
from crqlab.cli.guard import Guarded, say
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
from crqlab.cli.verify import verify

app = typer.Typer(
    cls=Guarded,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Customer Relationship Quality: from a raw survey export to a client's report.",
)

app.add_typer(thresholds.app, name="thresholds")
app.add_typer(playbook.app, name="playbook")
app.add_typer(benchmark.app, name="benchmark")

StudyName = Annotated[str, typer.Argument(help="A folder below data/raw.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="A notebook parameter, as in --set level=0.9; may be repeated."),
]
DEMO_CLIENTS = ("C017", "C042", "C108")


@app.command()
def demo() -> None:
    """Draw the demo panel, run every notebook, write three client reports."""
    from crqlab import simulate
    from crqlab.base.study import Study, home

    study = Study("demo", home())
    if (study.raw / "codebook.yaml").is_file():
        say("Demo panel: kept, it is in data/raw/demo")
    else:
        say("Demo panel: drawing …")
        simulate.write(study.root)
    _journey(study, DEMO_CLIENTS, None, {})


@app.command()
def new(
    name: StudyName,
    export: Annotated[
        list[Path] | None,
        typer.Option(help="A survey export to draft the codebook from; may be repeated."),
    ] = None,
    accounts: Annotated[Path | None, typer.Option(help="Accounts as a CRM exports them.")] = None,
    contacts: Annotated[Path | None, typer.Option(help="Invited people.")] = None,
    outcomes: Annotated[Path | None, typer.Option(help="What came of contracts.")] = None,
    folder: Annotated[
        Path | None, typer.Option("--from", help="A folder whose files are sorted by content.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object alone.")] = False,
) -> None:
    """Lay out data/raw/NAME: a codebook drafted from exports, or a template to fill in."""
    from crqlab.cli.new_study import lay_out

    given = {"accounts": accounts, "contacts": contacts, "outcomes": outcomes}
    lay_out(name, export or [], {k: v for k, v in given.items() if v}, folder, json_)


@app.command()
def check(name: StudyName) -> None:
    """Read a study's files and say what is in them and what is wrong; write nothing."""
    from crqlab import responses
    from crqlab.base.study import Study

    study = Study(name)
    raw = responses.read(study)
    flags = responses.flags(raw, study.codebook)
    for line in responses.account_of(raw, study.codebook.roles.order):
        say(line)
    say(str(flags))
    say(str(responses.decide(raw, flags, responses.decisions(study))))
    if drafted := responses.drafted_concepts(study.codebook):
        say(drafted)
    for path, why in responses.unconfirmed(study).items():
        say(f"unconfirmed: {path}: {why}")
    for line in playbook.findings(study):
        say(line)


@app.command()
def migrate(name: StudyName) -> None:
    """Bring a study of an older crqlab to today's words; releases and raw exports stay."""
    from crqlab.base.migration import migrate as brought
    from crqlab.base.study import Study

    done = brought(Study(name))
    for line in done or ["nothing is to be done"]:
        say(line)
    say(f"then: crqlab run {name}")


@app.command()
def run(name: StudyName, set_: Set = None) -> None:
    """Run a study's station notebooks; what is still true is kept, and so are settings."""
    from crqlab.base.study import Study
    from crqlab.report import stations

    stations(Study(name), settings(set_), say)


@app.command()
def report(
    study: Annotated[str, typer.Option(help="A folder below data/raw.")],
    client: Clients = None,
    everybody: Everybody = False,
    where: Where = None,
    wave: Wave = None,
    language: Annotated[
        str | None, typer.Option(help="Of the pages, as in sv; the codebook's if left out.")
    ] = None,
    set_: Set = None,
    jobs: Jobs = None,
    limit: Limit = 300,
    cluster: Cluster = None,
    reviewer: Annotated[
        bool, typer.Option("--reviewer", help="Each report once more, with code and methods.")
    ] = False,
    draft: Draft = False,
) -> None:
    """Write client reports as HTML, running the stations first where needed."""
    from crqlab.base.study import Study

    if everybody == bool(client):
        raise typer.BadParameter("name clients, or take --all", param_hint="--client")
    told = settings(set_) | ({"language": language} if language else {})
    _refuse_draft(Study(study), draft)
    if everybody:
        which = settings(where, "--where")
        _everybody(Study(study), which, wave, told, jobs, limit, cluster, reviewer)
    else:
        _journey(Study(study), client, wave, told, reviewer)


app.command()(confirm)
app.command()(export)
app.command()(verify)


@app.command()
def notebooks() -> None:
    """Execute the shipped notebooks on the demo again and keep them without images."""
    from crqlab.base.study import Study
    from crqlab.report import refresh

    refresh(Study("demo"), say)


@app.command(name="simulate")
def simulate_(
    name: StudyName,
    clients: Annotated[int, typer.Option(min=1, help="How many clients.")] = 150,
    responses: Annotated[
        int | None, typer.Option(min=1, help="How many responses, instead of clients.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed, another panel.")] = None,
) -> None:
    """Draw a synthetic panel with known truth into data/raw/NAME."""
    from crqlab import simulate
    from crqlab.base.study import Study

    root = Study(name).root
    folder = simulate.write(
        root,
        study=name,
        clients=clients,
        responses=responses,
        seed=simulate.SEED if seed is None else seed,
    )
    say(f"{folder} is drawn")


@app.command()
def lab() -> None:
    """Open JupyterLab on the notebooks."""
    import os
    import subprocess
    import sys

    from crqlab.base.study import home

    folder = home()
    environment = {**os.environ, "CRQLAB_HOME": str(folder)}
    command = [sys.executable, "-m", "jupyterlab", str(folder / "notebooks")]
    raise typer.Exit(subprocess.run(command, env=environment, check=False).returncode)


@app.command()
def doctor() -> None:
    """Say what is installed, what is missing, and whether a notebook can run."""
    from crqlab.cli.doctor import findings

    worst = 0
    for finding in findings():
        say(str(finding))
        worst = max(worst, int(finding.needed and not finding.well))
    raise typer.Exit(worst)


def _refuse_draft(study, draft: bool) -> None:
    """Make nothing for a client from what nobody has confirmed, unless it is to say so."""
    from crqlab.responses import refuse_draft

    if not draft:
        refuse_draft(study)


def _journey(study, clients, wave, given, reviewer=False) -> None:
    """Stations, reports, index; then where the pages are."""
    from crqlab.report import accepted, chosen, index, reports, stations

    accepted(study, given)
    stations(study, {}, say)
    wanted = chosen(study, clients, wave)
    pages = reports(study, wanted, given, say)
    for page in pages:
        say(f"{page.path}")
    if reviewer:
        _reviewed(study, wanted, given)
    new = [page.path.stem for page in pages if page.made]
    say(f"{index(study, language=given.get('language'), new=new)}")


def _reviewed(study, wanted, given) -> None:
    """The same reports with code and methods."""
    from crqlab.report import reviewed

    for client, wave in wanted:
        say(f"{reviewed(study, client, wave, given.get('language'))}")


def _everybody(study, where, wave, given, jobs, limit, cluster, reviewer) -> None:
    """Stations, then a report of each client; failures at the end, and exit code 1 for them."""
    from crqlab.cli.progress import told
    from crqlab.report import accepted, chosen, everybody, index, run_batch, stations

    accepted(study, given)
    stations(study, {}, say)
    clients = chosen(study, everybody(study, where), wave)
    options = {"jobs": jobs, "seconds": limit, "cluster": cluster}
    outcome = told(run_batch, study, clients, parameters=given, **options)
    if reviewer:
        _reviewed(study, [(s.job.client, s.job.wave) for s in outcome.steps if not s.error], given)
    new = [step.job.file for step in outcome.made]
    say(f"{index(study, language=given.get('language'), new=new)}")
    raise typer.Exit(int(bool(outcome.failed)))
