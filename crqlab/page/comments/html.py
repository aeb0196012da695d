"""What people wrote, by question, without who wrote it."""

from __future__ import annotations

from crqlab.page.client_view import ClientView
from crqlab.page.comments.quotes import quote
from crqlab.show.html import Shown, paragraph, text
from crqlab.show.number_format import count
from crqlab.show.records import Record, records


def comments(view: ClientView) -> Shown:
    """Verbatims of every open question that enough people answered."""
    if view.questions.empty:
        said = "The questionnaire has no open questions."
        return Shown(paragraph(text(said)), said)
    html = "\n".join(_question(view, row) for row in records(view.questions))
    said = f"{count(len(view.comments), 'comment')} to {count(len(view.questions), 'question')}"
    note = (
        f"Comments of fewer than {view.privacy.min_comments} people to a question are not shown, "
        f"and an account is named only where at least {view.privacy.min_comments} of its people "
        "answered. E-mail addresses, phone numbers and names of invited people are taken out by "
        "rule, which may miss some: read before you pass this on. Order tells nothing about the "
        "writers."
    )
    return Shown(f"{html}\n{paragraph(text(note))}", said)


def _question(view: ClientView, row: Record) -> str:
    wrote = count(row.n, "person wrote", "people wrote")
    head = f'<h3 translate="no">{text(row.wording)}</h3>'
    if row.withheld:
        few = f"Not shown: {wrote} something, fewer than {view.privacy.min_comments}."
        return f"{head}{paragraph(text(few if row.n else 'Nobody wrote anything.'))}"
    rows = view.comments[view.comments["question"] == row.question]
    quotes = "\n".join(quote(comment) for comment in records(rows))
    asked = f"n = {row.n:,} of {count(view.n_respondents, 'respondent')} wrote something."
    return f'{head}{paragraph(text(asked))}\n<ul class="quotes">\n{quotes}\n</ul>'
