"""Sheets of what lies ahead: place among peers, segments, drivers, renewals, actions."""

from __future__ import annotations

from crqlab.language.segment_words import SegmentWords
from crqlab.page.client_view import ClientView
from crqlab.page.segments.words import segment_words
from crqlab.report.exports.sheet_fields import Field, Sheet, unit
from crqlab.show.records import Record, records

_ACCOUNT = {
    "account_id": Field("Account id", kind="name"),
    "name": Field("Account", kind="name"),
}
_FLAG = {"flag": Field("Caution", kind="cautions")}
_ACCOUNTS = {"n_accounts": Field("n accounts", "accounts", "count")}


def made(view: ClientView) -> tuple[Sheet, ...]:
    """Return the sheets of stations 5 to 8; without rows where a station said nothing."""
    return (
        _benchmark(view),
        _segments(view),
        _shares(view),
        _drivers(view),
        _outlook(view),
        _at_risk(view),
        _actions(view),
        _lifts(view),
        _referrals(view),
    )


def _interval(name: str, head: str, says: str, kind: str) -> dict[str, Field]:
    """A number and both ends of its interval."""
    return {
        name: Field(head, says, kind),
        f"{name}_low": Field(f"{head} from", says, kind),
        f"{name}_high": Field(f"{head} to", says, kind),
    }


def _benchmark(view: ClientView) -> Sheet:
    fields = {
        "label": Field("Measure"),
        "value": Field("Value", "unit of the measure", "score"),
        **_interval("percentile", "Peers below", "share", "share"),
        **_interval("decile", "Decile", "1 to 10", "score"),
        **_interval("gap", "Up to the top decile", "unit of the measure", "score"),
        "level": Field("Coverage", "share", "share"),
        "peers": Field("Peers"),
        "n_clients": Field("n clients", "clients", "count"),
        **_FLAG,
    }
    note = f"Source: {view.benchmark.source}. The client itself is left out."
    return Sheet("Among peers", "Place among peers", note, fields, view.benchmark.table)


def _segments(view: ClientView) -> Sheet:
    fields = {
        **_ACCOUNT,
        "segment": Field("Segment"),
        "before": Field("Wave before"),
        "status": Field("Status"),
        "p": Field("P(segment)", "share", "share"),
        "n": Field("n respondents", "people", "count"),
        "distance": Field("To the nearest cut", unit(view, "crq"), "score"),
        "reason": Field("Why"),
        "manager": Field("Account manager", kind="name"),
        "revenue": Field("Revenue a year", view.currency, "money"),
        **_FLAG,
    }
    note = (
        f"Thresholds: {view.segmented.thresholds}. Accounts of fewer than "
        f"{view.privacy.min_scores} respondents keep their segment, always as provisional."
    )
    rows = view.segmented.accounts
    silent = (rows["before_status"] == "silent").to_numpy(bool)
    words = segment_words(view)
    rows = rows.assign(
        before=rows["before"].where(~silent, words.name(None, "silent")),
        reason=[_why(words, row) for row in records(rows)],
    )
    return Sheet("Segments", "Which account is in which segment, and why", note, fields, rows)


def _why(words: SegmentWords, row: Record) -> str:
    """The reason, behind the segment or the status that it is one for."""
    why = words.reason(row.reason)
    return why if row.withheld else f"{words.name(row.segment, row.status)}: {why}"


def _shares(view: ClientView) -> Sheet:
    fields = {
        "segment": Field("Segment"),
        "n": Field("Accounts", "accounts", "count"),
        "share": Field("Share", "of the sorted accounts", "share"),
        "low": Field("Interval from", "share", "share"),
        "high": Field("Interval to", "share", "share"),
        "level": Field("Coverage", "share", "share"),
        "revenue": Field("Revenue a year", view.currency, "money"),
        "revenue_share": Field("Share of revenue", "of all asked", "share"),
        **_FLAG,
    }
    title = "How many accounts are in each segment"
    rows = view.segmented.shares
    rows = rows.assign(segment=segment_words(view).names(rows))
    return Sheet("Segment shares", title, "", fields, rows)


