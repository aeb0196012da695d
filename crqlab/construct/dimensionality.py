"""How many things the answers measure: dimensions, rival models, one common factor."""

from __future__ import annotations

from collections.abc import Mapping
from math import nan

import pandas as pd

from crqlab.base.contracts.cautions import code, has, joined
from crqlab.construct.cutoffs import UNKNOWN, Asked, Cutoff, row, tried
from crqlab.construct.evidence_data import NO_SEVERAL, EvidenceData, items_of
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
MEASURING = ("first_order", "instrument", "parts")
#: Caution about a construct whose items are those of other constructs.
NOT_APART = "items_in_other_constructs"
QUESTIONS = {
    "first_order": "fall_into_constructs",
    "second_order": "crq_behind_constructs",
    "instrument": "fall_into_all_constructs",
    "parts": "fall_into_parts",
}
DRAWS = 100
TESTABLE = 4  # constructs; with three a factor above them fits as they do, whatever it is
FEW = code("few_constructs", minimum=3)
SAME = "equivalent_to_first_order"
HORN = Cutoff(nan, nan, "Horn 1965; Glorfeld 1995")
AS_PLANNED = "as_planned"
FIT = ["chi2", "df", "p", "cfi", "tli", "rmsea", "rmsea_low", "rmsea_high", "srmr", "aic", "bic"]


def rivals(data: EvidenceData) -> dict[str, CfaFit | str]:
    """Fit the first-order, second-order and one-factor models of CRQ, respondents by account.

    And that of all constructs of the instrument, and that of the parts of constructs, where
    there are more than those of CRQ. Constructs of one item are left out. What cannot be fitted
    says why.
    """
    model, whole = data.several, data.whole

    def fitted(model: dict, **options) -> CfaFit | str:
        if not model:
            return NO_SEVERAL
        return tried(lambda: cfa(data.answers, model, estimator="mlr", **options))

    cluster = {}
    if 1 < data.account.nunique() < len(data.account):
        cluster["cluster"] = "account"
    first = fitted(model, **cluster)
    one = first if len(model) < 2 else fitted({"crq": items_of(model)}, **cluster)
    second = fitted(model, second_order="crq", **cluster) if len(model) > 2 else FEW
    found = {
        "first_order": first,
        "second_order": second if model else NO_SEVERAL,
        "one_factor": one,
    }
    beside = {"instrument": whole if len(whole) > len(model) else {}, "parts": data.all_parts}
    return found | {name: fitted(of, **cluster) for name, of in beside.items() if of}


def model_of(data: EvidenceData, models: Mapping[str, CfaFit | str], name: str) -> str:
    """Return which model measures a construct; ``""`` where its items are other constructs'."""
    for model, of in zip(MEASURING, (data.several, data.whole, data.all_parts), strict=True):
        if name in of and model in models:
            return model
    return ""


def fits(found: dict[str, CfaFit | str]) -> pd.DataFrame:
    """Lay out the rivals with their indices; robust ones where there are any."""
    rows = []
    for name, fit in found.items():
        known = {} if isinstance(fit, str) else {key: float(value(fit, key)) for key in FIT}
        n = 0 if isinstance(fit, str) else int(fit.fit["n"])
        flag = fit if isinstance(fit, str) else fit.flag
        if n and 0 < (fit.loadings["order"] == 2).sum() < TESTABLE:
            flag = joined([flag, SAME])
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
    models = table.set_index("model")
    for name, question in QUESTIONS.items():
        if name not in models.index:
            continue
        fit = models.loc[name]
        for measure, cutoff in INDICES.items():
            ends = (fit["rmsea_low"], fit["rmsea_high"]) if measure == "rmsea" else (nan, nan)
            facts = {"n": fit["n"], "flag": fit["flag"]}
            facts |= {"verdict": UNKNOWN} if has(fit["flag"], SAME) else {}
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


def dimensions(data: EvidenceData) -> dict[str, ParallelAnalysis | str]:
    """Count the dimensions by parallel analysis: over all items of CRQ, and of the instrument."""
    models = {"crq": data.several, "instrument": data.whole}
    if len(data.whole) == len(data.several):
        del models["instrument"]
    options = {"draws": DRAWS, "seed": data.sampling.seed}
    return {
        about: tried(lambda m=model: parallel(data.rows[items_of(m)], **options))
        for about, model in models.items()
    }


def dimension_rows(data: EvidenceData, found: Mapping[str, ParallelAnalysis | str]) -> list[dict]:
    """Rows on as many dimensions as constructs of several items, no more and no fewer.

    Parts of constructs may count on their own.
    """
    planned = {"crq": data.several, "instrument": data.whole}
    return [_dimension_row(data, about, planned[about], one) for about, one in found.items()]


def _dimension_row(
    data: EvidenceData, about: str, model: Mapping, found: ParallelAnalysis | str
) -> dict:
    least = len(model)
    most = sum(len(data.parts.get(name, {})) or 1 for name in model)
    question = code("as_many_as_planned", planned=least)
    if least < most:
        question = code("as_many_as_planned_in_span", least=least, most=most)
    asks = Asked("dimensions", about, question, "common_factors", HORN)
    if isinstance(found, str):
        return row(asks, nan, flag=found) | {"cutoff": float(least), "side": AS_PLANNED}
    nearest = min(max(found.factors, least), most)
    verdict = ("meets", "borderline", "misses")[min(abs(found.factors - nearest), 2)]
    told = row(asks, found.factors, n=found.n, flag=joined(found.notes), verdict=verdict)
    return told | {"cutoff": float(nearest), "side": AS_PLANNED}
