"""The contracts of a programme's rounds, its steps, and what goes with answering."""

from __future__ import annotations

from crqlab.base.contracts.columns import CLIENT, FLAG, INTERVAL, LEVEL, WAVE, amount, count
from crqlab.base.contracts.schema import Column, Contract

_NOTEBOOK = "20_participation"
_BLOCK = {"client_id": CLIENT, "wave": WAVE}

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
TABLES = (PROGRAMME, PROGRAMME_STEPS, LEVERS)
