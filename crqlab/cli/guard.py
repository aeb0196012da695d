"""What a terminal shows: plain lines as work goes on, and never a traceback for bad input."""

from __future__ import annotations

import io
import sys
from typing import Any

import typer
from typer.core import TyperGroup

WRONG_INPUT = 2


def say(line: str) -> None:
    """Print one line at once."""
    typer.echo(line)


class Guarded(TyperGroup):
    """Commands that end a `CrqError` with its message and exit code 2."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Start; a console or a file that lacks a letter of some name gets a question mark."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        return super().main(*args, **options)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a fault of the input is told, a fault of ours is raised."""
        from crqlab.base.errors import CrqError
        from crqlab.base.system_errors import told
        from crqlab.base.temporary_folders import sweep

        try:
            sweep()
            return super().invoke(ctx)
        except CrqError as error:
            _tell(error)
            ctx.exit(WRONG_INPUT)
        except (OSError, MemoryError, ImportError) as error:
            if not (refused := told(error)):
                raise
            typer.echo(refused, err=True)
            ctx.exit(WRONG_INPUT)


def _tell(error: Any) -> None:
    from crqlab.base.errors import DataError

    typer.echo(f"{type(error).__name__}: {error}", err=True)
    if isinstance(error, DataError):
        _table(error)
    elif lines := getattr(error, "lines", None):
        typer.echo("\n".join(lines[1:]), err=True)


def _table(error: Any, most: int = 40) -> None:
    """Show broken cells, the same fault of one column together: values with their counts."""
    from rich.console import Console
    from rich.table import Table

    from crqlab.base.broken_cells import grouped_cases

    groups = grouped_cases(error.cases)
    table = Table(show_lines=True)
    for head in ("file", "rows", "column", "found", "what is wrong", "what to do"):
        table.add_column(head, overflow="fold")
    for group in groups.head(most).itertuples(index=False):
        table.add_row(group.file, group.rows, group.column, group.found, group.rule, group.fix)
    console = Console(stderr=True, markup=False, highlight=False)
    console.print(table)
    if (more := len(groups) - most) > 0:
        console.print(f"and {more} more kinds of fault")
