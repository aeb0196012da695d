"""A page for every command, made from the command line itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer.main

from crqlab.cli import app
from tools.manual.markdown import code, page, plain, table

_LEAD = (
    "What `crqlab --help` says, in one place. Every command also explains itself: "
    "`crqlab report --help`."
)


def commands() -> Iterator[tuple[str, Any]]:
    """Yield every command's words and what typer made of it, in the order of ``--help``."""
    yield from _below("crqlab", typer.main.get_command(app))


def _below(words: str, command: Any) -> Iterator[tuple[str, Any]]:
    for name, each in getattr(command, "commands", {}).items():
        if not each.hidden:
            yield f"{words} {name}", each
            yield from _below(f"{words} {name}", each)


def command_pages() -> dict[str, str]:
    """Return the page of all commands, and the text of one below each heading."""
    found = list(commands())
    listed = table(
        ["command", "does"],
        [[f"[{words}](#{anchor(words)})", plain(_first(each.help))] for words, each in found],
    )
    parts = [_command(words, each) for words, each in found]
    return {"commands.md": page("Commands", _LEAD, listed, *parts)}


def anchor(words: str) -> str:
    """Return the name by which a command's heading is linked.

    Examples
    --------
    >>> anchor("crqlab actions take")
    'crqlab-actions-take'
    """
    return words.replace(" ", "-")


def _command(words: str, each: Any) -> str:
    rows = [_parameter(one) for one in each.params if one.name != "help" and not _hidden(one)]
    told = table(["option", "what it does", "if left out"], rows) if rows else ""
    said = plain(" ".join((each.help or "").split()))
    parts = [f"({anchor(words)})=", f"## {words}", said, told, plain(each.epilog or "")]
    return "\n\n".join(part for part in parts if part)


def _hidden(one: Any) -> bool:
    return bool(getattr(one, "hidden", False))


def _parameter(one: Any) -> list[str]:
    argument = one.param_type_name == "argument"
    shown = (
        code(one.name.upper())
        if argument
        else ", ".join(map(code, [*one.opts, *one.secondary_opts]))
    )
    says = plain(" ".join((getattr(one, "help", None) or "").split()))
    return [shown, says, "must be given" if one.required else _default(one)]


def _default(one: Any) -> str:
    given = one.default
    if given is None or callable(given) or given in (False, (), []):
        return ""
    return code(str(given))


def _first(text: str | None) -> str:
    return (text or "").strip().partition("\n\n")[0].replace("\n", " ")
