"""``crqlab actions …``: what is proposed goes out to be filled in, and comes home."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crqlab.cli.guard import Guarded, say
from crqlab.cli.options import WHAT, Clients, Draft, StudyName, Wave, wanted

if TYPE_CHECKING:
    from crqlab.base.study import Study
    from crqlab.responses import Raw

app = typer.Typer(
    cls=Guarded, no_args_is_help=True, help="Hand out proposed actions, and take them back."
)
_LEFT = ("both", "unknown", "refused", "stranger")


@app.callback()
def _group() -> None:
    """Hand out proposed actions, and take them back."""


@app.command(epilog="Example: crqlab actions propose acme --client C017 --to csv")
def propose(
    study: StudyName,
    client: Clients = None,
    wave: Wave = None,
    to: Annotated[str, typer.Option(help="xlsx or csv.", rich_help_panel=WHAT)] = "xlsx",
    language: Annotated[
        str | None, typer.Option(help="The codebook's if left out.", rich_help_panel=WHAT)
    ] = None,
    draft: Draft = False,
) -> None:
    """Write each client's proposed and open actions as a list to fill in."""
    from crqlab.base.errors import one_of
    from crqlab.base.study import Study
    from crqlab.report import stations
    from crqlab.report.programme.proposals import KINDS
    from crqlab.report.programme.proposals import propose as proposed

    one_of("to", to, KINDS)
    named = Study(study)
    clients = wanted(named, client, not client, None, wave, draft=draft)
    stations(named, {}, say)
    for one, round_ in clients():
        say(f"{proposed(named, one, round_, kind=to, language=language)}")


@app.command(epilog="Example: crqlab actions take C017_2025_actions.xlsx --study acme")
def take(
    file: Annotated[Path, typer.Argument(help="A filled-in list, or a CRM's export of tasks.")],
    study: Annotated[
        str | None, typer.Option(help="Whose actions; the only study if left out.")
    ] = None,
    theirs: Annotated[
        bool, typer.Option("--theirs", help="The file has the last word where both have changed.")
    ] = False,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day of what was agreed; today if left out."),
    ] = None,
) -> None:
    """Take a filled-in list back into actions.csv, each action once."""
    import pandas as pd

    from crqlab.report.programme.taking import take_file

    day = pd.Timestamp(on or datetime.now()).normalize()
    taken = take_file(_study(file, study), file, on=day, theirs=theirs)
    say(str(taken))
    for row in taken.table[taken.table["outcome"].isin(_LEFT)].itertuples():
        why = f": {row.why}" if row.why else ""
        say(f"  row {row.row}, {row.action_id or 'without id'}, {row.outcome}{why}")


def _study(file: Path, name: str | None) -> Study:
    """The study that is named, that the file lies below, or the only one that there is."""
    from crqlab.base.errors import StudyError
    from crqlab.base.study import Study, home, studies

    if name is not None:
        return Study(name)
    root = home()
    there, reports = studies(root), (root / "reports").resolve()
    if file.resolve().is_relative_to(reports):
        return Study(file.resolve().relative_to(reports).parts[0])
    if len(there) == 1:
        return Study(there[0])
    raise StudyError(
        f"It is not said whose actions {file.name} holds; there are {len(there)} studies. "
        "Name one with --study."
    )


def findings(study: Study, raw: Raw) -> list[str]:
    """Say what is in a study's programme files; nothing where it has none."""
    from crqlab.base.contracts.programme import LEDGERS
    from crqlab.programme import Known, ledger
    from crqlab.responses.tables import joined

    accounts = joined(study, raw)["accounts"]
    pairs = frozenset(zip(accounts["client_id"], accounts["account_id"], strict=True))
    waves = frozenset([*raw.responses["wave"], *study.codebook.waves])
    there = Known(pairs, waves)
    files = {name: study.raw / book.file for name, book in LEDGERS.items()}
    return [str(ledger(study, name, there=there)) for name, file in files.items() if file.is_file()]
