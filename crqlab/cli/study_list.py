"""``crqlab list``: which studies there are, and who is in one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
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
    from crqlab.base.study import Study, home

    if study is None:
        if client:
            raise typer.BadParameter("name the study, too", param_hint="--client")
        for line in _every(home()):
            say(line)
        return
    found = responses.roster(Study(study))
    say(f"{found}")
    for line in aligned(found.by_account(client) if client else found.by_client()):
        say(line)


def _every(root: Path) -> Iterator[str]:
    """Every study of a project; folders that are none yet, or cannot be looked into, too."""
    from crqlab.base.study import Study, studies

    known = studies(root)
    yield from (_line(Study(name)) for name in known)
    raw = root / "data" / "raw"
    others = [path for path in sorted(raw.iterdir()) if path.is_dir()] if raw.is_dir() else []
    for path in others:
        if path.name in known or path.name.startswith("."):
            continue
        try:
            any(path.iterdir())
        except OSError as refused:
            yield f"{path.name}: cannot be read ({refused.strerror}); see who may open {path}"
        else:
            yield f"{path.name}: has no codebook yet; crqlab new {path.name} --export FILE"
    if not known and not others:
        yield f"no study in {raw}; begin with: crqlab new NAME --export FILE"


def _line(study: Study) -> str:
    """One study, or what is wrong with it."""
    from crqlab import responses
    from crqlab.base.errors import CrqError

    try:
        found, open_ = responses.roster(study), len(study.codebook.unconfirmed)
    except (CrqError, OSError):
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
