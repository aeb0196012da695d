"""Scores as sheets and slides: this wave, those before, and what stands behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crqlab.base.contracts.cautions import OK
from crqlab.page.client_view import ClientView
from crqlab.page.scores.html import constructs
from crqlab.page.scores.scales import ends
from crqlab.page.scores.select import NOT_ASKED
from crqlab.page.sheet import CAUTION, HOW, PEOPLE, Sheet, estimate, scale, sheet
from crqlab.page.slide import PLAIN, SIGNED, WHOLE, Bars, Course, Slide, foot, places, spans
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


def _numbers(view: ClientView) -> dict[str, tuple[str, ...]]:
    """Columns of a number; with survey weights also how many equal answers theirs are worth."""
    worth = {"n_effective": ("n_effective", "", "score")}
    return {**estimate(), **PEOPLE, **(worth if view.scores.weighted else {}), **HOW}


def scores_sheet(view: ClientView) -> Sheet:
    """Every measure of this wave with its change."""
    rows, columns = view.measures, {**_WHAT, **_numbers(view)}
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


def rolling_sheet(view: ClientView) -> Sheet:
    """All accounts, where the wave asked a slice: by the account model, and plain over a year."""
    rows = view.scores.rolling
    year = {"value": "year_mean", "low": "year_low", "high": "year_high"}
    plain = rows.assign(
        **{name: rows[own] for name, own in year.items()}, flag=OK, n_accounts=np.nan
    )
    kinds = {"all_accounts": rows, "rolling_year": plain}
    people = {"all_accounts": rows["n_people"], "rolling_year": rows["n_year"]}
    long = pd.concat(
        [part.assign(roll_up=kind, n_respondents=people[kind]) for kind, part in kinds.items()],
        ignore_index=True,
    )
    long = long[long["value"].notna() | (long["roll_up"] == "all_accounts")]
    columns = {**_WHAT, "roll_up": ("roll_up", "", "roll_up"), **estimate(), **PEOPLE, **CAUTION}
    return sheet(view, "rolling", columns, _named(view, long.reset_index(drop=True)))


def change_sheet(view: ClientView) -> Sheet:
    """Where the change since the wave before comes from."""
    columns = {**_WHAT, "part": ("part", "", "part"), **_NUMBERS}
    return sheet(view, "change", columns, _named(view, view.scores.parts), wave=view.before)


def roll_ups_sheet(view: ClientView) -> Sheet:
    """CRQ and NPS counted in other ways."""
    columns = {**_WHAT, "roll_up": ("roll_up", "", "roll_up"), **_numbers(view)}
    rows = view.scores.roll_ups.assign(roll_up=view.scores.counted())
    return sheet(view, "roll_ups", columns, _named(view, rows))


def agreement_sheet(view: ClientView) -> Sheet:
    """Do people of one account agree."""
    columns = {"label": _WHAT["label"], "statistic": ("statistic", "", "statistic"), **_NUMBERS}
    return sheet(view, "agreement", columns, _named(view, view.scores.agreement))


def moved(view: ClientView, row: dict) -> str:
    """How a number has changed, as a card says it."""
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


def course_slide(view: ClientView) -> Slide | None:
    """CRQ over the waves; NPS where nothing else was asked."""
    measure = "crq" if view.instrument.crq.constructs else "nps"
    trend, now = view.scores.trend, view.measure(measure)
    rows = trend[(trend["measure"] == measure) & (trend["flag"] != NOT_ASKED)]
    if now is None or rows.loc[rows["value"].notna(), "wave"].nunique() < 2:
        return None
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
    return Slide(_course(view, now, label), body, foot(view, row=now))


def _course(view: ClientView, row: dict, label: str) -> str:
    """What became of a measure since the wave before, as a sentence."""
    spoken, places = view.language, decimals(row["measure"], change=True)
    if row["change"] != row["change"]:
        return spoken.say("slide.course_unknown", label=label)
    return spoken.say(
        f"slide.course_{row['verdict']}",
        label=label,
        wave=view.before,
        change=spoken.number(row["change"], places, signed=True),
        span=spoken.span(row["change_low"], row["change_high"], places, signed=True),
    )


def constructs_slide(view: ClientView) -> Slide | None:
    """Means of all constructs, the highest first."""
    rows = view.measures[view.measures["measure"].isin(view.instrument.constructs)]
    rows = rows[rows["value"].notna()].sort_values("value", ascending=False)
    if rows.empty:
        return None
    labels = [view.language.term(label) for label in rows["label"]]
    inside = rows["measure"].isin(view.instrument.crq.constructs)
    told = rows[inside]["value"]
    named = places(inside & rows["value"].isin([told.max(), told.min()]))
    body = Bars(labels, rows["value"].tolist(), view.language.say("slide.mean_score"),
                spans(rows, "low", "high"), ends(view, "crq"), marked=named)  # fmt: skip
    return Slide(constructs(view).sentence.removesuffix("."), body, foot(view, row=rows.iloc[0]))


def recommend_slide(view: ClientView) -> Slide | None:
    """How many people gave each answer to the question of recommending."""
    row, counts = view.measure("nps"), view.scores.ltr
    if row is None or counts.empty:
        return None
    say, number = view.language.say, view.language.number
    people = pd.Series(counts["n"].to_numpy(), index=counts["answer"].astype(int))
    body = Bars(
        [str(answer) for answer in counts["answer"]], counts["n"].tolist(),
        say("slide.by_answer"), code=WHOLE, flat=False,
        colours=("warm",) * 7 + ("soft",) * 2 + ("accent",) * 2,
    )  # fmt: skip
    told = {
        "score": number(row["value"], 0, signed=True),
        "span": view.language.span(row["low"], row["high"], 0, signed=True),
        "promoters": int(people[people.index >= 9].sum()),
        "detractors": int(people[people.index <= 6].sum()),
        "n": int(people.sum()),
    }
    code = "slide.recommend_weighted" if view.scores.weighted else "slide.recommend"
    code = "slide.recommend_withheld" if row["withheld"] else code
    return Slide(say(code, **told), body, foot(view, row=row))
