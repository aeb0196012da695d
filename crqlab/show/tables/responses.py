"""Checks of the answers, counted for a notebook."""

from __future__ import annotations

import pandas as pd

from crqlab.language import OWN, language
from crqlab.show.html import Column, Shown, table, text


def quality(rows: pd.DataFrame) -> Shown:
    """All flags of a study, counted by check.

    Parameters
    ----------
    rows : DataFrame
        Table ``quality``.
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
