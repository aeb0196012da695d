"""Who is not heard: silent accounts, and roles of accounts that nobody spoke for."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd

from crqlab.page.bridge import formerly
from crqlab.page.client_view import ClientView
from crqlab.show.html import Column, Shown, hidden, names, paragraph, table, text
from crqlab.show.number_format import MISSING, count, number, percent, span
from crqlab.show.records import Record, grouped, records

LISTED = 25  # silent accounts, and accounts of the grid, that a reader still goes through
WARM = "color:#a84300;font-weight:600"


@formerly
def silent(view: ClientView) -> Shown:
    """Accounts without an answer: named, ranked by revenue, never scored."""
    rows, others = view.participation.silent, _unscored(view)
    if rows.empty:
        asked = view.participation.share("accounts") is not None and others.html.startswith("<div")
        said = "No account that was asked stayed silent."
        return Shown(paragraph(text(said), "lead"), said) + others if asked else others
    shown, left = rows.head(LISTED), rows.iloc[LISTED:]
    paid = rows["revenue"].notna().any()
    each = records(shown)
    columns = [
        Column("Silent account", names(shown["name"])),
        *([_revenue(shown, view)] if paid else []),
        Column("Silent since", names(shown["silent_since"])),
        Column("Waves", [f"{n:,}" for n in shown["n_waves"]], True),
        Column("Contacts asked", [f"{n:,}" for n in shown["asked"]], True),
        Column("Last score", [_last(row) for row in each], True),
        Column("Interval", [_interval(row) for row in each], True),
        *_managers(shown),
    ]
    caption = (
        f"{count(len(rows), 'account')} asked and silent"
        + (", the greatest revenue first" if paid else "")
        + ". They are never given a score or a segment. Last score: shrunken CRQ of the wave in "
        "which somebody last answered, with its interval."
    )
    html = f"{paragraph(text(_lead(rows)), 'lead')}\n"
    html = f"{html}{table(columns, caption=caption, note=text(_rest(left, view)), kind='long')}"
    extra = f"\n{others.html}" if others.html else ""
    return Shown(html + extra, _lead(rows))


def _lead(rows: pd.DataFrame) -> str:
    """The key sentence."""
    n, again = len(rows), int((rows["n_waves"] > 1).sum())
    share = rows["revenue_share"].sum(min_count=1)
    paid = f", with {percent(share)} of the revenue of all accounts asked" if share == share else ""
    verb = "was" if n == 1 else "were"
    said = f"{count(n, 'account')} {verb} asked and kept silent{paid}"
    said += f"; {again:,} of them the time before as well." if again else "."
    return f"{said} Silence is news: ask the account manager."


def _revenue(rows: pd.DataFrame, view: ClientView) -> Column:
    head = f"Revenue a year ({view.currency})" if view.currency else "Revenue a year"
    return Column(head, [number(value, 0) for value in rows["revenue"]], True)


def _managers(rows: pd.DataFrame) -> list[Column]:
    if rows["manager"].isna().all():
        return []
    return [Column("Account manager", names(rows["manager"]))]


def _last(row: Record) -> str:
    if row.score != row.score:
        return "never answered" if row.last_wave != row.last_wave else MISSING
    return f"{number(row.score, 1)} in {text(row.last_wave)}"


def _interval(row: Record) -> str:
    return MISSING if row.score != row.score else span(row.score_low, row.score_high, 1)


def _rest(left: pd.DataFrame, view: ClientView) -> str:
    if left.empty:
        return ""
    paid = left["revenue"].sum(min_count=1)
    money = f" and pay {number(paid, 0)} {view.currency}".rstrip() if paid == paid else ""
    between = " between them" if money else ""
    return (
        f"{count(len(left), 'more account')} {'was' if len(left) == 1 else 'were'} silent"
        f"{money}{between}; all stand in the study's table of silent accounts."
    )


#: Why an account has no score, in the order of the list.
_STATUSES = ("not_scored", "silent", "not_invited")


def _unscored(view: ClientView) -> Shown:
    """Accounts without a score that the table of silent ones does not hold."""
    rows = view.accounts[view.accounts["status"] != "scored"]
    rows = rows[~rows["account_id"].isin(view.participation.silent["account_id"])]
    if rows.empty:
        said = "Every account answered." if view.participation.silent.empty else ""
        return Shown(paragraph(text(said)) if said else "", said)
    words = {code: view.language.coded("account_status", code) for code in _STATUSES}
    rows = rows.assign(turn=rows["status"].map(_STATUSES.index)).sort_values(
        ["turn", "revenue", "name"], ascending=[True, False, True], ignore_index=True
    )
    shown, left = rows.head(LISTED), rows.iloc[LISTED:]
    columns = [
        Column("Account", names(shown["name"])),
        Column("Status", [words[status] for status in shown["status"]]),
        *_managers(shown),
        *([_revenue(shown, view)] if rows["revenue"].notna().any() else []),
    ]
    if view.participation.counts.contacts is not None:
        columns.append(Column("Contacts invited", [f"{n:,}" for n in shown["invited"]], True))
    found = rows["status"].value_counts()
    said = ", ".join(f"{found[code]:,} {words[code]}" for code in _STATUSES if code in found)
    caption = f"Accounts without a score: {said}. They are never given one."
    note = {
        "silent": "Silent: asked, and nobody answered. Silence is news: ask the account manager.",
        "not_invited": "Not invited: no contact was asked.",
        "not_scored": "Not scored: somebody answered, but no answer can be scored.",
    }
    notes = [sentence for status, sentence in note.items() if status in found]
    if len(left):
        notes.append(f"{count(len(left), 'more account')} of the same kinds not listed here.")
    return Shown(table(columns, caption=caption, note=text(" ".join(notes)), kind="long"), caption)


@formerly
def voices(view: ClientView) -> Shown:
    """Accounts by roles: who is heard, and a question mark where nobody is."""
    rows = view.participation.voices
    if rows.empty:
        return Shown("", "Which roles are heard is not known")
    accounts = grouped(rows, "account_id")
    gaps = {id_: own for id_, own in accounts.items() if any(map(_unheard, own))}
    if not gaps:
        said = f"Every role is heard at all {count(len(accounts), 'account')}."
        return Shown(paragraph(text(said)), said)
    order = sorted(gaps.values(), key=lambda own: _dearest(own[0]))
    shown = [{row.role: row for row in own} for own in order[:LISTED]]
    roles = sorted({row.role for own in accounts.values() for row in own})
    columns = [Column("Account", names(own[0].name for own in order[:LISTED]))]
    columns += [
        Column(role, *_role([own.get(role) for own in shown]), named=True) for role in roles
    ]
    said = _heard(accounts, len(gaps))
    caption = (
        "Who is not heard, by account and role: contacts that answered, of those asked. "
        "A question mark: asked and silent; (not asked): nobody of that role was asked. Counts, "
        "so no interval."
    )
    note = _unlisted(len(accounts), len(gaps), len(shown))
    html = f"{paragraph(text(said), 'lead')}\n"
    html = f"{html}{table(columns, caption=caption, note=text(note), kind='long')}"
    return Shown(html, said)


def _unheard(row: Record) -> bool:
    return row.status != "heard"


def _dearest(row: Record) -> tuple:
    """Sorts the greatest revenue first, what is not known last, then by name."""
    paid = row.revenue == row.revenue
    return not paid, -row.revenue if paid else 0, row.name


def _role(rows: list[Any]) -> tuple[list[str], bool, list[str]]:
    """Cells of one role, numeric or not, and the style of each."""
    cells = [MISSING if row is None else _cell(row) for row in rows]
    return cells, False, [WARM if cell.startswith("?") else "" for cell in cells]


def _cell(row: Any) -> str:
    if row.status == "heard":
        return f"{row.answered:,} of {row.asked:,}"
    if row.status == "silent":
        return f"?{hidden(' silent,')} 0 of {row.asked:,}"
    return "? (not asked)"


def _heard(accounts: dict[str, list[Record]], gaps: int) -> str:
    """Which role is missing most often, over all accounts."""
    rows = [row for own in accounts.values() for row in own]
    n = Counter(row.role for row in rows)
    dumb = Counter(row.role for row in rows if _unheard(row))
    worst = max(sorted(n), key=lambda role: dumb[role] / n[role])
    return (
        f"At {gaps:,} of {count(len(accounts), 'account')} at least one role is not heard; most "
        f"often it is {worst}, missing at {dumb[worst]:,} of {n[worst]:,}."
    )


def _unlisted(accounts: int, gaps: int, shown: int) -> str:
    notes = []
    if gaps > shown:
        notes.append(
            f"{count(gaps - shown, 'more account')} with a role that is not heard, of "
            "less revenue, not shown here; all stand in the study's table of voices."
        )
    if accounts > gaps:
        notes.append(f"At {count(accounts - gaps, 'account')} every role is heard.")
    return " ".join(notes)
