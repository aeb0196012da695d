"""Who competes to foretell renewals, and which covariates each of them may look at."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from crqlab.renewal.covariates import chosen, varying
from crqlab.stats.defaults import FEW_EVENTS

BASE, TENURE, NPS, LTR, CRQ = "base rate", "tenure", "NPS", "mean LTR", "CRQ"
BOND, BOTH, EVERYTHING = "trust + commitment", "NPS + CRQ", "everything"
PENALISED, BOOSTED = "everything, penalised", "everything, boosted trees"
FACTS = ("silent", "tenure", "prior_churn", "earlier_renewals", "revenue", "lead", "industry")
SPREAD = ("crq_before", "sd", "role_gap")
#: Events that a covariate needs before it may enter.


def contestants(X: pd.DataFrame, parts: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Return what each contestant looks at, the plainest first.

    Silence is known to everybody who counts answers, so all scores have it beside them. A
    contestant without anything to look at, as NPS where LTR was not asked, does not compete.

    Parameters
    ----------
    X : DataFrame
        From `covariates`.
    parts : mapping of part to construct

    Returns
    -------
    dict of name to DataFrame
        Rows of ``X``; no column for the base rate.
    """
    bond = [part for part in ("trust", "commitment") if part in parts]
    own = {
        TENURE: ["tenure"],
        NPS: ["nps"],
        LTR: ["mean_ltr"],
        CRQ: ["crq"],
        BOND: bond,
        BOTH: ["nps", "crq"],
        EVERYTHING: [*parts, "crq", "nps", "mean_ltr", *SPREAD, "mean_ltr_before", *FACTS],
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


def explanatory(X: pd.DataFrame, parts: Mapping[str, str]) -> pd.DataFrame:
    """Return the terms whose effects are told: CRQ only where its constructs are not.

    CRQ is made of trust, commitment and satisfaction; beside them its effect has no meaning.
    """
    scores = list(parts) if {"trust", "commitment"} & set(parts) else ["crq", *parts]
    return chosen(X, [*scores, "nps", *SPREAD, *FACTS])


def affordable(X: pd.DataFrame, parts: Mapping[str, str], events: int) -> tuple[pd.DataFrame, str]:
    """Return the most terms that the events can carry, and in words what was left out.

    Parameters
    ----------
    X : DataFrame
    parts : mapping of part to construct
    events : int
        The rarer of renewals and churns.

    Returns
    -------
    DataFrame and str
        Terms, and ``"ok"`` or the caution.
    """
    bond = [part for part in ("trust", "commitment") if part in parts]
    ladder = [
        explanatory(X, parts),
        chosen(X, [*bond, "nps", "silent", "tenure", "prior_churn"]),
        chosen(X, [*bond, "silent"] if bond else ["crq", "silent"]),
        chosen(X, ["crq", "silent"]),
    ]
    for place, terms in enumerate(ladder):
        if events >= FEW_EVENTS * terms.shape[1]:
            said = "ok" if place == 0 else _cut(events, terms)
            return terms, said
    return ladder[-1], f"{events} events: fewer than {FEW_EVENTS} per covariate"


def _cut(events: int, terms: pd.DataFrame) -> str:
    return f"{events} events carry no more than {', '.join(terms)}; other covariates left out"
