"""Confirmatory factor analysis: from answers and a model to a fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import code, joined
from crqlab.base.errors import EstimateError, one_of
from crqlab.stats.factors.evaluate import evaluate
from crqlab.stats.factors.information import inverse, moved, observed
from crqlab.stats.factors.ml import Solution, maximise
from crqlab.stats.factors.model import BETA, LAMBDA, Model, check_model, specify
from crqlab.stats.factors.normal import saturated
from crqlab.stats.factors.proper import cautions
from crqlab.stats.factors.result import CfaFit, parameters
from crqlab.stats.factors.robust import Fitted, sandwich
from crqlab.stats.factors.sample import Sample, samples
from crqlab.stats.factors.start import start

ESTIMATORS = ["ml", "mlm", "mlr", "wlsmv"]


def cfa(
    data: pd.DataFrame,
    model: Mapping[str, Sequence[str]],
    *,
    estimator: str = "ml",
    missing: str = "listwise",
    cluster: str | None = None,
    group: str | None = None,
    second_order: str | Mapping[str, Sequence[str]] | None = None,
) -> CfaFit:
    """Fit a confirmatory factor model.

    Each item loads on its own construct, the first with loading 1; constructs covary freely,
    or load on a second-order factor. Intercepts are part of the model when there are gaps
    (``"fiml"``), groups or clusters.

    Parameters
    ----------
    data : DataFrame, one row per respondent
        Answers in scale points, reversed items already turned round.
    model : mapping of str to sequence of str
        Items of each construct.
    estimator : str
        ``"ml"``; ``"mlm"`` (Satorra-Bentler); ``"mlr"`` (Huber-White errors, Yuan-Bentler
        chi-square); ``"wlsmv"`` for ordinal answers.
    missing : str
        ``"listwise"``, or ``"fiml"``: every answer counts, gaps missing at random.
    cluster : str, optional
        Column of the account: errors and chi-square allow for accounts; implies ``"mlr"``.
    group : str, optional
        Column whose groups get parameters of their own.
    second_order : str or mapping, optional
        Name of one factor above all constructs, or the constructs of each such factor.

    Returns
    -------
    CfaFit
        Improper solutions come with their numbers and a ``flag``.

    Raises
    ------
    EstimateError
        Data or a model that cannot be fitted; the message names the item.

    References
    ----------
    Jöreskog (1969), Psychometrika 34, 183-202.
    Rosseel (2012), Journal of Statistical Software 48(2): lavaan, whose numbers these are.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> trust = rng.normal(size=(300, 1)) + rng.normal(size=(300, 4))
    >>> fit = cfa(pd.DataFrame(trust, columns=list("abcd")), {"trust": list("abcd")})
    >>> fit.fit["df"], fit.flag
    (2, 'ok')
    >>> fit.loadings[["construct", "item", "estimate", "std"]].round(2)
      construct item  estimate   std
    0     trust    a      1.00  0.74
    1     trust    b      0.88  0.69
    2     trust    c      0.90  0.64
    3     trust    d      0.93  0.69
    """
    one_of("estimator=", estimator, ESTIMATORS)
    one_of("missing=", missing, ["listwise", "fiml"])
    if estimator == "wlsmv":
        return _ordinal(data, model, missing, cluster, group, second_order)
    check_independent(estimator, missing, cluster)
    check_model(model)
    items = list(dict.fromkeys(str(item) for of in model.values() for item in of))
    groups = samples(data, items, missing=missing, cluster=cluster, group=group)
    means = missing == "fiml" or group is not None or cluster is not None
    specified = specify(model, second_order=second_order, n_groups=len(groups), means=means)
    robust = "mlr" if cluster is not None else estimator
    return fitted(specified, groups, estimator=robust, missing=missing, rows=data.index)


def check_independent(estimator: str, missing: str, cluster: str | None) -> None:
    """Refuse an estimator that needs complete, independent rows where they are not.

    Examples
    --------
    >>> check_independent("mlm", "listwise", None)
    """
    if estimator == "mlm" and (missing == "fiml" or cluster is not None):
        raise EstimateError(
            "estimator='mlm' needs complete, independent rows; with missing='fiml' or cluster= "
            "use estimator='mlr'."
        )


def _ordinal(data, model, missing, cluster, group, second_order) -> CfaFit:
    from crqlab.stats.factors.wlsmv import wlsmv

    if missing != "listwise" or cluster is not None or group is not None:
        raise EstimateError(
            "estimator='wlsmv' takes complete rows of one group; leave missing=, cluster= and "
            "group= out, or use estimator='mlr'."
        )
    return wlsmv(data, model, second_order=second_order)


def fitted(
    model: Model,
    groups: Sequence[Sample],
    *,
    estimator: str,
    missing: str = "listwise",
    rows: pd.Index,
    begin: NDArray | None = None,
) -> CfaFit:
    """Fit a specified model to samples: search, errors, indices, cautions.

    Parameters
    ----------
    model : Model
    groups : sequence of Sample
    estimator : str
        ``"ml"``, ``"mlm"`` or ``"mlr"``.
    missing : str
    rows : Index
        Of the data.
    begin : array, optional
        Where the search begins; cheap estimates by default.

    Returns
    -------
    CfaFit
    """
    _check_degrees(model)
    return _fitted(model, groups, estimator, missing == "fiml", rows, begin)


def _fitted(model, groups, estimator, gaps, rows, begin) -> CfaFit:
    moments = [saturated(sample) for sample in groups]
    found = maximise(model, groups, start(model, moments) if begin is None else begin)
    info = found.information
    if gaps or estimator == "mlr":
        info = observed(model, groups, found.theta)
    plain = estimator == "ml" and not gaps
    sigma, mu, delta = zip(*moved(model, found.theta, slopes=not plain), strict=True)
    means = [m if model.means else sample.mean for m, sample in zip(mu, groups, strict=True)]
    state = Fitted(list(sigma), means, list(delta), info, degrees(model))
    fit, meat = evaluate(model, state, groups, moments, found.value, estimator, gaps)
    n = sum(sample.n for sample in groups)
    vcov = inverse(info) / n if meat is None else sandwich(state, groups, meat)
    labels = tuple(sample.label for sample in groups)
    return CfaFit(
        estimator,
        fit,
        parameters(model, found.theta, vcov, labels),
        _flag(model, found, vcov, labels, groups),
        model,
        found.theta,
        vcov,
        labels,
        tuple(groups),
        rows,
    )


def degrees(model: Model) -> int:
    """Degrees of freedom: moments minus free parameters.

    Examples
    --------
    >>> degrees(specify({"trust": ["t1", "t2", "t3", "t4"]}))
    2
    """
    p = len(model.items)
    return model.n_groups * (p * (p + 1) // 2 + p * model.means) - model.n_free


def _check_degrees(model: Model) -> None:
    df = degrees(model)
    if df < 0:
        raise EstimateError(
            f"The model has {model.n_free} parameters for {df + model.n_free} variances and "
            f"covariances of {len(model.items)} items: it is not identified. "
            "Give a lone construct three items or more.",
            caution=code(
                "fewer_moments_than_parameters", n=df + model.n_free, parameters=model.n_free
            ),
        )


def _flag(model: Model, found: Solution, vcov: NDArray, labels, groups) -> str:
    """Every caution about a solution, or ``"ok"``."""
    told = [] if found.converged else ["not_converged"]
    told += cautions(model, found.theta, labels)
    if np.isnan(vcov).any():
        told.append(_unidentified(model))
    n = sum(sample.n for sample in groups)
    if n < model.n_free:
        told.append(code("fewer_respondents_than_parameters", n=n, parameters=model.n_free))
    if groups[0].clusters is not None:
        n_clusters = len(np.unique(np.concatenate([sample.clusters for sample in groups])))
        if n_clusters < model.n_free:
            facts = {"n": n_clusters, "parameters": model.n_free}
            told.append(code("fewer_clusters_than_parameters", **facts))
    return joined(told)


def _unidentified(model: Model) -> str:
    """Name the constructs of one or two indicators, which lean on covariances with others."""
    here = model.group == 0
    few = [
        name
        for j, name in enumerate(model.constructs)
        if 0 < (here & np.isin(model.kind, (LAMBDA, BETA)) & (model.col == j)).sum() < 3
    ]
    if not few:
        return "not_identified"
    return code("not_identified_few_indicators", constructs=", ".join(few), minimum=3)


def refit(fit: CfaFit, covariance: NDArray, n: int) -> NDArray:
    """Fit the same model to another covariance, from where the first fit ended.

    Nothing but the parameters is worked out, so that thousands of resamples are cheap.

    Parameters
    ----------
    fit : CfaFit
        Of one group by maximum likelihood.
    covariance : array, shape (p, p)
        Of the items in the order of ``fit.model.items``, divided by ``n``.
    n : int
        Respondents behind it.

    Returns
    -------
    array, shape (free,)
        NaN throughout where no solution was found. ``fit.model.values`` and
        `crqlab.stats.factors.standard.standardised` make rows of the table of them.

    Raises
    ------
    EstimateError
        A fit of several groups, or a covariance of another shape.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> trust = rng.normal(size=(300, 1)) + rng.normal(size=(300, 4))
    >>> fit = cfa(pd.DataFrame(trust, columns=list("abcd")), {"trust": list("abcd")})
    >>> np.allclose(refit(fit, fit.groups[0].covs[0], 300), fit.theta)
    True
    """
    p = len(fit.model.items)
    if fit.model.n_groups > 1 or np.shape(covariance) != (p, p):
        raise EstimateError(
            f"covariance= has shape {np.shape(covariance)} and the fit {fit.model.n_groups} "
            f"groups; refit takes one group and the {p} items of the fit."
        )
    mean = fit.groups[0].mean
    sample = Sample(
        "all",
        n,
        np.empty((0, p)),
        None,
        np.empty(0, int),
        np.ones((1, p), bool),
        np.array([n]),
        mean[None],
        np.asarray(covariance, float)[None],
    )
    for begin in (fit.theta, start(fit.model, [(sample.covs[0], mean)])):
        try:
            found = maximise(fit.model, [sample], begin)
        except np.linalg.LinAlgError:
            continue
        if found.converged:
            return found.theta
    return np.full(fit.model.n_free, np.nan)
