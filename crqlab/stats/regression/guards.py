"""The climb that a data set allows: maximum likelihood, Firth's penalty, or a ridge."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crqlab.base.errors import EstimateError
from crqlab.stats.regression.climbing import Problem, Summit, climb
from crqlab.stats.regression.collinearity import HIGH_INDEX, HIGH_VIF, condition, inflation
from crqlab.stats.regression.designs import INTERCEPT, Design, gram
from crqlab.stats.regression.links import LINKS
from crqlab.stats.regression.separation import separating

FEW_EVENTS = 10
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
    cautions : list of str
        About the fit as a whole.
    own : dict
        Cautions about single covariates.
    """

    problem: Problem
    summit: Summit
    method: str
    cautions: list[str] = field(default_factory=list)
    own: dict[str, str] = field(default_factory=dict)


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
        words = _parted(design, way)
        return _arrived(_jeffreys(plain), FIRTH, [*cautions, words], own)
    if index > HIGH_INDEX:
        prior = np.diag(np.concatenate([[0.0], np.full(k - 1, RIDGE)]))
        words = f"collinear (condition index {index:.0f}): ridge"
        problem = Problem(design.X, design.y, design.weights, LINKS[link], prior)
        return _arrived(problem, RIDGED, [*cautions, words], own)
    if not summit.arrived:
        return _arrived(plain, ML, cautions, own)
    return Found(plain, summit, ML, cautions, own)


def _jeffreys(plain: Problem) -> Problem:
    return Problem(plain.X, plain.y, plain.weights, plain.link, plain.prior, jeffreys=True)


def _arrived(problem: Problem, method: str, cautions: list[str], own: dict[str, str]) -> Found:
    summit = climb(problem, steps=STEPS)
    if not summit.arrived:
        raise EstimateError(
            f"The {method} fit of {len(problem.y)} rows and {problem.X.shape[1]} terms came to no "
            "end. Look for outliers in covariates=, or leave some covariates out."
        )
    return Found(problem, summit, method, cautions, own)


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
    return f"outcome separated{through}: Firth's penalised likelihood"
