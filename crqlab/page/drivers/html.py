"""What moves the client's relationships, and the one thing to fix first."""

from __future__ import annotations

import pandas as pd

from crqlab.page.client_view import ClientView
from crqlab.show import svg, svg_labels
from crqlab.show.colours import ACCENT, INK, MUTED, SOFT, WARM
from crqlab.show.html import Column, Shown, folded, names, paragraph, phrases, table, text
from crqlab.show.number_format import count, number, percent, span
from crqlab.show.records import records
from crqlab.show.tables.drivers import driver_focus, driver_map

LISTED = 15  # accounts that a reader still goes through


def one_thing_to_fix(view: ClientView) -> Shown:
    """What to mend first, how sure that is, and on what evidence."""
    row = view.levers.first
    if row is None:
        few = len(view.levers.map) and "too few people answered"
        said = (
            "Nothing can be put first: "
            f"{few or 'drivers were not weighed, or this questionnaire asks too few of them'}."
        )
        return Shown(paragraph(text(said)), said)
    said = f"{_first(row)} {_evidence(view, row)}".strip()
    return Shown(paragraph(text(said), "lead"), said) + lever_map(view)


def _first(row: pd.Series) -> str:
    place = "the top decile of clients" if row["reference"] == "top_decile" else "the scale's end"
    gap = (
        f"it scores {number(row['performance'])} against {number(row['target'])} in {place}, and "
        f"stands for {percent(row['importance'])} of what moves trust, commitment and satisfaction"
    )
    n = f"n = {count(int(row['n']), 'respondent')} of {count(int(row['n_accounts']), 'account')}"
    chance = percent(row["probability"])
    if row["clear"]:
        return f"Fix {row['label']} first (probability {chance}): {gap}; {n}."
    second = row["runner_up_label"]
    other = ""
    if second == second and second:
        other = f", before {second} ({percent(row['runner_up_probability'])})"
    return (
        f"No single thing stands out. {row['label']} leads with a probability of {chance}"
        f"{other}: {gap}; {n}."
    )


def _evidence(view: ClientView, row: pd.Series) -> str:
    """What one point more of it goes with, over all clients."""
    rows = view.levers.effects
    rows = rows[rows["driver"] == row["driver"]]
    if rows.empty:
        return ""
    best = rows.loc[rows["effect"].idxmax()]
    between = span(best["low"], best["high"], signed=True)
    return (
        f"Over all clients, one point more {row['label']} goes with "
        f"{number(best['effect'], signed=True)} {best['outcome_label']} ({between}), the other "
        "drivers held equal."
    )


def levers(view: ClientView) -> Shown:
    """Importance and performance of every driver; and what each account manager should fix."""
    rows = view.levers.map
    shown = rows[~rows["withheld"].to_numpy(bool)]
    if shown.empty:
        return Shown("", "No driver can be shown")
    found = driver_map(shown)
    managers = view.levers.managers
    managers = managers[~managers["withheld"].to_numpy(bool)]
    if len(managers) > 1:
        found += driver_focus(managers, kind="account_manager")
    return found


def account_levers(view: ClientView) -> Shown:
    """The one thing to fix at each account that enough people speak for, greatest chance first."""
    rows = view.levers.accounts
    if rows.empty:
        return Shown("", "No account has enough answers to say what to fix first")
    rows = rows.sort_values(["clear", "probability"], ascending=False, kind="stable")
    shown, left = rows.head(LISTED), rows.iloc[LISTED:]
    second = [
        f"<bdi>{text(row.runner_up_label)}</bdi> ({percent(row.runner_up_probability)})"
        for row in records(shown)
    ]
    columns = [
        Column("Account", names(shown["name"])),
        Column("Fix first", phrases(shown["label"])),
        Column("Probability", [percent(value) for value in shown["probability"]], True),
        Column("Or else", second),
        Column("Score, shrunken", [number(v, 1) for v in shown["performance"]], True),
        Column("Target", [number(v, 1) for v in shown["target"]], True),
        Column("n", [number(n, 0) for n in shown["n"]], True),
    ]
    few = view.privacy.min_scores
    caption = (
        f"What to fix first by account, the surest first; accounts with fewer than {few} answers "
        "are left out. Probability: the share of draws in which this driver matters most."
    )
    note = f"{count(len(left), 'more account')}, less sure." if len(left) else ""
    html = table(columns, caption=caption, note=text(note), kind="long")
    return folded("What to fix first, account by account", Shown(html, caption))


def lever_map(view: ClientView) -> Shown:
    """How much each driver matters, against how far it lies behind its reference."""
    rows = view.levers.map
    rows = rows[~rows["withheld"].to_numpy(bool) & rows["gap"].notna().to_numpy(bool)]
    if len(rows) < 2:
        return Shown("", "Fewer than two drivers: no map")
    ahead = rows.assign(x=-rows["gap"], left=-rows["gap_high"], right=-rows["gap_low"])
    top = rows["reference"].iloc[0] == "top_decile"
    place = "the top decile" if top else "the end of the scale"
    size = view.instrument.scale.high - view.instrument.scale.low
    known = [*ahead["x"], *ahead["left"], *ahead["right"], 0.0]
    across = svg.Axis(*svg.around(known, -size, size, least=1.5), 52, 468)
    tall = 100 * rows[["importance", "importance_low", "importance_high"]]
    high = min(100.0, 1.1 * float(tall.max(axis=None)))
    low = max(0.0, float(tall.min(axis=None)) - 0.1 * high)
    down = svg.Axis(low, high, 268, 26)
    marks = [*svg.beside(down, 52, right=468)]
    marks += svg.below(across, 274, top=26, label=f"ahead of {place} (scale points)")
    marks.append(svg.words(12, 15, "importance (%)", anchor="start", ink=MUTED, size=12))
    if across.low < 0 < across.high:
        marks.append(svg.line(across.at(0), 26, across.at(0), 274, ink=INK, width=1.5))
        marks.append(svg.words(across.at(0), 15, place, size=11))
    marks += _dots(ahead, across, down)
    said = "; ".join(
        f"{row.label}: importance {percent(row.importance)}, {number(row.gap, 1, signed=True)} "
        f"points to {place}"
        for row in records(rows)
    )
    caption = (
        f"What matters, and how far it lies behind {place}: what stands high and left is to be "
        "fixed first; orange is the likeliest. Bars are the intervals of both; the numbers stand "
        "in the table below."
    )
    drawn = svg.picture("levers", marks, size=(480, 320), title="What to fix first", says=said)
    return Shown(svg.figure(drawn, caption), said)


def _dots(rows: pd.DataFrame, across: svg.Axis, down: svg.Axis) -> list[str]:
    bars, dots, found = [], [], records(rows)
    spots = [(across.at(row.x), down.at(100 * row.importance)) for row in found]
    for place, (row, (x, y)) in enumerate(zip(found, spots, strict=True)):
        if row.left == row.left:
            ends = across.at(row.left), across.at(row.right)
            bars.append(svg.line(ends[0], y, ends[1], y, ink=SOFT, width=2))
        low, high = (down.at(100 * value) for value in (row.importance_low, row.importance_high))
        bars.append(svg.line(x, low, x, high, ink=SOFT, width=2))
        dots.append(svg.dot(x, y, ink=WARM if place == 0 else ACCENT, radius=6))
    said, room = [row.label for row in found], (54, 20, 476, 272)
    bold = [place == 0 for place in range(len(found))]
    named = svg_labels.labels(spots, said, room=room, radius=6, crossed=True)
    return bars + svg_labels.drawn(named, bold=bold) + dots
