"""One sheet an account for the meeting in which its people hear what came of their answers."""

from __future__ import annotations

from math import isnan

from markupsafe import Markup

from crqlab.base.waves import in_order
from crqlab.language import Language
from crqlab.page.accounts.meeting_points import talk
from crqlab.page.accounts.meetings import quotations, who_answered
from crqlab.page.agreed.html import what
from crqlab.page.amounts import amount
from crqlab.page.client_view import ClientView
from crqlab.page.packs.data import Pack
from crqlab.page.packs.portfolio import sheet_id
from crqlab.page.scores.scales import ends
from crqlab.page.segments.words import segment_words
from crqlab.segments.playbook import OTHERWISE, Playbook
from crqlab.show.html import Column, Shown, lines, name, paragraph, table, tag, text
from crqlab.show.records import Record, grouped, records

BLANKS = 3  # lines that each party fills in


def meetings(view: ClientView, pack: Pack) -> Shown:
    """Lay out a sheet for every account of a pack, each on paper of its own.

    Parameters
    ----------
    view : ClientView
    pack : Pack

    Notes
    -----
    The first half is the account manager's own. The second may be shown to the customer: its own
    people's words and scores, nothing of other customers, of money or of what is expected of it.
    """
    found = pack.meetings
    rows = records(found.accounts.assign(place=range(1, len(found.accounts) + 1)))
    due = dict(zip(pack.rows["account_id"], pack.rows["due_on"], strict=True))
    parts = (found.measures, found.comments, found.actions, pack.promised)
    means, comments, actions, before = (grouped(part, "account_id") for part in parts)
    sheets = [
        tag(
            "section",
            Markup("\n"),
            lines(
                tag("h2", Markup("{}. {}").format(row.place, name(row.name))),
                _own(
                    view,
                    row,
                    actions.get(row.account_id, []),
                    due[row.account_id],
                    before=before.get(row.account_id, []),
                ),
                _shared(
                    view,
                    row,
                    means.get(row.account_id, []),
                    comments.get(row.account_id, []),
                    before=before.get(row.account_id, []),
                ),
                tag("p", tag("a", view.language.say("packs.back"), href="#content"), class_="back"),
            ),
            Markup("\n"),
            class_="sheet",
            id=sheet_id(row.place),
        )
        for row in rows
    ]
    level = view.language.percent(found.level)
    note = paragraph(text(view.language.say("packs.note", level=level)))
    return Shown(lines(*sheets, note), view.language.say("packs.aloud", n=len(rows)))


def _own(
    view: ClientView, row: Record, actions: list[Record], due: object, *, before: list[Record]
) -> Markup:
    """What the account manager needs to know, and nobody else."""
    say, words = view.language.say, segment_words(view)
    points = talk(row, view.currency, view.language, words)
    steps = [next_step(one, view.language, view.actions.playbook) for one in actions]
    return lines(
        tag("h3", say("packs.for_you")),
        paragraph(text(" · ".join(known_facts(view, row, due))), "n"),
        tag("p", say("agreed.promises")) if before else "",
        tag("ul", *(tag("li", _promise(view, one)) for one in before)) if before else "",
        tag("ul", *(tag("li", point) for point in points)) if points else "",
        tag("p", say("packs.proposed")) if steps else "",
        tag("ul", *(tag("li", step) for step in steps)) if steps else "",
        "" if points or steps else tag("p", say("packs.nothing_special")),
    )


def _promise(view: ClientView, one: Record) -> str:
    """What was promised, by whom and until when, and how far it is."""
    owner = one.owner if one.owner == one.owner and one.owner else ""
    day = "" if one.due_on != one.due_on else view.language.day(one.due_on)
    say = view.language.say
    state, party = say(f"agreed.state_{one.state}"), say(f"party.{one.party}")
    return " · ".join(part for part in (what(view, one.action), party, owner, day, state) if part)


