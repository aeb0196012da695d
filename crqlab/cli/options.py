"""Options that commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Clients = Annotated[list[str] | None, typer.Option("--client", help="A client's id; repeatable.")]
Everybody = Annotated[bool, typer.Option("--all", help="Every client with scores.")]
Where = Annotated[
    list[str] | None,
    typer.Option(help="With --all: clients of a kind, as in industry=banking; repeatable."),
]
Wave = Annotated[str | None, typer.Option(help="A wave; the client's latest if left out.")]
Jobs = Annotated[
    int | None, typer.Option(min=1, help="Clients at once; one per processor if left out.")
]
Limit = Annotated[float, typer.Option(min=1, help="Longest time for a client, seconds.")]
Draft = Annotated[
    bool,
    typer.Option("--draft", help="Though points of the codebook are unconfirmed; pages say so."),
]
Cluster = Annotated[str | None, typer.Option(help="Address of a Dask scheduler, tcp://host:port.")]


def settings(given: list[str] | None, option: str = "--set") -> dict[str, str]:
    """Read ``name=value`` options.

    Examples
    --------
    >>> settings(["level=0.9", "industry = banking"])
    {'level': '0.9', 'industry': ' banking'}
    """
    pairs = [text.partition("=") for text in given or []]
    if wrong := [name for name, equals, _ in pairs if not equals]:
        raise typer.BadParameter(
            f"{wrong[0]!r} has no '='; write it as name=value", param_hint=option
        )
    return {name.strip(): value for name, _, value in pairs}
