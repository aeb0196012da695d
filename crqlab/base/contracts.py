"""The contract of every table that one station hands to the next.

Columns that depend on the instrument (items, constructs) are added to the fixed ones.
"""

from __future__ import annotations

from crqlab.base.errors import one_of
from crqlab.base.instrument import Instrument
from crqlab.base.schemas import Column, Contract


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


def _constructs(asked: Instrument) -> dict[str, Column]:
    low, high = asked.scale.low, asked.scale.high
    return {
        name: Column("number", f"mean of {construct.label} (scale points)", True, low, high)
        for name, construct in asked.constructs.items()
    }


_CLIENT = Column("text", "the supplier firm that commissioned the assessment")
_WAVE = Column("text", "assessment round")
_ACCOUNT = Column("text", "customer company, as the client's CRM names it")
_FLAG = Column("text", "'ok', or the caution that belongs to the number")
_LTR = Column("number", "likely to recommend, 0-10", True, 0, 10)
_SCORE = "(scale points of the instrument)"


def _number(says: str, low: float | None = None, high: float | None = None) -> Column:
    return Column("number", says, True, low, high)


def _count(says: str) -> Column:
    return Column("count", says, low=0)


_INTERVAL = {
    "value": _number("the estimate"),
    "low": _number("lower end of its interval"),
    "high": _number("upper end of its interval"),
    "level": Column("number", "coverage of the interval", low=0, high=1),
}

