"""``crqlab list``: which studies there are, and who is in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crqlab.cli.guard import say

if TYPE_CHECKING:
    import pandas as pd

    from crqlab.base.study import Study


def list_(
    study: Annotated[
        str | None, typer.Argument(help="A folder below data/raw; all of them if left out.")
    ] = None,
    client: Annotated[
        str | None, typer.Option(help="A client's id: its accounts, and answers by wave.")
    ] = None,
) -> None:
    """List studies; of one its clients, waves and accounts; of a client its accounts."""
    from crqlab import responses
    from crqlab.base.study import Study, home, studies

    if study is None:
        if client:
            raise typer.BadParameter("name the study, too", param_hint="--client")
        for name in studies(home()):
            say(_line(Study(name)))
        return
    found = responses.roster(Study(study))
    say(f"{found}")
    for line in aligned(found.by_account(client) if client else found.by_client()):
        say(line)


def _line(study: Study) -> str:
    """One study, or what is wrong with it."""
    from crqlab import responses
    from crqlab.base.errors import CrqError

    try:
        found, open_ = responses.roster(study), len(study.codebook.unconfirmed)
    except CrqError:
        return f"{study.name}: cannot be read; for the reason: crqlab check {study.name}"
    todo = f"; {open_} points to confirm: crqlab confirm {study.name}" if open_ else ""
    return f"{found}{todo}"


def aligned(rows: pd.DataFrame) -> list[str]:
    """Return a table as lines: texts to the left, numbers to the right."""
    columns = []
    for name in rows:
        number = rows[name].dtype.kind in "iuf"
        cells = [name, *(f"{v:,}" if number else str(v) for v in rows[name])]
        width = max(map(len, cells))
        columns.append([cell.rjust(width) if number else cell.ljust(width) for cell in cells])
    return ["  ".join(line).rstrip() for line in zip(*columns, strict=True)]
