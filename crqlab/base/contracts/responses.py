"""The contracts of what station 1 hands over: who was asked, what they said, what came of it."""

from __future__ import annotations

from crqlab.base.contracts.columns import ACCOUNT, CLIENT, DIMENSIONS, LTR, WAVE, WEIGHT, amount
from crqlab.base.contracts.schema import Column, Contract
from crqlab.base.instrument import Instrument

_NOTEBOOK = "10_responses"
#: Texts of what is yes, no or not known.
YES_OR_NO = ("yes", "no")


def _known(says: str) -> Column:
    return Column("text", says, True, options=YES_OR_NO, later=True)


def _items(asked: Instrument) -> dict[str, Column]:
    closed = {
        name: Column(
            "number",
            item.text or name,
            True,
            asked.bounds(name).low,
            asked.bounds(name).high,
        )
        for name, item in asked.items.items()
    }
    return closed | {name: Column("text", text, True) for name, text in asked.comments.items()}


RESPONSES = Contract(
    "responses",
    _NOTEBOOK,
    ("response_id",),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "response_id": Column("text", "one response, unique in the study"),
        "account_id": ACCOUNT,
        "contact_id": Column("text", "the invited person", True),
        "role": Column("text", "the person's role", True),
        "language": Column("text", "language of the answers", True),
        "batch": Column("text", "part of the fieldwork", True),
        "started": Column("date", "when the person began", True),
        "seconds": amount("time to complete, in seconds", 0),
        "ltr": LTR,
        "familiarity": amount("how well the person knows the relationship"),
        "included": Column("yes", "whether scores are made of this response"),
        "weight": WEIGHT,
    },
    _items,
)
CONTACTS = Contract(
    "contacts",
    _NOTEBOOK,
    ("client_id", "wave", "contact_id"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "contact_id": Column("text", "one person of the account"),
        "account_id": ACCOUNT,
        "name": Column("text", "the person's name", True),
        "role": Column("text", "the person's role", True),
        "language": Column("text", "language of the invitation", True),
        "invited": Column("yes", "whether an invitation was sent"),
        "invited_on": Column("date", "when the invitation was sent", True),
        "signed_off_on": Column("date", "when the account manager approved the contact", True),
        "status": Column(
            "text",
            "whether invitations reach the person",
            True,
            options=("active", "bounced", "left"),
            later=True,
        ),
        "signed_off_by": Column("text", "who approved the contact", True, later=True),
        "warmed_up": _known("whether the person was told of the survey beforehand"),
        "sent_by": Column("text", "in whose name the invitation went out", True, later=True),
        "reminders": Column("number", "reminders sent to the person", True, 0, later=True),
        "feedback_given": _known("whether the person heard what came of the last answers"),
    },
)
ACCOUNTS = Contract(
    "accounts",
    _NOTEBOOK,
    ("client_id", "account_id"),
    {
        "client_id": CLIENT,
        "account_id": ACCOUNT,
        "name": Column("text", "the account's name", True),
        "industry": Column("text", "the account's industry", True),
        "country": Column("text", "the account's country", True),
        "revenue": amount("what the account pays the client a year (currency units)", 0),
        "tier": Column("text", "the client's own class of account", True),
        "account_manager": Column("text", "the client's person who owns the account", True),
        "customer_since": Column("date", "when the relationship began", True),
        "renewal_on": Column("date", "when the contract is next due", True),
        "last_delivery": Column("date", "when it was last delivered to", True, later=True),
        "parent_id": Column("text", "customer that the account is a part of", True, later=True),
    },
)
OUTCOMES = Contract(
    "outcomes",
    _NOTEBOOK,
    ("client_id", "account_id", "due_on"),
    {
        "client_id": CLIENT,
        "account_id": ACCOUNT,
        "due_on": Column("date", "when the contract was due for renewal"),
        "outcome": Column("text", "what came of it", options=("renewed", "churned", "open")),
        "decided_on": Column("date", "when that was known", True),
        "revenue": amount("yearly revenue that was up for renewal (currency units)", 0),
    },
)
CLIENTS = Contract(
    "clients",
    _NOTEBOOK,
    ("client_id",),
    {
        "client_id": CLIENT,
        "name": Column("text", "the client's name"),
        "industry": Column("text", "the client's industry", True),
        "country": Column("text", "the client's country", True),
    },
)
QUALITY = Contract(
    "quality",
    _NOTEBOOK,
    ("response_id", "check", "column"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "response_id": Column("text", "the response that was flagged"),
        "check": Column("text", "what was looked for, as a code"),
        "column": Column("text", "the item or question; empty for the whole response", True),
        "found": Column("text", "what was found, as a code"),
        "rule": Column("text", "what was expected, as a code"),
        "excluded": Column("yes", "whether this response is left out of the scores"),
        "decided_by": Column("text", "the rule, or the user's decisions.csv"),
        "reason": Column("text", "the user's reason", True),
    },
)
BREAKDOWNS = Contract(
    "breakdowns",
    _NOTEBOOK,
    ("response_id", "dimension"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "response_id": Column("text", "one response"),
        "dimension": Column("text", "what it is sorted by", options=DIMENSIONS),
        "group": Column("text", "the unit, country or product that the answer is about"),
    },
)
MISSING_PATTERNS = Contract(
    "missing_patterns",
    _NOTEBOOK,
    ("by", "group", "kind", "pattern"),
    {
        "by": Column(
            "text", "what groups are made by", options=("all", "wave", "role", "language")
        ),
        "group": Column("text", "the wave, role or language; empty for all responses"),
        "kind": Column("text", "what the row counts", options=("complete", "pattern", "others")),
        "pattern": Column("text", "closed questions left open together, parted by commas"),
        "n_missing": amount("questions left open; missing for others", 0),
        "n": Column("count", "responses", low=1),
        "share": Column("number", "of the group's responses", low=0, high=1),
        "expected": amount(
            "responses, if questions went missing one by one; missing for others", 0
        ),
    },
)
TABLES = (
    RESPONSES, CONTACTS, ACCOUNTS, OUTCOMES, CLIENTS, QUALITY, BREAKDOWNS, MISSING_PATTERNS
)  # fmt: skip
