"""Drivers as a sheet and a slide: what matters, and how well it is done."""

from __future__ import annotations

import pandas as pd

from crqlab.page.client_view import ClientView
from crqlab.page.drivers.html import outcomes
from crqlab.page.sheet import ACCOUNTS, CAUTION, Sheet, interval, scale, sheet
from crqlab.page.slide import TENTHS, Bars, Slide, axis, foot, places, spans


def drivers_sheet(view: ClientView) -> Sheet:
    """Importance and performance of every driver."""
    points = scale(view)
    columns = {
        "label": ("driver", "", "term"),
        **interval("importance", "explained", "share"),
        **interval("performance", points, "score"),
        "panel": ("other_clients", points, "score"),
        "top": ("their_top_decile", points, "score"),
        **interval("gap", points, "score"),
        "probability": ("p_to_fix", "share", "share"),
        "n": ("n_respondents", "people", "count"),
        **ACCOUNTS,
        **CAUTION,
    }
    return sheet(view, "drivers", columns, view.drivers.map, outcomes=outcomes(view))


def drivers_slide(view: ClientView) -> Slide | None:
    """What matters most, and how far each driver lies behind the best."""
    rows, first, spoken = view.drivers.map, view.drivers.first, view.language
    rows = rows[~rows["withheld"].to_numpy(bool) & rows["importance"].notna().to_numpy(bool)]
    rows = rows[rows["gap"].notna().to_numpy(bool)]  # a pulse asks few drivers, or none
    if rows.empty or first is None:
        return None
    rows = rows.sort_values("gap", ascending=False, kind="stable")
    said = spoken.say(
        f"slide.drivers_foot_{first['reference']}",
        n=first["n"],
        m=first["n_accounts"],
        outcomes=outcomes(view),
    )
    labels = [
        f"{spoken.term(label)} ({spoken.percent(weight)})"
        for label, weight in zip(rows["label"], rows["importance"], strict=True)
    ]
    named = rows["driver"] == first["driver"]
    body = Bars(
        labels, rows["gap"].tolist(), spoken.say(f"slide.behind_{first['reference']}"),
        spans(rows, "gap_low", "gap_high"), axis(rows, "gap_low", "gap_high"), TENTHS,
        marked=places(named),
    )  # fmt: skip
    return Slide(_first(view, first), body, foot(view, said))


def _first(view: ClientView, row: pd.Series) -> str:
    """What to fix first, and how sure that is."""
    spoken, other = view.language, row["runner_up_label"]
    told = {"driver": spoken.term(row["label"]), "chance": spoken.chance(row["probability"])}
    if row["clear"]:
        return spoken.say("slide.fix_first", **told)
    if other != other or not other:
        return spoken.say("slide.nothing_clear", **told)
    after = spoken.chance(row["runner_up_probability"])
    return spoken.say("slide.nothing_clear_before", other=spoken.term(other), after=after, **told)
