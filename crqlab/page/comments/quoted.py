"""A few comments of every open question, as unlike each other as they come."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from crqlab.page.client_view import ClientView
from crqlab.page.comments.quotes import heading, quoted
from crqlab.show.html import Shown, lines, paragraph, text
from crqlab.show.records import Record, records

HEARD = 4  # comments of a question


def voices(view: ClientView) -> Shown:
    """Show what some people wrote, question by question: one of each kind before a second."""
    found, say = view.themes, view.language.say
    if found.questions.empty:
        said = say("comments.no_questions")
        return Shown(paragraph(text(said)), said)
    parts = [_question(view, row) for row in records(found.questions)]
    note = paragraph(text(f"{say('comments.voices_note')} {say('comments.taken_out')}"))
    n = int(found.questions.loc[~found.questions["withheld"].to_numpy(bool), "n"].sum())
    return Shown(lines(*parts, note), say("comments.voices_aloud", n=n))


def _question(view: ClientView, row: Record) -> Markup:
    head, say = heading(row.wording), view.language.say
    if row.withheld:
        said = say("comments.fewer_wrote", minimum=view.themes.minimum)
        return head + paragraph(text(said))
    rows = _unlike(view, row.question)
    said = say("comments.voices", n=len(rows), m=int(row.n))
    return lines(head + paragraph(text(said)), quoted(records(rows)))


def _unlike(view: ClientView, question: str) -> pd.DataFrame:
    """The most typical comment of every theme, the largest theme first; then the second ones."""
    found = view.themes
    quotes = found.quotes[found.quotes["question"] == question]
    turn = quotes.groupby("theme").cumcount()
    rows = quotes.assign(turn=turn).sort_values(["turn", "theme"], kind="stable")
    rest = found.rest[found.rest["question"] == question]
    return pd.concat([rows.drop(columns="turn"), rest]).drop_duplicates("words").head(HEARD)
