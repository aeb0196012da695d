"""A client's alerts as a page: what is to be answered, by whom, until when, and what was."""

from __future__ import annotations

import pandas as pd

from crqlab.language import Language
from crqlab.page.alerts.data import IN_TIME, LATE, AlertList
from crqlab.show.html import Column, Shown, lines, name, names, paragraph, phrases, table, tag, text


def alert_list(view: AlertList) -> Shown:
    """Lay out a client's alerts, those that nobody has answered on top.

    Parameters
    ----------
    view : AlertList
    """
    say = view.language.say
    html = lines(
        tag("h1", say("alert_list.title", client=view.client)),
        paragraph(text(counted(view)), "verdict"),
        *_part(view, view.to_answer, "to_answer"),
        *_part(view, view.answered, "answered"),
        *_part(view, view.past, "past"),
        paragraph(text(_note(view))),
    )
    return Shown(html, counted(view))


def counted(view: AlertList) -> str:
    """Say how many alerts are open, late and answered, and how fast."""
    say, waiting, done = view.language.say, view.to_answer, view.answered
    late = int(waiting["state"].eq(LATE).sum())
    said = [say("alert_list.open", n=len(waiting), late=late)]
    if len(done):
        timed = done[done["hours"].notna()]
        fast = int(timed["state"].eq(IN_TIME).sum())
        half = view.language.number(float(done["took"].median()), 1)
        said.append(say("alert_list.done", n=len(done), half=half, fast=fast, m=len(timed)))
    if len(view.past):
        said.append(say("alert_list.over", n=len(view.past)))
    return " ".join(said)


def moment(when: pd.Timestamp, spoken: Language) -> str:
    """Say a day and a time; a day alone where no time is known, nothing where neither is.

    Examples
    --------
    >>> from crqlab.language import language
    >>> moment(pd.Timestamp("2025-03-01 08:05"), language("sv"))
    '2025-03-01 08:05'
    """
    if pd.isna(when):
        return ""
    day = spoken.day(when)
    return day if when == when.normalize() else f"{day} {when:%H:%M}"


def _part(view: AlertList, rows: pd.DataFrame, which: str) -> list:
    if rows.empty:
        return []
    say, spoken = view.language.say, view.language
    nobody = say("alert_list.nobody")
    columns = [
        Column(say("alert_list.customer"), names(rows["account"])),
        Column(say("alert_list.what"), phrases(rows["text"])),
        Column(say("alert_list.turn"), names(rows["owner"], missing=nobody)),
        Column(say("alert_list.told_on"), [moment(one, spoken) for one in rows["told_on"]]),
    ]
    if which == "to_answer":
        due = [moment(one, spoken) for one in rows["answer_by"]]
        late = rows["state"].eq(LATE)
        due = [tag("strong", say("alert_list.late", day=day)) if over else day
               for day, over in zip(due, late, strict=True)]  # fmt: skip
        columns.append(Column(say("alert_list.answer_by"), due))
    elif which == "answered":
        took = [spoken.number(hours, 1) for hours in rows["took"]]
        done = [moment(one, spoken) for one in rows["answered_on"]]
        said = [say(f"alert_list.state_{state}") for state in rows["state"]]
        columns += [Column(say("alert_list.answered_on"), done),
                    Column(say("alert_list.took"), took, True),
                    Column(say("alert_list.kept"), said)]  # fmt: skip
    if view.identified:
        columns += _people(view, rows)
    columns.append(Column(say("alert_list.id"), [name(one) for one in rows["alert_id"]]))
    caption = say(f"alert_list.caption_{which}", n=len(rows))
    return [tag("h2", say(f"alert_list.{which}")), table(columns, caption=caption)]


def _people(view: AlertList, rows: pd.DataFrame) -> list[Column]:
    say, spoken = view.language.say, view.language
    roles = ["" if one != one or one is None else spoken.term(one) for one in rows["role"]]
    scores = [_score(one, spoken, 0) for one in rows["ltr"]]
    crq = [_score(one, spoken, 1) for one in rows["crq"]]
    return [
        Column(say("alert_list.person"), names(rows["person"])),
        Column(say("alert_list.role"), roles),
        Column(say("alert_list.ltr"), scores, True),
        Column("CRQ", crq, True),
        Column(say("alert_list.words"), names(rows["words"])),
    ]


def _score(value: float, spoken: Language, places: int) -> str:
    return "" if value != value else spoken.number(value, places)


def _note(view: AlertList) -> str:
    say = view.language.say
    if view.identified:
        return say("alert_list.note_identified")
    return say("alert_list.note_confidential", minimum=view.minimum)
