"""The contracts of what station 3 hands over: scores of people, accounts and clients."""

from __future__ import annotations

from crqlab.base.contracts.columns import (
    ACCOUNT,
    CLIENT,
    DIMENSIONS,
    FLAG,
    INTERVAL,
    LEVEL,
    LTR,
    SCORE,
    WAVE,
    amount,
    count,
    later,
)
from crqlab.base.contracts.group_scores import TABLES as GROUPED
from crqlab.base.contracts.schema import Column, Contract
from crqlab.base.instrument import Instrument

_NOTEBOOK = "30_scores"


_MEASURE = Column("text", "crq, nps, mean_ltr, uniqueness or a construct")


EFFECTIVE = later("equally weighted respondents that would say as much (Kish)", 0)


def _constructs(asked: Instrument) -> dict[str, Column]:
    low, high = asked.scale.low, asked.scale.high
    return {
        name: Column("number", f"mean of {construct.label} (scale points)", True, low, high)
        for name, construct in asked.constructs.items()
    }


RESPONDENTS = Contract(
    "respondents",
    _NOTEBOOK,
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
        "weight": later("survey weight, mean 1 in the client's wave; empty where it has none", 0),
    },
    _constructs,
)
ACCOUNT_SCORES = Contract(
    "account_scores",
    _NOTEBOOK,
    ("client_id", "wave", "account_id"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "account_id": ACCOUNT,
        "n": count("respondents with a CRQ score"),
        "n_effective": EFFECTIVE,
        "n_ltr": count("respondents who answered LTR"),
        "crq": amount(f"mean CRQ of the respondents {SCORE}"),
        "low": amount("lower end of the interval of crq"),
        "high": amount("upper end of the interval of crq"),
        "shrunken": amount("crq drawn towards the client's mean by its uncertainty"),
        "shrunken_low": amount("lower end of the interval of shrunken"),
        "shrunken_high": amount("upper end of the interval of shrunken"),
        "weight": amount("share of the account's own answers in shrunken", 0, 1),
        "change": amount("shrunken minus that of the client's wave before"),
        "change_low": amount("lower end of the interval of change"),
        "change_high": amount("upper end of the interval of change"),
        "change_q": amount("p of no change, controlled over the client's accounts", 0, 1),
        "change_verdict": Column(
            "text",
            "higher or lower where change_q is below 1 - level; unknown where the change is",
            options=("higher", "lower", "no_clear_change", "unknown"),
        ),
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
    _NOTEBOOK,
    ("client_id", "wave", "measure", "roll_up", "method"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "measure": _MEASURE,
        "roll_up": Column(
            "text",
            "how answers become one number",
            options=(
                "respondents",
                "unweighted",
                "accounts",
                "revenue",
                "role",
                "confidence",
                "senior",
            ),
        ),
        **INTERVAL,
        "n_respondents": count("respondents behind the number"),
        "n_effective": EFFECTIVE,
        "n_accounts": count("accounts behind the number"),
        "method": Column("text", "how the interval was made, as a code"),
        "flag": FLAG,
    },
)
AGREEMENT = Contract(
    "agreement",
    _NOTEBOOK,
    ("client_id", "wave", "measure", "statistic"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "measure": Column("text", "crq or a construct"),
        "statistic": Column("text", "which", options=("icc1", "icc2", "rwg_j")),
        **INTERVAL,
        "n_respondents": count("respondents behind the number"),
        "n_accounts": count("accounts behind the number"),
        "method": Column("text", "how number and interval were made, as a code"),
        "flag": FLAG,
    },
)
CHANGES = Contract(
    "changes",
    _NOTEBOOK,
    ("client_id", "wave", "measure", "part"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "from_wave": WAVE,
        "measure": _MEASURE,
        "part": Column(
            "text",
            "the whole change, or the share of it that comes from these accounts",
            options=("all", "same", "joiners", "leavers"),
        ),
        **INTERVAL,
        "p": amount("two-sided p value of no change", 0, 1),
        "q": amount(
            "the same among all that is asked of the client's wave (false discovery)", 0, 1
        ),
        "effect": later("the change in standard deviations of people's answers within waves"),
        "effect_low": later("lower end of its interval, that deviation taken as known"),
        "effect_high": later("upper end of its interval, that deviation taken as known"),
        "verdict": Column(
            "text",
            "higher or lower where q is below 1 - level; unknown where the change is",
            options=("higher", "lower", "no_clear_change", "unknown"),
        ),
        "n_accounts": count("accounts of that part"),
        "n_respondents": count("respondents of that part"),
        "method": Column("text", "how the interval was made, as a code"),
        "flag": FLAG,
    },
)
ROLLING_SCORES = Contract(
    "rolling_scores",
    _NOTEBOOK,
    ("client_id", "wave", "measure"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "measure": _MEASURE,
        **INTERVAL,
        "n": count("people who answered in the wave"),
        "n_people": count("answers of the client's waves of the last year, this one's included"),
        "n_accounts": count("accounts of the client, whose mean the value is"),
        "n_heard": count("those of them that were heard in the wave"),
        "n_recent": count("those of them whose last invitation is not overdue, and was answered"),
        "year_mean": later("plain mean of the answers of the last every_months, no model"),
        "year_low": later("lower end of its interval"),
        "year_high": later("upper end of its interval"),
        "n_year": later("people whose answers these are", 0),
        "year_least": later("fewest of them in one of the waves that are taken together", 0),
        "flag": FLAG,
    },
)
ROLLING_CHANGES = Contract(
    "rolling_changes",
    _NOTEBOOK,
    ("client_id", "wave", "from_wave", "measure"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "from_wave": Column("text", "the client's wave before, or the one a year before"),
        "measure": _MEASURE,
        **INTERVAL,
        "p": amount("two-sided p value of no change", 0, 1),
        "q": amount("the same among all measures of this comparison (false discovery)", 0, 1),
        "verdict": Column(
            "text",
            "higher or lower where q is below 1 - level; unknown where the change is",
            options=("higher", "lower", "no_clear_change", "unknown"),
        ),
        "n_accounts": count("accounts of the client in the wave"),
        "flag": FLAG,
    },
)
MANAGER_SCORES = Contract(
    "manager_scores",
    _NOTEBOOK,
    ("client_id", "wave", "account_manager"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "account_manager": Column(
            "text", "who looks after the accounts; empty for those of nobody", True
        ),
        **INTERVAL,
        "n_accounts": count("accounts with a shrunken score, whose mean is the value"),
        "n_respondents": count("respondents of these accounts"),
        "method": Column("text", "how the interval was made, as a code"),
        "flag": FLAG,
    },
)
BREAKDOWN_SCORES = Contract(
    "breakdown_scores",
    _NOTEBOOK,
    ("client_id", "wave", "dimension", "group"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "dimension": Column("text", "what answers are sorted by", options=("all", *DIMENSIONS)),
        "group": Column("text", "unit, country or product; empty where it is not known", True),
        "promoters": count("LTR 9-10"),
        "passives": count("LTR 7-8"),
        "detractors": count("LTR 0-6"),
        "nps": amount("NPS", -100, 100),
        "nps_low": amount("lower end of the interval of nps", -100, 100),
        "nps_high": amount("upper end of the interval of nps", -100, 100),
        "difference": later("nps minus that of all other answers of the dimension", -200, 200),
        "difference_low": later("lower end of the interval of difference", -200, 200),
        "difference_high": later("upper end of the interval of difference", -200, 200),
        "p": later("two-sided p value of no difference", 0, 1),
        "q": later("the same among the groups of the dimension (false discovery)", 0, 1),
        "effect": later("difference in standard deviations of answers"),
        "level": LEVEL,
        "n_respondents": count("respondents who answered LTR"),
        "n_effective": EFFECTIVE,
        "n_accounts": count("accounts of these respondents"),
        "method": Column("text", "how the interval was made, as a code"),
        "flag": FLAG,
    },
)
ACCOUNT_MODEL = Contract(
    "account_model",
    _NOTEBOOK,
    ("wave",),
    {
        "wave": Column("text", "the model as this wave knew it: of the waves up to it"),
        "source": Column(
            "text",
            "whose answers it was estimated from; none where accounts are too few",
            options=("study", "release", "none"),
        ),
        "n_clients": count("clients behind it"),
        "n_accounts": count("accounts behind it"),
        "n_answers": count("responses behind it"),
        "n_waves": count("waves behind it"),
        "document": Column("text", "all its numbers, as JSON (crqlab.stats.account_model)", True),
        "flag": FLAG,
    },
)
#: Measures that every instrument may have, and their units.
_EXPECTED = {
    "crq": f"CRQ {SCORE}",
    "uniqueness": f"uniqueness {SCORE}",
    "mean_ltr": "mean LTR",
    "nps": "NPS",
}


def _expected(measure: str, says: str) -> dict[str, Column]:
    """What the account model expects of one measure, in both views."""
    return {
        f"{measure}_n": count("people who answered it"),
        measure: amount(f"{says}, as the account model expects it of all its people"),
        f"{measure}_sd": amount("standard error of that", 0),
        f"{measure}_then": amount(f"{says}, as expected given the waves up to this one"),
        f"{measure}_sd_then": amount("standard error of that", 0),
    }


def _expected_constructs(asked: Instrument) -> dict[str, Column]:
    each = (_expected(n, f"{one.label} (scale points)") for n, one in asked.constructs.items())
    return {name: column for columns in each for name, column in columns.items()}


ACCOUNT_POSTERIOR = Contract(
    "account_posterior",
    _NOTEBOOK,
    ("client_id", "wave", "account_id"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "account_id": ACCOUNT,
        "n": count("people who answered anything"),
        "flag": FLAG,
        **{n: c for one in _EXPECTED.items() for n, c in _expected(*one).items()},
    },
    _expected_constructs,
)
TABLES = (
    RESPONDENTS,
    ACCOUNT_SCORES,
    CLIENT_SCORES,
    MANAGER_SCORES,
    AGREEMENT,
    CHANGES,
    ROLLING_SCORES,
    ROLLING_CHANGES,
    BREAKDOWN_SCORES,
    *GROUPED,
    ACCOUNT_MODEL,
    ACCOUNT_POSTERIOR,
)
