"""What other choices would have changed: flagged answers, weights, who is averaged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.codebook import Codebook
from crqlab.base.contracts.cautions import OK
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.base.waves import latest
from crqlab.construct.criterion_validity import pearson
from crqlab.construct.cutoffs import tried
from crqlab.stats.defaults import FEW_PAIRS, LEVEL
from crqlab.stats.estimate import check_level
from crqlab.stats.influence import half_width
from crqlab.stats.items import correlated
from crqlab.stats.reliability.one_factor import one_factor
from crqlab.stats.survey_weights import has_weight, weight_of

KEPT, OF_ACCOUNTS, SURVEYED = "as_kept", "mean_of_account_means", "by_survey_weights"


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity(Result):
    """The same questions answered under other choices.

    Attributes
    ----------
    table : DataFrame, one row per choice
        ``choice`` (a code), ``crq`` (mean, scale points), ``low``, ``high``, ``sd`` (of the
        scores), ``with_ltr`` (correlation), ``rank_correlation`` (Spearman, of clients in
        their latest wave, with the ranking as kept), ``clients``, ``farthest`` (client that
        moves most), ``places``, ``n`` scores, ``unit``, ``flag``.
    weights : Series
        Weight of each construct when CRQ is a factor score; sums to 1.
    level : float
    """

    table: pd.DataFrame
    weights: pd.Series
    level: float

    def __str__(self) -> str:
        if not self.table["n"].any():
            return "Nobody has a CRQ score, so there is nothing to score otherwise"
        others = self.table[self.table["choice"] != KEPT]
        kept = self.table.set_index("choice").loc[KEPT, "crq"]
        move = (others["crq"] - kept).abs().max()
        least = others["rank_correlation"].min()
        told = f"; the order of clients correlates {least:.2f} or more with that as kept"
        ranks = "" if np.isnan(least) else told
        return f"Under {len(others)} other choices the mean CRQ moves by {move:.2f} at most{ranks}"


def sensitivity(
    respondents: pd.DataFrame,
    codebook: Codebook,
    *,
    everybody: pd.DataFrame | None = None,
    quality: pd.DataFrame | None = None,
    level: float = LEVEL,
) -> Sensitivity:
    """Score again under other choices, and compare means and the order of clients.

    Parameters
    ----------
    respondents : DataFrame
        Table ``respondents``: as kept, equal weights. Where it has survey weights, means, spread
        and the correlation with LTR by these are another choice.
    codebook : Codebook
    everybody : DataFrame, optional
        Table ``respondents`` of all responses, the excluded ones too.
    quality : DataFrame, optional
        Table ``quality``: with it, also without anybody flagged, excluded or not.
    level : float
        Coverage of intervals, in (0, 1).

    Returns
    -------
    Sensitivity

        Where nobody has a CRQ score, one row that says so in ``flag``.

    References
    ----------
    Thurstone (1935), The Vectors of Mind: weights of a factor score, loading over residual.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.construct.sensitivity(study.read("respondents"), study.codebook))
    Under ... other choices the mean CRQ moves...
    """
    check_level(level)
    kept = respondents[respondents["crq"].notna()].reset_index(drop=True)
    if kept.empty:
        return Sensitivity(_nobody(), pd.Series(dtype=float), level)
    weights = tried(lambda: factor_weights(kept[list(codebook.instrument.crq.constructs)]))
    choices = _choices(kept, everybody, quality)
    if not isinstance(weights, str):
        choices["factor_score_weights"] = kept.assign(crq=_weighted(kept, weights))
    choices[OF_ACCOUNTS] = _by_account(kept)
    base = _clients(kept)
    rows = [_row(name, scores, base, level) for name, scores in choices.items()]
    rows += [_surveyed(kept, base, level)] if has_weight(kept).any() else []
    none = pd.Series(dtype=float)
    return Sensitivity(pd.DataFrame(rows), none if isinstance(weights, str) else weights, level)


def _nobody() -> pd.DataFrame:
    means = dict.fromkeys(("crq", "low", "high", "sd", "with_ltr"), np.nan)
    ranks = _moved(pd.Series(dtype=float), pd.Series(dtype=float))
    row = {"choice": KEPT, **means, **ranks, "n": 0, "unit": "respondents", "flag": "no_crq_score"}
    return pd.DataFrame([row])


def _choices(
    kept: pd.DataFrame, everybody: pd.DataFrame | None, quality: pd.DataFrame | None
) -> dict[str, pd.DataFrame]:
    choices = {KEPT: kept}
    if everybody is not None:
        choices["with_excluded_responses"] = everybody[everybody["crq"].notna()]
    if quality is not None:
        flagged = kept["response_id"].isin(quality["response_id"])
        if 0 < flagged.sum() < len(kept):
            choices["without_flagged_responses"] = kept[~flagged]
    return {name: rows.reset_index(drop=True) for name, rows in choices.items()}


def factor_weights(constructs: pd.DataFrame) -> pd.Series:
    """Weights of a regression factor score over construct means, summing to 1.

    Parameters
    ----------
    constructs : DataFrame, one column per construct
        Means in scale points; incomplete rows are left out.

    Raises
    ------
    EstimateError
        Fewer than three constructs, or no proper one-factor model.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> crq = rng.normal(size=(5000, 1))
    >>> means = pd.DataFrame(crq + rng.normal(size=(5000, 3)) * [1, 1, 2], columns=list("abc"))
    >>> factor_weights(means).round(1).tolist()
    [0.4, 0.5, 0.1]
    """
    values = constructs.dropna().to_numpy(float)
    if values.shape[1] < 3 or len(values) <= values.shape[1]:
        raise EstimateError("Factor weights need three constructs and more respondents than that.")
    covariance = np.cov(values, rowvar=False)
    fit = one_factor(correlated(covariance))
    if not fit.converged or (fit.residuals <= 0).any():
        raise EstimateError("The one-factor model of the constructs is improper; no weights.")
    weight = fit.loadings / fit.residuals / np.sqrt(np.diag(covariance))
    return pd.Series(weight / weight.sum(), index=constructs.columns)


def _weighted(rows: pd.DataFrame, weights: Mapping) -> NDArray:
    """Weighted mean over the constructs that a respondent has."""
    values = rows[list(weights.index)].to_numpy(float)
    there = ~np.isnan(values)
    return np.nansum(values * weights.to_numpy(), axis=1) / (there @ weights.to_numpy())


def _by_account(rows: pd.DataFrame) -> pd.DataFrame:
    keys = ["client_id", "wave", "account_id"]
    return rows.groupby(keys, as_index=False)[["crq", "ltr"]].mean()


def _clients(rows: pd.DataFrame) -> pd.Series:
    """Mean CRQ of each client in its latest wave."""
    return rows[latest(rows)].groupby("client_id")["crq"].mean()


def _row(name: str, rows: pd.DataFrame, base: pd.Series, level: float) -> dict:
    codes = rows.groupby(["client_id", "account_id"]).ngroup().to_numpy()
    crq = rows["crq"].to_numpy(float)
    mean, alone = crq.mean(), codes.max() < 1
    half = np.nan if alone else float(half_width(crq - mean, codes, level))
    both = rows.dropna(subset=["crq", "ltr"])
    found = tried(lambda: pearson(both["crq"].to_numpy(), both["ltr"].to_numpy())[1])
    return {
        "choice": name,
        "crq": mean,
        "low": mean - half,
        "high": mean + half,
        "sd": crq.std(ddof=1) if len(crq) > 1 else np.nan,
        "with_ltr": np.nan if isinstance(found, str) else found,
        **_moved(_clients(rows), base),
        "n": len(rows),
        "unit": "accounts" if name == OF_ACCOUNTS else "respondents",
        "flag": "one_account" if alone else OK,
    }


def _surveyed(rows: pd.DataFrame, base: pd.Series, level: float) -> dict:
    """The same with every answer counting by its survey weight, in each client's wave mean 1."""
    weight, crq = weight_of(rows), rows["crq"].to_numpy(float)
    mean = float(np.average(crq, weights=weight))
    codes = rows.groupby(["client_id", "account_id"]).ngroup().to_numpy()
    alone = codes.max() < 1
    moves = weight * (crq - mean) / weight.mean()
    half = np.nan if alone else float(half_width(moves, codes, level))
    both = rows[["crq", "ltr"]].notna().all(axis=1).to_numpy()
    spread = np.cov(rows.loc[both, ["crq", "ltr"]].T, aweights=weight[both])
    sums = pd.DataFrame({"client": rows["client_id"], "crq": weight * crq, "weight": weight})
    sums = sums[latest(rows)].groupby("client").sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        with_ltr = spread[0, 1] / np.sqrt(spread[0, 0] * spread[1, 1])
    return {
        "choice": SURVEYED,
        "crq": mean,
        "low": mean - half,
        "high": mean + half,
        "sd": float(np.sqrt(np.cov(crq, aweights=weight))) if len(crq) > 1 else np.nan,
        "with_ltr": with_ltr,
        **_moved(sums["crq"] / sums["weight"], base),
        "n": len(rows),
        "unit": "respondents",
        "flag": "one_account" if alone else OK,
    }


def _moved(scores: pd.Series, base: pd.Series) -> dict:
    """How far the order of clients differs from the order as kept."""
    both = pd.DataFrame({"now": scores, "then": base}).dropna().round(9)
    ranks = both.rank(ascending=False)
    if len(ranks) < FEW_PAIRS:
        known = {"rank_correlation": np.nan, "farthest": None, "places": np.nan}
        return {**known, "clients": len(ranks)}
    gap = (ranks["now"] - ranks["then"]).abs()
    r = float(np.clip(ranks["now"].corr(ranks["then"]), -1, 1))
    moved = gap.max() > 0
    return {
        "rank_correlation": r,
        "farthest": gap.idxmax() if moved else None,
        "places": float(gap.max()),
        "clients": len(ranks),
    }
