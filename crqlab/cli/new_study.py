"""``crqlab new``: a study drafted from its files, and what was taken for what."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import typer

from crqlab.cli.confirm import asked
from crqlab.cli.guard import say


@dataclass(frozen=True, slots=True)
class Given:
    """The files of a study that is yet to be laid out, and answers to what they do not tell.

    Attributes
    ----------
    exports : list of Path
        Survey exports.
    tables : mapping of table to Path
        Exports of a CRM.
    folder : Path or None
        A folder whose files are sorted by what they hold.
    sheets : mapping of file name to sheet
        Which sheet of a workbook counts; the empty name stands for all of them.
    values : mapping of path to value
        Places of the codebook that are known better than by any draft.
    """

    exports: list[Path]
    tables: dict[str, Path]
    folder: Path | None = None
    sheets: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)


def lay_out(name: str, given: Given, *, as_json: bool, ask: bool) -> None:
    """Draft a study and print what it holds; notes go to stderr where JSON is asked for."""
    from crqlab import responses
    from crqlab.base.study import Study, home

    exports, tables = given.exports, given.tables
    if given.folder is not None:
        found, sorted_ = responses.sorted_files(given.folder)
        exports, tables = [*exports, *found], {**sorted_, **tables}
    if not exports:
        path = responses.new(name, home())
        say(f"{path} is ready: fill it in, then: crqlab check {name}")
        return
    known = {"sheets": given.sheets, "values": given.values}
    report = responses.drafted(name, home(), exports, tables, **known)
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
    else:
        for line in report.lines():
            say(line)
    if ask and not as_json and sys.stdin.isatty():
        open_ = {point.partition(":")[0] for point in report.open}
        asked(name, {path: why for path, why in responses.unconfirmed(Study(name)).items()
                     if path in open_})  # fmt: skip
    path = Study(name, home()).raw / "codebook.yaml"
    typer.echo(f"{path} is ready: go through the lines marked EDIT, then: crqlab check {name}",
               err=as_json)  # fmt: skip
