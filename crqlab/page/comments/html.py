"""What people wrote: by theme, and by question, without who wrote it."""

from __future__ import annotations

from math import isnan

from markupsafe import Markup

from crqlab.language import Language
from crqlab.page.client_view import ClientView
from crqlab.page.comments.data import Themes
from crqlab.page.comments.quotes import heading, quoted
from crqlab.page.comments.theme_words import changed, named
from crqlab.show.html import Shown, lines, paragraph, tag, text
from crqlab.show.records import Record, grouped, records

QUOTES = 3  # of a theme


def themes(view: ClientView) -> Shown:
    """Lay out the themes of every question, and the comments themselves where there are none.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.comments.themes(view)
    """
    found, spoken = view.themes, view.language
    if found.questions.empty:
        return _sentence(spoken.say("comments.no_questions"))
    parts = (_question(found, row, spoken) for row in records(found.questions))
    return Shown(lines(*parts, _note(_method(found, spoken))), _aloud(found, spoken))


def _sentence(said: str) -> Shown:
    return Shown(_note(said), said)


def _note(said: str) -> Markup:
    return paragraph(text(said))


def _aloud(found: Themes, spoken: Language) -> str:
    first = found.table.drop_duplicates("question").merge(found.questions, on="question")
    if first.empty:
        return spoken.say("comments.themes_aloud_none")
    said = []
    for row in records(first):
        theme = spoken.say("comments.theme_n", theme=named(row.name, spoken.code), n=row.n_x)
        said.append(f"{row.wording} {theme}")
    return spoken.say("comments.themes_aloud", themes="; ".join(said))


def _question(found: Themes, row: Record, spoken: Language) -> Markup:
    own = found.table[found.table["question"] == row.question]
    head = heading(row.wording)
    if row.withheld:
        return head + _note(spoken.say("comments.fewer_wrote", minimum=found.minimum))
    if own.empty:
        why = spoken.say("comments.not_sorted", n=row.n, minimum=found.minimum)
        rest = found.rest[found.rest["question"] == row.question]
        return lines(head + _note(why), quoted(records(rest)))
    said = spoken.say("comments.sorted", n=len(own), m=row.n, k=row.n_other)
    quotes = grouped(found.quotes[found.quotes["question"] == row.question], "theme")
    cards = lines(*(_theme(found, one, quotes[one.theme], spoken) for one in records(own)))
    listed = tag("ul", Markup("\n"), cards, Markup("\n"), class_="themes")
    return lines(head + _note(said), listed)


def _theme(found: Themes, row: Record, said: list[Record], spoken: Language) -> Markup:
    share = spoken.say(
        "comments.share_of", share=spoken.percent(row.share), level=spoken.percent(found.level),
        span=spoken.span(100 * row.share_low, 100 * row.share_high, 0),
    )  # fmt: skip
    return tag(
        "li",
        tag("p", named(row.name, spoken.code), class_="name"),
        tag("p", f"{_counted(row, spoken)}; {share}", class_="n"),
        tag("p", " ".join([_change(row, spoken), _scored(found, row, spoken)]).strip()),
        quoted(said[:QUOTES]),
    )


def _change(row: Record, spoken: Language) -> str:
    if isnan(row.change):
        return ""
    return changed(row, spoken) or spoken.say("comments.no_clear_change", wave=row.before)


def _counted(row: Record, spoken: Language) -> str:
    told = [f"{spoken.term(role)} {spoken.number(n, 0)}" for role, n in row.roles]
    if not told:
        return spoken.say("comments.from", n=row.n, m=row.n_accounts)
    told += [spoken.say("comments.others", n=row.others)] if row.others else []
    return spoken.say("comments.from_roles", n=row.n, m=row.n_accounts, roles=", ".join(told))


def _scored(found: Themes, row: Record, spoken: Language) -> str:
    caution = spoken.caution(row.flag) if isinstance(row.flag, str) else ""
    if isnan(row.score):
        hidden = spoken.say("comments.score_hidden", why=caution)
        return hidden if caution else spoken.say("comments.unscored")
    said = spoken.say(
        "comments.scored",
        measure=spoken.term(row.label),
        value=spoken.number(row.score, 1),
        level=spoken.percent(found.level),
        span=spoken.span(row.score_low, row.score_high, 1),
    )
    return f"{said}; {caution}" if caution else said


def _method(found: Themes, spoken: Language) -> str:
    said = [spoken.say("comments.themes_note", minimum=found.minimum, version=found.version)]
    for one in records(found.agreement):
        span = spoken.span(one.low, one.high, 2)
        said.append(
            spoken.say("comments.kappa", n=one.n, value=spoken.number(one.value), span=span)
        )
    if found.agreement.empty:
        said.append(spoken.say("comments.no_kappa"))
    return " ".join([*said, spoken.say("comments.taken_out")])


def verbatims(view: ClientView) -> Shown:
    """Verbatims of every open question that enough people answered.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.comments.verbatims(view)
    """
    say = view.language.say
    if view.questions.empty:
        return _sentence(say("comments.no_questions"))
    parts = (_written(view, row) for row in records(view.questions))
    note = [
        say("comments.verbatims_note", minimum=view.privacy.min_comments),
        say("comments.taken_out"),
        say("comments.order"),
    ]
    aloud = say("comments.verbatims_aloud", n=len(view.comments), m=len(view.questions))
    return Shown(lines(*parts, _note(" ".join(note))), aloud)


def _written(view: ClientView, row: Record) -> Markup:
    head, say = heading(row.wording), view.language.say
    if row.withheld and not row.n:
        return head + _note(say("comments.nobody_wrote"))
    if row.withheld:
        least = view.privacy.min_comments
        return head + _note(say("comments.few_wrote", n=row.n, minimum=least))
    rows = view.comments[view.comments["question"] == row.question]
    asked = say("comments.n_wrote", n=row.n, m=view.n_respondents)
    return lines(head + _note(asked), quoted(records(rows)))
