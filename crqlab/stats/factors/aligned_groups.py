"""Means of constructs in many groups whose items are the same but approximately: alignment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import norm

from crqlab.base.contracts.cautions import OK, code, joined, plain
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.stats.defaults import LEVEL
from crqlab.stats.factors.cfa_fit import cfa
from crqlab.stats.factors.implied import matrices
from crqlab.stats.factors.model import LAMBDA, NU, PSI
from crqlab.stats.factors.result import CfaFit

EPSILON = (1.0, 0.1, 0.01)  # how sharply differences are told from none, in turn
STARTS, SEED = 8, 1
DIFFERS = 0.001  # p below which a parameter of a group is called different
MUCH = 0.25  # share of such parameters beyond which alignment is not to be trusted
STRIDE = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Alignment(Result):
    """Means and variances of constructs by group, on one scale.

    Attributes
    ----------
    table : DataFrame, one row per construct and group
        ``construct``, ``group``, ``n``, ``mean``, ``se``, ``low``, ``high`` (95 %), ``p`` (of 0)
        and ``sd``, in units of the reference group's standard deviation, whose mean is 0;
        ``flag``.
    parameters : DataFrame, one row per construct, item and group
        ``construct``, ``item``, ``group``, ``loading``, ``intercept`` (aligned), and for each
        ``loading_p``, ``intercept_p`` (of being that of the groups that agree) and
        ``loading_differs``, ``intercept_differs``.
    items : DataFrame, one row per construct and item
        ``r2_loading``, ``r2_intercept``: how much of the differences between groups their means
        and variances explain; 1 is full invariance.
    reference : str
    share_different : float
        Of all loadings and intercepts.
    n : int
    flag : str
    """

    table: pd.DataFrame
    parameters: pd.DataFrame
    items: pd.DataFrame
    reference: str
    share_different: float
    n: int
    flag: str

    def __str__(self) -> str:
        groups = self.table["group"].nunique()
        sentence = (
            f"{self.table['construct'].nunique()} constructs aligned in {groups} groups (reference "
            f"{self.reference}): {self.share_different:.0%} of loadings and intercepts differ; "
            f"n = {self.n:,} respondents (Asparouhov & Muthén 2014)"
        )
        return sentence if self.flag == OK else f"{sentence}; {plain(self.flag)}"


def alignment(
    data: pd.DataFrame,
    model: Mapping[str, Sequence[str]],
    group: str,
    *,
    reference: object = None,
    estimator: str = "ml",
    missing: str = "listwise",
) -> Alignment:
    """Compare means of constructs over groups without exact invariance.

    From the configural model, means and variances of every group are chosen so that most
    loadings and intercepts are all but the same in all groups, and few differ, much.

    Parameters
    ----------
    data : DataFrame, one row per respondent
    model : mapping of str to sequence of str
        Items of each construct, three or more.
    group : str
        Column of the groups, two or more; it is meant for many.
    reference : optional
        The group of mean 0 and standard deviation 1; the largest when absent.
    estimator, missing
        As for `crqlab.stats.factors.cfa`: ``"ml"`` or ``"mlr"``.

    Returns
    -------
    Alignment
        Flagged where more than a quarter of the parameters differ.

    Raises
    ------
    EstimateError
        As `crqlab.stats.factors.cfa`; an unknown reference; a configural model that is not
        identified in some group.

    References
    ----------
    Asparouhov & Muthén (2014), Structural Equation Modeling 21, 495-508: the criterion.
    Muthén & Asparouhov (2014), Frontiers in Psychology 5, 978: a quarter.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> land = np.repeat(["se", "fi", "no", "dk"], 400)
    >>> level = pd.Series(land).map({"se": 0, "fi": 0.5, "no": -0.5, "dk": 0}).to_numpy()
    >>> trust = level[:, None] + rng.normal(size=(1600, 1)) + rng.normal(size=(1600, 4))
    >>> data = pd.DataFrame(trust, columns=list("abcd")).assign(land=land)
    >>> data.loc[data["land"] == "dk", "d"] += 1  # one question says something else there
    >>> found = alignment(data, {"trust": list("abcd")}, "land", reference="se")
    >>> found.table[["group", "mean", "low", "high"]].round(1)
      group  mean  low  high
    0    se   0.0  0.0   0.0
    1    fi   0.5  0.3   0.7
    2    no  -0.5 -0.6  -0.3
    3    dk   0.1 -0.1   0.2
    >>> found.parameters.query("intercept_differs")[["item", "group"]]
       item group
    15    d    dk
    """
    fit = cfa(data, model, group=group, estimator=estimator, missing=missing)
    if np.isnan(fit.vcov).any() or "not_converged" in fit.flag:
        raise EstimateError(
            f"The configural model cannot be aligned: {plain(fit.flag)}. Merge small groups, or "
            "give constructs more items.",
            caution="not_identified",
        )
    sizes = np.array([sample.n for sample in fit.groups], dtype=float)
    at = int(sizes.argmax()) if reference is None else _place(fit, reference)
    parts = [_aligned(fit, name, sizes, at) for name in fit.model.constructs]
    parameters = pd.concat([part[1] for part in parts], ignore_index=True)
    share = float(parameters[["loading_differs", "intercept_differs"]].to_numpy().mean())
    flags = [fit.flag]
    if share > MUCH:
        flags.append(code("much_non_invariance", share=round(share, 3), most=MUCH))
    told = joined(flags)
    return Alignment(
        pd.concat([part[0] for part in parts], ignore_index=True).assign(flag=told),
        parameters,
        pd.concat([part[2] for part in parts], ignore_index=True),
        fit.labels[at],
        share,
        int(sizes.sum()),
        told,
    )


def _place(fit: CfaFit, reference: object) -> int:
    if str(reference) not in fit.labels:
        raise EstimateError(
            f"reference= is {reference!r}, which is none of the groups {', '.join(fit.labels)}."
        )
    return fit.labels.index(str(reference))


def _aligned(fit: CfaFit, name: str, sizes: NDArray, at: int):
    """Table, parameters and items of one construct."""
    j = fit.model.constructs.index(name)
    loads = (fit.model.kind == LAMBDA) & (fit.model.col == j) & (fit.model.group == 0)
    rows = fit.model.row[loads]
    if len(rows) < 3:
        raise EstimateError(
            f"model= has {len(rows)} items of {name!r}; alignment needs three or more of each "
            "construct."
        )
    groups = len(sizes)
    spread = np.sqrt(np.average([s.variance[rows] for s in fit.groups], axis=0, weights=sizes))

    def configural(theta: NDArray) -> NDArray:
        return _configural(fit, theta, rows, j) / np.tile(spread, 2 * groups)

    moments = configural(fit.theta)
    covariance = _carried(_slopes(configural, fit.theta), fit.vcov)
    problem = _Problem(groups, len(rows), sizes, at)
    eta = problem.solved(moments)
    slopes = problem.response(eta, moments)

    def outcome(both: NDArray) -> NDArray:
        return problem.outcome(both[: len(eta)], both[len(eta) :])

    whole = _slopes(outcome, np.concatenate([eta, moments]))
    errors = _carried(whole[:, : len(eta)] @ slopes + whole[:, len(eta) :], covariance)
    values = problem.outcome(eta, moments)
    items = [fit.model.items[i] for i in rows]
    return (
        _means(name, fit.labels, sizes, values[: 2 * groups], errors),
        _parameters(name, items, fit.labels, values[2 * groups :], errors, sizes, spread),
        _explained(name, items, problem, eta, moments),
    )


def _configural(fit: CfaFit, theta: NDArray, rows: NDArray, j: int) -> NDArray:
    """Loadings at variance 1, then intercepts, group by group."""
    values, found = fit.model.values(theta), []
    for g in range(fit.model.n_groups):
        filled = matrices(fit.model, values, g)
        found.append((filled[LAMBDA][rows, j] * np.sqrt(filled[PSI][j, j]), filled[NU][rows, 0]))
    return np.concatenate([np.concatenate(part) for part in zip(*found, strict=True)])


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """Means (all but the reference's) and log deviations (whose sum is 0) of the groups."""

    groups: int
    items: int
    sizes: NDArray
    at: int

    @property
    def pairs(self) -> tuple[NDArray, NDArray, NDArray]:
        first, second = np.triu_indices(self.groups, 1)
        weight = np.sqrt(self.sizes[first] * self.sizes[second])
        return first, second, weight / weight.sum()

    def spelt(self, eta: NDArray) -> tuple[NDArray, NDArray]:
        """Mean and log deviation of every group."""
        free = np.arange(self.groups) != self.at
        mean, log = np.zeros(self.groups), np.zeros(self.groups)
        mean[free], log[free] = np.split(eta, 2)
        log[self.at] = -log.sum()
        return mean, log

    def shaped(self, moments: NDArray) -> tuple[NDArray, NDArray]:
        first, second = np.split(moments, 2)
        return first.reshape(self.groups, -1), second.reshape(self.groups, -1)

    def parameters(self, eta: NDArray, moments: NDArray) -> tuple[NDArray, NDArray]:
        """Loadings and intercepts, given means and deviations."""
        (mean, log), (loading, intercept) = self.spelt(eta), self.shaped(moments)
        loading = loading / np.exp(log)[:, None]
        return loading, intercept - mean[:, None] * loading

    def loss(self, eta: NDArray, moments: NDArray, epsilon: float) -> tuple[float, NDArray]:
        """Total of the fourth roots of squared differences, and its slope."""
        first, second, weight = self.pairs
        loading, intercept = self.parameters(eta, moments)
        mean, total, pulls = self.spelt(eta)[0], 0.0, []
        for part in (loading, intercept):
            square = (part[first] - part[second]) ** 2 + epsilon
            total += float(weight @ (square**0.25).sum(axis=1))
            slope = weight[:, None] * (part[first] - part[second]) / (2 * square**0.75)
            pull = np.zeros_like(part)
            np.add.at(pull, first, slope)
            np.add.at(pull, second, -slope)
            pulls.append(pull)
        of_mean = -(loading * pulls[1]).sum(axis=1)
        of_log = (loading * (mean[:, None] * pulls[1] - pulls[0])).sum(axis=1)
        free = np.arange(self.groups) != self.at
        return total, np.concatenate([of_mean[free], of_log[free] - of_log[self.at]])

    def solved(self, moments: NDArray) -> NDArray:
        """The best of several searches, each sharper from step to step."""
        rng, found = np.random.default_rng(SEED), []
        plain = self._start(moments)
        for start in range(STARTS):
            eta = plain + (0.3 * rng.normal(size=len(plain)) if start else 0)
            for epsilon in EPSILON:
                done = minimize(
                    self.loss,
                    eta,
                    (moments, epsilon),
                    jac=True,
                    method="BFGS",
                    options={"gtol": 1e-9},
                )
                eta = done.x
            found.append(done)
        return min(found, key=lambda one: one.fun).x

    def _start(self, moments: NDArray) -> NDArray:
        """As if nothing differed but means and variances."""
        loading, intercept = self.shaped(moments)
        log = np.log(np.maximum(np.abs(loading).mean(axis=1), 1e-3))
        log -= log.mean()
        common = (loading / np.exp(log)[:, None]).mean(axis=0)
        mean = (intercept - intercept[self.at]) @ common / (common @ common)
        free = np.arange(self.groups) != self.at
        return np.concatenate([mean[free], log[free]])

    def response(self, eta: NDArray, moments: NDArray) -> NDArray:
        """How the solution moves with the configural estimates (implicit function)."""
        last = EPSILON[-1]
        bend = _slopes(lambda there: self.loss(there, moments, last)[1], eta)
        cross = _slopes(lambda there: self.loss(eta, there, last)[1], moments)
        return -np.linalg.solve((bend + bend.T) / 2, cross)

    def outcome(self, eta: NDArray, moments: NDArray) -> NDArray:
        """Means, deviations, loadings and intercepts in units of the reference group."""
        mean, log = self.spelt(eta)
        loading, intercept = self.parameters(eta, moments)
        unit = np.exp(log[self.at])
        return np.concatenate(
            [mean / unit, np.exp(log) / unit, (loading * unit).ravel(), intercept.ravel()]
        )


def _slopes(function: Callable[[NDArray], NDArray], point: NDArray) -> NDArray:
    """Central differences, shape (values, point)."""
    steps = np.diag(np.full(len(point), STRIDE))
    return np.stack(
        [(function(point + step) - function(point - step)) / (2 * STRIDE) for step in steps], axis=1
    )


def _carried(slopes: NDArray, covariance: NDArray) -> NDArray:
    return slopes @ covariance @ slopes.T


def _means(name, labels, sizes, values, errors) -> pd.DataFrame:
    groups = len(labels)
    mean, sd = np.split(values, 2)
    se = np.sqrt(np.maximum(np.diag(errors)[:groups], 0))
    half = norm.isf((1 - LEVEL) / 2) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(se > 0, 2 * norm.sf(np.abs(mean / se)), np.nan)
    columns = {
        "construct": name,
        "group": labels,
        "n": sizes.astype(int),
        "mean": mean,
        "se": se,
        "low": mean - half,
        "high": mean + half,
        "p": p,
        "sd": sd,
    }
    return pd.DataFrame(columns)


def _parameters(name, items, labels, values, errors, sizes, spread) -> pd.DataFrame:
    groups, start = len(labels), 2 * len(labels)
    parts = {}
    for kind, part in zip(("loading", "intercept"), np.split(values, 2), strict=True):
        shape = (groups, len(items))
        covariance = errors[start : start + part.size, start : start + part.size]
        start += part.size
        p = np.column_stack(
            [
                _against(part[i :: len(items)], covariance[i :: len(items), i :: len(items)], sizes)
                for i in range(len(items))
            ]
        )
        parts[kind] = (part.reshape(shape) * spread).T.ravel()
        parts[f"{kind}_p"], parts[f"{kind}_differs"] = p.T.ravel(), (p < DIFFERS).T.ravel()
    order = ["loading", "intercept", "loading_p", "intercept_p"]
    order += ["loading_differs", "intercept_differs"]
    table = pd.DataFrame({name: parts[name] for name in order})
    keys = {"construct": name, "item": np.repeat(items, groups), "group": list(labels) * len(items)}
    return pd.concat([pd.DataFrame(keys), table], axis=1)


def _against(values: NDArray, covariance: NDArray, sizes: NDArray) -> NDArray:
    """P of each group's value being the mean of those that agree: first the middle half."""
    apart = np.abs(values - np.median(values))
    agree = apart <= np.sort(apart)[len(values) // 2]
    p = np.ones(len(values))
    for _ in range(len(values)):
        share = np.where(agree, sizes, 0) / sizes[agree].sum()
        contrast = np.eye(len(values)) - share
        spread = np.sqrt(np.maximum(np.diag(_carried(contrast, covariance)), 1e-300))
        p = 2 * norm.sf(np.abs(contrast @ values) / spread)
        now = p >= DIFFERS
        if now.sum() < 2 or (now == agree).all():
            break
        agree = now
    return p


def _explained(name, items, problem: _Problem, eta: NDArray, moments: NDArray) -> pd.DataFrame:
    (mean, log), (loading, intercept) = problem.spelt(eta), problem.shaped(moments)
    aligned, level = (part.mean(axis=0) for part in problem.parameters(eta, moments))
    told = np.exp(log)[:, None] * aligned, level + mean[:, None] * aligned
    r2 = [
        1 - ((part - by) ** 2).sum(axis=0) / ((part - part.mean(axis=0)) ** 2).sum(axis=0)
        for part, by in zip((loading, intercept), told, strict=True)
    ]
    columns = {"construct": name, "item": items, "r2_loading": r2[0], "r2_intercept": r2[1]}
    return pd.DataFrame(columns)
