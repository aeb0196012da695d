"""Whether what a richer model knows beyond a poorer one is more than chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from crqlab.base.contracts.cautions import OK, codes, joined, plain
from crqlab.base.errors import EstimateError
from crqlab.base.results import OneRow
from crqlab.stats.regression.fits import Fit
from crqlab.stats.regression.ordinal_fits import OrdinalFit


@dataclass(frozen=True, slots=True)
class Comparison(OneRow):
    """A likelihood-ratio test of two nested fits.

    Attributes
    ----------
    chi_square : float
        Twice the gain in log-likelihood.
    df : int
        Terms that the richer model has beyond the poorer one.
    p : float
        Probability of so large a gain if those terms told nothing.
    n : int
        Rows of both fits.
    flag : str
        ``"ok"``, or why the test is not to be relied on, as codes.
    """

    chi_square: float
    df: int
    p: float
    n: int
    flag: str

    def __str__(self) -> str:
        sentence = (
            f"chi-square {self.chi_square:.2f} on {self.df} df, p = {self.p:.3g}, n = {self.n:,} "
            "(likelihood ratio)"
        )
        return sentence if self.flag == OK else f"{sentence}; {plain(self.flag)}"


def likelihood_ratio(richer: Fit | OrdinalFit, poorer: Fit | OrdinalFit) -> Comparison:
    """Test whether the terms that only the richer fit has tell anything.

    Parameters
    ----------
    richer, poorer : Fit or OrdinalFit
        Of the same outcome and rows with the same link; all terms of the poorer one are in
        the richer one.

    Returns
    -------
    Comparison
        Takes rows as independent: flagged where the fits have clusters. Flagged too where a
        fit was penalised.

    Raises
    ------
    EstimateError
        Fits that are not nested, or have no likelihood (estimating equations).

    References
    ----------
    Wilks (1938), Annals of Mathematical Statistics 9, 60-62.

    Examples
    --------
    >>> import pandas as pd
    >>> from crqlab.stats.regression import logit
    >>> rows = pd.DataFrame({"trust": [2.0, 3, 3, 4, 4, 5, 5, 6, 6, 7]})
    >>> renewed = [0, 0, 1, 0, 0, 1, 0, 1, 1, 1]
    >>> print(likelihood_ratio(logit(renewed, rows), logit(renewed, rows[[]])))
    chi-square 4.17 on 1 df, p = 0.0412, n = 10 (likelihood ratio)
    """
    beyond = [term for term in poorer.covariance.index if term not in richer.covariance.index]
    df = len(richer.covariance) - len(poorer.covariance)
    same = _outcome(richer) == _outcome(poorer)
    if beyond or df < 1 or not same:
        raise EstimateError(
            f"The fits are not nested: rows {richer.n} and {poorer.n}, terms "
            f"{list(richer.covariance.index)} and {list(poorer.covariance.index)}. Fit both to the "
            "same rows with the same link, the richer one with all covariates of the poorer one."
        )
    gain = max(2 * (richer.log_likelihood - poorer.log_likelihood), 0.0)
    cautions = []
    if richer.n_clusters is not None and not hasattr(richer, "icc"):
        cautions.append("rows_taken_as_independent")
    remedies = (one["code"] for fit in (richer, poorer) for one in codes(fit.flag))
    if any(remedy.endswith(("_firth", "_ridge")) for remedy in remedies):
        cautions.append("fit_penalised")
    return Comparison(gain, df, float(chi2.sf(gain, df)), richer.n, joined(cautions))


def _outcome(fit: Fit | OrdinalFit) -> tuple:
    """What two fits must have in common."""
    if not hasattr(fit, "log_likelihood"):
        raise EstimateError(
            f"{type(fit).__name__} has no likelihood; read the p of its terms instead."
        )
    counts = tuple(np.bincount(fit.design.y.astype(int))) if hasattr(fit, "design") else fit.events
    return fit.n, counts, fit.link, type(fit)
