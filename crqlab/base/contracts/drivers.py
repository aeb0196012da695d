"""The contracts of what station 7 hands over: what moves outcomes, and what to mend first."""

from __future__ import annotations

from crqlab.base.contracts.columns import CLIENT, FLAG, SCORE, WAVE, amount, count
from crqlab.base.contracts.schema import Column, Contract

_NOTEBOOK = "70_drivers"
_SCOPE = {
    "scope": Column("text", "over the panel or one client", options=("panel", "client")),
    "client_id": Column("text", "the client; empty over the panel"),
    "wave": Column("text", "assessment round; empty over the panel"),
    "outcome": Column("text", "the construct that is explained, or ltr"),
    "outcome_label": Column("text", "what readers call it"),
    "level": Column(
        "text",
        "all answers, people within accounts, or means of accounts",
        options=("all", "within", "between"),
    ),
}
_DRIVER = {
    "driver": Column("text", "construct of performance"),
    "label": Column("text", "what readers call it"),
}
_COUNTS = {
    "n": count("respondents compared; accounts and waves at level between"),
    "n_accounts": count("accounts they belong to"),
    "flag": FLAG,
}

DRIVER_WEIGHTS = Contract(
    "driver_weights",
    _NOTEBOOK,
    ("client_id", "wave", "outcome", "level", "method", "driver"),
    {
        **_SCOPE,
        "method": Column("text", "how it was shared out", options=("LMG", "Johnson 2000")),
        **_DRIVER,
        "weight": amount("share of the outcome's variance", 0, 1),
        "low": amount("lower end of its interval", 0, 1),
        "high": amount("upper end of its interval", 0, 1),
        "share": amount("share of what all drivers account for", 0, 1),
        "share_low": amount("lower end of its interval", 0, 1),
        "share_high": amount("upper end of its interval", 0, 1),
        "direction": Column(
            "text",
            "of the outcome when the driver rises",
            options=("up", "down", "unknown"),
        ),
        "alone": amount("R-squared of the driver by itself", 0, 1),
        "last": amount("R-squared that it adds to all others", 0, 1),
        "correlation": amount("with the outcome", -1, 1),
        "beta": amount("standardised coefficient, the other drivers held equal"),
        "vif": amount("variance inflation by the other drivers", 0),
        "r2": amount("share of variance that all drivers account for", 0, 1),
        "r2_low": amount("lower end of its interval", 0, 1),
        "r2_high": amount("upper end of its interval", 0, 1),
        **_COUNTS,
    },
)
DRIVER_EFFECTS = Contract(
    "driver_effects",
    _NOTEBOOK,
    ("client_id", "wave", "outcome", "level", "driver"),
    {
        **_SCOPE,
        **_DRIVER,
        "effect": amount("points of the outcome per point of the driver, the others held equal"),
        "low": amount("lower end of its interval"),
        "high": amount("upper end of its interval"),
        **_COUNTS,
    },
)
DRIVER_MAP = Contract(
    "driver_map",
    _NOTEBOOK,
    ("client_id", "wave", "driver"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        **_DRIVER,
        "importance": amount("share of what is explained, mean over outcomes", 0, 1),
        "importance_low": amount("lower end of its interval", 0, 1),
        "importance_high": amount("upper end of its interval", 0, 1),
        "own_share": amount("how far importance rests on the client's own answers", 0, 1),
        "n_own": count("these: the client's complete answers, the fewest of any outcome"),
        "n_panel": count("complete answers of all clients that importance rests on otherwise"),
        "performance": amount(f"the client's mean {SCORE}"),
        "performance_low": amount("lower end of its interval"),
        "performance_high": amount("upper end of its interval"),
        "panel": amount(f"mean of the other clients of the wave {SCORE}"),
        "top": amount(f"mean of their top decile by CRQ {SCORE}"),
        "reference": Column(
            "text",
            "what the gap is measured against",
            options=("top_decile", "scale_end"),
        ),
        "gap": amount(f"reference minus performance {SCORE}"),
        "gap_low": amount("lower end of its interval"),
        "gap_high": amount("upper end of its interval"),
        "pressure": amount("importance times gap, 0 where there is no gap", 0),
        "probability": amount("that this driver has the greatest pressure", 0, 1),
        "n": count("respondents"),
        "n_accounts": count("accounts"),
        "n_clients": count("other clients of the wave"),
        "flag": FLAG,
    },
)
DRIVER_FOCUS = Contract(
    "driver_focus",
    _NOTEBOOK,
    ("client_id", "wave", "kind", "unit"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "kind": Column("text", "whose", options=("client", "account_manager", "account")),
        "unit": Column("text", "client, account manager or account"),
        **_DRIVER,
        "probability": amount("that this driver is the one to mend first", 0, 1),
        "runner_up": Column("text", "the next in line", True),
        "runner_up_label": Column("text", "what readers call it", True),
        "runner_up_probability": amount("that it is the one", 0, 1),
        "clear": Column("yes", "whether there is a clear single thing"),
        "importance": amount("share of what is explained, mean over outcomes", 0, 1),
        "performance": amount(f"the unit's score; shrunken for accounts {SCORE}"),
        "reference": Column(
            "text",
            "what the gap is measured against",
            options=("top_decile", "scale_end"),
        ),
        "target": amount(f"the reference's score {SCORE}"),
        "gap": amount(f"target minus performance {SCORE}"),
        "n": count("respondents"),
        "n_accounts": count("accounts"),
        "flag": FLAG,
    },
)
TABLES = (DRIVER_WEIGHTS, DRIVER_EFFECTS, DRIVER_MAP, DRIVER_FOCUS)
