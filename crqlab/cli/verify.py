"""``crqlab verify``: whether a report, and what it was made from, is still as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crqlab.cli.guard import say


def verify(
    pages: Annotated[list[Path], typer.Argument(help="Client reports: HTML files.")],
) -> None:
    """Say whether reports, and all that they were made from, are still as they were."""
    from crqlab.report import verified

    changed = False
    for page in pages:
        verdict = verified(page)
        say(str(verdict))
        for line in verdict.changes:
            say(f"  {line}")
        changed = changed or not verdict.holds
    raise typer.Exit(int(changed))
