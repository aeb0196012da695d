"""What to talk about with one account, in sentences that its numbers allow."""

from __future__ import annotations

import re
from math import isnan

from crqlab.language import OWN, language
from crqlab.show.number_format import count, number, percent, span
from crqlab.show.records import Record

GAP = 0.5  # scale points below the client's mean that are worth a word
SURE = 0.5  # probability from which the one thing to fix is said
_MINUS = re.compile(r"(?<!\w)-(?=\d)")


def talk(row: Record, currency: str) -> list[str]:
    """Say what the meeting should be about.

    Parameters
    ----------
    row : tuple
        One row of ``MeetingSheets.accounts``; what is missing is not mentioned.
    currency : str
    """
    said = [
        _silence(row),
        _standing(row),
        _moved(row),
        _segment(row),
        _renewal(row, currency),
        _fix(row),
        _lift(row),
        _apart(row),
    ]
    return [sentence for sentence in said if sentence]


def _silence(row: Record) -> str:
    if row.status != "Silent":
        return ""
    return "Find out why nobody answered, and ask for an hour instead of a questionnaire."


def _standing(row: Record) -> str:
    """Above or below all accounts only where the whole interval is."""
    if isnan(row.value) or isnan(row.mean):
        return ""
    between = f"{number(row.value, 1)} ({span(row.low, row.high, 1)}), n = {row.n:,}"
    if row.high < row.mean:
        return f"They rate the relationship below your other accounts: CRQ {between}."
    if row.low > row.mean:
        return f"They rate the relationship above your other accounts: CRQ {between}. Thank them."
    return ""


def _moved(row: Record) -> str:
    if isnan(row.change):
        return ""
    size = number(abs(row.change), 1)
    between = span(row.change_low, row.change_high, 1, signed=True)
    if row.change_high < 0:
        return f"Their score fell by {size} since {row.before} ({between}): ask what happened."
    if row.change_low > 0:
        return f"Their score rose by {size} since {row.before} ({between}): ask what to keep."
    return ""


def _segment(row: Record) -> str:
    if row.segment != row.segment:
        return ""
    firm = "provisionally " if row.provisional else ""
    was = f" ({row.was} the wave before)" if row.was == row.was and row.was != row.segment else ""
    why = row.reason.removeprefix(f"{row.segment}: ") if row.reason == row.reason else ""
    return f"The account is {firm}sorted as {row.segment}{was}{': ' if why else ''}{why}."


def _renewal(row: Record, currency: str) -> str:
    if isnan(row.p_renew):
        return ""
    due = "" if row.due_on != row.due_on else f" on {row.due_on:%Y-%m-%d}"
    chance = f"{percent(row.p_renew)} ({percent(row.p_low)} to {percent(row.p_high)})"
    said = f"The contract is due{due}; the chance of renewal is {chance}"
    if not isnan(row.expected_loss):
        money = f"{number(row.expected_loss, 0)} {currency}".rstrip()
        between = span(row.expected_low, row.expected_high, 0)
        said += f", so {money} a year is expected to be lost ({between})"
    why = _MINUS.sub("−", language(OWN).caution(row.why))
    return f"{said}. What weighs most: {why}." if why else f"{said}."


def _fix(row: Record) -> str:
    if row.focus == row.focus and row.focus_probability >= SURE:
        sure = percent(row.focus_probability)
        return f"Mend first: {row.focus}, with a probability of {sure} the one thing to fix here."
    if row.weakest == row.weakest and row.weakest_gap <= -GAP:
        low = number(-row.weakest_gap, 1)
        return f"Ask about {row.weakest}: {low} below all accounts (n = {row.n:,}, no interval)."
    return ""


def _lift(row: Record) -> str:
    if row.target != row.target:
        return ""
    sure = percent(row.lift_probability)
    return f"The smallest step up, to {row.target}: {row.lift} (then there with {sure})."


def _apart(row: Record) -> str:
    if not row.disagree:
        return ""
    people = count(row.n, "person", "people")
    return f"The {people} who answered disagree: hear them one by one, an average hides that."
