"""Where the client stands: its place among peers, measure by measure."""

from __future__ import annotations

from crqlab.language import MISSING, Language
from crqlab.page.benchmark.charts import percentiles, shares
from crqlab.page.client_view import ClientView
from crqlab.show.html import Column, Shown, folded, lines, paragraph, phrases, table, text
from crqlab.show.number_format import decimals
from crqlab.show.records import Record, records

SHARES = ("completion", "revenue_coverage")


def place_among_peers(view: ClientView) -> Shown:
    """Percentile, decile and distance to the top decile, each with its interval.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.benchmark.place_among_peers(view)
    """
    rows, spoken, say = view.benchmark.table, view.language, view.language.say
    known = rows[rows["percentile"].notna()]
    if known.empty:
        said = say(f"benchmark.unknown_{'few' if len(rows) else 'not_made'}")
        return Shown(paragraph(text(said)), said)
    each = records(known)
    columns = [
        Column(say("benchmark.measure"), phrases(spoken.term(row.label) for row in each)),
        Column(say("benchmark.score"), [_score(row, spoken) for row in each], True),
        Column(say("benchmark.percentile"), [_below(row, spoken) for row in each], True),
        Column(say("benchmark.decile"), [_decile(row, spoken) for row in each], True),
        Column(say("benchmark.to_top"), [_gap(row, spoken) for row in each], True),
        *_moves(view, each),
    ]
    peers = _peers(each, spoken)
    caption = f"{say('benchmark.caption', level=spoken.percent(view.benchmark.level))} {peers}"
    source = say("benchmark.source", source=spoken.coded("source", view.benchmark.source))
    note = text(" ".join([*_cautions(each, spoken), source]))
    numbers = Shown(table(columns, caption=caption, note=note, kind="long tight"), "")
    said = " ".join(standing(view))
    html = lines(
        paragraph(text(said), "lead") if said else "",
        percentiles(view).html,
        paragraph(text(peers)),
        folded(say("benchmark.every_place"), numbers).html,
    )
    return Shown(html, said)


def standing(view: ClientView) -> list[str]:
    """Say in sentences where the client's CRQ lies; none where that is not known."""
    row, spoken = view.benchmark.of("crq"), view.language
    if row is None:
        return []
    places = {
        "share": spoken.percent(row["percentile"]),
        "n": row["n_clients"],
        "span": shares(row["percentile_low"], row["percentile_high"], spoken),
        "decile": spoken.nth(row["decile"]),
    }
    if row["decile_low"] == row["decile_low"]:
        ends = {"low": spoken.nth(row["decile_low"]), "high": spoken.nth(row["decile_high"])}
        said = [spoken.say("benchmark.crq_above_span", **places, **ends)]
    else:
        said = [spoken.say("benchmark.crq_above", **places)]
    side = "below_top" if row["gap"] > 0 else "above_top"
    said.append(spoken.say(f"benchmark.{side}", gap=spoken.number(abs(row["gap"]))))
    if row["p_unique"] == row["p_unique"] and view.benchmark.above_median:
        constructs = spoken.listed(map(spoken.term, view.benchmark.above_median))
        chance = spoken.chance(row["p_unique"])
        said.append(
            spoken.say(f"benchmark.unique_{row['unique']}", constructs=constructs, chance=chance)
        )
    return said


def _score(row: Record, spoken: Language) -> str:
    if row.measure in SHARES:
        return spoken.percent(row.value)
    return spoken.number(row.value, decimals(row.measure), signed=row.measure == "nps")


def _below(row: Record, spoken: Language) -> str:
    span = spoken.span(100 * row.percentile_low, 100 * row.percentile_high, 0)
    return f"{spoken.percent(row.percentile)} ({span})"


def _decile(row: Record, spoken: Language) -> str:
    return f"{spoken.nth(row.decile)} ({spoken.span(row.decile_low, row.decile_high, 0)})"


def _gap(row: Record, spoken: Language) -> str:
    times, places = (100, 0) if row.measure in SHARES else (1, decimals(row.measure))
    gap, low, high = (times * value for value in (row.gap, row.gap_low, row.gap_high))
    span = spoken.span(low, high, places, signed=True)
    return f"{spoken.number(gap, places, signed=True)} ({span})"


def _moves(view: ClientView, rows: list[Record]) -> list[Column]:
    if all(row.change != row.change for row in rows):
        return []
    say, moved = view.language.say, [_change(row, view.language) for row in rows]
    if view.before:
        return [Column(say("benchmark.change_since", wave=view.before), moved, True)]
    return [Column(say("benchmark.change"), moved, True)]


def _change(row: Record, spoken: Language) -> str:
    if row.change != row.change:
        return MISSING
    change, low, high = (100 * value for value in (row.change, row.change_low, row.change_high))
    span = spoken.span(low, high, 0, signed=True)
    return f"{spoken.number(change, 0, signed=True)} ({span})"


def _peers(rows: list[Record], spoken: Language) -> str:
    """Who the peers are; measures with other peers than most are named."""
    groups: dict[tuple[str, float], list[str]] = {}
    for row in rows:
        groups.setdefault((row.peers, row.n_clients), []).append(spoken.term(row.label))
    order = sorted(groups.items(), key=lambda group: -len(group[1]))
    said = []
    for (cell, n), measures in order:
        peers = spoken.coded("peers", cell) or spoken.say("benchmark.all_clients")
        own = {"measures": ", ".join(measures)} if said else {}
        code = "benchmark.group_of" if said else "benchmark.group"
        said.append(spoken.say(code, peers=peers, n=n, **own))
    return spoken.say("benchmark.peers", groups="; ".join(said))


def _cautions(rows: list[Record], spoken: Language) -> list[str]:
    """Each caution once, with the measures that it belongs to."""
    told: dict[str, list[str]] = {}
    for row in rows:
        if caution := spoken.caution(row.flag):
            told.setdefault(caution, []).append(spoken.term(row.label))
    return [
        spoken.say("benchmark.caution_of", measures=", ".join(measures), caution=caution)
        for caution, measures in told.items()
    ]
