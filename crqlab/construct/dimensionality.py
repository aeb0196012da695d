"""How many things the answers measure: dimensions, rival models, one common factor."""

from __future__ import annotations

from math import nan

import pandas as pd

from crqlab.base.contracts.cautions import code, joined
from crqlab.construct.cutoffs import Asked, Cutoff, row, tried
from crqlab.construct.evidence_data import NO_SEVERAL, EvidenceData
from crqlab.stats.factors import cfa
from crqlab.stats.factors.parallel_analysis import ParallelAnalysis, parallel
from crqlab.stats.factors.result import CfaFit

CFI = Cutoff(0.95, 0.90, "Hu & Bentler 1999")
RMSEA = Cutoff(0.06, 0.08, "Hu & Bentler 1999; Browne & Cudeck 1993", most=True)
SRMR = Cutoff(0.08, 0.10, "Hu & Bentler 1999", most=True)
HARMAN = Cutoff(0.50, 0.60, "Podsakoff et al. 2003", most=True)
HALO = Cutoff(0.01, 0.0, "Cheung & Rensvold 2002")
INDICES = {"cfi": CFI, "rmsea": RMSEA, "srmr": SRMR}
NAMES = ("first_order", "second_order", "one_factor")
QUESTIONS = {"first_order": "fall_into_constructs", "second_order": "crq_behind_constructs"}
DRAWS = 100
FEW = code("few_constructs", minimum=3)
FIT = ["chi2", "df", "p", "cfi", "tli", "rmsea", "rmsea_low", "rmsea_high", "srmr", "aic", "bic"]


def rivals(data: EvidenceData) -> dict[str, CfaFit | str]:
    """Fit the first-order, second-order and one-factor models, respondents by account.

    Constructs of one item are left out. What cannot be fitted says why.
    """
    model = data.several
    items = [item for members in model.values() for item in members]
    if not items:
        return dict.fromkeys(NAMES, NO_SEVERAL)

    def fitted(model: dict, **options) -> CfaFit | str:
        return tried(lambda: cfa(data.answers, model, **options))

    cluster = {"estimator": "mlr"}
    if 1 < data.account.nunique() < len(data.account):
        cluster["cluster"] = "account"
    first = fitted(model, **cluster)
    one = first if len(model) < 2 else fitted({"crq": items}, **cluster)
    second = FEW if len(model) < 3 else fitted(model, second_order="crq", **cluster)
    return {"first_order": first, "second_order": second, "one_factor": one}


def fits(found: dict[str, CfaFit | str]) -> pd.DataFrame:
    """Lay out the rivals with their indices; robust ones where there are any."""
    rows = []
    for name, fit in found.items():
        known = {} if isinstance(fit, str) else {key: float(value(fit, key)) for key in FIT}
        n = 0 if isinstance(fit, str) else int(fit.fit["n"])
        flag = fit if isinstance(fit, str) else fit.flag
        empty = dict.fromkeys(FIT, nan)
        rows.append({"model": name, **empty, **known, "n": n, "flag": flag})
    return pd.DataFrame(rows)


def value(fit: CfaFit, key: str) -> float:
    """Return an index of a fit, its robust version where there is one.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> trust = rng.normal(size=(300, 1)) + rng.normal(size=(300, 4))
    >>> fit = cfa(pd.DataFrame(trust, columns=list("abcd")), {"trust": list("abcd")})
    >>> bool(value(fit, "cfi") == fit.fit["cfi"])
    True
    """
    robust = {"chi2": "chi2_scaled", "p": "p_scaled", "cfi": "cfi_robust", "tli": "tli_robust"}
    robust |= {name: name.replace("rmsea", "rmsea_robust") for name in FIT if "rmsea" in name}
    return fit.fit.get(robust.get(key, key), fit.fit[key])


def fit_rows(table: pd.DataFrame) -> list[dict]:
    """Rows on how well the planned models fit."""
    rows = []
    for name, question in QUESTIONS.items():
        fit = table.set_index("model").loc[name]
        for measure, cutoff in INDICES.items():
            ends = (fit["rmsea_low"], fit["rmsea_high"]) if measure == "rmsea" else (nan, nan)
            facts = {"n": fit["n"], "flag": fit["flag"]}
            asked = Asked("fit", name, question, measure, cutoff)
            rows.append(row(asked, fit[measure], *ends, **facts))
    return rows


def method_rows(data: EvidenceData, table: pd.DataFrame, found: ParallelAnalysis | str):
    """Rows on whether one common factor, a halo or a habit, explains all."""
    fit = table.set_index("model")
    gain = fit.loc["first_order", "cfi"] - fit.loc["one_factor", "cfi"]
    alone = len(data.several) < 2
    flag = fit.loc["first_order", "flag"] if fit.loc["first_order", "n"] == 0 else "ok"
    share = nan if isinstance(found, str) else found.table["eigenvalue"].iloc[0] / len(found.table)
    return [
        row(
            Asked("method", "one_factor", "constructs_told_apart", "cfi_gain", HALO),
            nan if alone else gain,
            n=fit.loc["first_order", "n"],
            flag="one_construct" if alone else flag,
        ),
        row(
            Asked("method", "first_component", "one_habit_of_answering", "variance_share", HARMAN),
            share,
            n=0 if isinstance(found, str) else found.n,
            flag=found if isinstance(found, str) else "rough_check",
        ),
    ]


def dimensions(data: EvidenceData) -> ParallelAnalysis | str:
    """Count the dimensions by parallel analysis over all items of CRQ."""
    items = data.rows[data.items]
    return tried(lambda: parallel(items, draws=DRAWS, seed=data.seed))


def dimension_row(data: EvidenceData, found: ParallelAnalysis | str) -> dict:
    """Row on as many dimensions as constructs; parts of constructs may count on their own."""
    asked = data.instrument
    least = len(data.model)
    most = sum(len(asked.constructs[name].parts) or 1 for name in data.model)
    question = code("as_many_as_planned", planned=least)
    if least < most:
        question = code("as_many_as_planned_in_span", least=least, most=most)
    cutoff = Cutoff(least, least - 1, "Horn 1965; Glorfeld 1995")
    asks = Asked("dimensions", "crq", question, "common_factors", cutoff)
    if isinstance(found, str):
        return row(asks, nan, flag=found)
    off = max(least - found.factors, found.factors - most, 0)
    verdict = "meets" if off == 0 else "borderline" if off == 1 else "misses"
    facts = {"n": found.n, "flag": joined(found.notes), "verdict": verdict}
    return row(asks, found.factors, **facts)
