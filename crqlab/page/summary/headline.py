"""The first page: who, when, and the three numbers."""

from __future__ import annotations

from math import isnan

import pandas as pd
from markupsafe import Markup

from crqlab.page.client_view import ClientView
from crqlab.page.participation.html import adjusted
from crqlab.page.scores.charts import ends
from crqlab.show.html import Shown, name, paragraph, tag, text
from crqlab.show.number_format import count, decimals, number, percent, span
from crqlab.show.svg_strips import strip

MADE_UP = "SYNTHETIC DATA: made up by a computer, about nobody"
_SAYS = {
    "crq": "Customer Relationship Quality",
    "nps": "Promoters minus detractors",
    "mean_ltr": "Average answer, 0 to 10",
}


def banner() -> Shown:
    """Say on every page of a study with made-up data that they are."""
    return Shown(f'<p class="synthetic" role="note">{MADE_UP}</p>', MADE_UP)


def _warning(said: str) -> Markup:
    return tag("p", said, class_="synthetic", role="note")


def masthead(view: ClientView) -> Shown:
    """Name the client and the wave, and warn of made-up data."""
    warning = "".join(f"{_warning(said)}\n" for said in view.warnings)
    html = (
        f'{warning}<p class="study" translate="no">{text(view.title)}</p>\n'
        f"<h1>{name(view.client)}, "
        f'<span class="wave">wave {text(view.wave)}</span></h1>'
    )
    return Shown(html, ". ".join([*view.warnings, str(view)]))


def headline(view: ClientView) -> Shown:
    """CRQ, NPS and mean LTR, each with its interval, n, and change since the last wave."""
    rows = [view.measure(measure) for measure in _SAYS]
    shown = [row for row in rows if row is not None]
    cards = "\n".join(_card(view, row) for row in shown)
    methods = dict.fromkeys(row["method"] for row in shown)
    notes = [f"Intervals: {'; '.join(map(view.language.method, methods))}."]
    changed = {row["change_method"] for row in shown if not isnan(row["change"])}
    if changed:
        notes.append(f"Changes: {'; '.join(map(view.language.method, sorted(changed)))}.")
    if view.instrument.recommend is None:
        notes.append("This questionnaire does not ask LTR, so there is no NPS.")
    html = f'<ul class="cards">\n{cards}\n</ul>\n{paragraph(text(" ".join(notes)))}'
    return Shown(html, "; ".join(_aloud(view, row) for row in shown))


def _card(view: ClientView, row: pd.Series) -> str:
    measure, signed = row["measure"], row["measure"] == "nps"
    places = decimals(measure)
    n = f"n = {count(row['n_respondents'], 'respondent')}, {count(row['n_accounts'], 'account')}"
    parts = [
        f'<p class="name">{text(row["label"])} <span>{_SAYS[measure]}</span></p>',
        f'<p class="value">{number(row["value"], places, signed=signed)}</p>',
    ]
    if row["withheld"]:
        parts.append(f"<p>{text(view.language.caution(row['flag']))}</p>")
    else:
        between = span(row["low"], row["high"], places, signed=signed)
        parts += [
            f"<p>{percent(row['level'])} interval {between}</p>",
            _strip(view, row),
            f"<p>{text(_change(view, row))}</p>",
        ]
        if silent := adjusted(view, measure):
            parts.append(f"<p>{text(silent)}</p>")
        if row["flag"] != "ok":
            caution = text(view.language.caution(row["flag"]))
            parts.append(f'<p class="caution">{caution}</p>')
    return f'<li>{"".join(parts)}<p class="n">{n}</p></li>'


def _strip(view: ClientView, row: pd.Series) -> str:
    earlier = view.scores.trend[
        (view.scores.trend["wave"] == view.before)
        & (view.scores.trend["measure"] == row["measure"])
    ]
    before = float("nan") if earlier.empty else float(earlier["value"].iloc[0])
    low, high = ends(view, row["measure"])
    says = _aloud(view, row) + (
        ""
        if isnan(before)
        else f"; hollow: {view.before}, {number(before, decimals(row['measure']))}"
    )
    return strip(
        f"strip-{row['measure']}",
        value=row["value"],
        low=row["low"],
        high=row["high"],
        before=before,
        ends=(low, high),
        title=f"{row['label']} on its scale from {low:g} to {high:g}",
        says=says,
    )


def _change(view: ClientView, row: pd.Series) -> str:
    if isnan(row["change"]):
        return f"No comparison with {view.before}" if view.before else "First wave"
    places = decimals(row["measure"], change=True)
    moved = number(row["change"], places, signed=True)
    between = span(row["change_low"], row["change_high"], places, signed=True)
    verdict = view.language.say(f"verdict.{row['verdict']}")
    return f"{moved} since {view.before} ({between}): {verdict}"


def _aloud(view: ClientView, row: pd.Series) -> str:
    if row["withheld"]:
        return f"{row['label']}: {view.language.caution(row['flag'])}"
    places, signed = decimals(row["measure"]), row["measure"] == "nps"
    value = number(row["value"], places, signed=signed)
    between = span(row["low"], row["high"], places, signed=signed)
    return f"{row['label']} {value} [{between}], {_change(view, row)}"
