"""How well a factor model fits ordinal answers: chi-square adjusted in mean and variance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.factors.indices import cfi, p_value, rmsea, rmsea_ends, tli
from crqlab.stats.factors.ordinal import OrdinalMoments

PROPER = 1.5e-8


def indices(
    moments: OrdinalMoments, sigma: NDArray, delta: NDArray, bread: NDArray
) -> dict[str, float]:
    r"""Fit of a model estimated by diagonally weighted least squares.

    With T = (n - 1) F and :math:`U = W - W \Delta (\Delta' W \Delta)^{-1} \Delta' W`, the scaled
    and shifted chi-square has mean and variance of a chi-square with df degrees of freedom,

    .. math:: T_s = a T + b, \quad a = \sqrt{df / \operatorname{tr} (U \Gamma)^2}, \quad
              b = df - a \operatorname{tr} U \Gamma

    The robust indices take Savalei's route: the maximum likelihood discrepancy at these
    estimates, corrected by its mean under the sampling covariance of the correlations.

    Parameters
    ----------
    moments : OrdinalMoments
    sigma : array, shape (items, items)
        The model's correlations.
    delta : array, shape (pairs, free)
        Their derivatives.
    bread : array, shape (free, free)
        :math:`(\Delta' W \Delta)^{-1}`.

    Returns
    -------
    dict
        ``chi2``, ``df``, ``p``, ``cfi``, ``tli``, ``rmsea``, ``rmsea_low``, ``rmsea_high``
        (90 %), ``srmr``, ``n``, ``npar`` (thresholds included), ``baseline_chi2``,
        ``baseline_df``, the same with ``_scaled`` where scaling applies, ``scaling`` (1 / a),
        ``shift`` (b), ``baseline_scaling``, and ``cfi_robust``, ``tli_robust``,
        ``rmsea_robust`` with ends; missing where it is not defined.

    References
    ----------
    Asparouhov & Muthén (2010), Simple second order chi-square correction, Mplus technical
    appendix: a and b.
    Savalei (2021), Multivariate Behavioral Research 56, 390-407: the robust indices.
    """
    n, low, high = moments.n, moments.pairs.left, moments.pairs.right
    weight = 1 / np.diag(moments.gamma)
    apart = moments.pairs.rho - sigma[low, high]
    pulled = delta * weight[:, None]
    upper = (np.diag(weight) - pulled @ bread @ pulled.T) @ moments.gamma
    df, null_df = len(apart) - delta.shape[1], len(apart)
    tested = _scaled((n - 1) * (weight @ apart**2), df, upper)
    null = (n - 1) * (weight @ moments.pairs.rho**2)
    baseline = _scaled(null, null_df, weight[:, None] * moments.gamma)
    found = {
        **tested,
        **{f"baseline_{name}": value for name, value in baseline.items()},
        "srmr": float(np.sqrt((apart**2).sum() / (len(apart) + len(sigma)))),
        "n": n,
        "npar": delta.shape[1] + len(moments.thresholds),
        **dict.fromkeys(("aic", "bic", "logl"), np.nan),
    }
    for suffix in ("", "_scaled"):
        chi2, worst = found[f"chi2{suffix}"], found[f"baseline_chi2{suffix}"]
        found[f"cfi{suffix}"] = cfi(chi2, df, worst, null_df)
        found[f"tli{suffix}"] = tli(chi2, df, worst, null_df)
        found[f"rmsea{suffix}"] = rmsea(chi2, df, n - 1)
        found[f"rmsea{suffix}_low"], found[f"rmsea{suffix}_high"] = rmsea_ends(chi2, df, n - 1)
    return found | _robust(moments, sigma, np.eye(len(apart)) - delta @ bread @ pulled.T, df)


def _scaled(chi2: float, df: int, product: NDArray) -> dict[str, float]:
    """Chi-square as it is and with mean and variance adjusted; ``product`` is U Gamma."""
    found = {"chi2": float(chi2), "df": df, "p": p_value(chi2, df)}
    first, second = np.trace(product), np.sum(product * product.T)
    a = np.sqrt(df / second) if df else np.nan
    b = df - a * first
    scaled = a * chi2 + b if df else 0.0
    return found | {
        "chi2_scaled": float(scaled),
        "p_scaled": p_value(scaled, df),
        "scaling": float(1 / a),
        "shift": float(b),
    }


def _robust(moments: OrdinalMoments, sigma: NDArray, left: NDArray, df: int) -> dict[str, float]:
    names = ["cfi_robust", "tli_robust", "rmsea_robust", "rmsea_robust_low", "rmsea_robust_high"]
    observed = moments.matrix
    if min(np.linalg.eigvalsh(m)[0] for m in (observed, sigma)) < PROPER:
        return dict.fromkeys(names, np.nan)
    if df == 0:
        return dict(zip(names, (1.0, 1.0, 0.0, 0.0, 0.0), strict=True))
    n, p, inner = moments.n, len(sigma), np.linalg.inv(sigma)
    null = -n * np.linalg.slogdet(observed)[1]
    chi2 = n * (np.linalg.slogdet(sigma)[1] + np.trace(observed @ inner) - p) + null
    i, j = moments.pairs.left, moments.pairs.right
    normal = inner[np.ix_(i, i)] * inner[np.ix_(j, j)] + inner[np.ix_(i, j)] * inner[np.ix_(j, i)]
    c = np.sum((left.T @ normal @ left) * moments.gamma) / df
    null_c = np.trace(moments.gamma) / len(i)
    ends = rmsea_ends(chi2 / c, df, n - 1, c=c)
    values = [
        cfi(chi2, df, null, len(i), c, null_c),
        tli(chi2, df, null, len(i), c, null_c),
        rmsea(chi2, df, n - 1, c=c),
        *ends,
    ]
    return dict(zip(names, map(float, values), strict=True))
