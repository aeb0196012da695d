"""The command line, ``crqlab …``: every command is one call into the package."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from crqlab.cli import actions, benchmark, playbook, pseudonyms, themes, thresholds
from crqlab.cli.audit import audit
from crqlab.cli.client_reports import pages, report
from crqlab.cli.confirm import confirm
from crqlab.cli.export import export
from crqlab.cli.forget import forget
from crqlab.cli.guard import Guarded, say
from crqlab.cli.invitations import invitations
from crqlab.cli.options import LONGEST, Limit, Set, StudyName, settings
from crqlab.cli.plans import plans
from crqlab.cli.referrals import referrals
from crqlab.cli.study_list import list_
from crqlab.cli.verify import verify
from crqlab.cli.watch import findings as alert_findings
from crqlab.cli.watch import watch

app = typer.Typer(
    cls=Guarded,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Customer Relationship Quality: from a raw survey export to a client's report.",
    epilog="A study of one's own: crqlab new acme --from FOLDER, crqlab confirm acme, "
    "crqlab report --study acme --all. One command explained: crqlab report --help",
)
WORK, RULES, HOUSE = "A study, in the order of work", "The panel and its rules", "Around it"

DEMO_CLIENTS = ("C017", "C042", "C108")


def _version(asked: bool) -> None:
    if asked:
        import crqlab

        say(f"crqlab {crqlab.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Say which version."),
    ] = False,
) -> None:
    """Customer Relationship Quality: from a raw survey export to a client's report."""


@app.command(
    rich_help_panel=WORK,
    epilog="Examples: crqlab new acme --from FOLDER · crqlab new acme --export 2024.csv "
    "--export 2025.xlsx --accounts accounts.csv --contacts contacts.csv --outcomes deals.csv",
)
def new(
    name: Annotated[str, typer.Argument(help="A folder below data/raw, yet to be made.")],
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
    sheet: Annotated[
        list[str] | None,
        typer.Option(help="The sheet of a workbook that counts, SHEET or FILE=SHEET."),
    ] = None,
    client: Annotated[str | None, typer.Option(help="The client's name.")] = None,
    account: Annotated[
        str | None, typer.Option(help="The column that says to which account a person belongs.")
    ] = None,
    recommend: Annotated[str | None, typer.Option(help="The column of the 0-10 question.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="PATH=VALUE of the codebook, as in --set currency=SEK."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing; what is open stays on the list.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object alone.")] = False,
) -> None:
    """Lay out data/raw/NAME: a codebook drafted from exports, or a template to fill in."""
    from crqlab.cli.new_study import Given, lay_out

    tables = {"accounts": accounts, "contacts": contacts, "outcomes": outcomes}
    told = {"client.name": client, "responses.columns.account_id": account,
            "responses.columns.ltr": recommend, "instrument.recommend": recommend}  # fmt: skip
    values = {path: json.dumps(value, ensure_ascii=False) for path, value in told.items() if value}
    values |= settings(set_)
    sheets = dict(one.rpartition("=")[::2] for one in sheet or [])
    files = {table: path for table, path in tables.items() if path}
    lay_out(name, Given(export or [], files, folder, sheets, values), as_json=json_, ask=not yes)


app.command(
    rich_help_panel=WORK,
    epilog="Example: crqlab confirm acme --set client.name=Acme --accept-sure 0.95",
)(confirm)


@app.command(rich_help_panel=WORK, epilog="Example: crqlab fetch acme --limit 60")
def fetch(name: StudyName, limit: Limit = LONGEST) -> None:
    """Ask the databases that a codebook names, read only, and keep copies; runs read these."""
    from crqlab import responses
    from crqlab.base.study import Study

    for copy in responses.fetch(Study(name), seconds=limit):
        say(f"{copy}")


@app.command(rich_help_panel=WORK, epilog="Example: crqlab check acme")
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
    own = [playbook.findings(study), themes.findings(study), alert_findings(study)]
    for line in [*chain(*own), *actions.findings(study, raw)]:
        say(line)


app.command(
    "list",
    rich_help_panel=WORK,
    epilog="Examples: crqlab list · crqlab list acme · crqlab list acme --client C017",
)(list_)


@app.command(rich_help_panel=WORK, epilog="Example: crqlab run acme --set level=0.9")
def run(name: StudyName, set_: Set = None) -> None:
    """Run a study's station notebooks; what is still true is kept, and so are settings."""
    from crqlab.base.study import Study
    from crqlab.report import stations

    parameters = settings(set_)
    stations(Study(name), parameters, say)


