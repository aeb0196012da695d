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
PROGRAMME = Contract(
    "programme",
    _NOTEBOOK,
    ("client_id", "wave"),
    {
        **_BLOCK,
        "n_waves": count("rounds that the client has taken part in, this one included"),
        "experience": Column(
            "text", "the same in three kinds", options=("first", "second", "mature")
        ),
        "asked": count("contacts asked"),
        "answered": count("those of them that answered"),
        **INTERVAL,
        "target": amount("share that was to answer, set beforehand", 0, 1),
        "verdict": Column(
            "text",
            "whether the target was met; nearly: chance could have turned it",
            options=("met", "nearly_met", "nearly_missed", "missed", "no_target", "unknown"),
        ),
        "bounced": count("contacts asked whose invitation bounced"),
        "left": count("contacts asked who had left"),
        "unsigned": amount("contacts asked that nobody signed off; missing if not recorded", 0),
        "value_reached": amount("share answered of those that an invitation reached", 0, 1),
        "n_others": count("other clients with as many rounds, each with its last one until this"),
        "others": amount("their mean share of contacts that answered", 0, 1),
        "others_low": amount("lower end of its interval, clients as clusters", 0, 1),
        "others_high": amount("upper end", 0, 1),
        "flag": FLAG,
    },
)
PROGRAMME_STEPS = Contract(
    "programme_steps",
    _NOTEBOOK,
    ("client_id", "wave", "step"),
    {
        **_BLOCK,
        "place": count("place of the step, from 1"),
        "step": Column(
            "text",
            "what a programme does for an answer",
            options=(
                "listed",
                "signed_off",
                "warmed_up",
                "sent_by_head",
                "reminded",
                "feedback_given",
            ),
        ),
        "done": amount("accounts (listed) or contacts of which it is recorded", 0),
        "of": amount("of so many", 0),
        "state": Column(
            "text", "how far it was done", options=("done", "partly", "not_done", "not_recorded")
        ),
    },
)
LEVERS = Contract(
    "levers",
    _NOTEBOOK,
    ("client_id", "lever"),
    {
        "client_id": Column("text", "the client; empty for all together"),
        "lever": Column("text", "what was done for an answer"),
        "share_with": amount("share answered of those of whom it was done", 0, 1),
        "share_without": amount("share answered of the others", 0, 1),
        "n_with": count("contacts of whom it was done"),
        "n_without": count("the others of whom it is recorded"),
        "n_accounts": count("accounts of the smaller of both groups"),
        "n_clusters": count("accounts, or clients of all together"),
        "value": amount("odds of answering, with to without, within a client's round", 0),
        "low": amount("lower end of its interval", 0),
        "high": amount("upper end", 0),
        "level": LEVEL,
        "p": amount("how rare so much is where there is no association", 0, 1),
        "q": amount("smallest false discovery rate at which it is said, over the client's", 0, 1),
        "verdict": Column(
            "text",
            "what may be said",
            options=("more", "less", "no_clear", "unknown"),
        ),
        "flag": FLAG,
    },
)
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
    INVITATIONS,
    INVITATION_COSTS,
    CHANGE_POWER,
    ACCOUNT_VOICES,
    PROGRAMME,
    PROGRAMME_STEPS,
    LEVERS,
    CUSTOMER_GROUPS,
    CUSTOMER_CONCENTRATION,
    DIVISION_REFERRALS,
    MANAGER_PAIRS,
    ACCOUNTS_TO_SPREAD,
    BUYING_CENTRE,
)