RESPONSES = Contract(
    "responses",
    "10_responses",
    ("response_id",),
    {
        "client_id": _CLIENT,
        "wave": _WAVE,
        "response_id": Column("text", "one response, unique in the study"),
        "account_id": _ACCOUNT,
        "contact_id": Column("text", "the invited person", True),
        "role": Column("text", "the person's role", True),
        "language": Column("text", "language of the answers", True),
        "batch": Column("text", "part of the fieldwork", True),
        "started": Column("date", "when the person began", True),
        "seconds": _number("time to complete, in seconds", 0),
        "ltr": _LTR,
        "familiarity": _number("how well the person knows the relationship"),
        "included": Column("yes", "whether scores are made of this response"),
    },
    _items,
)
CONTACTS = Contract(
    "contacts",
    "10_responses",
    ("client_id", "wave", "contact_id"),
    {
        "client_id": _CLIENT,
        "wave": _WAVE,
        "contact_id": Column("text", "one person of the account"),
        "account_id": _ACCOUNT,
        "name": Column("text", "the person's name", True),
        "role": Column("text", "the person's role", True),
        "language": Column("text", "language of the invitation", True),
        "invited": Column("yes", "whether an invitation was sent"),
        "invited_on": Column("date", "when the invitation was sent", True),
        "signed_off_on": Column("date", "when the account manager approved the contact", True),
    },
)
ACCOUNTS = Contract(
    "accounts",
    "10_responses",
    ("client_id", "account_id"),
    {
        "client_id": _CLIENT,
        "account_id": _ACCOUNT,
        "name": Column("text", "the account's name", True),
        "industry": Column("text", "the account's industry", True),
        "country": Column("text", "the account's country", True),
        "revenue": _number("what the account pays the client a year (currency units)", 0),
        "tier": Column("text", "the client's own class of account", True),
        "account_manager": Column("text", "the client's person who owns the account", True),
        "customer_since": Column("date", "when the relationship began", True),
        "renewal_on": Column("date", "when the contract is next due", True),
    },
)
OUTCOMES = Contract(
    "outcomes",
    "10_responses",
    ("client_id", "account_id", "due_on"),
    {
        "client_id": _CLIENT,
        "account_id": _ACCOUNT,
        "due_on": Column("date", "when the contract was due for renewal"),
        "outcome": Column("text", "what came of it", options=("renewed", "churned", "open")),
        "decided_on": Column("date", "when that was known", True),
        "revenue": _number("yearly revenue that was up for renewal (currency units)", 0),
    },
)
CLIENTS = Contract(
    "clients",
    "10_responses",
    ("client_id",),
    {
        "client_id": _CLIENT,
        "name": Column("text", "the client's name"),
        "industry": Column("text", "the client's industry", True),
        "country": Column("text", "the client's country", True),
    },
)
QUALITY = Contract(
    "quality",
    "10_responses",
    ("response_id", "check", "column"),
    {
        "client_id": _CLIENT,
        "wave": _WAVE,
        "response_id": Column("text", "the response that was flagged"),
        "check": Column("text", "what was looked for"),
        "column": Column("text", "the item or question; empty for the whole response", True),
        "found": Column("text", "what was found"),
        "rule": Column("text", "what was expected"),
        "excluded": Column("yes", "whether this response is left out of the scores"),
        "decided_by": Column("text", "the rule, or the user's decisions.csv"),
        "reason": Column("text", "the user's reason", True),
    },
)
RESPONDENTS = Contract(
    "respondents",
    "30_scores",
    ("response_id",),
    {
        "client_id": _CLIENT,
        "wave": _WAVE,
        "response_id": Column("text", "one response"),
        "account_id": _ACCOUNT,
        "contact_id": Column("text", "the invited person", True),
        "role": Column("text", "the person's role", True),
        "seniority": _number("rank of the role, 1 is the most senior", 1),
        "confidence": _number("how well the person knows the relationship"),
        "n_items": _count("closed items answered"),
        "crq": _number(f"CRQ score {_SCORE}"),
        "uniqueness": _number(f"mean of the uniqueness constructs {_SCORE}"),
        "ltr": _LTR,
    },
    _constructs,
)
ACCOUNT_SCORES = Contract(
    "account_scores",
    "30_scores",
    ("client_id", "wave", "account_id"),
    {
        "client_id": _CLIENT,
        "wave": _WAVE,
        "account_id": _ACCOUNT,
        "n": _count("respondents with a CRQ score"),
        "n_ltr": _count("respondents who answered LTR"),
        "crq": _number(f"mean CRQ of the respondents {_SCORE}"),
        "low": _number("lower end of the interval of crq"),
        "high": _number("upper end of the interval of crq"),
        "shrunken": _number("crq drawn towards the client's mean by its uncertainty"),
        "shrunken_low": _number("lower end of the interval of shrunken"),
        "shrunken_high": _number("upper end of the interval of shrunken"),
        "weight": _number("share of the account's own answers in shrunken", 0, 1),
        "crq_role": _number(f"role-weighted CRQ {_SCORE}"),
        "crq_confidence": _number(f"CRQ weighted by familiarity {_SCORE}"),
        "crq_senior": _number(f"CRQ of the most senior voices only {_SCORE}"),
        "uniqueness": _number(f"mean uniqueness {_SCORE}"),
        "promoters": _count("LTR 9-10"),
        "passives": _count("LTR 7-8"),
        "detractors": _count("LTR 0-6"),
        "nps": _number("NPS", -100, 100),
        "nps_low": _number("lower end of the interval of nps (adjusted Wald)", -100, 100),
        "nps_high": _number("upper end of the interval of nps (adjusted Wald)", -100, 100),
        "mean_ltr": _number("mean LTR, never to be called NPS", 0, 10),
        "sd": _number(f"standard deviation of CRQ among the respondents {_SCORE}", 0),
        "rwg_j": _number("agreement of the respondents over the CRQ constructs", 0, 1),
        "role_gap": _number(f"most senior role minus all others {_SCORE}"),
        "flag": _FLAG,
    },
    _constructs,
)
CLIENT_SCORES = Contract(
    "client_scores",
    "30_scores",
    ("client_id", "wave", "measure", "roll_up", "method"),
    {
        "client_id": _CLIENT,
        "wave": _WAVE,
        "measure": Column("text", "crq, nps, mean_ltr, uniqueness or a construct"),
        "roll_up": Column(
            "text",
            "how answers become one number",
            options=(
                "respondents",
                "accounts",
                "revenue",
                "role",
                "confidence",
                "senior",
            ),
        ),
        **_INTERVAL,
        "n_respondents": _count("respondents behind the number"),
        "n_accounts": _count("accounts behind the number"),
        "method": Column("text", "how the interval was made"),
        "flag": _FLAG,
    },
)
AGREEMENT = Contract(
    "agreement",
    "30_scores",
    ("client_id", "wave", "measure", "statistic"),
    {
        "client_id": _CLIENT,
        "wave": _WAVE,
        "measure": Column("text", "crq or a construct"),
        "statistic": Column("text", "which", options=("icc1", "icc2", "rwg_j")),
        **_INTERVAL,
        "n_respondents": _count("respondents behind the number"),
        "n_accounts": _count("accounts behind the number"),
        "method": Column("text", "how number and interval were made"),
        "flag": _FLAG,
    },
)
CHANGES = Contract(
    "changes",
    "30_scores",
    ("client_id", "wave", "measure", "part"),
    {
        "client_id": _CLIENT,
        "wave": _WAVE,
        "from_wave": _WAVE,
        "measure": Column("text", "crq, nps, mean_ltr, uniqueness or a construct"),
        "part": Column(
            "text",
            "the whole change, or the share of it that comes from these accounts",
            options=("all", "same", "joiners", "leavers"),
        ),
        **_INTERVAL,
        "p": _number("two-sided p value of no change", 0, 1),
        "n_accounts": _count("accounts of that part"),
        "n_respondents": _count("respondents of that part"),
        "method": Column("text", "how the interval was made"),
        "flag": _FLAG,
    },
)
TABLES = {
    contract.name: contract
    for contract in (
        RESPONSES,
        CONTACTS,
        ACCOUNTS,
        OUTCOMES,
        CLIENTS,
        QUALITY,
        RESPONDENTS,
        ACCOUNT_SCORES,
        CLIENT_SCORES,
        AGREEMENT,
        CHANGES,
    )
}


def contract(table: str) -> Contract:
    """Return the contract of a table, or say which tables there are."""
    one_of("table=", table, TABLES)
    return TABLES[table]
