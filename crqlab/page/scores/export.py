"""Scores as sheets and slides: this wave, those before, and what stands behind them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from crqlab.page.client_view import ClientView
from crqlab.page.scores.html import constructs
from crqlab.page.scores.scales import ends
from crqlab.page.sheet import HOW, PEOPLE, Sheet, estimate, scale, sheet
from crqlab.page.slide import PLAIN, SIGNED, Bars, Course, Slide, foot, spans
from crqlab.show.number_format import decimals
from crqlab.show.records import records

_WHAT = {"label": ("measure", "", "term"), "unit": ("unit",)}
_NUMBERS = {**estimate(), **PEOPLE, **HOW}


def _named(view: ClientView, rows: pd.DataFrame) -> pd.DataFrame:
    names = rows["measure"]
    return rows.assign(
        label=[view.instrument.label(name) for name in names],
        unit=[scale(view, name) for name in names],
    )


def scores_sheet(view: ClientView) -> Sheet:
    """Every measure of this wave with its change."""
    rows, columns = view.measures, {**_WHAT, **_NUMBERS}
    if view.before:
        columns |= {
            "change": ("change_since", "same_unit", "score"),
            "change_low": ("change_low", "same_unit", "score"),
            "change_high": ("change_high", "same_unit", "score"),
            "change_method": ("change_method", "", "method"),
            "verdict": ("verdict", "", "verdict"),
        }
    known = rows["verdict"].where(rows["verdict"] != "unknown")
    return sheet(view, "scores", columns, _named(view, rows.assign(verdict=known)),
                 wave=view.before)  # fmt: skip


def waves_sheet(view: ClientView) -> Sheet:
    """The same wave by wave."""
    return sheet(
        view, "waves", {**_WHAT, "wave": ("wave",), **_NUMBERS}, _named(view, view.scores.trend)
    )


def change_sheet(view: ClientView) -> Sheet:
    """Where the change since the wave before comes from."""
    columns = {**_WHAT, "part": ("part", "", "part"), **_NUMBERS}
    return sheet(view, "change", columns, _named(view, view.scores.parts), wave=view.before)


def roll_ups_sheet(view: ClientView) -> Sheet:
    """CRQ and NPS counted in other ways."""
    columns = {**_WHAT, "roll_up": ("roll_up", "", "roll_up"), **_NUMBERS}
    return sheet(view, "roll_ups", columns, _named(view, view.scores.roll_ups))


def agreement_sheet(view: ClientView) -> Sheet:
    """Do people of one account agree."""
    columns = {"label": _WHAT["label"], "statistic": ("statistic", "", "statistic"), **_NUMBERS}
    return sheet(view, "agreement", columns, _named(view, view.scores.agreement))


def scored(view: ClientView, row: dict) -> str:
    """One number with its interval, as a title says it."""
    spoken, label = view.language, view.language.term(row["label"])
    if row["withheld"]:
        return spoken.say("slide.withheld", label=label, caution=spoken.caution(row["flag"]))
    places, signed = decimals(row["measure"]), row["measure"] == "nps"
    value = spoken.number(row["value"], places, signed=signed)
    return f"{label} {value} ({spoken.span(row['low'], row['high'], places, signed=signed)})"


def moved(view: ClientView, row: dict) -> str:
    """How a number has changed, as a title says it."""
    spoken = view.language
    if row["change"] != row["change"]:
        if not view.before:
            return spoken.say("slide.first_wave")
        return spoken.say("slide.no_comparison", wave=view.before)
    places = decimals(row["measure"], change=True)
    return spoken.say(
        "slide.moved",
        change=spoken.number(row["change"], places, signed=True),
        wave=view.before,
        span=spoken.span(row["change_low"], row["change_high"], places, signed=True),
        verdict=spoken.say(f"verdict.{row['verdict']}"),
    )


def course_slides(view: ClientView) -> Iterator[Slide]:
    """CRQ and NPS over the waves, a slide each."""
    for measure in ("crq", "nps"):
        trend, now = view.scores.trend, view.measure(measure)
        rows = trend[trend["measure"] == measure]
        known = rows[rows["value"].notna()]
        if now is None or known["wave"].nunique() < 2:
            continue
        spoken, signed = view.language, measure == "nps"
        label = spoken.term(view.instrument.label(measure))
        marks = [
            f"{row.wave}: {spoken.number(row.value, decimals(measure), signed=signed)} "
            f"(n = {spoken.number(row.n_respondents, 0)})"
            for row in records(rows)
        ]
        body = Course(
            marks, rows["value"].tolist(), label, spans(rows, "low", "high"),
            ends(view, measure), SIGNED if signed else PLAIN,
        )  # fmt: skip
        message = spoken.say("slide.wave_by_wave", label=label, moved=moved(view, now))
        yield Slide(message, body, foot(view, row=now))


def constructs_slide(view: ClientView) -> Slide | None:
    """Means of all constructs, the highest first."""
    rows = view.measures[view.measures["measure"].isin(view.instrument.constructs)]
    rows = rows[rows["value"].notna()].sort_values("value", ascending=False)
    if rows.empty:
        return None
    labels = [view.language.term(label) for label in rows["label"]]
    body = Bars(labels, rows["value"].tolist(), view.language.say("slide.mean_score"),
                spans(rows, "low", "high"), ends(view, "crq"))  # fmt: skip
    return Slide(constructs(view).sentence, body, foot(view, row=rows.iloc[0]))


def recommend_slide(view: ClientView) -> Slide | None:
    """How many people gave each answer to the question of recommending."""
    row, counts = view.measure("nps"), view.scores.ltr
    if row is None or counts.empty:
        return None
    say = view.language.say
    body = Bars(
        [str(answer) for answer in counts["answer"]], counts["n"].tolist(),
        say("slide.by_answer"), code="0", flat=False,
        colours=("warm",) * 7 + ("soft",) * 2 + ("accent",) * 2,
    )  # fmt: skip
    return Slide(say("slide.recommend", score=scored(view, row)), body, foot(view, row=row))
