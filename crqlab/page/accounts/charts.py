"""Accounts and their intervals in one picture."""

from __future__ import annotations

import pandas as pd

from crqlab.page.client_view import ClientView
from crqlab.page.scores.charts import NAMED
from crqlab.page.scores.scales import ends
from crqlab.show import svg
from crqlab.show.colours import ACCENT, INK, MUTED, SOFT
from crqlab.show.html import Shown
from crqlab.show.records import records


def caterpillar(view: ClientView) -> Shown:
    """Every scored account with its interval: with names while they fit, else as one sweep.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.accounts.caterpillar(view)
    """
    rows, spoken = view.scored[view.scored["shrunken"].notna()], view.language
    if rows.empty:
        return Shown("", spoken.say("accounts.none_shrunken"))
    mean = view.measure("crq")
    middle = float("nan") if mean is None else float(mean["value"])
    top, last = rows.iloc[0], rows.iloc[-1]
    said = spoken.say(
        "accounts.picture_aloud",
        n=len(rows),
        first=top["name"],
        high=spoken.number(top["shrunken"], 1),
        last=last["name"],
        low=spoken.number(last["shrunken"], 1),
    )
    level = spoken.percent(view.measures["level"].iloc[0])
    kind, draw = ("named", _named) if len(rows) <= NAMED else ("sweep", _sweep)
    caption = spoken.say(f"accounts.picture_{kind}", level=level, mean=spoken.number(middle))
    return Shown(svg.figure(draw(view, rows, middle, said), caption), said)


def _room(view: ClientView, rows: pd.DataFrame) -> tuple[float, float]:
    """Ends of an axis for all accounts and their intervals."""
    columns = ["shrunken", "shrunken_low", "shrunken_high", "crq"]
    return svg.around(rows[columns].to_numpy().ravel(), *ends(view, "crq"), least=3)


def _named(view: ClientView, rows: pd.DataFrame, middle: float, said: str) -> str:
    across, foot = svg.Axis(*_room(view, rows), 175, 468), 26 + 24 * len(rows)
    marks = svg.below(across, foot, top=14, label=_axis(view), spoken=view.language)
    if middle == middle:
        marks.append(svg.line(across.at(middle), 14, across.at(middle), foot, ink=INK, width=1.5))
    for place, row in enumerate(records(rows)):
        y = 30 + 24 * place
        marks.append(svg.words(165, y + 4, _cut(row.name), anchor="end", size=12))
        if row.shrunken_low == row.shrunken_low:
            x1, x2 = across.at(row.shrunken_low), across.at(row.shrunken_high)
            marks.append(svg.line(x1, y, x2, y, ink=SOFT, width=6))
        if row.crq == row.crq:
            marks.append(svg.dot(across.at(row.crq), y, ink=MUTED, radius=4.5, hollow=True))
        marks.append(svg.dot(across.at(row.shrunken), y, ink=ACCENT, radius=5))
    title = view.language.say("accounts.picture")
    return svg.picture("accounts", marks, size=(480, foot + 46), title=title, says=said)


def _sweep(view: ClientView, rows: pd.DataFrame, middle: float, said: str) -> str:
    down = svg.Axis(*_room(view, rows), 250, 24)
    across = svg.Axis(0, len(rows) - 1, 40, 470)
    marks = svg.beside(down, 30, right=478, spoken=view.language)
    width = max(1.0, min(3.0, 300 / len(rows)))
    for place, row in enumerate(records(rows)):
        x = across.at(place)
        if row.shrunken_low == row.shrunken_low:
            y1, y2 = down.at(row.shrunken_low), down.at(row.shrunken_high)
            marks.append(svg.line(x, y1, x, y2, ink=SOFT, width=width))
        marks.append(svg.box(x - 1.2, down.at(row.shrunken) - 1.2, 2.4, 2.4, fill=ACCENT))
    if middle == middle:
        marks.append(svg.line(30, down.at(middle), 478, down.at(middle), ink=INK, width=1.5))
    say, names = view.language.say, rows["name"].map(_cut)
    highest, lowest = say("accounts.highest", name=names.iloc[0]), names.iloc[-1]
    marks.append(svg.words(30, 272, highest, anchor="start", size=12))
    marks.append(svg.words(478, 272, say("accounts.lowest", name=lowest), anchor="end", size=12))
    marks.append(svg.words(8, 14, _axis(view), anchor="start", ink=MUTED, size=12))
    title = say("accounts.picture")
    return svg.picture("accounts", marks, size=(480, 284), title=title, says=said)


def _axis(view: ClientView) -> str:
    low, high = map(view.language.short, ends(view, "crq"))
    label = view.language.term(view.instrument.label("crq"))
    return view.language.say("accounts.axis", label=label, low=low, high=high)


def _cut(name: object, most: int = 22) -> str:
    """A name that fits; the table has it whole."""
    said = str(name)
    return said if len(said) <= most else f"{said[: most - 1].rstrip()}…"
