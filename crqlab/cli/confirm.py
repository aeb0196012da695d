"""``crqlab confirm``: what was drafted, point by point."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from crqlab.cli.guard import say
from crqlab.cli.options import StudyName, settings

#: Points whose answer is a part of what they name.
_VALUES = {"client": "client.name"}


def confirm(
    study: StudyName,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="PATH=VALUE, as in --set client.name=Acme; may be repeated."),
    ] = None,
    accept: Annotated[
        list[str] | None, typer.Option(help="A point that is right as drafted; may be repeated.")
    ] = None,
    accept_sure: Annotated[
        float | None, typer.Option(help="Accept what the draft was at least so sure of: 0.5 to 1.")
    ] = None,
) -> None:
    """Go through what was drafted and nobody has confirmed; comments in the codebook stay."""
    from crqlab import responses
    from crqlab.base.study import Study

    named = Study(study)
    if set_ or accept or accept_sure is not None:
        left = responses.confirm(
            named, values=settings(set_), accept=accept or [], accept_sure=accept_sure
        )
        _told(left)
        return
    if not sys.stdin.isatty():
        for path, why in responses.unconfirmed(named).items():
            say(f"{path}: {why}")
        _told(list(named.codebook.unconfirmed))
        return
    asked(study, responses.unconfirmed(named))


def asked(study: str, points: Mapping[str, str]) -> None:
    """Ask about points one by one; what is answered stands in the codebook at once.

    Parameters
    ----------
    study : str
    points : mapping of path to what is asked
    """
    from crqlab import responses
    from crqlab.base.errors import CrqError
    from crqlab.base.study import Study

    for path, why in points.items():
        while True:
            answer = typer.prompt(f"{path}: {why}\n  right as drafted? y, n, or the right value")
            try:
                if answer.lower() in ("y", "yes"):
                    responses.confirm(Study(study), accept=[path])
                elif answer.lower() not in ("n", "no"):
                    responses.confirm(Study(study), values={_VALUES.get(path, path): answer})
                break
            except CrqError as refused:
                say(f"{refused}")
    _told(list(Study(study).codebook.unconfirmed))


def _told(left: list[str]) -> None:
    say(f"unconfirmed: {', '.join(left)}" if left else "all is confirmed")
