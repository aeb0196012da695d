"""The contracts of customers of several accounts, managers who leave, and buying centres."""

from __future__ import annotations

from crqlab.base.contracts.columns import ACCOUNT, CLIENT, FLAG, SCORE, WAVE, amount, count
from crqlab.base.contracts.schema import Column, Contract

_NOTEBOOK = "20_participation"
_BLOCK = {"client_id": CLIENT, "wave": WAVE}

CUSTOMER_GROUPS = Contract(
    "customer_groups",
    _NOTEBOOK,
    ("client_id", "wave", "customer"),
    {
        **_BLOCK,
        "customer": Column("text", "customer: parent_id of its accounts, else the account itself"),
        "n_accounts": count("accounts of the customer, scored or not"),
        "n_heard": count("those of them with a score in the wave"),
        "n_respondents": count("respondents with a CRQ score"),
        "revenue": amount("what all its accounts pay the client a year (currency units)", 0),
        "revenue_share": amount("its share of the client's revenue", 0, 1),
        "crq": amount(f"mean CRQ of its respondents {SCORE}"),
        "flag": FLAG,
    },
)
CUSTOMER_CONCENTRATION = Contract(
    "customer_concentration",
    _NOTEBOOK,
    ("client_id", "wave"),
    {
        **_BLOCK,
        "n_customers": count("customers"),
        "n_groups": count("those of them with several accounts"),
        "hhi": amount("sum of squared shares of revenue, of customers", 0, 1),
        "effective": amount("customers of equal revenue that would be as concentrated", 0),
        "top_1": amount("share of the greatest customer", 0, 1),
        "account_hhi": amount("the same of accounts", 0, 1),
        "account_effective": amount("accounts of equal revenue", 0),
        "account_top_1": amount("share of the greatest account", 0, 1),
    },
)
DIVISION_REFERRALS = Contract(
    "division_referrals",
    _NOTEBOOK,
    ("client_id", "wave", "account_id"),
    {
        **_BLOCK,
        "customer": Column("text", "customer whose divisions they are"),
        "from_account": Column("text", "its best heard division, above the client's mean"),
        "from_score": amount(f"shrunken CRQ of that division {SCORE}"),
        "from_n": count("respondents behind it"),
        "account_id": ACCOUNT,
        "status": Column("text", "why this division", options=("unheard", "lower")),
        "revenue": amount("what it pays the client a year (currency units)", 0),
    },
)
MANAGER_PAIRS = Contract(
    "manager_pairs",
    _NOTEBOOK,
    ("client_id", "first_manager", "second_manager"),
    {
        "client_id": CLIENT,
        "rank": count("place by revenue among the client's pairs, 1 holds most"),
        "first_manager": Column("text", "an account manager"),
        "second_manager": Column("text", "another one"),
        "n_accounts": count("accounts that leave with both"),
        "revenue": amount("their revenue a year (currency units)", 0),
        "revenue_share": amount("its share of the revenue of all accounts", 0, 1),
        "alone_share": amount("share that the greater of both holds alone", 0, 1),
        "flag": FLAG,
    },
)
ACCOUNTS_TO_SPREAD = Contract(
    "accounts_to_spread",
    _NOTEBOOK,
    ("client_id", "account_id"),
    {
        "client_id": CLIENT,
        "rank": count("turn, from 1: the greatest revenue first"),
        "account_id": ACCOUNT,
        "account_manager": Column("text", "who holds it, of the client's greatest pair"),
        "revenue": amount("what it pays the client a year (currency units)", 0),
        "share_after": amount("share of revenue that the pair holds once it is spread", 0, 1),
    },
)
BUYING_CENTRE = Contract(
    "buying_centre",
    _NOTEBOOK,
    ("client_id", "wave", "account_id"),
    {
        **_BLOCK,
        "account_id": ACCOUNT,
        "n_roles": count("roles of the client's contacts: its buying centre"),
        "n_known": count("contacts whose role is known"),
        "n_asked": count("those of them asked"),
        "n_heard": count("those of them that answered"),
        "roles_known": count("roles among the account's contacts"),
        "roles_asked": count("roles of which somebody was asked"),
        "roles_heard": count("roles of which somebody answered"),
        "breadth_known": amount("roles known, of the buying centre's", 0, 1),
        "breadth_asked": amount("roles asked, of the buying centre's", 0, 1),
        "breadth_heard": amount("roles heard, of the buying centre's", 0, 1),
        "senior_known": Column("yes", "whether anybody of the most senior role is known"),
        "senior_heard": Column("yes", "whether anybody of it answered"),
        "flag": FLAG,
    },
)
TABLES = (
    CUSTOMER_GROUPS,
    CUSTOMER_CONCENTRATION,
    DIVISION_REFERRALS,
    MANAGER_PAIRS,
    ACCOUNTS_TO_SPREAD,
    BUYING_CENTRE,
)
