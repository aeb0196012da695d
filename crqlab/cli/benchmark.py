"""``crqlab benchmark …``: the panel's tables, and their releases."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from crqlab.cli.guard import Guarded, say
from crqlab.cli.options import OfStudy
from crqlab.stats.defaults import DRAWS, LEVEL, SEED

app = typer.Typer(
    cls=Guarded,
    no_args_is_help=True,
    help="Decile tables of the panel: build them, publish a release, compare two.",
)

Name = Annotated[str, typer.Argument(help="A release, as in 2026.1.")]


@app.command(epilog="Example: crqlab benchmark build --study acme")
def build(
    study: OfStudy = "demo",
    panel: Annotated[
        str | None,
        typer.Option(
            help="Where the panel is: duckdb:///folder, postgres://user@host/database or "
            "spark://local[2]/folder. The study's own tables if left out."
        ),
    ] = None,
    level: Annotated[float, typer.Option(help="Coverage of the cuts' intervals.")] = LEVEL,
    draws: Annotated[int, typer.Option(min=1, help="Samples of whole clients.")] = DRAWS,
) -> None:
    """Sum the panel up, cut it into tenths, place every client; keep the tables in the study."""
    from crqlab import benchmark
    from crqlab.base.study import Study

    files, options = Study(study), {"level": level, "draws": draws, "seed": SEED}
    source = benchmark.panel(panel or files)
    say(f"{source} ...")
    found = benchmark.findings(files, source=source, **options)
    say(f"{found.cube}")
    say(f"{found}")
    for path in benchmark.keep(files, found, **options):
        say(f"{path}")
    source.close()


@app.command(epilog="Example: crqlab benchmark publish 2025-06 --study acme")
def publish(
    name: Name,
    study: OfStudy = "demo",
    thresholds: Annotated[
        Path | None,
        typer.Option(
            help="A YAML file of segment thresholds to publish along; crqlab's own if left out."
        ),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Until when the data tell; today if left out."),
    ] = None,
) -> None:
    """Write a study's decile tables as a release that never changes."""
    from crqlab import benchmark, segments
    from crqlab.base.study import Study

    files, day = Study(study), (as_of or datetime.now()).date()
    rules = segments.along(files, thresholds)
    say(f"{benchmark.publish_study(files, name, as_of=day, thresholds=rules)}")


@app.command(epilog="Example: crqlab benchmark compare 2024-06 2025-06")
def compare(before: Name, after: Name) -> None:
    """Say what moved between two releases, and why."""
    from crqlab import benchmark
    from crqlab.base.study import home

    root = home()
    shift = benchmark.compare(benchmark.release(root, before), benchmark.release(root, after))
    say(f"{shift}")
    for line in shift.farthest():
        say(line)


@app.command(name="list", epilog="Example: crqlab benchmark list")
def list_() -> None:
    """List the releases, each verified."""
    from crqlab import benchmark
    from crqlab.base.study import home

    for name in benchmark.releases(home()):
        say(f"{benchmark.release(home(), name)}")
