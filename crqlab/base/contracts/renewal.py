"""The contracts of what station 5 hands over: renewals, who foretells them, revenue at risk."""

from __future__ import annotations

from crqlab.base.contracts.columns import ACCOUNT, CLIENT, FLAG, LEVEL, SCORE, WAVE, amount, count
from crqlab.base.contracts.schema import Column, Contract

_NOTEBOOK = "50_renewal"
_ENDS = {
    "low": amount("lower end of its interval"),
    "high": amount("upper end of its interval"),
}
_OUTCOME = Column("text", "what came of it", options=("renewed", "churned", "open"))
_SHARE = (0, 1)

OPPORTUNITIES = Contract(
    "opportunities",
    _NOTEBOOK,
    ("client_id", "account_id", "due_on"),
    {
        "client_id": CLIENT,
        "account_id": ACCOUNT,
        "due_on": Column("date", "when the contract was due for renewal"),
        "outcome": _OUTCOME,
        "decided": Column("date", "when that was known; the due date where it is open"),
        "wave": WAVE,
        "cutoff": Column("date", "last day of the wave's fieldwork: nothing later was used"),
        "lead": amount("months from cut-off to decision", 0),
        "silent": amount("1 where the account was asked and nobody answered", 0, 1),
        "n": count("respondents with a CRQ score"),
        "trust": amount(f"trust {SCORE}"),
        "commitment": amount(f"affective commitment {SCORE}"),
        "calculative_commitment": amount(f"calculative commitment {SCORE}"),
        "satisfaction": amount(f"satisfaction {SCORE}"),
        "crq": amount(f"mean CRQ {SCORE}"),
        "nps": amount("NPS", -100, 100),
        "mean_ltr": amount("mean LTR", 0, 10),
        "crq_before": amount(f"mean CRQ of the client's previous wave {SCORE}"),
        "mean_ltr_before": amount("mean LTR of the client's previous wave", 0, 10),
        "trust_change": amount("change of trust since that wave"),
        "commitment_change": amount("change of affective commitment since that wave"),
        "calculative_commitment_change": amount("change of calculative commitment since that wave"),
        "satisfaction_change": amount("change of satisfaction since that wave"),
        "crq_change": amount("change of CRQ since that wave"),
        "nps_change": amount("change of NPS since that wave"),
        "mean_ltr_change": amount("change of mean LTR since that wave"),
        "sd": amount(f"standard deviation of CRQ among the respondents {SCORE}", 0),
        "role_gap": amount(f"most senior role minus all others {SCORE}"),
        "tenure": amount("years as a customer at the cut-off", 0),
        "prior_churn": amount("1 where the account had churned before, and come back", 0, 1),
        "earlier_renewals": amount("renewals on record before the cut-off", 0),
        "revenue": amount("yearly revenue that was up for renewal (currency units)", 0),
        "industry": Column("text", "the account's industry"),
        "flag": FLAG,
    },
)
REFUSED = Contract(
    "refused",
    _NOTEBOOK,
    ("client_id", "account_id", "due_on"),
    {
        "client_id": CLIENT,
        "account_id": ACCOUNT,
        "due_on": Column("date", "when the contract was due for renewal"),
        "outcome": _OUTCOME,
        "decided_on": Column("date", "when that was known", True),
        "reason": Column("text", "why no survey can foretell it, as a code"),
    },
)
EFFECTS = Contract(
    "effects",
    _NOTEBOOK,
    ("model", "term"),
    {
        "model": Column("text", "which", options=("logit", "cloglog", "random intercept", "cox")),
        "term": Column("text", "the covariate; empty where the model could not be fitted"),
        "tells": Column("text", "what the ratio is of", options=("renewal_odds", "churn_hazard")),
        "step": amount("change of the covariate that the ratio is told for"),
        "estimate": amount("effect of one unit on the model's own scale"),
        "se": amount("its standard error", 0),
        **_ENDS,
        "p": amount("p value of no effect", *_SHARE),
        "ratio": amount("what the step multiplies the odds or the hazard with", 0),
        "ratio_low": amount("lower end of its interval", 0),
        "ratio_high": amount("upper end of its interval", 0),
        "at_average": amount("chance of renewal where all is average", *_SHARE),
        "with_step": amount("the same after the step", *_SHARE),
        "n": count("decided contracts"),
        "events": count("those of them that churned"),
        "n_clusters": count("clients or accounts that the errors stand on"),
        "flag": FLAG,
    },
)
MEDIATION = Contract(
    "mediation",
    _NOTEBOOK,
    ("effect",),
    {
        "effect": Column("text", "which path or effect of trust on renewal"),
        "estimate": amount("the effect"),
        **_ENDS,
        "unit": Column("text", "its unit, as a code"),
        "n": count("decided contracts"),
        "n_accounts": count("accounts resampled"),
        "flag": FLAG,
    },
)
RETENTION = Contract(
    "retention",
    _NOTEBOOK,
    ("band", "years"),
    {
        "band": Column("text", "third of the scores", options=("low", "middle", "high", "silent")),
        "years": amount("years since the survey", 0),
        "staying": amount("share of the accounts that are still customers", *_SHARE),
        **_ENDS,
        "n_at_risk": count("accounts still followed"),
        "n_churned": count("accounts that churned so far"),
        "flag": FLAG,
    },
)
CONTEST = Contract(
    "contest",
    _NOTEBOOK,
    ("candidate", "measure"),
    {
        "candidate": Column("text", "what was looked at to foretell churn, as a code"),
        "measure": Column("text", "how good it was, by which measure, as a code"),
        "estimate": amount("the measure"),
        **_ENDS,
        "n": count("units behind the number"),
        "unit": Column("text", "what n counts"),
        "method": Column("text", "how the interval was made, as a code"),
        "flag": FLAG,
    },
)
PAIRS = Contract(
    "contest_pairs",
    _NOTEBOOK,
    ("first", "second", "measure"),
    {
        "first": Column("text", "the candidate that should know more"),
        "second": Column("text", "the one it is held against"),
        "measure": Column("text", "what was compared"),
        "estimate": amount("first minus second; chi-square for a likelihood ratio"),
        **_ENDS,
        "p": amount("p value of no difference", *_SHARE),
        "n": count("units behind the number"),
        "unit": Column("text", "what n counts"),
        "method": Column("text", "how the interval was made, as a code"),
        "flag": FLAG,
    },
)
OUTLOOK = Contract(
    "outlook",
    _NOTEBOOK,
    ("client_id", "account_id"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "account_id": ACCOUNT,
        "due_on": Column("date", "when the contract is next due", True),
        "p_renew": amount("chance that it will be renewed", *_SHARE),
        "p_low": amount("lower end of its interval (error of the model)", *_SHARE),
        "p_high": amount("upper end of its interval (error of the model)", *_SHARE),
        "revenue": amount("yearly revenue up for renewal (currency units)", 0),
        "expected_loss": amount("(1 - p_renew) x revenue", 0),
        "expected_low": amount("lower end of its interval (error of the model)", 0),
        "expected_high": amount("upper end of its interval (error of the model)", 0),
        "loss_low": amount("least that may be lost (error of the model and chance)", 0),
        "loss_high": amount("most that may be lost (error of the model and chance)", 0),
        "silent": Column("yes", "asked, and nobody answered"),
        "reason": Column("text", "what lowers the chance most, or raises it, as codes"),
        "flag": FLAG,
    },
)
AT_RISK = Contract(
    "revenue_at_risk",
    _NOTEBOOK,
    ("scope", "client_id"),
    {
        "scope": Column("text", "of one client or of all", options=("client", "panel")),
        "client_id": Column("text", "the client; empty for the panel"),
        "revenue": amount("yearly revenue of the accounts (currency units)", 0),
        "expected_loss": amount("what is expected to be lost of it", 0),
        "loss_low": amount("lower end of its interval (error of the model and chance)", 0),
        "loss_high": amount("upper end of its interval (error of the model and chance)", 0),
        "share": amount("expected loss over revenue", *_SHARE),
        "share_low": amount("lower end of its interval", *_SHARE),
        "share_high": amount("upper end of its interval", *_SHARE),
        "silent_loss": amount("expected loss with silent accounts", 0),
        "top_share": amount("share of it with the three accounts of the greatest", *_SHARE),
        "n_accounts": count("accounts"),
        "n_silent": count("silent ones among them"),
        "level": LEVEL,
        "flag": FLAG,
    },
)
CARD = Contract(
    "model_card",
    _NOTEBOOK,
    ("place",),
    {
        "place": count("order of the lines, from 1"),
        "topic": Column("text", "what the line is about, as a code"),
        "says": Column("text", "what is to be known before a number is used, as codes"),
    },
)
TABLES = (
    OPPORTUNITIES,
    REFUSED,
    EFFECTS,
    MEDIATION,
    RETENTION,
    CONTEST,
    PAIRS,
    OUTLOOK,
    AT_RISK,
    CARD,
)
