"""The contract of every table that one station hands to the next.

Columns that depend on the instrument (items, constructs) are added to the fixed ones.
"""

from __future__ import annotations

from crqlab.base.contracts.benchmark import BENCHMARK
from crqlab.base.contracts.columns import (
    ACCOUNT,
    CLIENT,
    FLAG,
    INTERVAL,
    LTR,
    SCORE,
    WAVE,
    amount,
    count,
)
from crqlab.base.contracts.construct import CONSTRUCT
from crqlab.base.contracts.drivers import DRIVERS
from crqlab.base.contracts.participation import PARTICIPATION
from crqlab.base.contracts.renewal import RENEWAL
from crqlab.base.contracts.schema import Column, Contract
from crqlab.base.contracts.segments import SEGMENTS
from crqlab.base.errors import one_of
from crqlab.base.instrument import Instrument


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


RESPONSES = Contract(
    "responses",
    "10_responses",
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
    },
    _items,
)
CONTACTS = Contract(
    "contacts",
    "10_responses",
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
    },
)
ACCOUNTS = Contract(
    "accounts",
    "10_responses",
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
    },
)
OUTCOMES = Contract(
    "outcomes",
    "10_responses",
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
    "10_responses",
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
    "10_responses",
    ("response_id", "check", "column"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
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
        "client_id": CLIENT,
        "wave": WAVE,
        "response_id": Column("text", "one response"),
        "account_id": ACCOUNT,
        "contact_id": Column("text", "the invited person", True),
        "role": Column("text", "the person's role", True),
        "seniority": amount("rank of the role, 1 is the most senior", 1),
        "confidence": amount("how well the person knows the relationship"),
        "n_items": count("closed items answered"),
        "crq": amount(f"CRQ score {SCORE}"),
        "uniqueness": amount(f"mean of the uniqueness constructs {SCORE}"),
        "ltr": LTR,
    },
    _constructs,
)
ACCOUNT_SCORES = Contract(
    "account_scores",
    "30_scores",
    ("client_id", "wave", "account_id"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "account_id": ACCOUNT,
        "n": count("respondents with a CRQ score"),
        "n_ltr": count("respondents who answered LTR"),
        "crq": amount(f"mean CRQ of the respondents {SCORE}"),
        "low": amount("lower end of the interval of crq"),
        "high": amount("upper end of the interval of crq"),
        "shrunken": amount("crq drawn towards the client's mean by its uncertainty"),
        "shrunken_low": amount("lower end of the interval of shrunken"),
        "shrunken_high": amount("upper end of the interval of shrunken"),
        "weight": amount("share of the account's own answers in shrunken", 0, 1),
        "crq_role": amount(f"role-weighted CRQ {SCORE}"),
        "crq_confidence": amount(f"CRQ weighted by familiarity {SCORE}"),
        "crq_senior": amount(f"CRQ of the most senior voices only {SCORE}"),
        "uniqueness": amount(f"mean uniqueness {SCORE}"),
        "promoters": count("LTR 9-10"),
        "passives": count("LTR 7-8"),
        "detractors": count("LTR 0-6"),
        "nps": amount("NPS", -100, 100),
        "nps_low": amount("lower end of the interval of nps (adjusted Wald)", -100, 100),
        "nps_high": amount("upper end of the interval of nps (adjusted Wald)", -100, 100),
        "mean_ltr": amount("mean LTR, never to be called NPS", 0, 10),
        "sd": amount(f"standard deviation of CRQ among the respondents {SCORE}", 0),
        "rwg_j": amount("agreement of the respondents over the CRQ constructs", 0, 1),
        "role_gap": amount(f"most senior role minus all others {SCORE}"),
        "flag": FLAG,
    },
    _constructs,
)
CLIENT_SCORES = Contract(
    "client_scores",
    "30_scores",
    ("client_id", "wave", "measure", "roll_up", "method"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
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
        **INTERVAL,
        "n_respondents": count("respondents behind the number"),
        "n_accounts": count("accounts behind the number"),
        "method": Column("text", "how the interval was made"),
        "flag": FLAG,
    },
)
AGREEMENT = Contract(
    "agreement",
    "30_scores",
    ("client_id", "wave", "measure", "statistic"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "measure": Column("text", "crq or a construct"),
        "statistic": Column("text", "which", options=("icc1", "icc2", "rwg_j")),
        **INTERVAL,
        "n_respondents": count("respondents behind the number"),
        "n_accounts": count("accounts behind the number"),
        "method": Column("text", "how number and interval were made"),
        "flag": FLAG,
    },
)
CHANGES = Contract(
    "changes",
    "30_scores",
    ("client_id", "wave", "measure", "part"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "from_wave": WAVE,
        "measure": Column("text", "crq, nps, mean_ltr, uniqueness or a construct"),
        "part": Column(
            "text",
            "the whole change, or the share of it that comes from these accounts",
            options=("all", "same", "joiners", "leavers"),
        ),
        **INTERVAL,
        "p": amount("two-sided p value of no change", 0, 1),
        "n_accounts": count("accounts of that part"),
        "n_respondents": count("respondents of that part"),
        "method": Column("text", "how the interval was made"),
        "flag": FLAG,
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
        *PARTICIPATION,
        *CONSTRUCT,
        *RENEWAL,
        *SEGMENTS,
        *DRIVERS,
        *BENCHMARK,
    )
}


def contract(table: str) -> Contract:
    """Return the contract of a table, or say which tables there are."""
    one_of("table=", table, TABLES)
    return TABLES[table]
