"""Accounts in tables: their scores, and where they differ."""

from __future__ import annotations

import pandas as pd

from crqlab.page.client_view import ClientView
from crqlab.page.scores.charts import ends
from crqlab.show.colours import BOUNDS, STEPS, cells, ink
from crqlab.show.html import Column, Shown, hidden, names, paragraph, table, text
from crqlab.show.number_format import MISSING, count, number, percent, span

_WITHHELD = MISSING + hidden("withheld")


def account_scores(view: ClientView) -> Shown:
    """Every scored account, the highest shrunken score first."""
    rows = view.scored
    if rows.empty:
        said = "No account has a score."
        return Shown(paragraph(text(said)), said)
    if rows["shrunken"].isna().all():
        said = (
            f"The {count(len(rows), 'account')} are not listed: without accounts that several "
            "people answered for, nothing tells an account from the person who spoke for it."
        )
        return Shown(paragraph(text(said)), said)
    columns = [
        Column("Account", _placed(rows)),
        Column("CRQ, shrunken", [number(value, 1) for value in rows["shrunken"]], True),
        Column("Interval", _spans(rows, "shrunken_low", "shrunken_high", 1), True),
        Column("Plain mean", _numbers(rows, "crq", 1), True),
        *_nps(rows),
        Column("n", [f"{n:,}" for n in rows["n"]], True),
        Column("Caution", [_caution(view.language.caution(flag)) for flag in rows["flag"]]),
        *_known(rows, view.currency),
    ]
    level = percent(float(view.measures["level"].iloc[0]))
    caption = (
        f"{count(len(rows), 'account')} with answers, the highest shrunken CRQ score first; "
        f"{level} intervals: shrunken score, empirical Bayes; NPS, adjusted Wald. n counts "
        "respondents."
    )
    note = (
        "A shrunken score is drawn towards the client's mean, the more so the fewer people "
        f"answered; rank by it. From fewer than {view.privacy.min_scores} respondents nothing "
        "else is shown."
    )
    said = f"{len(rows)} accounts, led by {rows['name'].iloc[0]}"
    return Shown(table(columns, caption=caption, note=note, kind="long"), said)


def _caution(words: str) -> str:
    """A short caution stays on one line."""
    said = text(words)
    return said if len(said) > 20 else said.replace(" ", "\u00a0")


def _placed(rows: pd.DataFrame) -> list[str]:
    """Account names behind their places; equal names are told apart by their ids."""
    twice = rows["name"].duplicated(keep=False)
    said = rows["name"].where(~twice, rows["name"] + " (" + rows["account_id"] + ")")
    return [
        f'<span class="place">{place}</span> {name}'
        for place, name in enumerate(names(said), start=1)
    ]


def _known(rows: pd.DataFrame, currency: str) -> list[Column]:
    """What the client's own list says about the accounts, where it says anything."""
    columns = []
    if rows["manager"].notna().any():
        columns.append(Column("Account manager", names(rows["manager"])))
    if rows["revenue"].notna().any():
        head = f"Revenue a year ({currency})" if currency else "Revenue a year"
        columns.append(Column(head, [number(value, 0) for value in rows["revenue"]], True))
    return columns


def _nps(rows: pd.DataFrame) -> list[Column]:
    if (rows["n_ltr"] == 0).all():
        return []
    return [
        Column("NPS", _numbers(rows, "nps", 0, signed=True), True),
        Column("Interval of NPS", _spans(rows, "nps_low", "nps_high", 0, signed=True), True),
    ]


def _numbers(rows: pd.DataFrame, column: str, decimals: int, *, signed: bool = False) -> list[str]:
    return [
        _WITHHELD if withheld else number(value, decimals, signed=signed)
        for value, withheld in zip(rows[column], rows["withheld"], strict=True)
    ]


def _spans(
    rows: pd.DataFrame, low: str, high: str, decimals: int, *, signed: bool = False
) -> list[str]:
    kept = rows["withheld"] if low != "shrunken_low" else [False] * len(rows)
    return [
        _WITHHELD
        if withheld
        else MISSING
        if a != a and b != b and low == "nps_low"
        else span(a, b, decimals, signed=signed)
        for a, b, withheld in zip(rows[low], rows[high], kept, strict=True)
    ]


def heat_map(view: ClientView) -> Shown:
    """Constructs by accounts: numbers on colours, small accounts left out."""
    constructs = view.instrument.constructs
    parts = {part for construct in constructs.values() for part in construct.parts}
    asked = ["crq", *(name for name in constructs if name not in parts)]
    measures = [name for name in asked if view.measure(name) is not None]
    scored = view.scored
    rows = scored[~scored["withheld"]]
    left = len(scored) - len(rows)
    why = (
        f"{count(left, 'account')} with fewer than {view.privacy.min_scores} respondents "
        f"{'is' if left == 1 else 'are'} left out: single people's answers could be read off."
    )
    if rows.empty or not measures:
        said = f"No account is large enough for this table: {why}"
        return Shown(paragraph(text(said)), said)
    low, high = ends(view, "crq")
    grid = _grid(view, rows, measures)
    columns = [
        Column("Account", ["<strong>All respondents</strong>", *names(rows["name"])]),
        Column("n", [f"{n:,}" for n in [view.measure("crq")["n_respondents"], *rows["n"]]], True),
        *(
            Column(
                view.instrument.label(name),
                [number(v, 1) for v in grid[name]],
                True,
                cells(grid[name], low, high),
            )
            for name in measures
        ),
    ]
    caption = (
        f"Account means per construct, {low:g} to {high:g} scale points; CRQ is the shrunken "
        "score. n counts respondents. Cells carry no interval: with few answers, differences of "
        "less than one point are often chance."
    )
    note = _legend(low, high) + (f" {text(why)}" if left else "")
    said = f"{len(rows)} accounts by {len(measures)} scores" + (f"; {why}" if left else "")
    return Shown(table(columns, caption=caption, note=note, kind="heat"), said)


def _grid(view: ClientView, rows: pd.DataFrame, measures: list[str]) -> dict[str, list[float]]:
    """Scores of the client above those of its accounts; an account's CRQ is the shrunken one."""
    source = {name: "shrunken" if name == "crq" else name for name in measures}
    return {
        name: [view.measure(name)["value"], *rows[column].tolist()]
        for name, column in source.items()
    }


def _legend(low: float, high: float) -> str:
    """The colours with the scores at which they change."""
    cuts = [low + share * (high - low) for share in BOUNDS]
    said = [
        f"below {number(cuts[0], 1)}",
        *(f"from {number(cut, 1)}" for cut in cuts),
    ]
    swatches = (
        f'<span class="swatch" style="background:{colour};color:{ink(colour)}">{words}</span>'
        for colour, words in zip(STEPS, said, strict=True)
    )
    return f'<span class="legend">{"".join(swatches)}</span>'
