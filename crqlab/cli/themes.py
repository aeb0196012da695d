"""``crqlab themes …``: what people write about, as a code frame that a person edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from crqlab.cli.guard import Guarded, say

if TYPE_CHECKING:
    from crqlab.base.study import Study

app = typer.Typer(cls=Guarded, no_args_is_help=True, help="Show the code frame of comments.")


@app.callback()
def _group() -> None:
    """Show the code frame of comments."""


@app.command(epilog="Example: crqlab themes show > data/raw/acme/themes.yaml")
def show() -> None:
    """Print the code frame that crqlab proposes, to be edited as data/raw/STUDY/themes.yaml."""
    from crqlab.comments.code_frames import SHIPPED

    say(SHIPPED.read_text(encoding="utf-8").rstrip())


def findings(study: Study) -> list[str]:
    """Say what a study's own code frame and hand codes hold; nothing where it has none."""
    from crqlab import comments
    from crqlab.base.study import COMMENT_CODES, THEMES

    frame = comments.code_frame(study)
    told = [f"{THEMES}: {frame}"] if (study.raw / THEMES).is_file() else []
    if (study.raw / COMMENT_CODES).is_file():
        rows = comments.coded_lines(study, frame)
        coders = rows["coder"].nunique()
        n = len(rows.drop_duplicates(["response_id", "question"]))
        told.append(f"{COMMENT_CODES}: {n:,} comments coded by {coders} people")
    return told
