"""The contracts of what station 2 hands over: who was asked, who answered, who is silent."""

from __future__ import annotations

from crqlab.base.contracts.columns import (
    ACCOUNT,
    CLIENT,
    FLAG,
    INTERVAL,
    LEVEL,
    SCORE,
    WAVE,
    amount,
    count,
    later,
)
from crqlab.base.contracts.customer_groups import TABLES as GROUPED
from crqlab.base.contracts.invitations import TABLES as INVITED
from crqlab.base.contracts.programme_state import TABLES as PROGRAMMES
from crqlab.base.contracts.schema import Column, Contract

_NOTEBOOK = "20_participation"
_BLOCK = {"client_id": CLIENT, "wave": WAVE}

_HERFINDAHL = (
    ("hhi", "sum of squared shares", 1),
    ("effective", "persons of equal parts that would be as concentrated, 1 / hhi,", None),
    ("top_1", "share of the greatest person", 1),
    ("top_2", "share of the greatest two", 1),
    ("top_3", "share of the greatest three", 1),
)

COMPLETION = Contract(
    "completion",
    _NOTEBOOK,
    ("client_id", "wave", "dimension", "group", "unit"),
    {
        **_BLOCK,
        "dimension": Column(
            "text",
            "what the groups are told apart by",
            options=("all", "role", "tier", "country", "industry", "account_manager"),
        ),
        "group": Column("text", "the group; 'unknown' where the files do not say"),
        "unit": Column("text", "what is counted", options=("contacts", "accounts", "revenue")),
        "asked": amount("contacts or accounts asked, or their yearly revenue", 0),
        "answered": amount("those of them that answered, whether or not scores use it", 0),
        **INTERVAL,
        "n_accounts": count("accounts asked"),
        "uninvited": amount("answers that scores use of people not asked; of all contacts only", 0),
        "method": Column("text", "how the interval was made, as a code"),
        "flag": FLAG,
    },
)
COMPLETION_RANK = Contract(
    "completion_rank",
    _NOTEBOOK,
    ("client_id", "wave"),
    {
        "client_id": CLIENT,
        "wave": Column("text", "assessment round up to which clients are compared"),
        "last_wave": Column("text", "the client's last round until then, which is compared"),
        "asked": amount("contacts asked in it", 0),
        "answered": amount("those of them that answered", 0),
        **INTERVAL,
        "rank": count("place by completion among all clients, 1 is the highest"),
        "n_others": count("other clients, each with its last round until then"),
        "percentile": amount("share of the other clients that are lower", 0, 1),
        "percentile_low": amount("the same at the lower end of the interval of value", 0, 1),
        "percentile_high": amount("the same at its upper end", 0, 1),
        "band": Column("text", "band of five per cent points in which value lies"),
        "flag": FLAG,
    },
)
COMPLETION_BANDS = Contract(
    "completion_bands",
    _NOTEBOOK,
    ("client_id", "wave", "low"),
    {
        **_BLOCK,
        "low": count("least whole per cent of contacts that answered in the band"),
        "high": count("greatest whole per cent"),
        "n": count("other clients in it, each with its last round until this one"),
    },
)
DISPOSITIONS = Contract(
    "dispositions",
    _NOTEBOOK,
    ("client_id", "wave", "account_id"),
    {
        **_BLOCK,
        "account_id": ACCOUNT,
        "held_on": Column(
            "date", "day of the wave's last invitation, else of its last answer", True
        ),
        "status": Column(
            "text",
            "what became of it; silent: asked, no answer; not_asked: not this time; not_invited: "
            "its turn has passed",
            options=("answered", "silent", "not_asked", "not_invited", "never_asked"),
        ),
        "last_asked": Column("text", "last wave up to this one in which it was asked", True),
        "last_answered": Column("text", "last wave up to this one with an answer of it", True),
        "months": amount("months from its last invitation to this wave's", None),
        "flag": FLAG,
    },
)
SILENT = Contract(
    "silent",
    _NOTEBOOK,
    ("client_id", "wave", "account_id"),
    {
        **_BLOCK,
        "account_id": ACCOUNT,
        "rank": count("place by revenue among the client's silent accounts, 1 pays most"),
        "revenue": amount("what the account pays the client a year (currency units)", 0),
        "revenue_share": amount("its share of the revenue of all accounts asked", 0, 1),
        "asked": count("contacts asked in this wave"),
        "silent_since": Column("text", "first wave of the present run of silence"),
        "n_waves": count("waves in a row in which the account was asked and kept silent"),
        "last_wave": Column("text", "wave of its last answer", True),
        "last_crq": amount(f"mean CRQ of that wave {SCORE}"),
        "last_n": count("respondents of that wave with a CRQ score"),
        "flag": FLAG,
    },
)
VOICES = Contract(
    "voices",
    _NOTEBOOK,
    ("client_id", "wave", "account_id", "role"),
    {
        **_BLOCK,
        "account_id": ACCOUNT,
        "role": Column("text", "a role of the client's contacts"),
        "asked": count("contacts of that role asked"),
        "answered": count("those of them that answered"),
        "status": Column(
            "text",
            "whether the role is heard; silent: asked, no answer",
            options=("heard", "silent", "not asked"),
        ),
    },
)
PROPENSITIES = Contract(
    "propensities",
    _NOTEBOOK,
    ("client_id", "wave", "contact_id"),
    {
        **_BLOCK,
        "contact_id": Column("text", "a person who was asked"),
        "account_id": ACCOUNT,
        "scored": Column("yes", "whether scores are made of an answer of this person"),
        "propensity": amount("probability to answer, given what is known of everybody", 0, 1),
        "weight": amount("weight of the answer, mean 1 in a client's wave; missing if none", 0),
    },
)
NONRESPONSE = Contract(
    "nonresponse",
    _NOTEBOOK,
    ("client_id", "wave", "measure", "view"),
    {
        **_BLOCK,
        "measure": Column("text", "which score", options=("crq", "nps")),
        "view": Column(
            "text",
            "what is taken of those who did not answer",
            options=("raw", "weighted", "late", "like the answered", "passives", "detractors"),
        ),
        **INTERVAL,
        "n_respondents": count("respondents behind the number"),
        "n_accounts": count("accounts asked"),
        "n_effective": amount("equally weighted respondents that would say as much", 0),
        "method": Column("text", "how number and interval were made, as a code"),
        "flag": FLAG,
    },
)
CONCENTRATION = Contract(
    "concentration",
    _NOTEBOOK,
    ("client_id", "wave", "holder", "name"),
    {
        **_BLOCK,
        "holder": Column("text", "who holds it", options=("account_manager", "contact")),
        "name": Column("text", "that person: the account manager, or the contact's id"),
        "n_accounts": count("accounts that hang on the person"),
        "revenue": amount("their revenue a year (currency units)", 0),
        "revenue_share": amount("its share of the client's revenue", 0, 1),
        "goodwill_share": amount("share of the client's goodwill that hangs on the person", 0, 1),
        "crq_without": amount(f"the client's CRQ without the answers that go too {SCORE}"),
        "n_silenced": count("accounts without a voice left"),
        "flag": FLAG,
    },
)
CONCENTRATION_SUMMARY = Contract(
    "concentration_summary",
    _NOTEBOOK,
    ("client_id", "wave", "holder"),
    {
        **_BLOCK,
        "holder": Column("text", "who holds relationships", options=("account_manager", "contact")),
        "holders": count("how many known persons of that kind hold any"),
        **{
            f"{prefix}{name}": amount(f"{says} of {what}", 0, high)
            for prefix, what in (("", "revenue"), ("goodwill_", "goodwill"))
            for name, says, high in _HERFINDAHL
        },
        "n_silenced": count("accounts without a voice left if one of these persons goes"),
        "silenced_share": amount("their share of the revenue of accounts with a score", 0, 1),
    },
)
CONTINUITY = Contract(
    "continuity",
    _NOTEBOOK,
    ("client_id", "wave", "account_id"),
    {
        **_BLOCK,
        "from_wave": WAVE,
        "account_id": ACCOUNT,
        "before": count("contacts asked in the earlier wave"),
        "now": count("contacts asked in this wave"),
        "stayed": count("contacts asked in both"),
        "value": amount("share of the earlier contacts that stayed", 0, 1),
        "answered_both": count("contacts that answered in both"),
        "deciders": later("earlier contacts of the upper half of the codebook's roles", 0),
        "deciders_left": later("those of them that were not asked in this wave", 0),
        "flag": FLAG,
    },
)
CONTINUITY_SUMMARY = Contract(
    "continuity_summary",
    _NOTEBOOK,
    ("client_id", "wave"),
    {
        **_BLOCK,
        **INTERVAL,
        "n": count("contacts asked in the earlier waves of these accounts"),
        "n_accounts": count("accounts asked in this wave and an earlier one"),
        "n_none_stayed": count("those of them where no contact stayed"),
    },
)
AUDIT = Contract(
    "audit",
    _NOTEBOOK,
    ("client_id", "wave", "account_manager", "topic"),
    {
        **_BLOCK,
        "account_manager": Column("text", "whose accounts the question is about"),
        "topic": Column(
            "text",
            "what was looked into",
            options=("late", "swapped", "share", "roles", "minutes", "scores"),
        ),
        "question": Column("text", "the question, as a code"),
        "found": amount("what was found, in the unit"),
        "expected": amount("what peers make one expect, in the unit"),
        "value": amount("found minus expected, in the unit"),
        "low": amount("lower end of the interval of value"),
        "high": amount("upper end of the interval of value"),
        "level": LEVEL,
        "unit": Column(
            "text",
            "unit of these numbers",
            options=("share_of_contacts", "pairs_of_answers", "scale_points"),
        ),
        "p": amount("how rare that much is among honest account managers, one-sided", 0, 1),
        "q": amount("smallest false discovery rate at which it would be raised", 0, 1),
        "rate": Column("number", "largest q at which a question is raised", low=0, high=1),
        "n_accounts": count("accounts looked at"),
        "n_contacts": count("contacts or answers looked at"),
        "raised": Column("yes", "whether the question is worth asking"),
        "flag": Column("text", "'ok', or codes: cannot_be_asked and why, or a caution"),
    },
)
WAVE_PLAN = Contract(
    "wave_plan",
    _NOTEBOOK,
    ("client_id", "account_id"),
    {
        "client_id": CLIENT,
        "account_id": ACCOUNT,
        "slice": count("quarter in which the account is asked, from 1"),
        "starts": Column("date", "first day of the quarter", True),
        "tier": Column("text", "the client's own class of account"),
        "revenue": amount("what the account pays the client a year (currency units)", 0),
        "contacts": count("people to ask"),
        "resting": count("people left in peace: asked too short a time before"),
        "flag": FLAG,
    },
)
PRECISION = Contract(
    "precision",
    _NOTEBOOK,
    ("client_id", "slice", "measure"),
    {
        "client_id": CLIENT,
        "slice": count("quarter, from 1; 0 is the whole year"),
        "starts": Column("date", "first day of the quarter; none of the whole year", True),
        "measure": Column("text", "which score", options=("crq", "nps")),
        "n_accounts": count("accounts to ask"),
        "n_contacts": count("people to ask"),
        "resting": count("people left in peace: asked too short a time before"),
        "completion": amount("share of them expected to answer", 0, 1),
        "answers": amount("answers to expect", 0),
        "half_width": amount("half of the interval to expect, in units of the measure", 0),
        "level": LEVEL,
        "flag": FLAG,
    },
)
TABLES = (
    COMPLETION,
    COMPLETION_RANK,
    COMPLETION_BANDS,
    DISPOSITIONS,
    SILENT,
    VOICES,
    PROPENSITIES,
    NONRESPONSE,
    CONCENTRATION,
    CONCENTRATION_SUMMARY,
    CONTINUITY,
    CONTINUITY_SUMMARY,
    AUDIT,
    WAVE_PLAN,
    PRECISION,
    *INVITED,
    *PROGRAMMES,
    *GROUPED,
)
