"""A factor model fitted to ordinal answers, ready to be read and tabulated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import OK, plain
from crqlab.base.errors import EstimateError
from crqlab.stats.factors.implied import implied, jacobian
from crqlab.stats.factors.model import LAMBDA, PSI, THETA, Model
from crqlab.stats.factors.modification import candidates
from crqlab.stats.factors.ordinal import OrdinalMoments
from crqlab.stats.factors.result import CfaFit

LEAST = 1e-8


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OrdinalFit(CfaFit):
    """A `CfaFit` whose items are ordinal: the variables behind them have variance 1.

    Attributes
    ----------
    moments : OrdinalMoments
        Thresholds, polychoric correlations and their sampling covariance. ``fit`` is described
        in `crqlab.stats.factors.ordinal_fit.indices`; ``groups`` is empty.
    """

    moments: OrdinalMoments

    def __str__(self) -> str:
        f = self.fit
        p = "< 0.001" if f["p_scaled"] < 0.001 else f"= {f['p_scaled']:.3f}"
        p = p if f["df"] else "not defined"
        sentence = (
            f"CFA (wlsmv), {len(self.model.constructs)} factors of {len(self.model.items)} ordinal "
            f"items: scaled chi-square {f['chi2_scaled']:.1f}, df {f['df']}, p {p}; scaled CFI "
            f"{f['cfi_scaled']:.3f}, RMSEA {f['rmsea_scaled']:.3f} [{f['rmsea_scaled_low']:.3f}, "
            f"{f['rmsea_scaled_high']:.3f}]; SRMR {f['srmr']:.3f}; n = {f['n']} respondents"
        )
        return sentence if self.flag == OK else f"{sentence}; {plain(self.flag)}"

    @property
    def thresholds(self) -> pd.DataFrame:
        """``item``, ``threshold``, ``below``, ``value`` and ``se`` in standard deviations."""
        spread = np.diag(self.moments.thresholds) / (self.moments.n - 1)
        return self.moments.ranks.table().assign(se=np.sqrt(spread))

    @property
    def polychoric(self) -> pd.DataFrame:
        """Polychoric correlations of the items, as they were fitted."""
        items = list(self.model.items)
        return pd.DataFrame(self.moments.matrix, items, items)

    @property
    def residuals(self) -> pd.DataFrame:
        """``item``, the residual variance of the variable behind it, ``r2``."""
        left = unexplained(self.model, self.theta)
        return pd.DataFrame({"item": self.model.items, "estimate": left, "r2": 1 - left})

    @property
    def implied(self) -> pd.DataFrame:
        """Correlations of the variables behind the items under the model."""
        sigma = implied(self.model, self.model.values(self.theta)).sigma
        np.fill_diagonal(sigma, 1.0)
        return pd.DataFrame(sigma, list(self.model.items), list(self.model.items))

    @property
    def modification(self) -> pd.DataFrame:
        """What freeing each fixed parameter would gain: `ordinal_modification`."""
        return ordinal_modification(self.model, self.theta, self.moments)

    @property
    def factor_scores(self) -> pd.DataFrame:
        """Refused: ordinal answers have no closed-form factor scores."""
        raise EstimateError(
            "estimator='wlsmv' has no factor scores in closed form; use estimator='mlr' for "
            "scores, or the mean of the construct's items."
        )


def unexplained(model: Model, theta: NDArray) -> NDArray[np.float64]:
    """Residual variances: what the constructs leave of 1; negative in a Heywood case."""
    return 1 - np.diag(implied(model, model.values(theta)).sigma)


def ordinal_modification(model: Model, theta: NDArray, moments: OrdinalMoments) -> pd.DataFrame:
    """Modification indices of all loadings and covariances that the model leaves at 0.

    With g the slope of half the misfit (n - 1) F / n and I = Delta' W Delta over all
    parameters, mi = n g^2 / (i - j' I^-1 j) and epc = -g / (i - j' I^-1 j): what the unscaled
    chi-square would lose, and the value expected.

    Parameters
    ----------
    model : Model
    theta : array, shape (free,)
    moments : OrdinalMoments

    Returns
    -------
    DataFrame, largest ``mi`` first
        ``lhs``, ``op``, ``rhs``, ``mi``, ``epc``, ``epc_std``.

    References
    ----------
    Sörbom (1989), Psychometrika 54, 371-384.
    """
    wider = model.extended(candidates(model))
    new = np.arange(len(model.kind), len(wider.kind))
    of = implied(wider, wider.values(theta))
    low, high = moments.pairs.left, moments.pairs.right
    slopes = jacobian(of)[0][high * (high + 1) // 2 + low]
    weighted = slopes / np.diag(moments.gamma)[:, None]
    apart = moments.pairs.rho - of.sigma[low, high]
    gradient = (moments.n - 1) / moments.n * (weighted.T @ apart)
    free = slopes @ wider.membership()
    cross = weighted.T @ free
    inner = (free.T / np.diag(moments.gamma)) @ free
    own = np.einsum("ij,ij->j", weighted, slopes)[new]
    left = own - np.einsum("ij,ij->i", cross[new], np.linalg.solve(inner, cross[new].T).T)
    left = np.where(left > LEAST * own, left, np.nan)
    table = (
        wider.table()
        .iloc[new][["lhs", "op", "rhs"]]
        .assign(mi=moments.n * gradient[new] ** 2 / left, epc=gradient[new] / left)
    )
    table["epc_std"] = table["epc"] * _scales(wider, theta, of.latent)[new]
    table = table[np.isfinite(table["mi"])]
    return table.sort_values("mi", ascending=False, kind="stable").reset_index(drop=True)


def _scales(model: Model, theta: NDArray, latent: NDArray) -> NDArray:
    """Factors that turn loadings and covariances into standardised ones."""
    sd = np.sqrt(np.maximum(np.diag(latent), 0.0))
    rest = np.sqrt(np.maximum(unexplained(model, theta), 0.0))
    of_items, of_constructs = (np.append(part, 1.0) for part in (rest, sd))
    item = np.minimum(np.stack([model.row, model.col]), len(rest))
    construct = np.minimum(np.stack([model.row, model.col]), len(sd))
    with np.errstate(divide="ignore"):
        return np.select(
            [model.kind == LAMBDA, model.kind == THETA, model.kind == PSI],
            [
                of_constructs[construct[1]],
                1 / np.prod(of_items[item], axis=0),
                1 / np.prod(of_constructs[construct], axis=0),
            ],
            np.nan,
        )
