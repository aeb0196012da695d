"""The plan of an account as a page, and the board's review of several."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from crqlab.language import MISSING
from crqlab.page.accounts.meeting_points import talk
from crqlab.page.accounts.meetings import who_answered
from crqlab.page.client_view import ClientView
from crqlab.page.managers.html import manager_scores
from crqlab.page.packs.meeting import known_facts, own_scores
from crqlab.page.plans.data import AccountPlan, next_quarter
from crqlab.page.segments.words import segment_words
from crqlab.segments.playbook import OTHERWISE
from crqlab.show.html import Column, Shown, lines, name, names, paragraph, table, tag, text
from crqlab.show.records import records

BLANKS = 3  # lines that people fill in


def account_plan(view: ClientView, plan: AccountPlan) -> Shown:
    """Lay out the plan of one account.

    Parameters
    ----------
    view : ClientView
    plan : AccountPlan
    """
    say = view.language.say
    head = tag("h1", say("plans.title", name=plan.row.name))
    told = paragraph(text(say("plans.of", client=view.client, wave=view.wave)), "question")
    note = paragraph(text(say("plans.note", level=view.language.percent(_level(view)))))
    return Shown(lines(head, told, *_parts(view, plan, "h2"), note),
                 say("plans.title", name=plan.row.name))  # fmt: skip


def board_review(view: ClientView, plans: Sequence[AccountPlan]) -> Shown:
    """Lay out a review for a board: account managers in front, then an account on each paper.

    Parameters
    ----------
    view : ClientView
    plans : sequence of AccountPlan
        Whom to see first on top.
    """
    say = view.language.say
    title = say("plans.board_title", client=view.client)
    sheets = [
        tag("section", Markup("\n"),
            lines(tag("h2", Markup("{}. {}").format(place, name(plan.row.name))),
                  *_parts(view, plan, "h3", short=True)),
            Markup("\n"), class_="sheet", id=f"account-{place}")
        for place, plan in enumerate(plans, start=1)
    ]  # fmt: skip
    front = [] if view.managers is None else [tag("h2", say("plans.managers")),
                                              manager_scores(view).html]  # fmt: skip
    told = paragraph(text(say("plans.board_of", wave=view.wave, n=len(plans))), "question")
    note = paragraph(text(say("plans.note", level=view.language.percent(_level(view)))))
    return Shown(lines(tag("h1", title), told, *front, *sheets, note), title)


def situation(view: ClientView, plan: AccountPlan) -> list[str]:
    """Say where an account stands, in sentences that its numbers allow."""
    said = talk(plan.row, view.currency, view.language, segment_words(view))
    days = plan.days_left
    if days is not None:
        code = "plans.days_left" if days >= 0 else "plans.days_over"
        said.append(view.language.say(code, n=abs(days), day=plan.on))
    return said or [view.language.say("packs.nothing_special")]


def people(view: ClientView, plan: AccountPlan) -> list[str]:
    """Say who answered, and which roles nobody hears."""
    say = view.language.say
    said = [who_answered(plan.row, view.language)]
    if plan.unheard:
        roles = ", ".join(view.language.term(role) for role in plan.unheard)
        said.append(say("plans.unheard", n=len(plan.unheard), roles=roles))
    elif len(plan.roles):
        said.append(say("plans.all_heard"))
    return said


def steps(view: ClientView, plan: AccountPlan) -> list[list[str]]:
    """Return what is proposed for the next quarter, line by line, and lines to fill in."""
    spoken, book = view.language, view.actions.playbook
    own = [
        [book.text(one.action, spoken.code, otherwise=one.wording == OTHERWISE), "",
         one.owner if one.owner == one.owner and one.owner else "",
         "" if one.due != one.due else spoken.day(one.due)]
        for one in plan.proposed
    ]  # fmt: skip
    return [*own, *([[""] * 4] * max(BLANKS - len(own), 1))]


def step_heads(view: ClientView) -> list[str]:
    """Return the headings of `steps`."""
    say = view.language.say
    return [say("column.what"), say("plans.measure"), say("column.owner"), say("column.due")]


def quarter_title(view: ClientView, plan: AccountPlan) -> str:
    """Name the next quarter."""
    say, quarter = view.language.say, next_quarter(plan.on)
    if quarter is None:
        return say("plans.next")
    return say("plans.next_quarter", quarter=quarter[0], day=quarter[1])


def course_cells(view: ClientView, plan: AccountPlan) -> list[list[str]]:
    """Return wave, answers, score, interval and segment of every wave, as texts."""
    spoken, words, cells = view.language, segment_words(view), []
    for row in records(plan.history):
        hidden = row.value != row.value
        n = "" if row.n != row.n else spoken.number(row.n, 0)
        sorted_ = row.segment == row.segment and row.segment is not None
        likely = f"{words.name(row.segment)}, {words.likely(row.p_word)}" if sorted_ else MISSING
        cells.append([
            str(row.wave), n, MISSING if hidden else spoken.number(row.value, 1),
            MISSING if hidden else spoken.span(row.low, row.high, 1), likely,
        ])  # fmt: skip
    return cells


def course_heads(view: ClientView) -> list[str]:
    """Return the headings of `course_cells`."""
    say = view.language.say
    return [say("report_list.wave"), say("column.n"), say("report_list.crq"),
            say("column.interval"), say("column.segment")]  # fmt: skip


def agreed_cells(view: ClientView, plan: AccountPlan) -> list[list[str]]:
    """Return what was agreed, who does it, until when, and how far it is, as texts."""
    say, spoken = view.language.say, view.language
    return [
        [str(row.what), say("packs.we" if row.party == "us" else "packs.they"),
         "" if row.owner != row.owner or row.owner is None else str(row.owner),
         "" if row.due_on != row.due_on else spoken.day(row.due_on), say(f"plans.is_{row.state}")]
        for row in records(plan.agreed)
    ]  # fmt: skip


def agreed_heads(view: ClientView) -> list[str]:
    """Return the headings of `agreed_cells`."""
    say = view.language.say
    return [say("column.what"), say("packs.party"), say("column.owner"), say("column.due"),
            say("plans.state")]  # fmt: skip


def _parts(view: ClientView, plan: AccountPlan, head: str, *, short: bool = False) -> list[Markup]:
    """All parts of a plan; a short one has room on one paper."""
    say, row = view.language.say, plan.row
    facts = " · ".join(known_facts(view, row, row.due_on))
    return [
        paragraph(text(facts), "verdict"),
        tag(head, say("plans.situation")),
        tag("ul", *(tag("li", point) for point in situation(view, plan))),
        *([] if short else own_scores(view, row, plan.measures)[-1:]),
        tag(head, say("plans.people")),
        *(paragraph(text(said), "") for said in people(view, plan)),
        *([] if short else _roles(view, plan)),
        tag(head, say("plans.course")),
        _grid(course_heads(view), course_cells(view, plan), say("plans.course_caption")),
        tag(head, say("plans.agreed")),
        _agreed(view, plan),
        tag(head, quarter_title(view, plan)),
        _grid(step_heads(view), steps(view, plan), say("plans.next_caption", name=row.name),
              kind="agreed"),
    ]  # fmt: skip


def _roles(view: ClientView, plan: AccountPlan) -> list[Markup]:
    if plan.roles.empty:
        return []
    say, spoken = view.language.say, view.language
    rows = records(plan.roles)
    columns = [
        Column(say("plans.role"), [spoken.term(one.role) for one in rows]),
        Column(say("plans.asked"), [spoken.number(one.asked, 0) for one in rows], True),
        Column(say("plans.answered"), [spoken.number(one.answered, 0) for one in rows], True),
    ]
    return [table(columns, caption=say("plans.roles_caption"), kind="small")]


def _agreed(view: ClientView, plan: AccountPlan) -> Markup:
    say = view.language.say
    if plan.agreed.empty:
        return paragraph(text(say("plans.nothing_agreed")))
    return _grid(agreed_heads(view), agreed_cells(view, plan), say("plans.agreed_caption"))


def _grid(heads: list[str], rows: list[list[str]], caption: str, *, kind: str = "") -> Markup:
    columns = [Column(head, names(row[place] for row in rows)) for place, head in enumerate(heads)]
    return table(columns, caption=caption, kind=kind, row_heads=False)


def _level(view: ClientView) -> float:
    return view.meetings.level if view.meetings is not None else 0.95
