"""How well a model fits, in the numbers that papers quote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import chi2 as chi2_law
from scipy.stats import ncx2

RMSEA_LEVEL = 0.90


def p_value(chi2: float, df: int) -> float:
    """Probability of a chi-square as large under the model; NaN without degrees of freedom.

    Examples
    --------
    >>> round(p_value(3.841459, 1), 6)
    0.05
    """
    return float(chi2_law.sf(chi2, df)) if df > 0 else np.nan


def cfi(chi2: float, df: int, null: float, null_df: int, c: float = 1, null_c: float = 1) -> float:
    """Comparative fit index, 1 - max(T - c df, 0) / max(T - c df, T0 - c0 df0, 0).

    Parameters
    ----------
    chi2, null : float
        T of the model and of the independence model, unscaled.
    df, null_df : int
    c, null_c : float
        Scaling factors; with them the index is the robust one.

    Returns
    -------
    float
        In [0, 1].

    References
    ----------
    Bentler (1990), Psychological Bulletin 107, 238-246.
    Brosseau-Liard & Savalei (2014), Multivariate Behavioral Research 49, 460-470: with c.

    Examples
    --------
    >>> cfi(24.0, 20, 300.0, 20)
    0.9857142857142858
    """
    c, null_c = (c, null_c) if df > 0 else (1.0, 1.0)
    excess = max(chi2 - c * df, 0.0)
    worst = max(excess, null - null_c * null_df, 0.0)
    return 1.0 if worst == 0 else float(1 - excess / worst)


def tli(chi2: float, df: int, null: float, null_df: int, c: float = 1, null_c: float = 1) -> float:
    """Tucker-Lewis index, 1 - (T - c df) df0 / ((T0 - c0 df0) df).

    Examples
    --------
    >>> tli(24.0, 20, 300.0, 20)
    0.9857142857142858
    """
    above, below = (chi2 - c * df) * null_df, (null - null_c * null_df) * df
    return float(1 - above / below) if df > 0 and below != 0 else 1.0


def rmsea(chi2: float, df: int, n: int, *, n_groups: int = 1, c: float = 1) -> float:
    """Root mean square error of approximation, sqrt(G max(T/(N df) - c/N, 0)).

    References
    ----------
    Steiger & Lind (1980). Li & Bentler (2006): with c, the robust version.

    Examples
    --------
    >>> round(rmsea(85.306, 24, 301), 5)
    0.09212
    """
    return float(np.sqrt(max(chi2 / (n * df) - c / n, 0.0) * n_groups)) if df > 0 else 0.0


def rmsea_ends(
    chi2: float, df: int, n: int, *, n_groups: int = 1, c: float = 1
) -> tuple[float, float]:
    """Interval of the RMSEA at 90 %, from the noncentralities that make ``chi2`` a 5 % event.

    Parameters
    ----------
    chi2 : float
        Scaled, if there is a scaling factor ``c``.
    df, n, n_groups : int
    c : float

    Returns
    -------
    (float, float)

    References
    ----------
    Browne & Cudeck (1993), in Bollen & Long, Testing Structural Equation Models, 136-162.
    """
    if df < 1 or not np.isfinite(chi2):
        return (0.0, 0.0) if df < 1 else (np.nan, np.nan)

    def end(share: float) -> float:
        if chi2_law.cdf(chi2, df) < share:
            return 0.0
        high = max(chi2, 1.0) + 100
        while ncx2.cdf(chi2, df, high) > share:
            high *= 2
        found = brentq(lambda nc: ncx2.cdf(chi2, df, max(nc, 1e-12)) - share, 0, high, xtol=1e-10)
        return float(np.sqrt(n_groups * c * found / (n * df)))

    tail = (1 - RMSEA_LEVEL) / 2
    return end(1 - tail), end(tail)


def srmr(
    sizes: Sequence[int],
    saturated: Sequence[tuple[NDArray, NDArray]],
    implied: Sequence[tuple[NDArray, NDArray]],
    *,
    means: bool,
) -> float:
    """Standardised root mean square residual, mean over groups weighted by size.

    Of (s_ij - sigma_ij) / sqrt(s_ii s_jj) over i >= j, and with a mean structure of
    (m_i - mu_i) / sqrt(s_ii) as well.

    Parameters
    ----------
    sizes : sequence of int
    saturated, implied : sequence of (array, array)
        Covariance and mean, by group.
    means : bool

    Returns
    -------
    float

    References
    ----------
    Bentler (1995), EQS Structural Equations Program Manual.

    Examples
    --------
    >>> S, Sigma = np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([[1.0, 0.2], [0.2, 1.0]])
    >>> round(srmr([100], [(S, np.zeros(2))], [(Sigma, np.zeros(2))], means=False), 6)
    0.173205
    """
    each = []
    for (S, m), (sigma, mu) in zip(saturated, implied, strict=True):
        scale = np.sqrt(np.diag(S))
        low = np.tril_indices(len(S))
        residuals = ((S - sigma) / np.outer(scale, scale))[low]
        if means:
            residuals = np.concatenate([residuals, (m - mu) / scale])
        each.append(np.sqrt(np.mean(residuals**2)))
    return float(np.average(each, weights=sizes))


def further(fit: Mapping[str, float], unrestricted: float) -> dict[str, float]:
    """Indices that follow from the plain ones: incremental ones, close fit, adjusted BIC.

    Parameters
    ----------
    fit : mapping of str to float
        ``chi2``, ``df``, ``baseline_chi2``, ``baseline_df``, ``n``, ``npar``, ``logl``.
    unrestricted : float
        Log likelihood of the unrestricted moments.

    Returns
    -------
    dict of str to float
        ``nfi``, ``rfi``, ``ifi``, ``rni``, ``pnfi``; ``p_close`` (RMSEA at most .05) and
        ``p_not_close`` (RMSEA at least .08); ``bic_adjusted``; ``baseline_p``;
        ``logl_unrestricted``.

    References
    ----------
    Bentler & Bonett (1980), Psychological Bulletin 88, 588-606: NFI. Bollen (1986), Psychometrika
    51, 375-377, and (1989), Structural Equations with Latent Variables: RFI, IFI.
    McDonald & Marsh (1990), Psychological Bulletin 107, 247-255: RNI. Mulaik et al. (1989): PNFI.
    MacCallum, Browne & Sugawara (1996), Psychological Methods 1, 130-149: close fit.
    Sclove (1987), Psychometrika 52, 333-343: the adjusted BIC.

    Examples
    --------
    >>> plain = {"chi2": 24.0, "df": 20, "baseline_chi2": 300.0, "baseline_df": 30, "n": 200,
    ...     "npar": 16, "logl": -900.0}
    >>> found = further(plain, -888.0)
    >>> round(found["nfi"], 3), round(found["rni"], 4), round(found["p_close"], 3)
    (0.92, 0.9852, 0.733)
    """
    chi2, df, null, null_df = (fit[name] for name in ("chi2", "df", "baseline_chi2", "baseline_df"))
    n, q = fit["n"], fit["npar"]
    with np.errstate(divide="ignore", invalid="ignore"):
        nfi, rni, ifi = (
            float(np.divide(null - chi2 - less, null - most))
            for less, most in ((0, 0), (null_df - df, null_df), (0, df))
        )
        rfi = float(1 - np.divide(chi2 / df, null / null_df)) if df and null_df else np.nan
    close, apart = (n * df * bound**2 for bound in (0.05, 0.08))
    known = df > 0 and np.isfinite(chi2)
    return {
        "nfi": nfi,
        "rfi": rfi,
        "ifi": ifi,
        "rni": rni,
        "pnfi": nfi * df / null_df if null_df else np.nan,
        "p_close": float(ncx2.sf(chi2, df, close)) if known else np.nan,
        "p_not_close": float(ncx2.cdf(chi2, df, apart)) if known else np.nan,
        "bic_adjusted": -2 * fit["logl"] + q * float(np.log((n + 2) / 24)),
        "baseline_p": p_value(null, null_df),
        "logl_unrestricted": unrestricted,
    }
