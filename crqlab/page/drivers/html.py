"""What moves the client's relationships, and what to fix first."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from crqlab.language import Language
from crqlab.page.client_view import ClientView
from crqlab.show.html import Column, Shown, folded, names, paragraph, phrase, phrases, table, text
from crqlab.show.tables.drivers import driver_map, driver_priorities

LISTED = 15  # accounts that a reader still goes through


def first_priority(view: ClientView) -> Shown:
    """What to fix first, how sure that is, and on what evidence.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.drivers.first_priority(view)
    """
    row, spoken = view.drivers.first, view.language
    if row is None:
        said = spoken.say(f"drivers.none_{'few' if len(view.drivers.map) else 'weighed'}")
        return Shown(paragraph(text(said)), said)
    said = f"{_first(view, row)} {_evidence(view, row)}".strip()
    return Shown(paragraph(text(said), "lead"), said)


def _first(view: ClientView, row: pd.Series) -> str:
    spoken = view.language
    places = {
        "outcomes": outcomes(view),
        "driver": spoken.term(row["label"]),
        "chance": spoken.chance(row["probability"]),
        "value": spoken.number(row["performance"]),
        "target": spoken.number(row["target"]),
        "share": spoken.percent(row["importance"]),
        "n": row["n"],
        "m": row["n_accounts"],
    }
    if row["clear"]:
        return spoken.say(f"drivers.clear_{row['reference']}", **places)
    second = row["runner_up_label"]
    if second != second or not second:
        return spoken.say(f"drivers.leads_{row['reference']}", **places)
    chance = spoken.chance(row["runner_up_probability"])
    other = {"other": spoken.term(second), "other_chance": chance}
    return spoken.say(f"drivers.leads_before_{row['reference']}", **places, **other)


def outcomes(view: ClientView) -> str:
    """Name what importance is importance for, inside a sentence."""
    spoken = view.language
    coded = {name: f"drivers.outcome_{name}" for name in view.drivers.outcomes}
    return spoken.listed(
        spoken.say(code) if code in spoken else spoken.term(name) for name, code in coded.items()
    )


def _evidence(view: ClientView, row: pd.Series) -> str:
    """What one point more of it goes with, over all clients."""
    spoken, rows = view.language, view.drivers.effects
    rows = rows[rows["driver"] == row["driver"]]
    if rows.empty:
        return ""
    best = rows.loc[rows["effect"].idxmax()]
    return spoken.say(
        "drivers.evidence",
        driver=spoken.term(row["label"]),
        effect=spoken.number(best["effect"], signed=True),
        outcome=spoken.term(best["outcome_label"]),
        span=spoken.span(best["low"], best["high"], signed=True),
    )


def priorities(view: ClientView) -> Shown:
    """Importance and performance of every driver; and what each account manager should fix.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.drivers.priorities(view)
    """
    rows = view.drivers.map
    shown = rows[~rows["withheld"].to_numpy(bool)]
    if shown.empty:
        return Shown("", view.language.say("drivers.none_shown"))
    found = driver_map(shown, spoken=view.language)
    managers = view.drivers.managers
    managers = managers[~managers["withheld"].to_numpy(bool)]
    if len(managers) > 1:
        found += driver_priorities(managers, kind="account_manager", spoken=view.language)
    return found


def account_priorities(view: ClientView) -> Shown:
    """The first priority at each account that enough people speak for, greatest chance first.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.drivers.account_priorities(view)
    """
    rows, spoken, say = view.drivers.accounts, view.language, view.language.say
    if rows.empty:
        return Shown("", say("drivers.accounts_none"))
    rows = rows.sort_values(["clear", "probability"], ascending=False, kind="stable")
    shown, left = rows.head(LISTED), rows.iloc[LISTED:]
    number = spoken.number
    columns = [
        Column(say("column.account"), names(shown["name"])),
        Column(say("drivers.fix_first"), phrases(map(spoken.term, shown["label"]))),
        Column(
            say("drivers.probability"),
            [spoken.chance(value) for value in shown["probability"]],
            True,
        ),
        Column(say("drivers.or_else"), _or_else(shown, spoken)),
        Column(say("drivers.score_shrunken"), [number(v, 1) for v in shown["performance"]], True),
        Column(say("drivers.target"), [number(v, 1) for v in shown["target"]], True),
        Column(say("column.n"), [number(n, 0) for n in shown["n"]], True),
    ]
    caption = say("drivers.accounts_caption", minimum=view.privacy.min_scores)
    note = text(say("drivers.accounts_left", n=len(left))) if len(left) else ""
    html = table(columns, caption=caption, note=note, kind="long")
    return folded(say("drivers.accounts_title"), Shown(html, caption))


def _or_else(rows: pd.DataFrame, spoken: Language) -> list[Markup]:
    """The next in line, with its probability in brackets."""
    pairs = zip(rows["runner_up_label"], rows["runner_up_probability"], strict=True)
    return [
        Markup("{} ({})").format(phrase(spoken.term(label)), spoken.chance(chance))
        for label, chance in pairs
    ]
