"""``crqlab audit``: what can be worked out of a client's files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crqlab.cli.guard import say
from crqlab.cli.options import Clients, Everybody, Wave, Where, wanted
from crqlab.cli.study_list import aligned

if TYPE_CHECKING:
    import pandas as pd


def audit(
    study: Annotated[str, typer.Argument(help="A folder below data/raw.")],
    client: Clients = None,
    everybody: Everybody = False,
    where: Where = None,
    wave: Wave = None,
) -> None:
    """Solve clients' numbers for what they withhold; exit 1 where something can be worked out."""
    from crqlab.base.study import Study
    from crqlab.report import audit as solved

    named, given = Study(study), False
    for one, when in wanted(named, client, everybody, where, wave, draft=True)():
        found = solved(named, one, when)
        say(str(found))
        rows = found.open if everybody else found.table
        for line in aligned(said(rows)) if len(rows) else ():
            say(f"  {line}")
        given = given or len(found.open) > 0
    raise typer.Exit(int(given))


def said(rows: pd.DataFrame) -> pd.DataFrame:
    """Ranges as they are read, the narrowest first."""
    rows = rows.assign(width=rows["high"] - rows["low"]).sort_values(
        ["protected", "measure", "width"], kind="stable"
    )
    places = [0 if measure == "nps" else 2 for measure in rows["measure"]]
    ends = zip(rows["low"], rows["high"], places, strict=True)
    told = rows["protected"].map({True: "protected", False: "can be worked out"})
    return rows.assign(
        range=[f"{low:.{n}f} to {high:.{n}f}" for low, high, n in ends], verdict=told
    )[["measure", "kind", "wave", "key", "n", "range", "verdict", "given_by"]]
