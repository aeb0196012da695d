"""The first screen: it alone carries the decision."""

from __future__ import annotations

from math import isnan

import pandas as pd
from markupsafe import Markup

from crqlab.language import MISSING
from crqlab.page.accounts.overview import LOSS, REVENUE, SEEN_FIRST, overview, ranked_by
from crqlab.page.accounts.overview_table import (
    due_column,
    owner_column,
    revenue_column,
    risk_column,
    stacked,
)
from crqlab.page.agreed.html import last_time
from crqlab.page.amounts import amount
from crqlab.page.client_view import ClientView
from crqlab.page.decision.data import Tile
from crqlab.page.decision.select import tiles
from crqlab.page.decision.sentences import verdict_sentences
from crqlab.page.drivers.charts import nothing_weighed
from crqlab.show.html import Column, Shown, lines, names, paragraph, tag, text
from crqlab.show.number_format import decimals
from crqlab.show.records import records


def first_screen(view: ClientView) -> Shown:
    """Verdict, three numbers, three accounts, and the one thing to fix; what was agreed before.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.decision.first_screen(view)
    """
    accounts = overview(view)
    said = verdict_sentences(view, accounts)
    verdict = paragraph(text(" ".join(said)), "verdict") if said else ""
    cards = [_tile(view, tile) for tile in tiles(view)]
    html = lines(
        verdict,
        tag("ul", "\n", lines(*cards), "\n", class_="cards tiles") if cards else "",
        tag("div", "\n", lines(_accounts(view, accounts), _fix(view)), "\n", class_="pair"),
    )
    shown, told = Shown(html, " ".join(said)), last_time(view)
    return shown + told if told.html else shown


def _tile(view: ClientView, tile: Tile) -> Markup:
    say = view.language.say
    if tile.withheld:
        facts = [tag("p", view.language.caution(tile.flag))]
        value = MISSING
    else:
        value, facts = _number(view, tile, tile.value), _facts(view, tile)
    return tag(
        "li",
        tag("p", say(f"decision.tile_{tile.code}"), class_="name"),
        tag("p", value, class_="value"),
        *facts,
    )


def _facts(view: ClientView, tile: Tile) -> list[Markup]:
    """Interval and n, change, and what weighs otherwise."""
    say, said = view.language.say, []
    if not isnan(tile.low):
        span = say("common.span", low=_number(view, tile, tile.low),
                   high=_number(view, tile, tile.high))  # fmt: skip
        said.append(say("decision.interval", level=view.language.percent(tile.level), span=span))
    if not isnan(tile.rolling):
        ends = (tile.rolling, tile.rolling_low, tile.rolling_high)
        value, low, high = _written(view, tile, ends)
        span = say("common.span", low=low, high=high)
        said.append(say("decision.rolling", m=tile.n_rolling, value=value, span=span))
    if not isnan(tile.change):
        places = decimals(tile.code, change=True)
        change = view.language.number(tile.change, places, signed=True)
        said.append(say(f"decision.tile_{tile.verdict}", wave=tile.before, change=change))
    if not isnan(tile.unweighted):
        said.append(say("decision.unweighted", value=_number(view, tile, tile.unweighted)))
    if not isnan(tile.weighted):
        said.append(say("decision.weighted", value=_number(view, tile, tile.weighted)))
    if tile.n_respondents is not None and view.alone:
        said.append(say("decision.people_alone", n=tile.n_respondents))
    elif tile.n_respondents:
        said.append(say("decision.people", n=tile.n_respondents, m=tile.n_accounts))
    elif tile.n_respondents is None and tile.n_accounts is not None:
        said.append(say("decision.accounts", m=tile.n_accounts))
    if caution := view.language.caution(tile.flag):
        said.append(caution)
    return [tag("p", one) for one in said]


def _number(view: ClientView, tile: Tile, value: float) -> str:
    spoken = view.language
    if tile.code == "loss":
        return amount(value, spoken, view.currency)
    if tile.code == "heard":
        return spoken.percent(value)
    return spoken.number(value, decimals(tile.code), signed=tile.code == "nps")


def _written(view: ClientView, tile: Tile, values: tuple[float, ...]) -> list[str]:
    """Numbers that are rounded already, with no more decimals than one of them has."""
    if tile.code == "nps":
        return [_number(view, tile, value) for value in values]
    places = decimals(tile.code)
    if all(round(value, places - 1) == round(value, places) for value in values):
        places -= 1
    return [str(view.language.number(value, places)) for value in values]


def _accounts(view: ClientView, found: pd.DataFrame) -> Markup:
    """The accounts that matter most, with money, date and owner."""
    say, by = view.language.say, ranked_by(found)
    rows = records(found.head(SEEN_FIRST))
    if by not in (LOSS, REVENUE):
        return Markup()
    untold = any(row.expected_loss != row.expected_loss for row in rows)
    columns = [
        Column(say("decision.customer"), names(row.name for row in rows)),
        *([revenue_column(view, rows)] if by == REVENUE or untold else []),
        *([risk_column(view, rows)] if by == LOSS else []),
        due_column(view, rows),
        owner_column(view, rows),
    ]
    body = stacked(columns, say(f"decision.accounts_by_{by}"))
    return _section(say("decision.see_first", n=len(rows)), body)


def _section(head: str, body: Markup) -> Markup:
    return tag("section", "\n", lines(tag("h3", head), body), "\n")


def _fix(view: ClientView) -> Markup:
    """What to mend first, under a heading that follows the result."""
    row, spoken = view.drivers.first, view.language
    if row is None:
        head, said = spoken.say("decision.fix_unknown_head"), nothing_weighed(view)
    else:
        head, said = _heading(view, row), _why(view, row)
    return _section(head, paragraph(text(said), ""))


def _heading(view: ClientView, row: pd.Series) -> str:
    spoken = view.language
    if row["clear"]:
        return spoken.say("decision.fix", driver=spoken.term(row["label"]))
    return spoken.say("decision.fix_nothing")


def _why(view: ClientView, row: pd.Series) -> str:
    spoken = view.language
    told = {
        "driver": spoken.term(row["label"]),
        "chance": spoken.chance(row["probability"]),
        "gap": spoken.number(row["gap"], 1),
        "n": int(row["n"]),
    }
    if row["clear"]:
        return spoken.say(f"decision.fix_why_{row['reference']}", **told)
    second = row["runner_up_label"]
    if not isinstance(second, str) or not second:
        return spoken.say("decision.fix_leads", **told)
    return spoken.say("decision.fix_leads_before", other=spoken.term(second), **told)
