"""``crqlab forget``: a person's answers leave the study, for ever."""

from __future__ import annotations

from typing import Annotated

import typer

from crqlab.cli.guard import say


def forget(
    study: Annotated[str, typer.Argument(help="A folder below data/raw.")],
    contact: Annotated[str | None, typer.Option(help="The person's contact id.")] = None,
    response: Annotated[
        str | None, typer.Option(help="A response id, where no contact is known.")
    ] = None,
    client: Annotated[
        str | None, typer.Option(help="Whose contact, where several clients have such an id.")
    ] = None,
) -> None:
    """Forget a person: answers are set aside, what was derived from them is deleted."""
    from datetime import date

    from crqlab.base.errors import CrqError
    from crqlab.base.study import Study
    from crqlab.report.clearance.erasure import forget as forgotten

    if (contact is None) == (response is None):
        raise CrqError("Say who: --contact ID, or --response ID; one of the two.")
    kind, id_ = ("contact", contact) if contact is not None else ("response", response)
    done = forgotten(Study(study), kind, id_ or "", client=client, today=date.today())
    say(str(done))
    for path in done.removed:
        say(f"  deleted: {path}")
    for row in done.raw.itertuples():
        say(f"  for the owner to delete: {row.file}, rows {', '.join(map(str, row.rows))}")
    for path in done.others:
        say(f"  not read by crqlab, names the person: {path}")
    for path in done.kept:
        say(f"  holds the person in aggregate: {path}")
    say(f"Next: crqlab run {study}, then the client's reports with --supersede.")
