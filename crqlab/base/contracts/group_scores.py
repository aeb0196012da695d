"""The contracts of scores by role, unit, country, product and year, made by station 3."""

from __future__ import annotations

from crqlab.base.contracts.columns import (
    ACCOUNT,
    CLIENT,
    DIMENSIONS,
    FLAG,
    INTERVAL,
    WAVE,
    amount,
    count,
)
from crqlab.base.contracts.schema import Column, Contract

_NOTEBOOK = "30_scores"
_MEASURE = Column("text", "crq, nps, mean_ltr, uniqueness or a construct")
_OF_ALL = Column("text", "the supplier firm; empty for all of them together")
_VERDICT = Column(
    "text",
    "higher or lower where q is below 1 - level; unknown where the difference is",
    options=("higher", "lower", "no_clear_difference", "unknown"),
)
GROUP_SCORES = Contract(
    "group_scores",
    _NOTEBOOK,
    ("client_id", "wave", "dimension", "group", "measure"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "dimension": Column("text", "what answers are sorted by", options=("role", *DIMENSIONS)),
        "group": Column("text", "role, unit, country or product; empty where not known", True),
        "measure": _MEASURE,
        **INTERVAL,
        "difference": amount("value minus that of all other answers of the dimension"),
        "difference_low": amount("lower end of the interval of difference"),
        "difference_high": amount("upper end of the interval of difference"),
        "p": amount("two-sided p value of no difference", 0, 1),
        "q": amount("the same among all groups and measures of the dimension", 0, 1),
        "verdict": _VERDICT,
        "n_respondents": count("respondents behind value"),
        "n_accounts": count("accounts behind value"),
        "flag": FLAG,
    },
)
ROLE_GAPS = Contract(
    "role_gaps",
    _NOTEBOOK,
    ("client_id", "wave", "measure", "role", "other"),
    {
        "client_id": _OF_ALL,
        "wave": WAVE,
        "measure": _MEASURE,
        "role": Column("text", "the more senior role of the pair"),
        "other": Column("text", "the other role of the pair"),
        **INTERVAL,
        "p": amount("two-sided p value of no gap", 0, 1),
        "q": amount("the same among all pairs of the client's wave on that measure", 0, 1),
        "verdict": _VERDICT,
        "n_accounts": count("accounts where both roles were heard, whose mean gap value is"),
        "n_respondents": count("respondents of these roles in these accounts"),
        "flag": FLAG,
    },
)
_SINCE = Column(
    "text",
    "what years are counted from",
    options=("last_delivery", "customer_since", "last_renewal"),
)
_YEAR = Column("count", "year of it, from 1; 5 is the fifth and all later ones", low=1, high=5)
ACCOUNT_YEARS = Contract(
    "account_years",
    _NOTEBOOK,
    ("client_id", "wave", "account_id", "since"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "account_id": ACCOUNT,
        "since": _SINCE,
        "years": amount("years from that day to the wave's invitations", 0),
        "year": _YEAR,
        "contact": Column(
            "text",
            "whether at least half of the contacts asked before were asked again",
            options=("kept", "lost", "unknown"),
        ),
    },
)
YEAR_SCORES = Contract(
    "year_scores",
    _NOTEBOOK,
    ("client_id", "wave", "since", "measure", "contact", "year"),
    {
        "client_id": _OF_ALL,
        "wave": Column("text", "as this wave knew it: of the waves up to it"),
        "since": _SINCE,
        "measure": Column("text", "which score", options=("crq", "nps", "mean_ltr")),
        "contact": Column("text", "which accounts", options=("all", "kept", "lost")),
        "year": _YEAR,
        **INTERVAL,
        "n_accounts": count("accounts behind it, each once a wave"),
        "flag": FLAG,
    },
)
YEAR_GAPS = Contract(
    "year_gaps",
    _NOTEBOOK,
    ("client_id", "wave", "since", "measure", "contrast"),
    {
        "client_id": _OF_ALL,
        "wave": Column("text", "as this wave knew it: of the waves up to it"),
        "since": _SINCE,
        "measure": Column("text", "which score", options=("crq", "nps", "mean_ltr")),
        "contrast": Column(
            "text",
            "years 2 to 4 (all, with contact kept, with contact lost) less the first year",
            options=("all", "kept", "lost", "kept_less_lost"),
        ),
        **INTERVAL,
        "p": amount("two-sided p value of no difference", 0, 1),
        "q": amount("the same among the contrasts of the client's wave and measure", 0, 1),
        "verdict": _VERDICT,
        "n_later": count("accounts in years 2 to 4; of kept_less_lost those kept"),
        "n_first": count("accounts in their first year; of kept_less_lost those lost"),
        "flag": FLAG,
    },
)
TABLES = (GROUP_SCORES, ROLE_GAPS, ACCOUNT_YEARS, YEAR_SCORES, YEAR_GAPS)
