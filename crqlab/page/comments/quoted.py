"""What people write about most, and two of them in their own words: for the client's page."""

from __future__ import annotations

from markupsafe import Markup

from crqlab.language import Language
from crqlab.page.client_view import ClientView
from crqlab.page.comments.quotes import heading, quoted
from crqlab.page.comments.theme_words import changed, named
from crqlab.show.html import Shown, lines, paragraph, tag, text
from crqlab.show.records import Record, grouped, records

MOST, EACH, HEARD = 3, 2, 4  # themes of a question, comments of a theme, comments without themes


def voices(view: ClientView) -> Shown:
    """Show the most frequent themes of every question, with two comments each.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.comments.voices(view)
    """
    found, say = view.themes, view.language.say
    if found.questions.empty:
        said = say("comments.no_questions")
        return Shown(paragraph(text(said)), said)
    parts = [_question(view, row) for row in records(found.questions)]
    note = paragraph(text(f"{say('comments.voices_note')} {say('comments.taken_out')}"))
    n = int(found.questions.loc[~found.questions["withheld"].to_numpy(bool), "n"].sum())
    return Shown(lines(*parts, note), say("comments.voices_aloud", n=n))


def _question(view: ClientView, row: Record) -> Markup:
    head, say, found = heading(row.wording), view.language.say, view.themes
    if row.withheld:
        said = say("comments.fewer_wrote", minimum=found.minimum)
        return head + paragraph(text(said))
    own = records(found.table[found.table["question"] == row.question])
    if not own:
        rest = found.rest[found.rest["question"] == row.question].drop_duplicates("words")
        said = say("comments.voices", n=min(len(rest), HEARD), m=int(row.n))
        return lines(head + paragraph(text(said)), quoted(records(rest.head(HEARD))))
    quotes = grouped(found.quotes[found.quotes["question"] == row.question], "theme")
    cards = [_theme(one, quotes.get(one.theme, []), view.language) for one in own[:MOST]]
    more = _more(own[MOST:], row, view.language)
    return lines(head, tag("ul", *cards, class_="themes"), paragraph(text(more)))


def _theme(row: Record, said: list[Record], spoken: Language) -> Markup:
    told = spoken.say("comments.share", n=row.n, share=spoken.percent(row.share),
                      span=spoken.span(100 * row.share_low, 100 * row.share_high, 0))  # fmt: skip
    told = " ".join([told, changed(row, spoken)]).strip()
    name = tag("p", tag("b", named(row.name, spoken.code)), Markup(" "), told)
    return tag("li", name, quoted(said[:EACH]))


def _more(rows: list[Record], asked: Record, spoken: Language) -> str:
    parts = [
        spoken.say("comments.theme_n", theme=named(one.name, spoken.code), n=one.n) for one in rows
    ]
    said = spoken.say("comments.also", themes=", ".join(parts)) if parts else ""
    rest = spoken.say("comments.no_theme", n=asked.n_other, m=asked.n) if asked.n_other else ""
    return " ".join(part for part in (said, rest) if part)
