"""``crqlab thresholds …``: look at, derive, check and publish the rules of segments."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crqlab.cli.guard import Guarded, say
from crqlab.cli.options import Set, StudyName, settings

if TYPE_CHECKING:
    from crqlab.segments import Thresholds

app = typer.Typer(
    cls=Guarded,
    no_args_is_help=True,
    help="Show, derive, carry over, check and publish thresholds of segments.",
)
File = Annotated[Path, typer.Argument(help="A YAML file of thresholds.")]
From = Annotated[
    str, typer.Option("--from", help="A file or a published version; ours if left out.")
]
To = Annotated[Path | None, typer.Option(help="A file yet to be made; on the screen if left out.")]
Version = Annotated[str, typer.Option(help="Of the new rules.")]
_SCALE = re.compile(r"\s*\[?\s*(-?\d+)\s*(?:-|–|,|:|to|\.\.)\s*(-?\d+)\s*\]?\s*")
_OPTIONS = {"level": float, "draws": int, "seed": int, "horizon": int}


@app.command(epilog="Examples: crqlab thresholds show · crqlab thresholds show 1.1")
def show(
    version: Annotated[str, typer.Argument(help="A published version; ours if left out.")] = "",
) -> None:
    """Print rules as their file says them."""
    import yaml

    from crqlab import segments

    found = segments.published(version)
    say(yaml.safe_dump(found.document(), sort_keys=False, allow_unicode=True).rstrip())
    say(f"# {found.quoted}")


@app.command(
    epilog="Examples: crqlab thresholds derive acme --to acme.yaml · crqlab thresholds derive acme "
    "--by mix --target Ambassador=0.33 --target Rational=0.4 --set horizon=540"
)
def derive(
    name: StudyName,
    by: Annotated[
        str, typer.Option(help="outcomes: where churn steps down; mix: for shares to be.")
    ] = "outcomes",
    score: Annotated[str, typer.Option(help="Whose cuts outcomes may move.")] = "crq",
    target: Annotated[
        list[str] | None,
        typer.Option(help="SEGMENT=SHARE of a mix; the expected ones if left out."),
    ] = None,
    from_: From = "",
    version: Version = "",
    to: To = None,
    set_: Set = None,
) -> None:
    """Move cuts to where a study's own accounts want them; nothing is published.

    With --set also level, draws, seed, and horizon: days after a wave within which a due
    contract counts as its consequence.
    """
    from crqlab import segments
    from crqlab.base.errors import CrqError, one_of
    from crqlab.base.study import Study

    given = settings(set_)
    for key in given:
        one_of("--set", key, _OPTIONS)
    try:
        options: dict[str, Any] = {key: _OPTIONS[key](value) for key, value in given.items()}
        shares = dict(one.rpartition("=")[::2] for one in target or [])
        wanted = {segment: float(share) for segment, share in shares.items()} or None
    except ValueError as odd:
        raise CrqError(f"--set and --target take numbers, as in horizon=540: {odd}.") from None
    study = Study(name)
    made = {"by": by, "score": score, "target": wanted, "version": version or f"{name}-derived"}
    found = segments.derived_for(study, _chosen(from_), **made, **options)
    for row in found.table.itertuples():
        ends = f"[{row.low:.2f}, {row.high:.2f}]"
        flag = "" if row.flag == "ok" else f"; {row.flag.replace('_', ' ')}"
        said = (
            f"{row.score} {row.old:g} ({row.segments}): {row.cut:.2f} {ends}, n = {row.n:,}{flag}"
        )
        say(f"# {said}")
    for line in found.judged.round(3).to_string(index=False).splitlines():
        say(f"# {line}")
    _written(found.thresholds.moved({}, date=f"{date.today():%Y-%m-%d}"), to)


@app.command(epilog="Example: crqlab thresholds rescale rules.yaml --scale 0-10 --to rules_10.yaml")
def rescale(
    file: Annotated[str, typer.Argument(help="A YAML file, or a published version.")],
    scale: Annotated[str, typer.Option(help="LOW-HIGH of the other instrument, as in 0-10.")],
    version: Version = "",
    to: To = None,
) -> None:
    """Carry cuts over to another answer scale, each at the same share of it: an assumption."""
    from crqlab.base.errors import CrqError

    ends = _SCALE.fullmatch(scale)
    low, high = map(int, ends.groups()) if ends else (0, 0)
    if low >= high:
        raise CrqError(f"--scale is {scale!r}; give both ends of the scale, as in --scale 0-10.")
    head = {"date": f"{date.today():%Y-%m-%d}"} | ({"version": version} if version else {})
    _written(_chosen(file).rescaled(low, high, **head), to)


def _chosen(named: str) -> Thresholds:
    """The rules of a file, or of a published version; crqlab's own where nothing is named."""
    from crqlab import segments

    path = Path(named)
    return segments.read(path) if named and path.suffix else segments.published(named)


def _written(rules: Thresholds, to: Path | None) -> None:
    """Print rules as a file says them, or make that file: never over another."""
    import yaml

    from crqlab.base.files import add

    text = yaml.safe_dump(rules.document(), sort_keys=False, allow_unicode=True)
    if to is None:
        say(text.rstrip())
    elif add(to, text.encode()):
        say(f"{to} holds {rules}; look at it, then: crqlab thresholds publish {to}")
    else:
        from crqlab.base.errors import StudyError

        raise StudyError(f"{to} is there already; name a file that is yet to be made.")


@app.command(epilog="Example: crqlab thresholds check acme.yaml --study acme")
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


@app.command(epilog="Example: crqlab thresholds publish acme.yaml")
def publish(file: File) -> None:
    """Keep a file as a release that never changes."""
    from crqlab import segments

    say(f"{segments.publish(segments.read(file))} is published")
