"""The mapping of fit indices of one solution, plain and robust."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.factors import indices
from crqlab.stats.factors.information import crossed
from crqlab.stats.factors.model import Model
from crqlab.stats.factors.normal import curvature, misfit
from crqlab.stats.factors.robust import (
    Fitted,
    fourth,
    gap_corrected,
    satorra_bentler,
    yuan_bentler,
)
from crqlab.stats.factors.sample import Sample


def evaluate(
    model: Model,
    state: Fitted,
    groups: Sequence[Sample],
    moments: Sequence[tuple[NDArray, NDArray]],
    value: float,
    estimator: str,
    gaps: bool,
) -> tuple[dict[str, float], list[NDArray] | None]:
    """Fit indices of a solution, and the meat of its sandwich.

    T = 2 N (F - F1) with F1 the misfit of the unrestricted moments; the baseline leaves items
    uncorrelated; AIC = 2 N F + 2 q and BIC = 2 N F + q log N for q free parameters.

    Parameters
    ----------
    model : Model
    state : Fitted
    groups : sequence of Sample
    moments : sequence of (array, array)
        Unrestricted covariance and mean, by group.
    value : float
        Mean minus log likelihood of a respondent.
    estimator : str
    gaps : bool
        Whether the likelihood was that of incomplete answers.

    Returns
    -------
    (dict, list of array or None)
    """
    plain = estimator == "ml" and not gaps
    null = _independence(model, groups, gaps or estimator == "mlr", slopes=not plain)
    fit = _plain(model, state, null, groups, moments, value)
    if plain:
        return fit, None
    shape = {"n": fit["n"], "n_groups": len(groups)}
    meat, c, null_c = _scaling(model, state, null, groups, moments, estimator)
    if estimator != "ml":
        fit |= _scaled(fit, c, null_c, shape)
    corrected = (fit["chi2"], fit["baseline_chi2"], c, null_c)
    if gaps:
        corrected = _without_gaps(state, null, groups, moments, estimator == "ml")
    fit |= _robust(state.df, null.df, corrected, shape)
    return fit, None if estimator == "ml" else meat


def _plain(model, state, null, groups, moments, value) -> dict[str, float]:
    """The indices that every estimator has."""
    sizes = [sample.n for sample in groups]
    n, df, top = sum(sizes), state.df, _total(groups, moments)
    chi2 = max(2 * n * (value - top), 0.0) if df else 0.0
    null_chi2 = 2 * n * (_total(groups, list(zip(null.sigma, null.mu, strict=True))) - top)
    shape = {"n": n, "n_groups": len(groups)}
    low, high = indices.rmsea_ends(chi2, df, **shape)
    fitted = list(zip(state.sigma, state.mu, strict=True))
    plain = {
        "chi2": chi2,
        "df": df,
        "p": indices.p_value(chi2, df),
        "cfi": indices.cfi(chi2, df, null_chi2, null.df),
        "tli": indices.tli(chi2, df, null_chi2, null.df),
        "rmsea": indices.rmsea(chi2, df, **shape),
        "rmsea_low": low,
        "rmsea_high": high,
        "srmr": indices.srmr(sizes, moments, fitted, means=model.means),
        "aic": 2 * n * value + 2 * model.n_free,
        "bic": 2 * n * value + model.n_free * float(np.log(n)),
        "n": n,
        "npar": model.n_free,
        "logl": -n * value,
        "baseline_chi2": null_chi2,
        "baseline_df": null.df,
    }
    return plain | indices.further(plain, -n * top)


def _total(groups: Sequence[Sample], moments: Sequence[tuple[NDArray, NDArray]]) -> float:
    n = sum(sample.n for sample in groups)
    parts = zip(groups, moments, strict=True)
    return float(sum(sample.n / n * misfit(sample, *at)[0] for sample, at in parts))


def _independence(model: Model, groups: Sequence[Sample], seen: bool, *, slopes: bool) -> Fitted:
    """The baseline: every item on its own, its mean and variance over the answers there are."""
    p = len(model.items)
    star = p * (p + 1) // 2
    i, j = np.tril_indices(p)
    chosen = np.flatnonzero(i == j) + p
    if model.means:
        chosen = np.concatenate([np.arange(p), chosen])
    width = len(chosen)
    sigma, mean = [np.diag(sample.variance) for sample in groups], [s.mean for s in groups]
    df = len(groups) * ((p + star if model.means else star) - width)
    if not slopes:
        return Fitted(sigma, mean, [], np.empty((0, 0)), df)
    deltas, info = [], np.zeros((width * len(groups),) * 2)
    n = sum(sample.n for sample in groups)
    for g, sample in enumerate(groups):
        delta = np.zeros((p + star, width * len(groups)))
        delta[chosen, g * width + np.arange(width)] = 1.0
        upper = curvature(sample, np.diag(sample.variance), sample.mean, expected=not seen)
        info += sample.n / n * delta.T @ upper @ delta
        deltas.append(delta)
    return Fitted(sigma, mean, deltas, info, df)


def _scaling(model, state, null, groups, moments, estimator):
    """Meat of the sandwich and the scaling factors of the model and of the baseline."""
    if estimator == "mlm":
        gammas = [fourth(sample) for sample in groups]
        c, meat = satorra_bentler(state, groups, gammas, model.means)
        return meat, c, satorra_bentler(null, groups, gammas, model.means)[0]
    meats = [
        [
            crossed(sample, sigma, mu, model.means)
            for sample, sigma, mu in zip(groups, of.sigma, of.mu, strict=True)
        ]
        for of in (state, null)
    ]
    c, null_c = (
        yuan_bentler(of, groups, moments, meat, model.means)
        for of, meat in zip((state, null), meats, strict=True)
    )
    return meats[0], c, null_c


def _scaled(fit: dict, c: float, null_c: float, shape: dict) -> dict[str, float]:
    df, null_df = fit["df"], fit["baseline_df"]
    chi2, null = fit["chi2"] / c if df else 0.0, fit["baseline_chi2"] / null_c
    return {
        "chi2_scaled": chi2,
        "p_scaled": indices.p_value(chi2, df),
        "scaling": c,
        "baseline_chi2_scaled": null,
        "baseline_scaling": null_c,
        "cfi_scaled": indices.cfi(chi2, df, null, null_df),
        "tli_scaled": indices.tli(chi2, df, null, null_df),
        "rmsea_scaled": indices.rmsea(chi2, df, **shape),
    }


def _without_gaps(state, null, groups, moments, normal) -> tuple[float, float, float, float]:
    chi2, c = gap_corrected(state, groups, moments, normal=normal)
    null_chi2, null_c = gap_corrected(null, groups, moments, normal=normal)
    return chi2, null_chi2, c, null_c


def _robust(df: int, null_df: int, corrected: tuple, shape: dict) -> dict[str, float]:
    """Robust indices: Brosseau-Liard & Savalei (2014), with gaps Zhang & Savalei (2023)."""
    chi2, null, c, null_c = corrected
    low, high = indices.rmsea_ends(chi2 / c, df, c=c, **shape)
    return {
        "cfi_robust": indices.cfi(chi2, df, null, null_df, c, null_c),
        "tli_robust": indices.tli(chi2, df, null, null_df, c, null_c),
        "rmsea_robust": indices.rmsea(chi2, df, c=c, **shape),
        "rmsea_robust_low": low,
        "rmsea_robust_high": high,
    }
