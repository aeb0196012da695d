"""The report's tables as an Excel workbook: numbers are numbers, texts never formulas."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from crqlab.page.accounts.export import accounts_sheet
from crqlab.page.actions.export import actions_sheet, lifts_sheet, referrals_sheet
from crqlab.page.agreed.export import agreed_sheet
from crqlab.page.benchmark.export import benchmark_sheet
from crqlab.page.client_view import ClientView
from crqlab.page.comments.export import comments_sheet
from crqlab.page.drivers.export import drivers_sheet
from crqlab.page.groups.export import groups_sheet, role_gaps_sheet
from crqlab.page.method.export import excluded_sheet
from crqlab.page.participation.export import (
    completion_sheet,
    concentration_sheet,
    plan_sheet,
    silent_sheet,
)
from crqlab.page.renewal.export import at_risk_sheet, outlook_sheet
from crqlab.page.scores.export import (
    agreement_sheet,
    change_sheet,
    roll_ups_sheet,
    rolling_sheet,
    scores_sheet,
    waves_sheet,
)
from crqlab.page.segments.export import segments_sheet, shares_sheet
from crqlab.page.sheet import Sheet, stacked
from crqlab.page.years.export import years_sheet
from crqlab.report.clearance.provenance import RunCard
from crqlab.report.exports.theme import Theme
from crqlab.report.exports.worksheets import OPTIONS, Worksheets
from crqlab.show.html import plain

#: Every table of the report by the sheet that it stands on, in the order of the tabs: with the
#: cover ten at most. A new table goes below one that it is like.
_SHEETS = (
    (
        scores_sheet,
        rolling_sheet,
        waves_sheet,
        change_sheet,
        roll_ups_sheet,
        agreement_sheet,
        shares_sheet,
        groups_sheet,
        role_gaps_sheet,
        years_sheet,
    ),
    (accounts_sheet,),
    (segments_sheet, lifts_sheet, referrals_sheet),
    (outlook_sheet, at_risk_sheet),
    (benchmark_sheet,),
    (drivers_sheet,),
    (actions_sheet, agreed_sheet),
    (completion_sheet, silent_sheet, concentration_sheet, plan_sheet, excluded_sheet),
    (comments_sheet,),
)


def content(view: ClientView, theme: Theme, *, card: RunCard, **_: Any) -> bytes:
    """Return the tables of a report as an Excel workbook.

    Parameters
    ----------
    view : ClientView
    theme : Theme
    card : RunCard
        Named on the cover; all of it is on the reviewer's page.

    Returns
    -------
    bytes
        With a fixed date: the same view gives the same bytes. A cover, then at most nine sheets of
        one row of headings each, laid out for A4.
    """
    import xlsxwriter

    file, spoken = io.BytesIO(), view.language
    book = xlsxwriter.Workbook(file, OPTIONS)
    about = {"title": plain(_title(view)), "author": "crqlab", "created": datetime(2000, 1, 1)}
    book.set_properties(about)
    made, shown = Worksheets(book, theme, spoken), sheets(view)
    made.cover(
        spoken.say("sheet.readme"),
        _title(view),
        _cover(view, shown, card),
        warning=". ".join(view.warnings),
        links=[one.name for one in shown],
    )
    for one in shown:
        made.add(one)
    book.close()
    return file.getvalue()


def sheets(view: ClientView) -> list[Sheet]:
    """Return the sheets behind the cover; tables without rows are left out."""
    groups = ([of(view) for of in makers] for makers in _SHEETS)
    kept = ([one for one in group if len(one.rows)] for group in groups)
    return [stacked(view, group) for group in kept if group]


def _people(view: ClientView) -> str:
    return view.language.say("slide.people", n=view.n_respondents, m=view.n_accounts)


def _title(view: ClientView) -> str:
    people = _people(view)
    return view.language.say("slide.title", client=view.client, wave=view.wave, people=people)


def _cover(view: ClientView, shown: list[Sheet], card: RunCard) -> list[tuple[str, str]]:
    """What the numbers are, what is where, and what they were made from."""
    say, asked, least = view.language.say, view.instrument, view.privacy
    instrument = say("sheet.instrument_version", name=asked.name, version=asked.version)
    privacy = say("sheet.privacy_says", few=least.min_scores, words=least.min_comments)
    return [
        (say("sheet.study"), view.title),
        (say("sheet.client"), view.client),
        (say("sheet.wave"), view.wave),
        (say("sheet.numbers"), _people(view)),
        (say("sheet.instrument"), instrument),
        (say("sheet.privacy"), privacy),
        (say("sheet.reading"), say("sheet.reading_says")),
        (say("sheet.precision"), say("sheet.precision_says")),
        ("", ""),
        *((one.name, " ".join(part for part in (f"{one.title}.", one.note) if part))
          for one in shown),
        ("", ""),
        (say("sheet.card"), say("sheet.card_note", card=card.said(view.language))),
    ]  # fmt: skip
