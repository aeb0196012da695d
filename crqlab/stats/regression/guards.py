"""The climb that a data set allows: maximum likelihood, Firth's penalty, or a ridge."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

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
REMEDIES = {FIRTH: "Firth's penalised likelihood", RIDGED: "ridge"}


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
        Why it is not maximum likelihood; empty where it is.
    cautions : list of str
        What else was found, about the fit as a whole.
    own : dict
        Cautions about single covariates.
    """

    problem: Problem
    summit: Summit
    method: str
    trouble: str
    cautions: list[str]
    own: dict[str, str]

    @property
    def told(self) -> list[str]:
        """All cautions, with what was done about the trouble."""
        if not self.trouble:
            return self.cautions
        return [*self.cautions, f"{self.trouble}: {REMEDIES[self.method]}"]


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
        name: f"VIF {size:.0f}: shares nearly all it tells with other covariates"
        for name, size in zip(design.terms[1:], vif, strict=True)
        if size > HIGH_VIF
    }
    cautions = [f"dropped {name}: {why}" for name, why in design.dropped.items()]
    cautions += _few(design)
    summit = climb(plain)
    way = separating(design.X, design.y, design.weights, summit)
    if way is not None:
        problem, method, trouble = replace(plain, jeffreys=True), FIRTH, _parted(design, way)
    elif index > HIGH_INDEX:
        prior = np.diag(np.concatenate([[0.0], np.full(k - 1, RIDGE)]))
        problem, method = replace(plain, prior=prior), RIDGED
        trouble = f"collinear (condition index {index:.0f})"
    else:
        problem, method, trouble = plain, ML, ""
    if trouble or not summit.arrived:
        summit = _arrived(problem, method)
    return Found(problem, summit, method, trouble, cautions, own)


def _arrived(problem: Problem, method: str) -> Summit:
    summit = climb(problem, steps=STEPS)
    if not summit.arrived:
        raise EstimateError(
            f"The {method} fit of {len(problem.y)} rows and {problem.X.shape[1]} terms came to no "
            "end. Look for outliers in covariates=, or leave some covariates out."
        )
    return summit


def _few(design: Design) -> list[str]:
    events = float(design.weights @ design.y)
    rarer, slopes = min(events, design.weights.sum() - events), len(design.terms) - 1
    if not slopes or rarer >= FEW_EVENTS * slopes:
        return []
    return [
        f"fewer than {FEW_EVENTS} events per variable ({rarer:.0f} of the rarer outcome, "
        f"{slopes} covariates): read with care"
    ]


def _parted(design: Design, way: np.ndarray) -> str:
    pairs = zip(design.terms, way, strict=True)
    names = [name for name, part in pairs if part and name != INTERCEPT]
    through = f" by {', '.join(names)}" if names else ""
    return f"outcome separated{through}"
