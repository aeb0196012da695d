"""The place among peers as a sheet and a slide."""

from __future__ import annotations

from crqlab.page.client_view import ClientView
from crqlab.page.decision.sentences import strength_sentence
from crqlab.page.sheet import CAUTION, Sheet, interval, sheet
from crqlab.page.slide import SHARE, Bars, Slide, foot, places, spans

MOST = 14  # bars


def benchmark_sheet(view: ClientView) -> Sheet:
    """Where every measure stands among the peers."""
    columns = {
        "label": ("measure", "", "term"),
        "value": ("value", "of_measure", "score"),
        **interval("percentile", "share", "share"),
        **interval("decile", "decile", "score"),
        **interval("gap", "of_measure", "score"),
        "level": ("level", "share", "share"),
        "peers": ("peers", "", "peers"),
        "n_clients": ("n_clients", "clients", "count"),
        **CAUTION,
    }
    columns |= {f"gap{end}": (f"top_gap{end}", "of_measure", "score") for end in _ENDS}
    source = view.language.coded("source", view.benchmark.source)
    return sheet(view, "benchmark", columns, view.benchmark.table, source=source)


_ENDS = ("", "_low", "_high")


def benchmark_slide(view: ClientView) -> Slide | None:
    """Where the client stands, measure by measure."""
    rows, spoken = view.benchmark.table, view.language
    rows = rows[rows["percentile"].notna()].head(MOST)
    if rows.empty or view.benchmark.of("crq") is None:
        return None
    said = spoken.say(
        "slide.peers_foot",
        n=int(view.benchmark.of("crq")["n_clients"]),
        level=spoken.percent(view.benchmark.level),
        source=spoken.coded("source", view.benchmark.source),
    )
    body = Bars(
        [spoken.term(label) for label in rows["label"]], rows["percentile"].tolist(),
        spoken.say("slide.peers_below"), spans(rows, "percentile_low", "percentile_high"),
        (0.0, 1.0), SHARE, marked=places(rows["measure"] == "crq"),
    )  # fmt: skip
    return Slide(strength_sentence(view).removesuffix("."), body, foot(view, said))
