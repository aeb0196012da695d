"""``crqlab thresholds …``: look at, check and publish the rules of segments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crqlab.cli.guard import Guarded, say

app = typer.Typer(
    cls=Guarded, no_args_is_help=True, help="Show, check and publish thresholds of segments."
)
File = Annotated[Path, typer.Argument(help="A YAML file of thresholds.")]


@app.command()
def show(
    version: Annotated[str, typer.Argument(help="A published version; ours if left out.")] = "",
) -> None:
    """Print rules as their file says them."""
    import yaml

    from crqlab import segments

    found = segments.published(version)
    say(yaml.safe_dump(found.document(), sort_keys=False, allow_unicode=True).rstrip())
    say(f"# {found.quoted}")


@app.command()
def check(
    file: File,
    study: Annotated[
        str | None, typer.Option(help="A study whose instrument they must fit.")
    ] = None,
) -> None:
    """Say what is wrong with a file, line by line, and what it leaves out; write nothing."""
    from crqlab import segments
    from crqlab.base.study import Study
    from crqlab.language import languages

    found = segments.read(file)
    if study is not None:
        found.refuse(Study(study).codebook.instrument)
    say(f"{found}: nothing wrong")
    for sentence in found.unsaid(languages()):
        say(f"missing: {sentence}")


@app.command()
def publish(file: File) -> None:
    """Keep a file as a release that never changes."""
    from crqlab import segments

    say(f"{segments.publish(segments.read(file))} is published")
