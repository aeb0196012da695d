"""Where the client stands: its place among peers, measure by measure."""

from __future__ import annotations

from crqlab.page.benchmark.charts import ends, percentiles
from crqlab.page.bridge import formerly
from crqlab.page.client_view import ClientView
from crqlab.show.html import Column, Shown, folded, paragraph, phrases, table, text
from crqlab.show.number_format import MISSING, count, decimals, nth, number, percent, span
from crqlab.show.records import Record, records

SHARES = ("completion", "revenue_coverage")


@formerly
def place_among_peers(view: ClientView) -> Shown:
    """Percentile, decile and distance to the top decile, each with its interval."""
    rows = view.benchmark.table
    known = rows[rows["percentile"].notna()]
    if known.empty:
        return _nowhere(view)
    each = records(known)
    columns = [
        Column("Measure", phrases(row.label for row in each)),
        Column("Score", [_score(row.measure, row.value) for row in each], True),
        Column("Peers below", [_below(row) for row in each], True),
        Column("Decile", [_deciles(row) for row in each], True),
        Column("To the top decile", [_gap(row) for row in each], True),
        *_moves(view, each),
    ]
    caption = (
        f"Place among peers; in brackets {percent(view.benchmark.level)} intervals from whole "
        "clients drawn again. "
        "Decile 10 is the top tenth. To the top decile: what is missing to its lower edge; below "
        f"zero the client is above it. {_whom(view, each)}"
    )
    source = view.language.coded("source", view.benchmark.source)
    note = text(" ".join([_cautions(view, each), f"Source: {source}."]).strip())
    said = _lead(view)
    lead = f"{paragraph(text(said), 'lead')}\n" if said else ""
    numbers = Shown(table(columns, caption=caption, note=note, kind="long tight"), "")
    whole = folded("Every place in numbers", numbers).html
    return Shown(
        f"{lead}{percentiles(view).html}\n{paragraph(text(_whom(view, each)))}\n{whole}", said
    )


def _nowhere(view: ClientView) -> Shown:
    why = "no benchmark has been made of the panel, or no release is named"
    if len(view.benchmark.table):
        why = "too few clients answered the same questions, or too few people here"
    said = f"Where the client stands among others is not known: {why}."
    return Shown(paragraph(text(said)), said)


def _lead(view: ClientView) -> str:
    row = view.benchmark.of("crq")
    if row is None:
        return ""
    who = count(int(row["n_clients"]), "other client")
    said = (
        f"CRQ is above that of {percent(row['percentile'])} of {who} "
        f"({ends(row['percentile_low'], row['percentile_high'])}): {nth(row['decile'])} decile"
    )
    if row["decile_low"] == row["decile_low"]:
        said += f", {nth(row['decile_low'])} to {nth(row['decile_high'])}"
    gap = number(abs(row["gap"]), 2)
    where = f"{gap} points below" if row["gap"] > 0 else f"{gap} points above the lower edge of"
    unique = {
        "yes": " It is Unique: top decile in CRQ, and Solution and Experience above the median.",
        "no": " Unique, the top decile with Solution and Experience above the median, it is not.",
    }.get(row["unique"], "")
    return f"{said}. It stands {where} the top decile.{unique}"


def _score(measure: str, value: float) -> str:
    if measure in SHARES:
        return percent(value)
    return number(value, decimals(measure), signed=measure == "nps")


def _below(row: Record) -> str:
    between = _bare(100 * row.percentile_low, 100 * row.percentile_high)
    return f"{percent(row.percentile)} ({between})"


def _bare(low: float, high: float, *, signed: bool = False) -> str:
    return span(low, high, 0, signed=signed)


def _deciles(row: Record) -> str:
    if row.decile_low != row.decile_low:
        return f"{nth(row.decile)} (open)"
    return f"{nth(row.decile)} ({row.decile_low:.0f} to {row.decile_high:.0f})"


def _gap(row: Record) -> str:
    share = row.measure in SHARES
    times, places = (100, 0) if share else (1, decimals(row.measure))
    size = number(times * row.gap, places, signed=True)
    return f"{size} ({span(times * row.gap_low, times * row.gap_high, places, signed=True)})"


def _moves(view: ClientView, rows: list[Record]) -> list[Column]:
    if all(row.change != row.change for row in rows):
        return []
    moved = [
        MISSING if row.change != row.change
        else f"{number(100 * row.change, 0, signed=True)} "
             f"({_bare(100 * row.change_low, 100 * row.change_high, signed=True)})"
        for row in rows
    ]  # fmt: skip
    return [Column(f"Percentiles since {view.before or 'last time'}", moved, True)]


def _whom(view: ClientView, rows: list[Record]) -> str:
    """Who the peers are; measures with other peers than most are named."""
    groups: dict[tuple[str, float], list[str]] = {}
    for row in rows:
        groups.setdefault((row.peers, row.n_clients), []).append(row.label)
    order = sorted(groups.items(), key=lambda group: -len(group[1]))
    said = [
        f"{_peers(view, peers)}, n = {count(int(n), 'client')}"
        + (f" ({', '.join(names)})" if i else "")
        for i, ((peers, n), names) in enumerate(order)
    ]
    return f"Peers: {'; '.join(said)}."


def _peers(view: ClientView, cell: str) -> str:
    return view.language.coded("peers", cell) or "all clients"


def _cautions(view: ClientView, rows: list[Record]) -> str:
    told: dict[str, list[str]] = {}
    for row in rows:
        if row.flag != "ok":
            told.setdefault(view.language.caution(row.flag), []).append(row.label)
    return " ".join(f"{', '.join(who)}: {flag}." for flag, who in told.items())
