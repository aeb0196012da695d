"""One block an account, for the meeting in which its people hear what came of their answers."""

from __future__ import annotations

from math import isnan

from markupsafe import Markup

from crqlab.language import Language
from crqlab.language.segment_words import SegmentWords
from crqlab.page.accounts.data import QUIET, UNHEARD, MeetingSheets
from crqlab.page.accounts.meeting_points import talk
from crqlab.page.client_view import ClientView
from crqlab.page.comments.quotes import quote
from crqlab.page.segments.words import segment_words
from crqlab.segments.playbook import OTHERWISE, Playbook
from crqlab.show.html import Column, Shown, lines, name, names, paragraph, table, tag, text
from crqlab.show.records import Record, grouped, records
from crqlab.show.svg_strips import bar

BLANKS = 2  # lines for what is agreed in the meeting


def meeting_sheets(view: ClientView) -> Shown:
    """Lay out one collapsible block per account; on paper all of them are open.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.accounts.meeting_sheets(view)
    """
    found, spoken, words = view.meetings, view.language, segment_words(view)
    rows = found.accounts
    if rows.empty:
        said = spoken.say("accounts.sheets_none")
        return Shown(paragraph(text(said)), said)
    placed = records(rows.assign(place=range(1, len(rows) + 1)))
    parts = (found.measures, found.comments, found.actions)
    means, comments, actions = (grouped(part, "account_id") for part in parts)
    blocks = (
        _block(found, row, *(of.get(row.account_id, []) for of in (means, comments, actions)),
               words=words, playbook=view.actions.playbook)
        for row in placed
    )  # fmt: skip
    lead = paragraph(text(spoken.say("accounts.sheets", n=len(rows))))
    aloud = spoken.say("accounts.sheets_aloud", n=len(rows), name=rows["name"].iloc[0])
    return Shown(lines(lead, *blocks, paragraph(text(_note(found, spoken)))), aloud)


def _note(found: MeetingSheets, spoken: Language) -> str:
    said = [
        spoken.say("accounts.sheets_left", n=found.n_left) if found.n_left else "",
        spoken.say("accounts.sheets_quiet", n=found.n_quiet) if found.n_quiet else "",
        spoken.say("accounts.sheets_note", level=spoken.percent(found.level)),
    ]
    return " ".join(sentence for sentence in said if sentence)


def _block(
    found: MeetingSheets,
    row: Record,
    means: list[Record],
    comments: list[Record],
    actions: list[Record],
    *,
    words: SegmentWords,
    playbook: Playbook,
) -> Markup:
    spoken = words.spoken
    points = (tag("li", point) for point in talk(row, found.currency, spoken, words))
    head = Markup("{} {} {}").format(
        tag("span", row.place, class_="place"),
        name(row.name),
        tag("span", _headline(found, row, words), class_="n"),
    )
    body = lines(
        tag("p", who_answered(row, spoken), class_="n"),
        _scores(found, row, means, spoken),
        tag("ul", *points),
        quotations(comments),
        _agreed(row, actions, spoken, playbook),
    )
    inside = Markup("{}\n{}\n").format(tag("summary", head), body)
    return tag("details", inside, class_="account")


def _headline(found: MeetingSheets, row: Record, words: SegmentWords) -> str:
    spoken = words.spoken
    said = [] if row.segment != row.segment else [_segment(row, words)]
    if row.status in QUIET:
        said = [spoken.say(f"accounts.{row.status}")]
    if not isnan(row.value):
        said.append(spoken.say("accounts.crq_n", value=spoken.number(row.value, 1), n=row.n))
    if not isnan(row.revenue):
        said.append(f"{spoken.number(row.revenue, 0)} {found.currency}".rstrip())
    if row.manager == row.manager and row.manager:
        said.append(str(row.manager))
    return " · ".join(said)


def _segment(row: Record, words: SegmentWords) -> str:
    told = {"segment": words.name(row.segment), "likely": words.likely(row.p_word)}
    return words.spoken.say("accounts.segment_likely", **told)


def who_answered(row: Record, spoken: Language) -> str:
    """Say how many people of an account answered, and in which roles where that may be told."""
    if row.status == UNHEARD:
        return spoken.say("accounts.nobody_known")
    if row.status == "silent":
        return spoken.say("accounts.nobody", n=row.invited)
    code, told = "accounts.answered", {"n": row.answered}
    if row.invited:
        code, told["m"] = f"{code}_of", row.invited
    if row.roles:
        code = f"{code}_roles"
        told["roles"] = ", ".join(
            f"{spoken.term(role)} {spoken.number(n, 0)}" for role, n in row.roles
        )
    return spoken.say(code, **told)


def _scores(found: MeetingSheets, row: Record, means: list[Record], spoken: Language) -> Markup:
    """The score with its interval, and the constructs beside those of all accounts."""
    if isnan(row.value):
        return Markup()
    drawn = Markup(bar(value=row.value, low=row.low, high=row.high, ends=found.ends))
    line = tag("p", drawn, f" {_score(row, spoken)}.", class_="score")
    if not means:
        return line
    say, heads = spoken.say, ("accounts.this_account", "accounts.all_accounts")
    columns = [
        Column(say("accounts.means"), [say(head) for head in heads]),
        *(
            Column(spoken.term(one.label), [spoken.number(v, 1) for v in (one.value, one.mean)],
                   True)
            for one in means
        ),
    ]  # fmt: skip
    caption = say("accounts.means_caption", place=row.place, name=row.name, n=row.n)
    return lines(line, table(columns, caption=caption, kind="small"))


def _score(row: Record, spoken: Language) -> str:
    said = [
        spoken.say(
            "accounts.score",
            value=spoken.number(row.value, 1),
            span=spoken.span(row.low, row.high, 1),
        )
    ]
    if not isnan(row.mean):
        said.append(spoken.say("accounts.score_mean", value=spoken.number(row.mean, 1)))
    if not isnan(row.change):
        said.append(
            spoken.say(
                "accounts.score_change",
                wave=row.before,
                change=spoken.number(row.change, 1, signed=True),
                span=spoken.span(row.change_low, row.change_high, 1, signed=True),
            )
        )
    return "; ".join(said)


def quotations(comments: list[Record]) -> Markup:
    """List what was said, without the account's name, which stands above."""
    said = (quote(Record(words=one.words, account="", language=one.language)) for one in comments)
    return tag("ul", *said, class_="quotes") if comments else Markup()


def _agreed(row: Record, actions: list[Record], spoken: Language, playbook: Playbook) -> Markup:
    """Actions with owner and due date, and lines to fill in."""
    say, blank = spoken.say, [""] * BLANKS
    what = [
        text(playbook.text(one.action, spoken.code, otherwise=one.wording == OTHERWISE))
        for one in actions
    ]
    due = ["" if one.due != one.due else spoken.day(one.due) for one in actions]
    columns = [
        Column(say("accounts.action"), [*what, *blank]),
        Column(say("accounts.owner"), [*names(one.owner for one in actions), *blank]),
        Column(say("accounts.due"), [*due, *blank]),
    ]
    caption = say("accounts.agreed", place=row.place, name=row.name)
    return table(columns, caption=caption, kind="agreed", row_heads=False)
