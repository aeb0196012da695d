"""Whether scores fall after the first year, and where contact was kept, in words and a table."""

from __future__ import annotations

import pandas as pd

from crqlab.language import Language
from crqlab.page.client_view import ClientView
from crqlab.show.html import Column, Shown, lines, paragraph, table, text
from crqlab.stats.defaults import FEW_RESAMPLED

VERDICTS = {"lower": "fall", "higher": "rise", "no_clear_difference": "unclear"}


def later_years(view: ClientView) -> Shown:
    """Say whether years 2 to 4 lie below the first, of the client and of all clients.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.years.later_years(view)
    """
    say = view.language.say
    if not view.years.since:
        return Shown("", say("years.no_days"))
    own = [_fall(view), _contact(view)]
    said = " ".join(own)
    if view.years.of("all", panel=True) is None:
        return Shown(paragraph(text(said), "lead"), said)
    firms = say(
        "years.of_all", said=" ".join([_fall(view, panel=True), _contact(view, panel=True)])
    )
    listed = _curve(view)
    note = paragraph(text(say("years.association")))
    html = lines(paragraph(text(said), "lead"), paragraph(text(firms), ""), listed, note)
    return Shown(html, f"{said} {firms}")


def _fall(view: ClientView, *, panel: bool = False) -> str:
    row, say = view.years.of("all", panel=panel), view.language.say
    since = say(f"years.since_{view.years.since}")
    if row is None:
        return say("years.unknown", since=since, minimum=FEW_RESAMPLED)
    said = _told(view, row, places=2 if panel else 1)
    return say(f"years.{VERDICTS[row['verdict']]}", since=since, **said)


def _contact(view: ClientView, *, panel: bool = False) -> str:
    """Later years of accounts that contact was kept with, and of the others."""
    row, say = view.years.of("kept_less_lost", panel=panel), view.language.say
    if row is None:
        return say("years.contact_unknown", minimum=FEW_RESAMPLED)
    said = _told(view, row, places=2 if panel else 1)
    return say(f"years.contact_{VERDICTS[row['verdict']]}", **said)


def _told(view: ClientView, row: pd.Series, *, places: int) -> dict[str, str | int]:
    spoken, places = view.language, 0 if row["measure"] == "nps" else places
    sure = row["verdict"] in ("lower", "higher")
    value = abs(row["value"]) if sure else row["value"]
    return {
        "label": spoken.term(view.instrument.label(row["measure"])),
        "value": spoken.number(value, places, signed=not sure),
        "level": spoken.percent(row["level"]),
        "span": spoken.span(row["low"], row["high"], places, signed=True),
        "n": int(row["n_later"]),
        "m": int(row["n_first"]),
    }


def _curve(view: ClientView) -> str:
    """Mean of all clients' accounts by year, and where contact was kept and lost."""
    spoken, say, rows = view.language, view.language.say, view.years.curve
    years = sorted(set(rows["year"]))
    columns = [Column(say("years.year"), [_year(spoken, one) for one in years])]
    for contact in ("all", "kept", "lost"):
        own = rows[rows["contact"] == contact].set_index("year").reindex(years)
        told = [_cell(spoken, row) for row in own.itertuples()]
        columns.append(Column(say(f"years.contact_of_{contact}"), told, True))
    measure = spoken.term(view.instrument.label(rows["measure"].iloc[0]))
    caption = say("years.caption", label=measure, level=spoken.percent(rows["level"].iloc[0]))
    return table(columns, caption=caption, kind="small")


def _year(spoken: Language, year: int) -> str:
    return spoken.say("years.fifth") if year == 5 else spoken.number(year, 0)


def _cell(spoken: Language, row) -> str:
    if row.value != row.value:
        return spoken.number(row.value)
    places = 0 if row.measure == "nps" else 2
    span = spoken.span(row.low, row.high, places)
    return spoken.say("groups.cell", value=spoken.number(row.value, places), span=span,
                      n=int(row.n_accounts))  # fmt: skip
