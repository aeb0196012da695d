"""One table of a workbook, and what its columns are."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.page.client_view import ClientView


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One column.

    Attributes
    ----------
    head, unit : str
        Its heading, and what it is measured in.
    kind : str
        ``text`` (our own words), ``name`` (what a client's data call something), ``cautions``
        and ``methods`` (their codes), ``count``, ``score`` (two decimals), ``nps`` (signed, none),
        ``share`` (per cent), ``money`` or ``date``; says how a number is shown, never what it is.
    """

    head: str
    unit: str = ""
    kind: str = "text"


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One table.

    Attributes
    ----------
    name : str
        At most 31 letters, for a tab.
    title, note : str
        What it shows; rules and cautions.
    fields : dict of column to Field
        In order.
    rows : DataFrame
        As in `ClientView`: withheld numbers are missing, and ``flag`` says why.
    """

    name: str
    title: str
    note: str
    fields: dict[str, Field]
    rows: pd.DataFrame


def unit(view: ClientView, measure: str) -> str:
    """Return what a measure is measured in."""
    scale = view.instrument.scale
    points = f"scale points, {scale.low} to {scale.high}"
    return {"nps": "-100 to +100", "mean_ltr": "0 to 10"}.get(measure, points)
