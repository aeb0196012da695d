"""Whether one slope holds at all thresholds of an ordinal regression."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import chi2

from crqlab.base.errors import EstimateError
from crqlab.stats.regression.cumulative import LAWS, Ordered, Peak, climbed, ordered
from crqlab.stats.regression.ordinal_fits import OrdinalFit, turned

COLUMNS = ["term", "chi_square", "df", "p", "log_likelihood", "aic"]


def proportional_odds(fit: OrdinalFit) -> pd.DataFrame:
    """Test whether each covariate has one slope at all thresholds, by likelihood ratio.

    Parameters
    ----------
    fit : OrdinalFit
        Of `ordinal`; rows count as independent here.

    Returns
    -------
    DataFrame, one row per covariate that entered
        ``term``, ``chi_square``, ``df`` (categories - 2), ``p``, ``log_likelihood`` and
        ``aic`` of the model whose slopes of this covariate are free at every threshold;
        missing where that model has no proper solution.

    Raises
    ------
    EstimateError
        Two categories, or a fit whose groups have intercepts of their own.

    References
    ----------
    Peterson & Harrell (1990), Applied Statistics 39, 205-217: partial proportional odds.

    Examples
    --------
    >>> from crqlab.stats.regression import ordinal
    >>> rng = np.random.default_rng(1)
    >>> rows = pd.DataFrame({"trust": rng.normal(size=500)})
    >>> answer = np.digitize(rows["trust"] + rng.logistic(size=500), [-1, 1])
    >>> proportional_odds(ordinal(answer, rows))[["term", "df", "p"]].round(2)
        term  df     p
    0  trust   1  0.87
    """
    cuts = len(fit.categories) - 1
    if cuts < 2 or hasattr(fit, "icc"):
        raise EstimateError(
            f"The fit has {cuts + 1} categories"
            f"{' and random intercepts' if hasattr(fit, 'icc') else ''}; slopes are compared "
            "between two thresholds or more of a fit of ordinal()."
        )
    design, law = fit.design, LAWS[fit.link]
    X, codes = design.X[:, 1:], design.y.astype(int)
    start = np.linalg.solve(turned(design, cuts), fit.coefficients.to_numpy())
    home = climbed(ordered(codes, X, design.weights, law), start)
    freed = [ordered(codes, X, design.weights, law, nominal=k) for k in range(X.shape[1])]
    rows = [
        (term, *_against(home, data, cuts, place))
        for place, (term, data) in enumerate(zip(design.terms[1:], freed, strict=True))
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _against(home: Peak, data: Ordered, cuts: int, place: int) -> tuple:
    slopes, df = home.point[cuts:], cuts - 1
    start = [home.point[:cuts], np.delete(slopes, place), np.full(cuts, slopes[place])]
    found = climbed(data, np.concatenate(start))
    if not found.arrived:
        return np.nan, df, np.nan, np.nan, np.nan
    likelihood = found.log_likelihood
    gain = max(2 * (likelihood - home.log_likelihood), 0.0)
    return gain, df, chi2.sf(gain, df), likelihood, 2 * len(found.point) - 2 * likelihood
