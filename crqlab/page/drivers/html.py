"""What moves the client's relationships, and the one thing to fix first."""

from __future__ import annotations

import pandas as pd

from crqlab.page.client_view import ClientView
from crqlab.page.drivers.charts import priority_map
from crqlab.show.html import Column, Shown, folded, names, paragraph, phrases, table, text
from crqlab.show.number_format import count, number, percent, span
from crqlab.show.records import records
from crqlab.show.tables.drivers import driver_map, driver_priorities

LISTED = 15  # accounts that a reader still goes through


def first_priority(view: ClientView) -> Shown:
    """What to mend first, how sure that is, and on what evidence."""
    row = view.drivers.first
    if row is None:
        few = len(view.drivers.map) and "too few people answered"
        said = (
            "Nothing can be put first: "
            f"{few or 'drivers were not weighed, or this questionnaire asks too few of them'}."
        )
        return Shown(paragraph(text(said)), said)
    said = f"{_first(row)} {_evidence(view, row)}".strip()
    return Shown(paragraph(text(said), "lead"), said) + priority_map(view)


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
    rows = view.drivers.effects
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


def priorities(view: ClientView) -> Shown:
    """Importance and performance of every driver; and what each account manager should fix."""
    rows = view.drivers.map
    shown = rows[~rows["withheld"].to_numpy(bool)]
    if shown.empty:
        return Shown("", "No driver can be shown")
    found = driver_map(shown)
    managers = view.drivers.managers
    managers = managers[~managers["withheld"].to_numpy(bool)]
    if len(managers) > 1:
        found += driver_priorities(managers, kind="account_manager")
    return found


def account_priorities(view: ClientView) -> Shown:
    """The first priority at each account that enough people speak for, greatest chance first."""
    rows = view.drivers.accounts
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
