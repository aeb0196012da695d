"""Checks of the answers and gaps in them, counted for a notebook."""

from __future__ import annotations

import pandas as pd

from crqlab.language import OWN, language
from crqlab.show.html import Column, Shown, paragraph, table, text

_SMALL = 20  # responses of a group below which its share of a pattern is chance


def quality(rows: pd.DataFrame) -> Shown:
    """All flags of a study, counted by check.

    Parameters
    ----------
    rows : DataFrame
        Table ``quality``.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> shown = crq.tables.quality(study.read("quality"))
    """
    counted = rows.groupby("check").agg(
        flagged=("response_id", "nunique"), excluded=("excluded", "sum")
    )
    said = f"Checks found something in {rows['response_id'].nunique():,} responses"
    columns = [
        Column(
            "What was found",
            [text(language(OWN).coded("check", str(name))) for name in counted.index],
        ),
        Column("Responses flagged", [f"{n:,}" for n in counted["flagged"]], True),
        Column("Left out for it", [f"{n:,}" for n in counted["excluded"]], True),
    ]
    return Shown(table(columns, caption=f"{said}. Counts, so no interval."), said)


def missing_patterns(rows: pd.DataFrame, *, most: int = 10) -> Shown:
    """Which questions go missing together, and in which group most often.

    Parameters
    ----------
    rows : DataFrame
        Table ``missing_patterns``.
    most : int
        Patterns that are shown: sets of questions, then single ones, the commonest first.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> shown = crq.tables.missing_patterns(study.read("missing_patterns"))
    """
    whole = rows[rows["by"] == "all"]
    found = whole[whole["kind"] == "pattern"]
    together = found["n_missing"] > 1
    found = pd.concat([found[together], found[~together]]).head(most)
    if found.empty:
        said = "No questions were left open together by five people or more"
        return Shown(paragraph(text(f"{said}.")), said)
    groups = rows[(rows["by"] != "all") & (rows["kind"] == "pattern")]
    often = [_most_often(groups[groups["pattern"] == one]) for one in found["pattern"]]
    complete = whole.loc[whole["kind"] == "complete", "share"].sum()
    said = f"{complete:.0%} of responses answer every closed question that was asked"
    columns = [
        Column("Left open together", [text(_few_names(one)) for one in found["pattern"]]),
        Column("Questions", [f"{n:.0f}" for n in found["n_missing"]], True),
        Column("Responses", [f"{n:,}" for n in found["n"]], True),
        Column("If each went missing by itself", [_by_chance(n) for n in found["expected"]], True),
        Column("Most often in", [text(one) for one in often]),
    ]
    return Shown(table(columns, caption=f"{said}. Counts, so no interval."), said)


def _by_chance(n: float) -> str:
    return f"{n:,.1f}" if n >= 0.05 else "under 0.1"


def _few_names(pattern: str) -> str:
    names = pattern.split(", ")
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return ", ".join(names[:6]) + more


def _most_often(groups: pd.DataFrame) -> str:
    """The group with the highest share of a pattern, with its count; small groups say little."""
    groups = groups[groups["n"] / groups["share"] >= _SMALL]
    if groups.empty:
        return ""
    row = groups.loc[groups["share"].idxmax()]
    return f"{row['by']} {row['group']}: {row['n']:,} ({row['share']:.1%})"
