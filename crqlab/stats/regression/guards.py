"""The climb that a data set allows: maximum likelihood, Firth's penalty, or a ridge."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import FEW_EVENTS
from crqlab.stats.regression.collinearity import HIGH_INDEX, HIGH_VIF, condition, inflation
from crqlab.stats.regression.designs import INTERCEPT, Design, gram
from crqlab.stats.regression.links import LINKS
from crqlab.stats.regression.newton import Problem, Summit, climb
from crqlab.stats.regression.separation import separating

RIDGE = 1.0  # normal prior of standard deviation 1 on each standardised slope
STEPS = 200
ML, FIRTH, RIDGED = "maximum likelihood", "Firth", "ridge"


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A climb, and what was found amiss before and after it.

    Attributes
    ----------
    problem : Problem
    summit : Summit
    method : str
        ``"maximum likelihood"``, ``"Firth"`` or ``"ridge"``.
    trouble : str
        Why it is not maximum likelihood, as a code of which what was done is missing (see
        `remedied`); empty where it is.
    numbers : dict
        Of that code.
    cautions : list of str
        What else was found, about the fit as a whole, as codes.
    own : dict
        Cautions about single covariates, as codes.
    """

    problem: Problem
    summit: Summit
    method: str
    trouble: str
    numbers: dict[str, object]
    cautions: list[str]
    own: dict[str, str]

    def remedied(self, method: str) -> list[str]:
        """All cautions about the fit, with what was done about the trouble."""
        if not self.trouble:
            return self.cautions
        return [*self.cautions, code(f"{self.trouble}_{method.lower()}", **self.numbers)]


def fitted(design: Design, link: str) -> Found:
    """Fit what the data allow and say what was found and done.

    Raises
    ------
    EstimateError
        No climb comes to an end.
    """
    k = len(design.terms)
    plain = Problem(design.X, design.y, design.weights, LINKS[link], np.zeros((k, k)))
    correlations = gram(design.X[:, 1:], design.weights) / design.weights.sum()
    index, vif = condition(correlations), inflation(correlations)
    own = {
        name: code("vif_high", term=name, vif=round(size))
        for name, size in zip(design.terms[1:], vif, strict=True)
        if size > HIGH_VIF
    }
    summit = climb(plain)
    way = separating(design.X, design.y, design.weights, summit)
    if way is not None:
        problem, method = replace(plain, jeffreys=True), FIRTH
        trouble, numbers = _parted(design, way)
    elif index > HIGH_INDEX:
        prior = np.diag(np.concatenate([[0.0], np.full(k - 1, RIDGE)]))
        problem, method = replace(plain, prior=prior), RIDGED
        trouble, numbers = "collinear", {"index": round(index)}
    else:
        problem, method, trouble, numbers = plain, ML, "", {}
    if trouble or not summit.arrived:
        summit = _arrived(problem, method)
    return Found(problem, summit, method, trouble, numbers, _few(design), own)


def _arrived(problem: Problem, method: str) -> Summit:
    summit = climb(problem, steps=STEPS)
    if not summit.arrived:
        raise EstimateError(
            f"The {method} fit of {len(problem.y)} rows and {problem.X.shape[1]} terms came to no "
            "end. Look for outliers in covariates=, or leave some covariates out.",
            caution=code("no_end", rows=len(problem.y), terms=problem.X.shape[1]),
        )
    return summit


def _few(design: Design) -> list[str]:
    events = float(design.weights @ design.y)
    rarer, slopes = min(events, design.weights.sum() - events), len(design.terms) - 1
    if not slopes or rarer >= FEW_EVENTS * slopes:
        return []
    numbers = {"minimum": FEW_EVENTS, "events": round(rarer), "covariates": slopes}
    return [code("few_events_per_variable", **numbers)]


def _parted(design: Design, way: np.ndarray) -> tuple[str, dict[str, object]]:
    pairs = zip(design.terms, way, strict=True)
    names = [name for name, part in pairs if part and name != INTERCEPT]
    return ("separated_by_terms", {"terms": ", ".join(names)}) if names else ("separated", {})
