"""``crqlab playbook …``: what is proposed to be done with accounts of each segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from crqlab.cli.guard import Guarded, say

if TYPE_CHECKING:
    from crqlab.base.study import Study

app = typer.Typer(cls=Guarded, no_args_is_help=True, help="Show the playbook of the segments.")


@app.callback()
def _group() -> None:
    """Show the playbook of the segments."""


@app.command(epilog="Example: crqlab playbook show > data/raw/acme/playbook.yaml")
def show() -> None:
    """Print the playbook that crqlab proposes, to be edited as data/raw/STUDY/playbook.yaml."""
    from crqlab.segments.playbook import SHIPPED

    say(SHIPPED.read_text(encoding="utf-8").rstrip())


def findings(study: Study) -> list[str]:
    """Say what is in a study's own playbook, and whom it leaves out; nothing where it has none."""
    from crqlab import segments
    from crqlab.base.study import PLAYBOOK

    if not (study.raw / PLAYBOOK).is_file():
        return []
    rules = segments.rules(study)
    book = segments.playbook_of(study, rules)
    unmet = book.unmet(rules.traits)
    left = [f"{PLAYBOOK}: no action for {', '.join(unmet)}"] if unmet else []
    return [f"{PLAYBOOK}: {book}", *left]