app.command(
    rich_help_panel=WORK,
    epilog="Examples: crqlab report --study acme --client C017 --wave 2025 · "
    "crqlab report --study acme --all --where industry=banking --jobs 4",
)(report)
app.command(
    rich_help_panel=WORK, epilog="Example: crqlab export --study acme --client C017 --to xlsx,pptx"
)(export)
app.command(
    rich_help_panel=WORK,
    epilog="Examples: crqlab audit acme --client C017 · crqlab audit acme --all",
)(audit)
app.command(rich_help_panel=WORK, epilog="Example: crqlab verify reports/acme/C017_2025.html")(
    verify
)
app.command(
    rich_help_panel=WORK,
    epilog="Examples: crqlab invitations acme --client C017 --language sv · "
    "crqlab invitations acme --check letter.txt",
)(invitations)
app.command(
    rich_help_panel=WORK,
    epilog="Examples: crqlab watch acme · crqlab watch acme --to html,mbox --language sv · "
    "crqlab watch acme --answered AL-1f0c5a7de203",
)(watch)
app.command(
    rich_help_panel=WORK,
    epilog="Examples: crqlab plans acme --client C017 --account A12 · "
    "crqlab plans acme --client C017 --where tier=A --board --to pptx",
)(plans)
app.add_typer(benchmark.app, name="benchmark", rich_help_panel=RULES)
app.add_typer(thresholds.app, name="thresholds", rich_help_panel=RULES)
app.command(rich_help_panel=WORK, epilog="Example: crqlab referrals acme --client C017")(referrals)
app.add_typer(actions.app, name="actions", rich_help_panel=WORK)
app.add_typer(playbook.app, name="playbook", rich_help_panel=RULES)
app.add_typer(themes.app, name="themes", rich_help_panel=RULES)
app.add_typer(pseudonyms.app, name="pseudonyms", rich_help_panel=HOUSE)


@app.command(rich_help_panel=HOUSE, epilog="Example: crqlab demo")
def demo() -> None:
    """Draw the demo panel, run every notebook, write three client reports.

    In an empty folder a project is laid out first.
    """
    from crqlab import simulate
    from crqlab.base.study import Study
    from crqlab.report import chosen, project, stations

    study = Study("demo", project())
    if (study.raw / "codebook.yaml").is_file():
        say("Demo panel: kept, it is in data/raw/demo")
    else:
        say("Demo panel: drawing …")
        simulate.write(study.root)
    stations(study, {}, say)
    clients = chosen(study, DEMO_CLIENTS, None)
    work = {"jobs": None, "seconds": LONGEST, "cluster": None}
    raise typer.Exit(pages(study, clients, {}, work))


@app.command(rich_help_panel=HOUSE, epilog="Example: crqlab notebooks work")
def notebooks(
    folder: Annotated[Path, typer.Argument(help="Where to; made where it is missing.")],
) -> None:
    """Lay the notebooks out in a folder, to run and to change; nothing of yours is overwritten."""
    from crqlab.report import notebooks_into

    paths = notebooks_into(folder)
    say(f"{len(paths)} notebooks are in {folder}; demo data for them: crqlab demo")


@app.command(
    name="simulate",
    rich_help_panel=HOUSE,
    epilog="Example: crqlab simulate panel --clients 40 --seed 7",
)
def simulate_(
    name: StudyName,
    clients: Annotated[int, typer.Option(min=1, help="How many clients.")] = 150,
    responses: Annotated[
        int | None, typer.Option(min=1, help="How many responses, instead of clients.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed, another panel.")] = None,
    slices: Annotated[
        int, typer.Option(help="Waves a year, each asking a slice of the accounts: 1, 2, 3, 4, 6.")
    ] = 1,
    pulses: Annotated[
        int, typer.Option(min=0, help="Waves after each of these that ask a few items and LTR.")
    ] = 0,
    role_effects: Annotated[
        float, typer.Option(help="How far roles lie apart, as a multiple of the demo's.")
    ] = 1.0,
    honeymoon: Annotated[
        float, typer.Option(help="Points that accounts fall after a year without contact.")
    ] = 0.0,
    programme: Annotated[
        bool, typer.Option("--programme", help="With actions and referrals of a programme.")
    ] = False,
    levers: Annotated[
        bool, typer.Option("--levers", help="Contacts say what was done for an answer.")
    ] = False,
) -> None:
    """Draw a synthetic panel with known truth into data/raw/NAME."""
    from crqlab import simulate
    from crqlab.base.study import home

    folder = simulate.write(
        home(),
        study=name,
        clients=clients,
        responses=responses,
        seed=simulate.SEED if seed is None else seed,
        slices=slices,
        pulses=pulses,
        role_effects=role_effects,
        honeymoon=honeymoon,
        programme=programme,
        levers="drawn" if levers else "none",
    )
    say(f"{folder} is drawn")


app.command(rich_help_panel=HOUSE, epilog="Example: crqlab forget acme --contact P0042")(forget)


@app.command(rich_help_panel=HOUSE, epilog="Example: crqlab migrate acme")
def migrate(name: StudyName) -> None:
    """Bring a study of an older crqlab to today's words; releases and raw exports stay."""
    from crqlab.base.migration import migrate as brought
    from crqlab.base.study import Study

    done = brought(Study(name))
    for line in done or ["nothing is to be done"]:
        say(line)
    say(f"then: crqlab run {name}")


@app.command(rich_help_panel=HOUSE, epilog="Example: crqlab lab")
def lab() -> None:
    """Open JupyterLab on the notebooks."""
    import os
    import subprocess
    import sys

    from crqlab.base.study import home

    folder = home()
    environment = {**os.environ, "CRQLAB_HOME": str(folder)}
    inside = folder / "notebooks"
    place = inside if inside.is_dir() else folder
    command = [sys.executable, "-m", "jupyterlab", str(place)]
    raise typer.Exit(subprocess.run(command, env=environment, check=False).returncode)


@app.command(rich_help_panel=HOUSE, epilog="Example: crqlab doctor")
def doctor() -> None:
    """Say what is installed, what is missing, and whether a notebook can run."""
    from crqlab.cli.doctor import findings

    worst = 0
    for finding in findings():
        say(str(finding))
        worst = max(worst, int(finding.needed and not finding.well))
    raise typer.Exit(worst)
