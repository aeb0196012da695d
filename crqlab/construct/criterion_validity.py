"""Whether CRQ goes with what it should: recommending, promoters, contracts renewed."""

from __future__ import annotations

from math import nan

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError
from crqlab.base.standards import FEW_ANSWERS
from crqlab.construct.cutoffs import Asked, Cutoff, of_estimate, tried
from crqlab.construct.evidence_data import EvidenceData
from crqlab.stats.defaults import FEW_PAIRS, LEVEL
from crqlab.stats.estimate import Estimate
from crqlab.stats.influence import half_width, spread
from crqlab.stats.polyserial import polyserial

CORRELATION = Cutoff(0.50, 0.30, "Cohen 1988")
EFFECT = Cutoff(0.80, 0.50, "Cohen 1988")
RENEWED = Cutoff(0.50, 0.20, "Cohen 1988")
PROMOTER, DETRACTOR = 9, 6
NO_LTR = "no_ltr_answers"


def criterion(data: EvidenceData) -> list[dict]:
    """Rows on CRQ and LTR, person by person and account by account."""
    rows = data.rows[data.rows["crq"].notna() & data.rows["ltr"].notna()]
    person, account = NO_LTR, NO_LTR
    if len(rows):
        groups = data.account.loc[rows.index]
        person = tried(lambda: _person(rows, groups, data.level))
        account = tried(lambda: _account(data, rows))
    found = {
        ("person", "people_recommend", "polyserial_correlation"): person,
        ("account", "accounts_recommend", "correlation"): account,
    }
    return [of_estimate(Asked("criterion", *asks, CORRELATION), one) for asks, one in found.items()]


def _person(rows: pd.DataFrame, groups: pd.Series, level: float) -> Estimate:
    """Polyserial correlation; its interval stretched by what accounts do to Pearson's."""
    found = polyserial(rows["crq"], rows["ltr"], level=level)
    influence, _ = pearson(rows["crq"].to_numpy(), rows["ltr"].to_numpy())
    codes = pd.factorize(groups)[0]
    if codes.max() < 1 or np.isnan(found.low):
        return found
    stretch = spread(influence, codes) / spread(influence, np.arange(len(rows)))
    z = np.arctanh([found.low, found.value, found.high])
    low, _, high = np.tanh(z[1] + stretch * (z - z[1]))
    unit = (int(codes.max()) + 1, "accounts")
    method = f"{found.method}, stretched by account"
    return Estimate(found.name, found.value, low, high, level, *unit, method, found.notes)


def _account(data: EvidenceData, rows: pd.DataFrame) -> Estimate:
    """Pearson correlation of account means in each client's last wave."""
    rows = rows[data.latest.loc[rows.index]]
    means = rows.groupby(data.account.loc[rows.index])[["crq", "ltr"]].agg(["mean", "size"])
    many = means[means[("crq", "size")] >= FEW_ANSWERS]
    if len(many) < 4:
        raise EstimateError(
            f"{len(many)} accounts have {FEW_ANSWERS} answers or more; a correlation needs four. "
            "Pool waves or clients.",
            caution=code("few_accounts_answered", n=len(many), answers=FEW_ANSWERS, minimum=4),
        )
    return correlation(many[("crq", "mean")], many[("ltr", "mean")], level=data.level)


def pearson(x: NDArray, y: NDArray) -> tuple[NDArray, float]:
    """Influence of each case on Pearson's correlation, and the correlation.

    Examples
    --------
    >>> influence, r = pearson(np.array([1.0, 2, 3, 4]), np.array([1.0, 3, 2, 4]))
    >>> float(round(r, 2)), bool(abs(influence.sum()) < 1e-12)
    (0.8, True)
    """
    if len(x) < FEW_PAIRS or np.ptp(x) == 0 or np.ptp(y) == 0:
        few = len(x) < FEW_PAIRS
        raise EstimateError(
            f"{len(x)} pairs of scores, or scores that are all the same; a correlation needs "
            "three and variance.",
            caution=code("few_pairs", n=len(x), minimum=FEW_PAIRS) if few else "no_variance",
        )
    zx, zy = ((v - v.mean()) / v.std() for v in (x, y))
    r = float((zx * zy).mean())
    return zx * zy - r / 2 * (zx**2 + zy**2), r


