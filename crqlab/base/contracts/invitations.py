"""The contracts of whom to invite next, what that costs and what it will show."""

from __future__ import annotations

from crqlab.base.contracts.columns import ACCOUNT, CLIENT, FLAG, LEVEL, amount, count
from crqlab.base.contracts.schema import Column, Contract

_NOTEBOOK = "20_participation"

INVITATIONS = Contract(
    "invitations",
    _NOTEBOOK,
    ("client_id", "contact_id"),
    {
        "client_id": CLIENT,
        "contact_id": Column("text", "a person of the account's last list"),
        "account_id": ACCOUNT,
        "role": Column("text", "the person's role", True),
        "quarter": count("quarter in which to invite, from 1; 0: in none"),
        "starts": Column("date", "first day of that quarter", True),
        "last_invited": Column("date", "when the person was last invited", True),
        "ready_on": Column("date", "day from which the person has rested", True),
        "n_year": count("invitations in the year before the first quarter"),
        "gap": amount("least months between two invitations of the person", 0),
        "flag": FLAG,
    },
)
INVITATION_COSTS = Contract(
    "invitation_costs",
    _NOTEBOOK,
    ("client_id", "scenario", "measure"),
    {
        "client_id": CLIENT,
        "scenario": Column(
            "text", "how many of the next quarter's invitations", options=("all", "fifth_fewer")
        ),
        "starts": Column("date", "first day of that quarter", True),
        "measure": Column("text", "figure of all accounts", options=("crq", "nps")),
        "n_invitations": count("people to invite"),
        "answers": amount("answers to expect", 0),
        "half_width": amount("half of the interval to expect, in units of the measure", 0),
        "level": LEVEL,
        "flag": FLAG,
    },
)
CHANGE_POWER = Contract(
    "change_power",
    _NOTEBOOK,
    ("client_id", "measure"),
    {
        "client_id": CLIENT,
        "measure": Column("text", "which score", options=("crq", "nps")),
        "from_wave": Column("text", "round from which the change is counted"),
        "starts": Column("date", "first day of the quarter from which people are asked", True),
        "change": Column("number", "a change, in units of the measure"),
        "power": amount("chance that it is seen: that its interval leaves out 0", 0, 1),
        "power_all": amount("the same if everybody who has rested were asked", 0, 1),
        "detectable": amount("change that is seen with probability 0.8, in units", 0),
        "n_accounts": count("accounts to ask"),
        "more_accounts": amount("accounts more in the next round, for 0.8; missing if none do", 0),
        "accounts_both": amount("accounts that two rounds are to ask each, for 0.8", 0),
        "level": LEVEL,
        "method": Column(
            "text", "whose change it is", options=("paired_account_t", "all_accounts")
        ),
        "flag": FLAG,
    },
)
ACCOUNT_VOICES = Contract(
    "account_voices",
    _NOTEBOOK,
    ("client_id",),
    {
        "client_id": CLIENT,
        "icc": Column("number", "ICC(1) of CRQ in the last waves of all clients", low=0, high=1),
        "reliability": Column("number", "ICC(2) that is wished", low=0, high=1),
        "voices": amount("answers that an account needs for it; missing if none suffice", 0),
        "contacts": amount("contacts to ask for so many answers", 0),
        "completion": amount("share of contacts expected to answer", 0, 1),
        "n_accounts": count("accounts with contacts that an invitation reaches"),
        "n_enough": count("those of them with so many contacts"),
        "flag": FLAG,
    },
)
TABLES = (INVITATIONS, INVITATION_COSTS, CHANGE_POWER, ACCOUNT_VOICES)
