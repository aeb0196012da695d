"""From people to accounts: means, how sure they are, and whether the people agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm, t

from crqlab.base.codebook import Codebook
from crqlab.base.contracts import contract
from crqlab.base.contracts.cautions import code, column
from crqlab.base.instrument import Instrument
from crqlab.base.standards import FEW_ANSWERS
from crqlab.scores.account_variance import Spread, spread_of
from crqlab.scores.rollups import (
    Layout,
    laid_out,
    least_senior,
    ratio,
    role_weights,
    scale_ends,
    senior_weights,
)
from crqlab.scores.wave_changes import verdicts
from crqlab.stats import agreement, nps
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import check_level
from crqlab.stats.multiplicity import q_values
from crqlab.stats.shrinkage import ALIKE, shrunken
from crqlab.stats.survey_weights import weight_of

AGREE = 0.70  # LeBreton & Senter 2008: below, a mean hides more than it says


def accounts(
    respondents: pd.DataFrame, codebook: Codebook, *, level: float = LEVEL
) -> pd.DataFrame:
    """Score every account of every client and wave.

    ``crq`` is the plain mean of the respondents, weighted where they have survey weights; for every
    variance an account's answers then count as so many equal ones as they are worth
    (``n_effective``), while ``promoters`` and the like stay counts of people. Its interval pools
    the variance inside the accounts of the client's wave. ``shrunken`` draws it towards the
    client's grand mean (the mean of account means, each weighted by its precision) by ICC(1) of the
    client's wave: rank by it, show both. Where a client's wave is too small for a variance of its
    own, that of all clients of the wave, pooled inside clients, stands in, and ``flag`` says so.
    ``change`` is the shrunken score less that of the client's wave before; its interval adds the
    squares of both scores' distances to their ends, as of two independent estimates. Its verdict is
    higher or lower where that survives all accounts of the client's wave (``change_q``).

    Parameters
    ----------
    respondents : DataFrame
        Table ``respondents``.
    codebook : Codebook
        Instrument, and weights of roles; a role without weight counts 1.
    level : float
        Coverage of all intervals, in (0, 1).

    Returns
    -------
    DataFrame, one row per client, wave and account, sorted
        Table ``account_scores``. Means in scale points, ``nps`` in points from -100 to 100,
        ``rwg_j`` over the CRQ constructs. ``flag`` holds the codes of all cautions:
        ``few_answers`` (below 3), ``people_disagree`` (r_wg(J) below .70), ``senior_differs``
        (the gap of the most senior role to the others exceeds its interval),
        ``least_senior_alone`` (nobody of another role answered), and what was borrowed.

    Raises
    ------
    EstimateError
        No respondents, or a level that is no share.

    References
    ----------
    Bliese (2000), in Klein & Kozlowski, Multilevel Theory, 349-381: ICC(1) and its weight.
    Kish (1965), Survey Sampling, section 11.2: the effective number.
    Rocks (2016), The American Statistician 70, 365-372: interval of the NPS.
    LeBreton & Senter (2008), Organizational Research Methods 11, 815-852: the .70.
    Zou & Donner (2008), Statistics in Medicine 27, 1693-1702: interval of a difference.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> scores = crq.scores.accounts(study.read("respondents"), study.codebook)
    >>> "shrunken" in scores
    True
    """
    check_level(level)
    layout = laid_out(respondents, codebook.instrument)
    spread = spread_of(layout)
    ends = np.array([scale_ends(codebook.instrument)[name] for name in layout.measures]).T
    means = np.clip(ratio(*layout.sums()), *ends)  # weights may round a mean beyond its scale
    count = layout.counts().astype("int64")
    crq, n = means[:, layout.at("crq")], layout.effective()[:, layout.at("crq")]
    drawn = _shrunken(crq, n, spread, codebook.instrument, level)
    parts = [
        layout.accounts.assign(n=count[:, layout.at("crq")], n_effective=n),
        pd.DataFrame({"n_ltr": count[:, layout.at("mean_ltr")], "crq": crq}),
        _interval(crq, n, spread, codebook.instrument, level),
        drawn,
        _changed(layout, drawn, level),
        _views(layout, codebook),
        pd.DataFrame(means, columns=list(layout.measures)).drop(columns=["crq", "nps"]),
        _promoters(layout, level),
        _inside(layout, codebook.instrument, spread, level),
    ]
    table = pd.concat(parts, axis=1)
    alone = least_senior(layout, codebook.roles)
    return table.assign(flag=_flags(table, spread, *alone))[
        list(contract("account_scores").for_instrument(codebook.instrument))
    ]


def _interval(
    crq: NDArray, n: NDArray, spread: Spread, asked: Instrument, level: float
) -> pd.DataFrame:
    """Student's t on the pooled variance inside accounts, cut at the ends of the scale."""
    half = _quantile(spread, level) * np.sqrt(ratio(spread.noise, n))
    ends = {"low": crq - half, "high": crq + half}
    return pd.DataFrame(ends).clip(asked.scale.low, asked.scale.high)


def _quantile(spread: Spread, level: float) -> NDArray:
    freedom = np.where(spread.freedom > 0, spread.freedom, np.nan)
    return t.isf((1 - level) / 2, freedom)


def _shrunken(
    crq: NDArray, n: NDArray, spread: Spread, asked: Instrument, level: float
) -> pd.DataFrame:
    found = shrunken(
        pd.Series(crq),
        pd.Series(n),
        icc1=spread.icc1,
        grand_mean=spread.grand_mean,
        within_variance=spread.within,
        grand_se=spread.grand_se,
        between_se=spread.between_se,
        n_accounts=spread.n_accounts,
        level=level,
    )
    ends = found[["value", "low", "high"]].clip(asked.scale.low, asked.scale.high)
    ends.columns = ["shrunken", "shrunken_low", "shrunken_high"]
    return ends.assign(weight=found["weight"], alike=(found["flag"] == ALIKE))


