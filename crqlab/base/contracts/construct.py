"""The contracts of what station 4 hands over: whether the construct holds, and beside NPS.

Words are codes, for questions and cautions as `crqlab.base.contracts.cautions` holds them; what a
reader calls a construct stands as the codebook has it.
"""

from __future__ import annotations

from crqlab.base.contracts.columns import ACCOUNT, CLIENT, FLAG, SCORE, WAVE, amount, count
from crqlab.base.contracts.schema import Column, Contract

_NOTEBOOK = "40_construct"
_ENDS = {
    "low": amount("lower end of its interval"),
    "high": amount("upper end of its interval"),
}
_UNIT = Column("text", "what n counts", options=("respondents", "accounts"))

EVIDENCE = Contract(
    "evidence",
    _NOTEBOOK,
    ("criterion", "about", "measure"),
    {
        "criterion": Column("text", "kind of evidence, as a code"),
        "about": Column("text", "construct, pair, model or grouping, as a code"),
        "label": Column("text", "what readers call the construct or pair", True),
        "question": Column("text", "what the number answers, as a code"),
        "measure": Column("text", "which number, as a code"),
        "estimate": amount("the number"),
        **_ENDS,
        "cutoff": amount("what the cautious end of the interval must reach"),
        "side": Column(
            "text",
            "on which side of the cutoff is good",
            options=("at_least", "at_most", "as_planned"),
        ),
        "verdict": Column(
            "text",
            "what follows",
            options=("meets", "borderline", "misses", "unknown"),
        ),
        "source": Column("text", "who set the cutoff"),
        "n": count("units behind the number"),
        "unit": _UNIT,
        "flag": FLAG,
    },
)
RIVALS = Contract(
    "rivals",
    _NOTEBOOK,
    ("model",),
    {
        "model": Column(
            "text",
            "which",
            options=("first_order", "second_order", "one_factor", "instrument", "parts"),
        ),
        "chi2": amount("chi-square, scaled by account", 0),
        "df": amount("degrees of freedom", 0),
        "p": amount("p value of exact fit", 0, 1),
        "cfi": amount("comparative fit index"),
        "tli": amount("Tucker-Lewis index"),
        "rmsea": amount("root mean square error of approximation", 0),
        "rmsea_low": amount("lower end of its 90 % interval", 0),
        "rmsea_high": amount("upper end of its 90 % interval", 0),
        "srmr": amount("standardised root mean square residual", 0),
        "aic": amount("Akaike's criterion"),
        "bic": amount("Schwarz's criterion"),
        "n": count("respondents with all items"),
        "flag": FLAG,
    },
)
LOADINGS = Contract(
    "loadings",
    _NOTEBOOK,
    ("order", "construct", "item"),
    {
        "construct": Column("text", "what the item loads on"),
        "label": Column("text", "what readers call it"),
        "item": Column("text", "item, or construct on CRQ"),
        "order": count("1 for items, 2 for constructs on CRQ"),
        "model": Column(
            "text",
            "which it was measured in",
            options=("first_order", "second_order", "instrument", "parts"),
        ),
        "loading": amount("standardised loading"),
        **_ENDS,
        "flag": FLAG,
    },
)
LADDERS = Contract(
    "ladders",
    _NOTEBOOK,
    ("grouping", "step"),
    {
        "grouping": Column("text", "what the groups are told apart by"),
        "step": Column("text", "step of invariance"),
        "cfi": amount("comparative fit index"),
        "rmsea": amount("root mean square error of approximation", 0),
        "delta_cfi": amount("change of CFI from the step before"),
        "delta_rmsea": amount("change of RMSEA from the step before"),
        "freed": Column("text", "what a partial step leaves free, as codes", True),
        "holds": Column("yes", "whether CFI fell by no more than 0.01"),
        "groups": count("groups compared"),
        "flag": FLAG,
    },
)
HEAD_TO_HEAD = Contract(
    "head_to_head",
    _NOTEBOOK,
    ("measure", "score"),
    {
        "question": Column("text", "what the number answers, as a code"),
        "measure": Column("text", "which number, as a code"),
        "score": Column("text", "whose", options=("crq", "nps", "both")),
        "estimate": amount("the number"),
        **_ENDS,
        "n": count("accounts behind it"),
        "unit": _UNIT,
        "flag": FLAG,
    },
)
DISAGREEMENTS = Contract(
    "disagreements",
    _NOTEBOOK,
    ("client_id", "wave", "account_id"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "account_id": ACCOUNT,
        "n": count("respondents with a CRQ score"),
        "crq": amount(f"mean CRQ {SCORE}"),
        "nps": amount("NPS", -100, 100),
        "crq_rank": amount("share of accounts with a CRQ no higher", 0, 1),
        "nps_rank": amount("share of accounts with an NPS no higher", 0, 1),
        "kind": Column(
            "text",
            "which score is good and which poor",
            options=("promoters_poor_crq", "detractors_good_crq"),
        ),
    },
)
SENSITIVITY = Contract(
    "sensitivity",
    _NOTEBOOK,
    ("choice",),
    {
        "choice": Column("text", "what was done differently, as a code"),
        "crq": amount(f"mean CRQ {SCORE}"),
        **_ENDS,
        "sd": amount(f"standard deviation of the scores {SCORE}", 0),
        "with_ltr": amount("correlation with LTR", -1, 1),
        "rank_correlation": amount("of clients with the order as kept (Spearman)", -1, 1),
        "clients": count("clients ranked"),
        "farthest": Column("text", "client that moves most", True),
        "places": amount("by how many places", 0),
        "n": count("scores behind the mean"),
        "unit": _UNIT,
        "flag": FLAG,
    },
)
TABLES = (EVIDENCE, RIVALS, LOADINGS, LADDERS, HEAD_TO_HEAD, DISAGREEMENTS, SENSITIVITY)
