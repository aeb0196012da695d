"""What people wrote: by theme, and by question, without who wrote it."""

from __future__ import annotations

from math import isnan

from crqlab.page.client_view import ClientView
from crqlab.page.comments.data import Themes
from crqlab.page.comments.quotes import quote
from crqlab.show.html import Shown, paragraph, text
from crqlab.show.number_format import count, number, percent, span
from crqlab.show.records import Record, grouped, records
from crqlab.stats.topics import FEWEST, MOST, PER_THEME

QUOTES = 3  # of a theme


def themes(found: Themes) -> Shown:
    """Lay out the themes of every question, and the comments themselves where there are none.

    Parameters
    ----------
    found : Themes
        As from `crqlab.page.comments.select.themes`.
    """
    if found.questions.empty:
        said = "The questionnaire has no open questions."
        return Shown(paragraph(text(said)), said)
    html = "\n".join(_question(found, row) for row in records(found.questions))
    return Shown(f"{html}\n{paragraph(text(_method(found)))}", _aloud(found))


def _aloud(found: Themes) -> str:
    first = found.table[found.table["theme"] == 1].merge(found.questions, on="question")
    if first.empty:
        return "No question has enough comments for themes; they are listed as written."
    said = (f"{row.wording} {_named(row.phrases)} (n = {row.n_x:,})" for row in records(first))
    return f"The largest theme of each question: {'; '.join(said)}"


def _question(found: Themes, row: Record) -> str:
    head = f'<h3 translate="no">{text(row.wording)}</h3>'
    own = found.table[found.table["question"] == row.question]
    if row.withheld:
        few = f"Not shown: fewer than {found.minimum} people wrote something."
        return f"{head}{paragraph(text(few))}"
    if own.empty:
        why = f"n = {count(row.n, 'comment')}, not sorted into themes: {row.flag}."
        rest = found.rest[found.rest["question"] == row.question]
        quotes = "\n".join(quote(one) for one in records(rest))
        return f'{head}{paragraph(text(why))}\n<ul class="quotes">\n{quotes}\n</ul>'
    said = f"{count(len(own), 'theme')} in {count(row.n, 'comment')}; {row.n_none:,} fit none."
    quotes = grouped(found.quotes[found.quotes["question"] == row.question], "theme")
    cards = "\n".join(_theme(found, one, quotes[one.theme]) for one in records(own))
    return f'{head}{paragraph(text(said))}\n<ul class="themes">\n{cards}\n</ul>'


def _theme(found: Themes, row: Record, said: list[Record]) -> str:
    quotes = "\n".join(quote(one) for one in said[:QUOTES])
    parts = [
        f'<p class="name" translate="no">{text(_named(row.phrases))}</p>',
        f'<p class="n">{text(_counted(row))}</p>',
        f"<p>{text(_scored(found, row))}</p>",
        f'<ul class="quotes">\n{quotes}\n</ul>',
    ]
    return f"<li>{''.join(parts)}</li>"


def _named(phrases: tuple[str, ...]) -> str:
    return " · ".join(phrases)


def _counted(row: Record) -> str:
    said = f"{count(row.n, 'comment')} from {count(row.n_accounts, 'account')}"
    told = [f"{role} {n:,}" for role, n in row.roles]
    told += [f"others {row.others:,}"] if told and row.others else []
    return f"{said}; by role: {', '.join(told)}" if told else said


def _scored(found: Themes, row: Record) -> str:
    if isnan(row.value):
        if row.flag != row.flag:
            return "Nobody who wrote this has a score."
        return f"How they score is not shown: {row.flag}."
    places = 1
    said = f"Who wrote this: mean {row.label} {number(row.value, places)}"
    between = f"{percent(found.level)} interval {span(row.low, row.high, places)}"
    caution = "" if row.flag == "ok" else f"; {row.flag}"
    return f"{said} ({between}){caution}"


def _method(found: Themes) -> str:
    return (
        "Themes are found by rule, without anybody reading: comments whose telling phrases occur "
        "together (TF-IDF and non-negative matrix factorisation). One theme is looked for in every "
        f"{PER_THEME} comments to a question, at least {FEWEST} and at most {MOST}; a comment "
        "counts for the one theme that it fits best, and a theme of fewer than "
        f"{found.minimum} comments is dissolved. A theme is in one language, as its phrases are. "
        "Quotes are the most typical "
        "ones, not the best or the worst. A mean tells who wrote about a theme, not what the "
        f"theme does to scores. Roles with fewer than {found.minimum} comments in a theme stand "
        "together. E-mail addresses, phone numbers and names of invited people are taken out by "
        "rule, which may miss some: read before you pass this on."
    )


def verbatims(view: ClientView) -> Shown:
    """Verbatims of every open question that enough people answered."""
    if view.questions.empty:
        said = "The questionnaire has no open questions."
        return Shown(paragraph(text(said)), said)
    html = "\n".join(_written(view, row) for row in records(view.questions))
    said = f"{count(len(view.comments), 'comment')} to {count(len(view.questions), 'question')}"
    note = (
        f"Comments of fewer than {view.privacy.min_comments} people to a question are not shown, "
        f"and an account is named only where at least {view.privacy.min_comments} of its people "
        "answered. E-mail addresses, phone numbers and names of invited people are taken out by "
        "rule, which may miss some: read before you pass this on. Order tells nothing about the "
        "writers."
    )
    return Shown(f"{html}\n{paragraph(text(note))}", said)


def _written(view: ClientView, row: Record) -> str:
    wrote = count(row.n, "person wrote", "people wrote")
    head = f'<h3 translate="no">{text(row.wording)}</h3>'
    if row.withheld:
        few = f"Not shown: {wrote} something, fewer than {view.privacy.min_comments}."
        return f"{head}{paragraph(text(few if row.n else 'Nobody wrote anything.'))}"
    rows = view.comments[view.comments["question"] == row.question]
    quotes = "\n".join(quote(comment) for comment in records(rows))
    asked = f"n = {row.n:,} of {count(view.n_respondents, 'respondent')} wrote something."
    return f'{head}{paragraph(text(asked))}\n<ul class="quotes">\n{quotes}\n</ul>'
