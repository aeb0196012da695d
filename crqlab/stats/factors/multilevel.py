"""Factor models of people and of their clusters at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from crqlab.base.contracts.cautions import OK, code, joined, plain
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.stats.defaults import LEVEL
from crqlab.stats.delta import propagated
from crqlab.stats.factors import indices
from crqlab.stats.factors.implied import matrices
from crqlab.stats.factors.information import inverse, observed
from crqlab.stats.factors.levels import (
    BETWEEN,
    WITHIN,
    Levels,
    Saturated,
    levels,
    phantom,
    positive_between,
    saturated_levels,
    two_levels,
    uncorrelated,
)
from crqlab.stats.factors.ml import Solution, maximise
from crqlab.stats.factors.model import LAMBDA, NU, PSI, THETA, Model
from crqlab.stats.factors.proper import cautions
from crqlab.stats.factors.result import parameters
from crqlab.stats.factors.sample import samples
from crqlab.stats.factors.start import start

LABELS = ("within", "between")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TwoLevelFit(Result):
    """A fitted two-level factor model.

    Attributes
    ----------
    fit : mapping of str to float
        As of `crqlab.stats.factors.CfaFit`: ``chi2``, ``df``, ``p``, ``cfi``, ``tli``, ``rmsea``
        with its ends, ``aic``, ``bic``, ``logl``, ``npar``, ``n`` (respondents) and more;
        ``srmr_within``, ``srmr_between`` and ``srmr``, their sum; ``n_clusters``.
    parameters : DataFrame, one row per parameter
        ``level`` (``"within"`` or ``"between"``), ``lhs``, ``op``, ``rhs``, ``estimate``, ``se``
        (0 where fixed), ``z``, ``p``, ``low``, ``high`` (95 %), ``std`` (by the variances of its
        level), ``std_se``.
    icc : DataFrame, one row per item
        ``item``, ``icc`` (share of its variance between clusters), ``within`` and ``between``
        (variances), without a model.
    flag : str
        ``"ok"``, or every caution, as codes.
    model : Model
        Both levels as two groups.
    theta : array, shape (free,)
    vcov : array, shape (free, free)
        From the observed information.
    sizes : Series
        How many clusters have each size.
    """

    fit: Mapping[str, float]
    parameters: pd.DataFrame
    icc: pd.DataFrame
    flag: str
    model: Model
    theta: NDArray
    vcov: NDArray
    sizes: pd.Series

    def __str__(self) -> str:
        f = self.fit
        p = "< 0.001" if f["p"] < 0.001 else f"= {f['p']:.3f}"
        sentence = (
            f"two-level CFA: chi-square {f['chi2']:.1f}, df {f['df']}, "
            f"p {p if f['df'] else 'not defined'}; CFI {f['cfi']:.3f}, RMSEA {f['rmsea']:.3f} "
            f"[{f['rmsea_low']:.3f}, {f['rmsea_high']:.3f}], SRMR within {f['srmr_within']:.3f}, "
            f"between {f['srmr_between']:.3f}; n = {f['n']:,} respondents in "
            f"{f['n_clusters']:,} clusters"
        )
        return sentence if self.flag == OK else f"{sentence}; {plain(self.flag)}"

    def __repr__(self) -> str:
        return str(self)

    @property
    def table(self) -> pd.DataFrame:
        """One row per parameter: ``parameters``."""
        return self.parameters

    @property
    def loadings(self) -> pd.DataFrame:
        """``level``, ``construct``, ``item`` and numbers."""
        table = self.parameters[self.parameters["op"] == "=~"].drop(columns="op")
        names = {"lhs": "construct", "rhs": "item"}
        return table.rename(columns=names).reset_index(drop=True)

    @property
    def implied(self) -> dict[str, pd.DataFrame]:
        """Covariance of the items under the model, by level."""
        items = list(self.model.items)
        both = zip(LABELS, _sigmas(self.model, self.theta), strict=True)
        return {label: pd.DataFrame(sigma, items, items) for label, sigma in both}

    @property
    def omega(self) -> pd.DataFrame:
        """Reliability of the sum of each construct's items, by level, with intervals.

        ``level``, ``construct``, ``omega``, ``se``, ``low``, ``high`` (95 %, delta method);
        between clusters it is that of their true means, free of who happened to answer.

        References
        ----------
        Geldhof, Preacher & Zyphur (2014), Psychological Methods 19, 72-91.
        """
        loads = self.parameters["op"] == "=~"
        names = self.parameters.loc[loads, ["level", "lhs"]].drop_duplicates()
        value, error = propagated(lambda at: _omegas(self.model, at), self.theta, self.vcov)
        half = norm.isf((1 - LEVEL) / 2) * error
        ends = {"omega": value, "se": error, "low": value - half, "high": value + half}
        return names.rename(columns={"lhs": "construct"}).reset_index(drop=True).assign(**ends)


def two_level(
    data: pd.DataFrame,
    within: Mapping[str, Sequence[str]],
    between: Mapping[str, Sequence[str]],
    *,
    cluster: str,
) -> TwoLevelFit:
    """Fit one factor model to people and another to their clusters, by maximum likelihood.

    Clusters (accounts, clients) may be of any sizes. Every answer is the sum of what its
    cluster has in common and what is the person's own; each part has a factor model.

    Parameters
    ----------
    data : DataFrame, one row per respondent
        Answers in scale points; rows with a missing item or cluster are left out.
    within, between : mapping of str to sequence of str
        Items of each construct at each level; the first loads with 1. Items that ``between``
        does not name have no variance between clusters.
    cluster : str
        Column of the cluster.

    Returns
    -------
    TwoLevelFit
        Improper solutions come with their numbers and a ``flag``.

    Raises
    ------
    EstimateError
        Data or a model that cannot be fitted; too few clusters for the items.

    References
    ----------
    Muthén (1994), Sociological Methods & Research 22, 376-398.
    McDonald & Goldstein (1989), British Journal of Mathematical and Statistical Psychology 42,
    215-232: the likelihood for clusters of any sizes.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> client = np.repeat(np.arange(150), 6)
    >>> own = rng.normal(size=(900, 1)) + rng.normal(size=(900, 4))
    >>> shared = 0.7 * rng.normal(size=(150, 1)) + 0.4 * rng.normal(size=(150, 4))
    >>> answers = pd.DataFrame(own + shared[client], columns=list("abcd")).assign(client=client)
    >>> fit = two_level(
    ...     answers, {"trust": list("abcd")}, {"climate": list("abcd")}, cluster="client")
    >>> fit.fit["df"], fit.flag
    (4, 'ok')
    >>> fit.icc.round(2)
      item   icc  within  between
    0    a  0.27    2.03     0.73
    1    b  0.24    1.96     0.63
    2    c  0.28    1.99     0.79
    3    d  0.26    2.00     0.70
    """
    model = two_levels(within, between)
    shared = list(dict.fromkeys(str(item) for of in between.values() for item in of))
    sample = samples(data, model.items, cluster=cluster)[0]
    codes = pd.factorize(sample.clusters, sort=True)[0]
    known = levels(sample.answers, codes, model.items)
    moments = _moments(known, shared)
    found = _fitted(model, known, _begin(model, known), moments)
    full, none = saturated_levels(known, shared), _baseline(known, shared)
    wide = phantom(model, known.roots)
    vcov = inverse(observed(wide, known.samples, found.theta)) / known.n
    table = parameters(model, found.theta, vcov, LABELS).rename(columns={"group": "level"})
    variances = np.diag(full.within), np.diag(full.between)
    return TwoLevelFit(
        _evaluated(known, (model, found), (full, none), moments),
        table[["level", *table.columns.drop("level")]],
        pd.DataFrame(
            {
                "item": list(known.items),
                "icc": variances[BETWEEN] / (variances[WITHIN] + variances[BETWEEN]),
                "within": variances[WITHIN],
                "between": variances[BETWEEN],
            }
        ),
        _flag(model, known, found, full, vcov),
        model,
        found.theta,
        vcov,
        known.sizes,
    )


def _moments(known: Levels, shared: Sequence[str]) -> int:
    """Means, and (co)variances of both levels."""
    p, q = len(known.items), len(shared)
    return p + p * (p + 1) // 2 + q * (q + 1) // 2


def _fitted(model: Model, known: Levels, begin: NDArray, moments: int) -> Solution:
    df = moments - model.n_free
    if df < 0:
        raise EstimateError(
            f"The two levels have {model.n_free} parameters for {df + model.n_free} moments of "
            f"{len(known.items)} items: they are not identified. Give a lone construct three "
            "items or more.",
            caution=code(
                "fewer_moments_than_parameters", n=df + model.n_free, parameters=model.n_free
            ),
        )
    return maximise(phantom(model, known.roots), known.samples, begin)


def _begin(model: Model, known: Levels) -> NDArray:
    """Each level by itself, from moments that are made positive."""
    moments = [
        (known.within, np.zeros(len(known.items))),
        (positive_between(known), known.mean),
    ]
    at = start(model, moments)
    means = (model.kind == NU) & (model.free >= 0)
    at[model.free[means]] = known.mean[model.row[means]]
    return at


def _baseline(known: Levels, shared: Sequence[str]) -> Solution:
    model = uncorrelated(known.items, shared)
    diagonals = np.stack([np.diag(known.within), np.diag(positive_between(known)), known.mean])
    which = np.where(model.kind == NU, 2, model.group)
    return maximise(phantom(model, known.roots), known.samples, diagonals[which, model.row])


def _sigmas(model: Model, theta: NDArray) -> list[NDArray]:
    each = [matrices(model, model.values(theta), g) for g in (WITHIN, BETWEEN)]
    return [of[LAMBDA] @ of[PSI] @ of[LAMBDA].T + of[THETA] for of in each]


def _evaluated(
    known: Levels,
    fitted: tuple[Model, Solution],
    others: tuple[Saturated, Solution],
    moments: int,
) -> dict[str, float]:
    (model, found), (full, none) = fitted, others
    n, q = known.n, model.n_free
    df, null_df = moments - q, moments - len(none.theta)
    chi2 = max(2 * n * (found.value - full.value), 0.0) if df else 0.0
    null = 2 * n * (none.value - full.value)
    low, high = indices.rmsea_ends(chi2, df, n)
    both = zip((full.within, full.between), _sigmas(model, found.theta), strict=True)
    apart = [_residual(one, other) for one, other in both]
    fit = {
        "chi2": chi2,
        "df": df,
        "p": indices.p_value(chi2, df),
        "cfi": indices.cfi(chi2, df, null, null_df),
        "tli": indices.tli(chi2, df, null, null_df),
        "rmsea": indices.rmsea(chi2, df, n),
        "rmsea_low": low,
        "rmsea_high": high,
        "srmr": sum(apart),
        "srmr_within": apart[WITHIN],
        "srmr_between": apart[BETWEEN],
        "aic": 2 * n * found.value + 2 * q,
        "bic": 2 * n * found.value + q * float(np.log(n)),
        "n": n,
        "n_clusters": known.n_clusters,
        "npar": q,
        "logl": -n * found.value,
        "baseline_chi2": null,
        "baseline_df": null_df,
    }
    return fit | indices.further(fit, -n * full.value)


def _residual(saturated: NDArray, sigma: NDArray) -> float:
    kept = np.diag(saturated) > 0
    pair = np.ix_(kept, kept)
    zero = np.zeros(int(kept.sum()))
    moments = [(saturated[pair], zero)], [(sigma[pair], zero)]
    return indices.srmr([1], *moments, means=False)


def _flag(model: Model, known: Levels, found: Solution, full: Saturated, vcov: NDArray) -> str:
    told = [] if found.converged and full.converged else ["not_converged"]
    told += cautions(model, found.theta, LABELS)
    shared = int((np.diag(full.between) > 0).sum())
    if full.rank < shared:
        told.append(code("clusters_differ_in_few_ways", rank=full.rank, items=shared))
    if np.isnan(vcov).any():
        told.append("not_identified")
    between = len(np.unique(model.free[(model.group == BETWEEN) & (model.free >= 0)]))
    if known.n_clusters < between:
        told.append(code("fewer_clusters_than_parameters", n=known.n_clusters, parameters=between))
    return joined(told)


def _omegas(model: Model, theta: NDArray) -> NDArray:
    values, found = model.values(theta), []
    for group in (WITHIN, BETWEEN):
        filled = matrices(model, values, group)
        loads = (model.kind == LAMBDA) & (model.group == group)
        for j in dict.fromkeys(model.col[loads]):
            of = model.row[loads & (model.col == j)]
            true = filled[LAMBDA][of, j].sum() ** 2 * filled[PSI][j, j]
            found.append(true / (true + filled[THETA][np.ix_(of, of)].sum()))
    return np.array(found)
