"""The panel's cuts and a client's places in tables."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from crqlab.benchmark import Positions
from crqlab.benchmark.client_positions import ordinal
from crqlab.language import OWN, language
from crqlab.show.figures.benchmark import RATES
from crqlab.show.html import Column, Shown, lines, paragraph, phrases, table, text
from crqlab.show.number_format import MISSING, decimals, number, percent, span

_ENGLISH = language(OWN)


def deciles(rows: pd.DataFrame) -> Shown:
    """Lay out the cuts of one cell.

    Parameters
    ----------
    rows : DataFrame
        What `DecileTable.cell` returns: one row per share.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rules = crq.benchmark.Rules(10, 1)
    >>> found = crq.benchmark.findings(study, rules=rules, draws=20)
    >>> shown = crq.tables.deciles(found.ladder("crq"))
    """
    if rows.empty:
        return _sentence("No cell of the panel may be shown.")
    first = rows.iloc[0]
    places = 2 if first["measure"] in RATES else decimals(first["measure"])
    columns = [
        Column("Below", [percent(share) for share in rows["share"]]),
        Column("Cut", [number(value, places) for value in rows["estimate"]], True),
        Column("Interval", _spans(rows, places), True),
        Column("Drawn to the wider cell", [number(v, places) for v in rows["shrunken"]], True),
        Column("Caution", _cautions(rows)),
    ]
    caption = (
        f"{first['measure']}: cuts of {first['n_clients']:,} clients with {first['n_accounts']:,} "
        f"accounts' waves, {percent(first['level'])} intervals by resampled clients"
    )
    return Shown(table(columns, caption=caption), caption)


def _cautions(rows: pd.DataFrame) -> list[Markup]:
    return phrases(_ENGLISH.caution(flag) or flag for flag in rows["flag"])


def _spans(rows: pd.DataFrame, places: int) -> list[str]:
    return [span(low, high, places) for low, high in zip(rows["low"], rows["high"], strict=True)]


def positions(result: Positions, client: str, wave: str) -> Shown:
    """Lay out where a client stands in every measure of one wave.

    Parameters
    ----------
    result : Positions
    client, wave : str

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rules = crq.benchmark.Rules(10, 1)
    >>> found = crq.benchmark.findings(study, rules=rules, draws=20)
    >>> shown = crq.tables.positions(found.positions, "C017", "2025")
    """
    rows = result.table
    rows = rows[(rows["client_id"] == client) & (rows["wave"] == wave)]
    if rows["decile"].notna().sum() == 0:
        return _sentence(f"{result.of(client, wave)}.")
    front = rows["measure"].map({"crq": 0, "nps": 1}).fillna(2)
    rows = rows.assign(front=front).sort_values(["front", "measure"], kind="stable")
    columns = [
        Column("Measure", phrases(rows["measure"].str.replace("_", " "))),
        Column("Score", _each(rows, "value"), True),
        Column("Decile", [_decile(row) for row in rows.itertuples()], True),
        Column("Peers below", [percent(share) for share in rows["percentile"]], True),
        Column("Since the wave before", _changes(rows), True),
        Column("To the top decile", _each(rows, "gap", signed=True), True),
        Column("Peers", phrases(_ENGLISH.coded("peers", c) for c in rows["peers"])),
        Column("Caution", _cautions(rows)),
    ]
    first = rows.iloc[0]
    caption = (
        f"Place among peers, {percent(result.level)} intervals: how sure the own score is, and "
        f"which clients happen to be in the panel. Source: "
        f"{_ENGLISH.coded('source', first['source'])}."
    )
    said = f"{result.of(client, wave)}."
    return Shown(lines(paragraph(said, "lead"), table(columns, caption=caption)), said)


def _each(rows: pd.DataFrame, column: str, *, signed: bool = False) -> list[str]:
    return [
        number(value, 2 if name in RATES else decimals(name), signed=signed)
        for name, value in zip(rows["measure"], rows[column], strict=True)
    ]


def _decile(row) -> str:
    if pd.isna(row.decile):
        return MISSING
    return f"{ordinal(row.decile)} ({ordinal(row.decile_low)} to {ordinal(row.decile_high)})"


def _changes(rows: pd.DataFrame) -> list[str]:
    """Change in percentage points of peers below, and its interval."""
    return [
        MISSING
        if pd.isna(row.change)
        else f"{number(100 * row.change, 0, signed=True)} "
        f"({span(100 * row.change_low, 100 * row.change_high, 0, signed=True)})"
        for row in rows.itertuples()
    ]


def _sentence(said: str) -> Shown:
    return Shown(paragraph(text(said)), said)