def known_facts(view: ClientView, row: Record, due: object) -> list[str]:
    """Say segment, money and due date of an account, as far as they are known."""
    spoken, said = view.language, []
    if row.segment == row.segment and row.segment is not None:
        words = segment_words(view)
        likely = words.likely(row.p_word)
        said.append(
            spoken.say("accounts.segment_likely", segment=words.name(row.segment), likely=likely)
        )
    if not isnan(row.revenue):
        paid = amount(row.revenue, spoken, view.currency)
        said.append(spoken.say("packs.paid", amount=paid))
    if due == due and due is not None:
        said.append(spoken.say("packs.due_on", day=due))
    return said or [spoken.say("packs.no_facts")]


def next_step(action: Record, spoken: Language, playbook: Playbook) -> str:
    """Say a proposed action with its owner and day."""
    otherwise = action.wording == OTHERWISE
    said = playbook.text(action.action, spoken.code, otherwise=otherwise)
    owner = action.owner if action.owner == action.owner and action.owner else ""
    by = "" if action.due != action.due else spoken.day(action.due)
    return " · ".join(part for part in (said, owner, by) if part)


def _shared(
    view: ClientView,
    row: Record,
    means: list[Record],
    comments: list[Record],
    *,
    before: list[Record],
) -> Markup:
    """What may lie on the table: their words, their scores, and lines for both parties."""
    say = view.language.say
    words = quotations(comments) or tag("p", say("packs.no_words"), class_="note")
    inside = lines(
        tag("h3", say("packs.to_show", name=row.name)),
        tag("p", who_answered(row, view.language)),
        tag("h4", say("packs.their_words")),
        words,
        *own_scores(view, row, means),
        _promised(view, row, before),
        tag("h4", say("packs.next_steps")),
        _agreed(view, row),
    )
    return tag("div", Markup("\n"), inside, Markup("\n"), class_="shared")


def _promised(view: ClientView, row: Record, before: list[Record]) -> Markup:
    """What both agreed in words of their own; what a playbook proposes is not for the table."""
    rows, say = [one for one in before if one.action.startswith("own:")], view.language.say
    if not rows:
        return Markup()
    parties = {"us": say("packs.we"), "customer": say("packs.they")}
    days = ["" if one.due_on != one.due_on else view.language.day(one.due_on) for one in rows]
    columns = [
        Column(say("packs.party"), [parties[one.party] for one in rows]),
        Column(say("column.what"), [text(what(view, one.action)) for one in rows]),
        Column(say("column.due"), days),
        Column(say("column.status"), [text(say(f"agreed.state_{one.state}")) for one in rows]),
    ]
    waves = ", ".join(in_order(one.wave for one in rows))
    caption = say("agreed.promised_caption", wave=waves, name=row.name)
    shown = table(columns, caption=caption, kind="small", row_heads=False)
    return lines(tag("h4", say("agreed.promised")), shown)


def own_scores(view: ClientView, row: Record, means: list[Record]) -> list[Markup]:
    """Lay out the account's own means, where enough of its people answered."""
    spoken, say = view.language, view.language.say
    if not means:
        few = say("packs.no_scores", minimum=view.privacy.min_scores)
        return [tag("p", few, class_="note")] if row.n else []
    low, high = map(spoken.short, ends(view, "crq"))
    columns = [
        Column(say("packs.about"), [spoken.term(one.label) for one in means]),
        Column(say("packs.score"), [spoken.number(one.value, 1) for one in means], True),
    ]
    caption = say("packs.scores_caption", n=row.n, low=low, high=high)
    return [tag("h4", say("packs.their_scores")), table(columns, caption=caption, kind="small")]


def _agreed(view: ClientView, row: Record) -> Markup:
    """Empty lines for what either party is going to do."""
    say, blank = view.language.say, [""] * (2 * BLANKS)
    parties = [say("packs.we")] * BLANKS + [say("packs.they")] * BLANKS
    columns = [
        Column(say("packs.party"), parties),
        Column(say("column.what"), blank),
        Column(say("column.owner"), blank),
        Column(say("column.due"), blank),
    ]
    caption = say("packs.agreed_caption", name=row.name)
    return table(columns, caption=caption, kind="agreed", row_heads=False)