def correlation(
    x: pd.Series, y: pd.Series, *, accounts: pd.Series | None = None, level: float = LEVEL
) -> Estimate:
    """Pearson's correlation; interval on Fisher's z, without normality, summed by account.

    Examples
    --------
    >>> x = pd.Series([1.0, 2, 3, 4, 5, 6])
    >>> found = correlation(x, x**2)
    >>> round(found.value, 2), found.n, found.unit
    (0.98, 6, 'accounts')
    """
    codes = np.arange(len(x)) if accounts is None else pd.factorize(accounts)[0]
    influence, r = pearson(x.to_numpy(float), y.to_numpy(float))
    low = high = nan
    n = int(codes.max()) + 1
    if n > 1 and abs(r) < 1:
        half = half_width(influence, codes, level) / (1 - r**2)
        low, high = (float(np.tanh(np.arctanh(r) + side * half)) for side in (-1, 1))
    return Estimate("correlation", r, low, high, level, n, "accounts", "Fisher's z, robust")


def effect(values: NDArray, upper: NDArray, accounts: NDArray, *, level: float) -> Estimate:
    """Cohen's d of the upper group against the others; interval without normality, by account.

    Parameters
    ----------
    values : array
        Scores in any unit.
    upper : array of bool
        Who is in the upper group.
    accounts : array of int
        The account of each value, from 0 without gaps.
    level : float

    Returns
    -------
    Estimate
        In pooled standard deviations.

    Raises
    ------
    EstimateError
        Fewer than two values in a group, or no variance inside groups.

    References
    ----------
    Cohen (1988), Statistical Power Analysis, section 2.5.

    Examples
    --------
    >>> values, upper = np.array([1.0, 2, 3, 3, 4, 5]), np.arange(6) > 2
    >>> round(effect(values, upper, np.arange(6), level=0.95).value, 6)
    2.0
    """
    n = np.array([(~upper).sum(), upper.sum()])
    if n.min() < 2:
        raise EstimateError(
            f"The groups have {n[0]} and {n[1]} members; a difference needs two.",
            caution=code("few_in_a_group", lower=int(n[0]), upper=int(n[1])),
        )
    means = np.array([values[~upper].mean(), values[upper].mean()])
    gap = values - means[upper.astype(int)]
    pooled = np.sqrt((gap**2).sum() / (n.sum() - 2))
    if pooled == 0:
        raise EstimateError(
            "Nobody differs inside the groups; an effect size needs variance.",
            caution="no_variance_inside_groups",
        )
    d = float((means[1] - means[0]) / pooled)
    weight = np.where(upper, len(values) / n[1], -len(values) / n[0])
    influence = weight * gap / pooled - d / 2 * (gap**2 / (gap**2).mean() - 1)
    half = float(half_width(influence, accounts, level)) if accounts.max() > 0 else nan
    count = int(accounts.max()) + 1
    return Estimate("d", d, d - half, d + half, level, count, "accounts", "Cohen 1988; robust")


def known_groups(data: EvidenceData, outcomes: pd.DataFrame | None) -> list[dict]:
    """Rows on promoters against detractors, and on renewed against churned accounts."""
    rows = data.rows[data.rows["crq"].notna()]
    extreme = rows[(rows["ltr"] >= PROMOTER) | (rows["ltr"] <= DETRACTOR)]
    codes = pd.factorize(data.account.loc[extreme.index])[0]
    upper = extreme["ltr"].to_numpy() >= PROMOTER
    crq = extreme["crq"].to_numpy()
    promoters = NO_LTR
    if len(extreme):
        promoters = tried(lambda: effect(crq, upper, codes, level=data.level))
    kept = tried(lambda: _renewed(data, rows, outcomes))
    group, measure = "known_groups", "cohens_d"
    return [
        of_estimate(Asked(group, "promoters", "promoters_higher", measure, EFFECT), promoters),
        of_estimate(Asked(group, "renewed", "renewed_higher", measure, RENEWED), kept),
    ]


def _renewed(
    data: EvidenceData, rows: pd.DataFrame, outcomes: pd.DataFrame | None
) -> Estimate | str:
    """Last account CRQ before the contract was due, by what came of the contract."""
    if outcomes is None or outcomes.empty:
        return "no_outcomes_known"
    means = rows.groupby(["client_id", "account_id", "wave"], as_index=False).agg(
        crq=("crq", "mean"), heard=("started", "max")
    )
    decided = outcomes[outcomes["outcome"].isin(["renewed", "churned"])]
    pairs = decided.merge(means, on=["client_id", "account_id"])
    pairs = pairs[pairs["heard"] < pairs["due_on"]].sort_values("heard")
    last = pairs.drop_duplicates(["client_id", "account_id", "due_on"], keep="last")
    if last.empty:
        return "no_outcome_after_answer"
    codes = last.groupby(["client_id", "account_id"]).ngroup().to_numpy()
    upper = (last["outcome"] == "renewed").to_numpy()
    return effect(last["crq"].to_numpy(), upper, codes, level=data.level)