def _drivers(view: ClientView) -> Sheet:
    scale = unit(view, "crq")
    fields = {
        "label": Field("Driver"),
        **_interval("importance", "Importance", "share of what is explained", "share"),
        **_interval("performance", "Performance", scale, "score"),
        "panel": Field("Other clients", scale, "score"),
        "top": Field("Their top decile", scale, "score"),
        **_interval("gap", "Gap", scale, "score"),
        "probability": Field("P(the one to fix)", "share", "share"),
        "n": Field("n respondents", "people", "count"),
        **_ACCOUNTS,
        **_FLAG,
    }
    note = "Importance: mean share of what drivers explain of trust, commitment, satisfaction."
    title = "What matters, and how well it is done"
    return Sheet("Drivers", title, note, fields, view.drivers.map)


def _outlook(view: ClientView) -> Sheet:
    money = view.currency
    fields = {
        **_ACCOUNT,
        "segment": Field("Segment"),
        "manager": Field("Account manager", kind="name"),
        "due_on": Field("Next due", "", "date"),
        "p_renew": Field("Chance of renewal", "share", "share"),
        "p_low": Field("Chance from", "share", "share"),
        "p_high": Field("Chance to", "share", "share"),
        "revenue": Field("Revenue a year", money, "money"),
        "expected_loss": Field("Expected loss", money, "money"),
        "expected_low": Field("Expected loss from", money, "money"),
        "expected_high": Field("Expected loss to", money, "money"),
        "reason": Field("Why", kind="cautions"),
        **_FLAG,
    }
    note = "Intervals hold the error of the model; an account is kept or lost as a whole."
    rows = view.prospect.accounts
    return Sheet("Renewal outlook", "The greatest expected loss first", note, fields, rows)


def _at_risk(view: ClientView) -> Sheet:
    money = view.currency
    fields = {
        "revenue": Field("Revenue a year", money, "money"),
        "expected_loss": Field("Expected loss", money, "money"),
        "loss_low": Field("Loss from", money, "money"),
        "loss_high": Field("Loss to", money, "money"),
        "share": Field("Share of revenue", "share", "share"),
        "silent_loss": Field("With silent accounts", money, "money"),
        **_ACCOUNTS,
        "n_silent": Field("Silent", "accounts", "count"),
        "level": Field("Coverage", "share", "share"),
        **_FLAG,
    }
    note = "The interval holds the error of the model and the chance of what really happens."
    return Sheet("Revenue at risk", "Revenue at risk", note, fields, view.prospect.total)


def _actions(view: ClientView) -> Sheet:
    fields = {
        **_ACCOUNT,
        "segment": Field("Segment"),
        "status": Field("Status"),
        "action": Field("Action"),
        "what": Field("What to do"),
        "account_manager": Field("Owner", kind="name"),
        "due": Field("Due", "", "date"),
    }
    note = "The playbook of the segments: a proposal, to be agreed with its owners."
    rows = view.agenda.actions
    rows = rows.assign(segment=segment_words(view).names(rows))
    return Sheet("Actions", "What to do with whom", note, fields, rows)


def _lifts(view: ClientView) -> Sheet:
    fields = {
        **_ACCOUNT,
        "segment": Field("Segment"),
        "target": Field("To"),
        "change": Field("Smallest change"),
        "size": Field("Size", unit(view, "crq"), "score"),
        "probability": Field("P after the change", "share", "share"),
        "now": Field("P now", "share", "share"),
        **_FLAG,
    }
    note = "How far an account is from the line, not that raising a score alone is possible."
    rows, words = view.agenda.lifts, segment_words(view)
    rows = rows.assign(change=[words.lift(cell) for cell in rows["change"]])
    return Sheet("Lifts", "What would lift an account one rung", note, fields, rows)


def _referrals(view: ClientView) -> Sheet:
    fields = {
        **_ACCOUNT,
        "manager": Field("Account manager", kind="name"),
        "promoters": Field("Promoters to ask", "people", "count"),
        "n": Field("n respondents", "people", "count"),
    }
    note = "People are counted, never named."
    return Sheet("Referrals", "Whom to ask for a referral", note, fields, view.agenda.referrals)
