"""The plan of an account as slides that can be edited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crqlab.page.client_view import ClientView
from crqlab.page.plans.data import AccountPlan
from crqlab.page.plans.html import (
    agreed_cells,
    agreed_heads,
    course_cells,
    course_heads,
    people,
    quarter_title,
    situation,
    step_heads,
    steps,
)
from crqlab.page.slide import Grid, Slide, Words, brief, foot


def plan_slides(view: ClientView, plan: AccountPlan) -> Iterator[Slide]:
    """Yield the slides of one account: where it stands, who is heard, what was agreed, what next.

    Parameters
    ----------
    view : ClientView
    plan : AccountPlan
    """
    say, called = view.language.say, brief(plan.row.name)
    behind = foot(view)
    opening = Words((say("plans.of", client=view.client, wave=view.wave),), size=20)
    yield Slide(say("plans.title", name=called), opening, behind, opening=True)
    yield from _account(view, plan, behind)
    agreed = agreed_cells(view, plan)
    if agreed:
        message = say("plans.slide_agreed", name=called, n=len(agreed))
        yield Slide(message, Grid(agreed_heads(view), agreed), behind)
    message = f"{called}: {quarter_title(view, plan)}"
    yield Slide(message, Grid(step_heads(view), steps(view, plan)), behind)


def board_slides(view: ClientView, plans: Sequence[AccountPlan]) -> Iterator[Slide]:
    """Yield the board's review: an opening, then one slide an account.

    Parameters
    ----------
    view : ClientView
    plans : sequence of AccountPlan
    """
    say = view.language.say
    title = say("plans.board_title", client=view.client)
    opening = Words((say("plans.board_of", wave=view.wave, n=len(plans)),), size=20)
    yield Slide(title, opening, foot(view), opening=True)
    for plan in plans:
        said = [*situation(view, plan), *people(view, plan)]
        said += [" · ".join(filter(None, row)) for row in agreed_cells(view, plan)]
        yield Slide(brief(plan.row.name), Words(tuple(said), apart=8), foot(view))


def _account(view: ClientView, plan: AccountPlan, behind: str) -> Iterator[Slide]:
    say, called = view.language.say, brief(plan.row.name)
    yield Slide(f"{called}: {say('plans.situation')}",
                Words(tuple(situation(view, plan)), size=18, apart=10), behind)  # fmt: skip
    yield Slide(f"{called}: {say('plans.people')}",
                Words(tuple(people(view, plan)), size=18, apart=10), behind)  # fmt: skip
    yield Slide(f"{called}: {say('plans.course')}",
                Grid(course_heads(view), course_cells(view, plan)), behind)  # fmt: skip
