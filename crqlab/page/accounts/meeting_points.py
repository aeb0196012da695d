"""What to talk about with one account, in sentences that its numbers allow."""

from __future__ import annotations

from math import isnan

from crqlab.language import Language
from crqlab.language.segment_words import SegmentWords
from crqlab.show.records import Record

GAP = 0.5  # scale points below the client's mean that are worth a word
SURE = 0.5  # probability from which the one thing to fix is said


def talk(
    row: Record, currency: str, spoken: Language, words: SegmentWords | None = None
) -> list[str]:
    """Say what the meeting should be about.

    Parameters
    ----------
    row : tuple
        One row of ``MeetingSheets.accounts``; what is missing is not mentioned.
    currency : str
    spoken : Language
    words : SegmentWords, optional
        What segments and constructs are called; by default by their names.
    """
    words = words or SegmentWords(spoken)
    said = [
        spoken.say("accounts.ask_why_silent") if row.status == "silent" else "",
        _standing(row, spoken),
        _moved(row, spoken),
        _segment(row, spoken, words),
        _renewal(row, currency, spoken),
        _fix(row, spoken),
        _lift(row, spoken, words),
        spoken.say("accounts.hear_one_by_one", n=row.n) if row.disagree else "",
    ]
    return [sentence for sentence in said if sentence]


def _standing(row: Record, spoken: Language) -> str:
    """Above or below all accounts only where the whole interval is."""
    if isnan(row.value) or isnan(row.mean):
        return ""
    told = {"value": spoken.number(row.value, 1), "span": spoken.span(row.low, row.high, 1)}
    if row.high < row.mean:
        return spoken.say("accounts.rates_below", n=row.n, **told)
    if row.low > row.mean:
        return spoken.say("accounts.rates_above", n=row.n, **told)
    return ""


def _moved(row: Record, spoken: Language) -> str:
    if isnan(row.change):
        return ""
    told = {
        "size": spoken.number(abs(row.change), 1),
        "wave": row.before,
        "span": spoken.span(row.change_low, row.change_high, 1, signed=True),
    }
    said = {"higher": "accounts.rose", "lower": "accounts.fell"}.get(row.change_verdict)
    return spoken.say(said, **told) if said else ""


def _segment(row: Record, spoken: Language, words: SegmentWords) -> str:
    if row.segment != row.segment:
        return ""
    told = {"segment": words.name(row.segment)}
    code = f"accounts.sorted_{row.p_word}"
    known = row.was == row.was and row.was is not None
    if row.was_status == "silent" or (known and row.was != row.segment):
        code, told["before"] = f"{code}_from", words.name(row.was, row.was_status)
    said, why = spoken.say(code, **told), words.reason(row.reason)
    return f"{said}: {why}." if why else f"{said}."


def _renewal(row: Record, currency: str, spoken: Language) -> str:
    banded = isinstance(row.chance, str) and bool(row.chance)
    if isnan(row.p_renew) and not banded:
        return ""
    chance, low, high = (spoken.percent(p) for p in (row.p_renew, row.p_low, row.p_high))
    told = {"chance": spoken.say("common.interval", value=chance, low=low, high=high)}
    if banded:
        told["chance"] = spoken.coded("chance", row.chance)
    code = "accounts.renews"
    if row.due_on == row.due_on:
        code, told["day"] = f"{code}_on", spoken.day(row.due_on)
    if not isnan(row.expected_loss):
        code = f"{code}_loss"
        told["loss"] = f"{spoken.number(row.expected_loss, 0)} {currency}".rstrip()
        told["span"] = spoken.span(row.expected_low, row.expected_high, 0)
    said = spoken.say(code, **told)
    why = spoken.caution(row.why)
    return f"{said} {spoken.say('accounts.weighs_most', why=why)}" if why else said


def _fix(row: Record, spoken: Language) -> str:
    if row.focus == row.focus and row.focus_probability >= SURE:
        sure = spoken.chance(row.focus_probability)
        return spoken.say("accounts.mend_first", driver=spoken.term(row.focus), probability=sure)
    if row.weakest == row.weakest and row.weakest_gap <= -GAP:
        gap = spoken.number(-row.weakest_gap, 1)
        return spoken.say(
            "accounts.ask_about", construct=spoken.term(row.weakest), gap=gap, n=row.n
        )
    return ""


def _lift(row: Record, spoken: Language, words: SegmentWords) -> str:
    if row.target != row.target:
        return ""
    return spoken.say(
        "accounts.smallest_step",
        segment=words.name(row.target),
        change=words.lift(row.lift),
        probability=spoken.percent(row.lift_probability),
    )
