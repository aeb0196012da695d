"""How far a batch is: a bar with the time left in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer

from crqlab.cli.guard import say


@contextmanager
def progress() -> Iterator[Callable[[Any], None]]:
    """Give what hears of each report that is done with, and show it as it suits the output."""
    if not sys.stdout.isatty():
        yield _line
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("starting …", total=None)

        def heard(step: Any) -> None:
            bar.update(task, total=step.total, completed=step.done, description=_left(step))
            if step.status == "failed":
                bar.console.print(str(step), markup=False, highlight=False)

        yield heard


def told(work: Callable[..., Any], *given: Any, **options: Any) -> Any:
    """Do work of many clients and return how it went: progress first, then failures and reasons.

    Parameters
    ----------
    work : callable
        Returns an `Outcome`, as `crqlab.report.batch` does, and hears of each step by ``heard``.
    """
    with progress() as heard:
        outcome = work(*given, heard=heard, **options)
    say(str(outcome))
    for step in outcome.failed:
        typer.echo(str(step), err=True)
    return outcome


def _line(step: Any) -> None:
    if step.status != "kept":
        say(f"{step.done}/{step.total}  {step}; {_left(step)}")


def _left(step: Any) -> str:
    """How long the rest takes, in words.

    Examples
    --------
    >>> from types import SimpleNamespace as At
    >>> _left(At(left=75.4)), _left(At(left=float("nan")))
    ('1:15 left', 'time left not known yet')
    """
    if step.left != step.left:
        return "time left not known yet"
    minutes, seconds = divmod(round(step.left), 60)
    return f"{minutes}:{seconds:02d} left"
