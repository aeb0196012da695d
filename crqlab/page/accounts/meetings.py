"""One block an account, for the meeting in which its people hear what came of their answers."""

from __future__ import annotations

from math import isnan

from crqlab.page.accounts.data import MeetingSheets
from crqlab.page.accounts.meeting_points import talk
from crqlab.page.comments.quotes import quote
from crqlab.show.html import Column, Shown, name, names, paragraph, table, text
from crqlab.show.number_format import count, number, percent, span
from crqlab.show.records import Record, grouped, records
from crqlab.show.svg_strips import bar

BLANKS = 2  # lines for what is agreed in the meeting


def meeting_sheets(found: MeetingSheets) -> Shown:
    """Lay out one collapsible block per account; on paper all of them are open.

    Parameters
    ----------
    found : MeetingSheets
        As from `crqlab.page.accounts.select.meeting_sheets`.
    """
    rows = found.accounts
    if rows.empty:
        said = "No account stands out: nothing has to be prepared for a single one."
        return Shown(paragraph(text(said)), said)
    placed = records(rows.assign(place=range(1, len(rows) + 1)))
    parts = (found.measures, found.comments, found.actions)
    means, comments, actions = (grouped(part, "account_id") for part in parts)
    blocks = "\n".join(
        _block(found, row, *(of.get(row.account_id, []) for of in (means, comments, actions)))
        for row in placed
    )
    said = f"{count(len(rows), 'account')} to prepare for, led by {rows['name'].iloc[0]}"
    lead = (
        f"{count(len(rows), 'account')} with something to talk about, the greatest expected loss "
        "first, then revenue; open a line to prepare the meeting."
    )
    return Shown(f"{paragraph(text(lead))}\n{blocks}\n{paragraph(text(_left(found)))}", said)


def _left(found: MeetingSheets) -> str:
    more = f"{count(found.n_left, 'more account')} would have a page but pay or risk less. "
    quiet = count(found.n_quiet, "account")
    still = "has" if found.n_quiet == 1 else "have"
    return (
        (more if found.n_left else "")
        + (f"{quiet} {still} nothing that stands out. " if found.n_quiet else "")
        + f"Scores are shrunken CRQ scores with {percent(found.level)} intervals. A change is "
        "the difference of two such scores, its interval that of two independent ones. Nobody "
        "who answered is named; roles stand where enough people of the account answered."
    )


def _block(
    found: MeetingSheets,
    row: Record,
    means: list[Record],
    comments: list[Record],
    actions: list[Record],
) -> str:
    parts = [
        f'<p class="n">{text(_who(row))}</p>',
        _scores(found, row, means),
        "<ul>" + "".join(f"<li>{text(line)}</li>" for line in talk(row, found.currency)) + "</ul>",
        _quotes(comments),
        _agreed(row, actions),
    ]
    head = f'<span class="place">{row.place}</span> {name(row.name)} '
    head += f'<span class="n">{text(_headline(found, row))}</span>'
    body = "\n".join(part for part in parts if part)
    return f'<details class="account"><summary>{head}</summary>\n{body}\n</details>'


def _headline(found: MeetingSheets, row: Record) -> str:
    said = [] if row.segment != row.segment else [_segment(row)]
    if row.status == "Silent":
        said = ["Silent"]
    if not isnan(row.value):
        said.append(f"CRQ {number(row.value, 1)}, n = {row.n:,}")
    if not isnan(row.revenue):
        said.append(f"{number(row.revenue, 0)} {found.currency}".rstrip())
    if row.manager == row.manager and row.manager:
        said.append(str(row.manager))
    return " · ".join(said)


def _segment(row: Record) -> str:
    return f"{row.segment} (provisional)" if row.provisional else str(row.segment)


def _who(row: Record) -> str:
    if row.status == "Silent":
        return f"Nobody of {count(row.invited, 'contact')} asked answered."
    said = f"{count(row.n, 'person', 'people')} answered"
    said += f" of {count(row.invited, 'contact')} asked" if row.invited else ""
    roles = ", ".join(f"{role} {n:,}" for role, n in row.roles)
    return f"{said}: {roles}." if roles else f"{said}."


def _scores(found: MeetingSheets, row: Record, means: list[Record]) -> str:
    """The score with its interval, and the constructs beside those of all accounts."""
    if isnan(row.value):
        return ""
    drawn = bar(value=row.value, low=row.low, high=row.high, ends=found.ends)
    said = f"CRQ {number(row.value, 1)} ({span(row.low, row.high, 1)})"
    if not isnan(row.mean):
        said += f"; all accounts {number(row.mean, 1)}"
    if not isnan(row.change):
        between = span(row.change_low, row.change_high, 1, signed=True)
        said += f"; since {row.before} {number(row.change, 1, signed=True)} ({between})"
    line = f'<p class="score">{drawn} {text(said)}.</p>'
    if not means:
        return line
    columns = [
        Column("Means", ["This account", "All accounts"]),
        *(Column(one.label, [number(one.value, 1), number(one.mean, 1)], True) for one in means),
    ]
    caption = (
        f"Means of no. {row.place}, {row.name}: n = {count(row.n, 'respondent')}, without "
        "intervals."
    )
    return f"{line}\n{table(columns, caption=caption, kind='small')}"


def _quotes(comments: list[Record]) -> str:
    """What was said, without the account's name, which stands above."""
    said = (quote(Record(words=one.words, account="", language=one.language)) for one in comments)
    return f'<ul class="quotes">{"".join(said)}</ul>' if comments else ""


def _agreed(row: Record, actions: list[Record]) -> str:
    """Actions with owner and due date, and lines to fill in."""
    due = ["" if one.due != one.due else f"{one.due:%Y-%m-%d}" for one in actions]
    blank = [""] * BLANKS
    columns = [
        Column("Action", [*(text(one.what) for one in actions), *blank]),
        Column("Owner", [*names(one.owner for one in actions), *blank]),
        Column("Due", [*due, *blank]),
    ]
    caption = f"Agreed with no. {row.place}, {row.name}: empty lines are for the meeting."
    return table(columns, caption=caption, kind="agreed", row_heads=False)