def _changed(layout: Layout, drawn: pd.DataFrame, level: float) -> pd.DataFrame:
    """Difference to the account's score of its client's wave before: two independent estimates.

    A client's accounts are one family: where none of them has moved, anything is said of any of
    them in at most 1 - level of the waves.
    """
    account = layout.accounts["account_id"]
    now, past = (
        pd.MultiIndex.from_arrays([block, account])
        for block in (layout.block, layout.before[layout.block])
    )
    ends = drawn[["shrunken", "shrunken_low", "shrunken_high"]]
    row = now.get_indexer(past)
    was = ends.to_numpy()[row]
    was[row < 0] = np.nan
    value, low, high = (ends[name].to_numpy() for name in ends)
    change = value - was[:, 0]
    down = np.hypot(value - low, was[:, 2] - was[:, 0])
    up = np.hypot(high - value, was[:, 0] - was[:, 1])
    q = q_values(_tested(change, np.where(change > 0, down, up), level), pd.Series(layout.block))
    said = verdicts(pd.Series(change).where(q.notna()), q, q, level)
    parts = {"change": change, "change_low": change - down, "change_high": change + up}
    return pd.DataFrame({**parts, "change_q": q, "change_verdict": said})


def _tested(change: NDArray, towards: NDArray, level: float) -> pd.Series:
    """Two-sided p of no change: 1 - level where the end that is nearer to 0 lies on it."""
    return pd.Series(2 * norm.sf(norm.isf((1 - level) / 2) * ratio(np.abs(change), towards)))


def _views(layout: Layout, codebook: Codebook) -> pd.DataFrame:
    """CRQ when roles, familiarity or rank decide who counts."""
    weights = {
        "crq_role": role_weights(layout.rows, codebook.roles),
        "crq_confidence": layout.rows["confidence"].to_numpy(float),
        "crq_senior": senior_weights(layout),
    }
    at = layout.at("crq")
    views = {name: ratio(*layout.sums(weight))[:, at] for name, weight in weights.items()}
    return pd.DataFrame(views)


def _promoters(layout: Layout, level: float) -> pd.DataFrame:
    counts = nps.counts(layout.rows["ltr"], layout.account).reset_index(drop=True)
    equal = nps.counts(layout.rows["ltr"], layout.account, weights=weight_of(layout.rows))
    scores = nps.adjusted_wald(*equal.to_numpy().T, level=level)
    scores = scores.rename(columns={"low": "nps_low", "high": "nps_high"})
    return counts.astype("int64").join(scores[["nps", "nps_low", "nps_high"]])


def _inside(layout: Layout, asked: Instrument, spread: Spread, level: float) -> pd.DataFrame:
    """Dispersion inside an account: SD, r_wg(J), and the most senior role against the rest."""
    at = layout.at("crq")
    values = layout.scores[:, at : at + 1]
    total, whole = (sums[:, at : at + 1] for sums in layout.sums())
    weight = layout.weights()[:, at : at + 1]
    deviation = weight * np.nan_to_num(values - ratio(total, whole)[layout.account]) ** 2
    several = layout.counts()[:, at : at + 1] > 1
    freedom = np.where(several, whole - ratio(layout.add(weight**2), whole), 0)
    sd = np.sqrt(ratio(layout.add(deviation), freedom))[:, 0]
    senior = senior_weights(layout)[:, at : at + 1]
    others = _ranked(layout) - senior
    top, rest = (ratio(*layout.sums(who))[:, at] for who in (senior, others))
    once = np.ones(len(top))
    doubt = [ratio(once, layout.effective(who)[:, at]) for who in (senior, others)]
    gap, error = top - rest, np.sqrt(spread.noise * sum(doubt))
    return pd.DataFrame(
        {
            "sd": sd,
            "rwg_j": agreed(layout, asked),
            "role_gap": gap,
            "apart": np.abs(gap) > _quantile(spread, level) * error,
        }
    )


def _ranked(layout: Layout) -> NDArray:
    return layout.rows["seniority"].notna().to_numpy(float)[:, None]


def agreed(layout: Layout, asked: Instrument) -> NDArray:
    """Return r_wg(J) of every account over the CRQ constructs of its scored respondents."""
    scored = layout.rows["crq"].notna()
    items = layout.rows[list(asked.crq.constructs)].astype(float).where(scored, np.nan)
    found = agreement.rwg_j(items, pd.Series(layout.account), points=asked.scale.points)
    return found.set_index("group")["rwg_j"].reindex(np.arange(len(layout.starts))).to_numpy()


def _flags(table: pd.DataFrame, spread: Spread, alone: NDArray, least: str) -> NDArray:
    n, low, shrunken = (table[name] for name in ("n", "low", "shrunken"))
    return column(
        len(table),
        (n == 0, "no_crq_score"),
        ((n > 0) & (n < FEW_ANSWERS), code("few_answers", minimum=FEW_ANSWERS)),
        (table["rwg_j"] < AGREE, "people_disagree"),
        (table["apart"], "senior_differs"),
        (alone & (n > 0), least),
        (low.isna() & (n > 0), "interval_unknown"),
        (spread.noise_borrowed & low.notna(), "variance_of_wave"),
        (spread.icc_borrowed & shrunken.notna(), "icc_of_wave"),
        (shrunken.isna() & (n > 0), "not_shrunken"),
        (table["alike"], "grand_mean_shown"),
    )
