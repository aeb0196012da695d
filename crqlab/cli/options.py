"""Options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from crqlab.cli.guard import say


def completed_study(begun: str) -> list[str]:
    """Names of studies, for a shell that completes them; none where there is no project."""
    from crqlab.base.errors import StudyError
    from crqlab.base.study import home, studies

    try:
        return [name for name in studies(home()) if name.startswith(begun)]
    except StudyError:
        return []


#: Panels of a command's help.
WHOM, WHAT = "Which clients", "What is made"
HOW, MAY = "How it is done", "Whether it may be made"

StudyName = Annotated[
    str, typer.Argument(help="A folder below data/raw.", autocompletion=completed_study)
]
OfStudy = Annotated[
    str, typer.Option("--study", help="A folder below data/raw.", autocompletion=completed_study)
]
Clients = Annotated[
    list[str] | None,
    typer.Option("--client", help="A client's id; repeatable.", rich_help_panel=WHOM),
]
Everybody = Annotated[
    bool, typer.Option("--all", help="Every client with scores.", rich_help_panel=WHOM)
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        help="With --all: clients of a kind, as in industry=banking; repeatable.",
        rich_help_panel=WHOM,
    ),
]
LONGEST = 300.0  # seconds that one client may take, where nobody says otherwise
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="A notebook parameter, as in --set level=0.9; may be repeated.",
        rich_help_panel=WHAT,
    ),
]
Wave = Annotated[
    str | None,
    typer.Option(help="A wave; the client's latest if left out.", rich_help_panel=WHOM),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        min=1, help="Clients at once; one per processor if left out.", rich_help_panel=HOW
    ),
]
Limit = Annotated[
    float,
    typer.Option(
        min=1, help="Longest time for a client, or a query; seconds.", rich_help_panel=HOW
    ),
]
Draft = Annotated[
    bool,
    typer.Option(
        "--draft",
        help="Though points of the codebook are unconfirmed; pages say so.",
        rich_help_panel=MAY,
    ),
]
Supersede = Annotated[
    bool,
    typer.Option(
        "--supersede",
        help="Take back earlier files of these clients: nobody has them any more.",
        rich_help_panel=MAY,
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        help="Address of a Dask scheduler, tcp:// or tls://host:port; workers that see "
        "the project's folder under the same path use it, others are handed the study.",
        rich_help_panel=HOW,
    ),
]
Tls = Annotated[
    tuple[Path, Path, Path] | None,
    typer.Option(
        metavar="CA CERTIFICATE KEY",
        help="With --cluster tls://…: files of the authority's certificate, ours, and its key.",
        rich_help_panel=HOW,
    ),
]


def scheduler(cluster: str | None, tls: tuple[Path, Path, Path] | None) -> Any:
    """Return where a batch is done, as `crqlab.report.run_batch` is told; None for this machine."""
    if cluster is None:
        if tls:
            raise typer.BadParameter("belongs to --cluster tls://host:port", param_hint="--tls")
        return None
    from crqlab.report.batch.cluster import Scheduler

    return Scheduler(cluster, tls)


def wanted(
    study: Any,
    client: list[str] | None,
    everybody: bool,
    where: list[str] | None,
    wave: str | None,
    *,
    draft: bool,
) -> Callable[[], list[tuple[str, str]]]:
    """Refuse whom the study's files do not know; return what finds whom is meant, once scored.

    Raises
    ------
    CrqError
        No such client, wave or kind of client, or points that nobody has confirmed.
    """
    from crqlab import responses
    from crqlab.report import chosen
    from crqlab.report import everybody as all_of

    if everybody == bool(client):
        raise typer.BadParameter("name clients, or take --all", param_hint="--client")
    if where and not everybody:
        raise typer.BadParameter(
            "chooses among --all, not among clients named", param_hint="--where"
        )
    which = settings(where, "--where")
    if not draft:
        responses.refuse_draft(study)
    responses.roster(study).refuse(client or [], wave, which)
    return lambda: chosen(study, all_of(study, which) if everybody else client or [], wave)


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


def taken_back(study: Any, clients: list[tuple[str, str]], *, supersede: bool) -> None:
    """Take back earlier files of clients where that is asked for, and say which."""
    from crqlab.report import supersede as back

    for client in dict.fromkeys(client for client, _ in clients) if supersede else ():
        for one in back(study, client):
            say(f"{client}: {one.what} is taken back; new files are not judged together with it")
