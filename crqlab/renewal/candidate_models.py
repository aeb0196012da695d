"""Who competes to foretell renewals, and which covariates each of them may look at."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from crqlab.base.contracts.cautions import OK, code
from crqlab.renewal.covariates import chosen, varying
from crqlab.stats.defaults import FEW_EVENTS

BASE, TENURE, NPS, LTR, CRQ = "base_rate", "tenure", "nps", "mean_ltr", "crq"
TRUST_AND_COMMITMENT, BOTH, EVERYTHING = "trust_and_commitment", "nps_and_crq", "everything"
PENALISED, BOOSTED = "everything_penalised", "everything_boosted"
FACTS = ("silent", "tenure", "prior_churn", "earlier_renewals", "revenue", "lead", "industry",
         "contacts_stayed", "deciders_left")  # fmt: skip
SPREAD = ("crq_before", "sd", "role_gap")


def candidates(X: pd.DataFrame, constructs: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Return what each candidate looks at, the plainest first.

    Silence is known to everybody who counts answers, so all scores have it beside them. A
    candidate without anything to look at, as NPS where LTR was not asked, does not compete.

    Parameters
    ----------
    X : DataFrame
        From `covariates`.
    constructs : mapping of concept to construct

    Returns
    -------
    dict of name to DataFrame
        Rows of ``X``; no column for the base rate.
    """
    bond = [concept for concept in ("trust", "commitment") if concept in constructs]
    own = {
        TENURE: ["tenure"],
        NPS: ["nps"],
        LTR: ["mean_ltr"],
        CRQ: ["crq"],
        TRUST_AND_COMMITMENT: bond,
        BOTH: ["nps", "crq"],
        EVERYTHING: [*constructs, "crq", "nps", "mean_ltr", *SPREAD, "mean_ltr_before", *FACTS],
    }
    varied = set(varying(X))
    found = {BASE: X[[]]}
    for name, names in own.items():
        seen = [term for term in names if term in varied]
        if not seen or (name == BOTH and len(seen) < 2):
            continue
        quiet = [] if name in (TENURE, EVERYTHING) else ["silent"]
        found[name] = chosen(X, [*names, *quiet])
    return found


def explanatory(X: pd.DataFrame, constructs: Mapping[str, str]) -> pd.DataFrame:
    """Return the terms whose effects are told: CRQ only where its constructs are not.

    CRQ is made of trust, commitment and satisfaction; beside them its effect has no meaning.
    """
    scores = list(constructs) if {"trust", "commitment"} & set(constructs) else ["crq", *constructs]
    return chosen(X, [*scores, "nps", *SPREAD, *FACTS])


def affordable(
    X: pd.DataFrame, constructs: Mapping[str, str], events: int
) -> tuple[pd.DataFrame, str]:
    """Return the most terms that the events can carry, and the caution if not all.

    Parameters
    ----------
    X : DataFrame
    constructs : mapping of concept to construct
    events : int
        The rarer of renewals and churns.

    Returns
    -------
    DataFrame and str
        Terms, and ``"ok"`` or the caution's code.
    """
    bond = [concept for concept in ("trust", "commitment") if concept in constructs]
    ladder = [
        explanatory(X, constructs),
        chosen(X, [*bond, "nps", "silent", "tenure", "prior_churn"]),
        chosen(X, [*bond, "silent"] if bond else ["crq", "silent"]),
        chosen(X, ["crq", "silent"]),
    ]
    for place, terms in enumerate(ladder):
        if events >= FEW_EVENTS * terms.shape[1]:
            cut = code("covariates_left_out", events=events, kept=", ".join(terms))
            return terms, cut if place else OK
    return ladder[-1], code("few_events_per_covariate", events=events, minimum=FEW_EVENTS)


def spelled(name: str) -> str:
    """Name a candidate in a sentence for the terminal.

    Examples
    --------
    >>> spelled(BOTH), spelled(EVERYTHING)
    ('NPS and CRQ', 'everything')
    """
    short = ("nps", "crq", "ltr")
    return " ".join(word.upper() if word in short else word for word in name.split("_"))
