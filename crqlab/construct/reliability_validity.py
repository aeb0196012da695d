"""Whether the items of a construct belong together, and the people of an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from math import nan

import numpy as np
import pandas as pd
from scipy.stats import t

from crqlab.base.contracts.cautions import code
from crqlab.construct.cutoffs import Asked, Cutoff, of_estimate, row, tried
from crqlab.construct.dimensionality import MEASURING, NOT_APART, model_of
from crqlab.construct.evidence_data import EvidenceData, centred
from crqlab.stats.agreement import icc1, icc2, rwg_j
from crqlab.stats.estimate import Estimate
from crqlab.stats.factors.result import CfaFit
from crqlab.stats.reliability import omega, omega_hierarchical
from crqlab.stats.validity import ave, composite_reliability

OMEGA = Cutoff(0.70, 0.60, "Nunnally & Bernstein 1994")
AVE = Cutoff(0.50, 0.40, "Fornell & Larcker 1981")
CR = Cutoff(0.70, 0.60, "Fornell & Larcker 1981")
GENERAL = Cutoff(0.75, 0.50, "Reise, Bonifay & Haviland 2013")
ICC1 = Cutoff(0.10, 0.05, "LeBreton & Senter 2008")
ICC2 = Cutoff(0.70, 0.50, "LeBreton & Senter 2008")
RWG = Cutoff(0.70, 0.50, "LeBreton & Senter 2008")
ONE_ITEM = "one_item"


def reliability(data: EvidenceData) -> list[dict]:
    """Omega of every construct of the instrument, accounts resampled."""
    rows = []
    for name, items in data.every.items():
        label = data.label(name)
        found = ONE_ITEM if len(items) < 2 else tried(lambda i=items: _omega(data, i))
        asks = code("answers_repeat", construct=label)
        asked = Asked("reliability", name, asks, "omega", OMEGA, label)
        rows.append(of_estimate(asked, found))
    return rows


def _omega(data: EvidenceData, items: list[str]) -> Estimate:
    return omega(data.rows[items], accounts=data.account, level=data.level)


def convergent(data: EvidenceData, models: Mapping[str, CfaFit | str]) -> list[dict]:
    """AVE and composite reliability of every construct with several items."""
    names = [name for name, items in data.every.items() if len(items) > 1]
    if not names:
        asked = Asked("convergent", "crq", "items_show", "ave", AVE)
        return [row(asked, nan, flag=ONE_ITEM)]
    rows = []
    for measure, cutoff, find, asks in (
        ("ave", AVE, ave, "items_show_construct"),
        ("composite_reliability", CR, composite_reliability, "items_measure_construct"),
    ):
        found = {
            model: find(fit, level=data.level).set_index("construct")
            for model, fit in models.items()
            if model in MEASURING and not isinstance(fit, str)
        }
        for name in names:
            label, model = data.label(name), model_of(data, models, name)
            question = code(asks, construct=label)
            asked = Asked("convergent", name, question, measure, cutoff, label)
            if model not in found:
                rows.append(row(asked, nan, flag=models.get(model, NOT_APART)))
                continue
            one = found[model].loc[name]
            facts = {"n": models[model].fit["n"], "flag": one["flag"]}
            rows.append(row(asked, one[measure], one["low"], one["high"], **facts))
    return rows


def general(data: EvidenceData, second: CfaFit | str) -> list[dict]:
    """May the constructs be added up: share of the sum that CRQ itself explains."""
    found = second
    if not isinstance(second, str):
        found = tried(lambda: omega_hierarchical(second, level=data.level))
    asked = Asked("one_score", "crq", "may_be_added_up", "omega_hierarchical", GENERAL)
    return [of_estimate(asked, found)]


def agreement(data: EvidenceData) -> list[dict]:
    """ICC(1), ICC(2) and r_wg(J) of CRQ in each client's last wave."""
    rows = data.rows[data.latest & data.rows["crq"].notna()]
    values = centred(rows["crq"], data)
    groups = data.account.loc[rows.index]
    options = asdict(data.sampling)
    found = {
        ("accounts_differ", "icc1", ICC1): tried(lambda: icc1(values, groups, **options)),
        ("accounts_told_apart", "icc2", ICC2): tried(lambda: icc2(values, groups, **options)),
        ("people_agree", "rwg_j", RWG): tried(lambda: _shared(data, rows)),
    }
    return [of_estimate(Asked("agreement", "crq", *asked), one) for asked, one in found.items()]


def _shared(data: EvidenceData, rows: pd.DataFrame) -> Estimate | str:
    """Mean r_wg(J) over accounts with two voices or more, and its Student interval."""
    names = list(data.model)
    points = data.instrument.scale.points
    table = rwg_j(rows[names], data.account.loc[rows.index], points=points)
    values = table["rwg_j"].dropna().to_numpy()
    if not len(values):
        return "no_account_with_two_answers"
    half = nan
    if len(values) > 1:
        error = values.std(ddof=1) / np.sqrt(len(values))
        half = t.isf((1 - data.level) / 2, len(values) - 1) * error
    mean = float(values.mean())
    ends = (mean - half, min(mean + half, 1.0) if half == half else nan)
    method = "mean over accounts, Student"
    return Estimate("r_wg(J)", mean, *ends, data.level, len(values), "accounts", method)
