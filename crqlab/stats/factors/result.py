"""A fitted factor model, ready to be read, tabulated, bootstrapped and scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from crqlab.base.contracts.cautions import OK, plain
from crqlab.base.results import Result
from crqlab.stats.defaults import LEVEL
from crqlab.stats.factors.implied import implied
from crqlab.stats.factors.model import (
    ALPHA,
    BETA,
    LAMBDA,
    NU,
    OPERATORS,
    PSI,
    THETA,
    Model,
)
from crqlab.stats.factors.modification import modification
from crqlab.stats.factors.sample import Sample
from crqlab.stats.factors.scores import regression_scores
from crqlab.stats.factors.standard import standard_errors, standardised

NUMBERS = ["estimate", "se", "z", "p", "low", "high", "std", "std_se"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CfaFit(Result):
    """A fitted confirmatory factor model.

    Attributes
    ----------
    estimator : str
        ``"ml"``, ``"mlm"``, ``"mlr"`` or ``"wlsmv"``.
    fit : mapping of str to float
        ``chi2``, ``df``, ``p``, ``cfi``, ``tli``, ``rmsea``, ``rmsea_low``, ``rmsea_high`` (90 %),
        ``srmr``, ``aic``, ``bic``, ``logl``, ``npar``, ``n``, ``baseline_chi2``, ``baseline_df``,
        and those of `crqlab.stats.factors.indices.further`;
        robust estimators add ``chi2_scaled``, ``p_scaled``, ``scaling``, ``cfi_robust``,
        ``tli_robust``, ``rmsea_robust``, ``rmsea_robust_low``, ``rmsea_robust_high``.
    parameters : DataFrame, one row per parameter
        ``lhs``, ``op``, ``rhs``, ``group``, ``estimate``, ``se`` (0 where fixed), ``z``, ``p``,
        ``low``, ``high`` (95 %), ``std``, ``std_se``.
    flag : str
        ``"ok"``, or every caution, as codes: no convergence, improper solution with the offending
        item or construct, too few respondents or clusters.
    model : Model
    theta : array, shape (free,)
        Free parameters.
    vcov : array, shape (free, free)
        Their covariance.
    labels : tuple of str
        Names of the groups; ``("all",)`` without.
    groups : tuple of Sample
        The answers that were fitted.
    rows : Index
        Of the data that was given.
    """

    estimator: str
    fit: Mapping[str, float]
    parameters: pd.DataFrame
    flag: str
    model: Model
    theta: NDArray
    vcov: NDArray
    labels: tuple[str, ...]
    groups: tuple[Sample, ...]
    rows: pd.Index

    @property
    def table(self) -> pd.DataFrame:
        """One row per parameter: ``parameters``."""
        return self.parameters

    def __str__(self) -> str:
        f = self.fit
        p = "< 0.001" if f["p"] < 0.001 else f"= {f['p']:.3f}"
        p = p if f["df"] else "not defined"
        sentence = (
            f"CFA ({self.estimator}), {len(self.model.constructs)} factors: "
            f"chi-square {f['chi2']:.1f}, df {f['df']}, p {p}; CFI {f['cfi']:.3f}, "
            f"RMSEA {f['rmsea']:.3f} [{f['rmsea_low']:.3f}, {f['rmsea_high']:.3f}], "
            f"SRMR {f['srmr']:.3f}; n = {f['n']} respondents"
        )
        return sentence if self.flag == OK else f"{sentence}; {plain(self.flag)}"

    def __repr__(self) -> str:
        return str(self)

    @property
    def loadings(self) -> pd.DataFrame:
        """``construct``, ``item`` and numbers; ``order`` 2 has constructs in place of items."""
        table = self._of((LAMBDA, BETA), {"lhs": "construct", "rhs": "item"})
        kind = self.model.kind[np.isin(self.model.kind, (LAMBDA, BETA))]
        return table.assign(order=np.where(kind == BETA, 2, 1))

    @property
    def covariances(self) -> pd.DataFrame:
        """``left``, ``right`` and numbers: constructs, each with itself as well (variance)."""
        return self._of((PSI,), {"lhs": "left", "rhs": "right"})

    @property
    def residuals(self) -> pd.DataFrame:
        """``item`` and numbers of its residual variance; ``r2``, the share explained."""
        table = self._of((THETA,), {"lhs": "item"}).drop(columns="rhs")
        return table.assign(r2=1 - table["std"])

    @property
    def intercepts(self) -> pd.DataFrame:
        """``item`` and numbers; no rows when the model has no means."""
        return self._of((NU,), {"lhs": "item"}).drop(columns="rhs")

    @property
    def latent_means(self) -> pd.DataFrame:
        """``construct`` and numbers; no rows when the model has no means."""
        return self._of((ALPHA,), {"lhs": "construct"}).drop(columns="rhs")

    @property
    def implied(self) -> pd.DataFrame:
        """Covariance of the items under the model; stacked by group if there are several."""
        values, items = self.model.values(self.theta), list(self.model.items)
        parts = {
            label: pd.DataFrame(implied(self.model, values, g).sigma, items, items)
            for g, label in enumerate(self.labels)
        }
        return parts[self.labels[0]] if len(parts) == 1 else pd.concat(parts, names=["group"])

    @property
    def latent(self) -> pd.DataFrame:
        """Covariance of the constructs under the model; stacked by group if several."""
        values, names = self.model.values(self.theta), list(self.model.constructs)
        parts = {
            label: pd.DataFrame(implied(self.model, values, g).latent, names, names)
            for g, label in enumerate(self.labels)
        }
        return parts[self.labels[0]] if len(parts) == 1 else pd.concat(parts, names=["group"])

    @property
    def modification(self) -> pd.DataFrame:
        """What freeing each fixed parameter would gain: `crqlab.stats.factors.modification`."""
        return modification(self.model, self.groups, self.theta, self.labels)

    @property
    def factor_scores(self) -> pd.DataFrame:
        """Regression factor scores, one row per respondent: `crqlab.stats.factors.scores`."""
        return regression_scores(self.model, self.groups, self.theta, self.rows)

    def _of(self, kinds: Sequence[int], names: Mapping[str, str]) -> pd.DataFrame:
        table = self.parameters[np.isin(self.model.kind, kinds)]
        kept = ["group"] * (len(self.labels) > 1) + ["lhs", "rhs", *NUMBERS]
        return table[kept].rename(columns=names).reset_index(drop=True)


def parameters(model: Model, theta: NDArray, vcov: NDArray, labels: Sequence[str]) -> pd.DataFrame:
    """The table of a fit: every parameter with its uncertainty and standardised.

    Parameters
    ----------
    model : Model
    theta : array, shape (free,)
    vcov : array, shape (free, free)
    labels : sequence of str

    Returns
    -------
    DataFrame, one row per parameter
        See `CfaFit`.
    """
    table = model.table()
    free = model.free >= 0
    se = np.where(free, np.sqrt(np.maximum(np.diag(vcov), 0.0))[model.free], 0.0)
    estimate = model.values(theta)
    half = norm.ppf((1 + LEVEL) / 2) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(se > 0, estimate / se, np.nan)
    return pd.DataFrame(
        {
            "lhs": table["lhs"],
            "op": OPERATORS[model.kind],
            "rhs": table["rhs"],
            "group": np.array(labels, dtype=object)[model.group],
            "estimate": estimate,
            "se": se,
            "z": z,
            "p": 2 * norm.sf(np.abs(z)),
            "low": estimate - half,
            "high": estimate + half,
            "std": standardised(model, theta),
            "std_se": standard_errors(model, theta, vcov),
        }
    )
