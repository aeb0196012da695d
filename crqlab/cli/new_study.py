"""``crqlab new``: a study drafted from its files, and what was taken for what."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from crqlab.cli.guard import say


def lay_out(
    name: str, exports: list[Path], tables: dict[str, Path], folder: Path | None, as_json: bool
) -> None:
    """Draft a study and print what it holds; notes go to stderr where JSON is asked for."""
    from crqlab import responses
    from crqlab.base.study import Study, home

    if folder is not None:
        found, sorted_ = responses.sorted_files(folder)
        exports, tables = [*exports, *found], {**sorted_, **tables}
    if not exports:
        path = responses.new(name, home())
        say(f"{path} is ready: fill it in, then: crqlab check {name}")
        return
    report = responses.drafted(name, home(), exports, tables)
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
    else:
        for line in report.lines():
            say(line)
    path = Study(name, home()).raw / "codebook.yaml"
    typer.echo(f"{path} is ready: go through the lines marked EDIT, then: crqlab check {name}",
               err=as_json)  # fmt: skip
