"""The partial likelihood of Cox's model, with its slope, its curvature and its residuals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.survival.risk_sets import RiskSets


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """The partial likelihood at one set of coefficients.

    Ties after Efron: of m events at one time the k-th sees the others with weight 1 - k/m.
    With a_k = 1 / (risk left to the k-th), ``power[i, j]`` is the sum over k of (k/m)^i a_k^j.

    Attributes
    ----------
    value : float
        Log likelihood.
    X, risk : ndarray, shape (cases, covariates) and (cases,)
        Covariates, and exp of the linear predictor.
    sets : RiskSets
    whole, own : ndarray, shape (event times, covariates)
        Risk-weighted covariates of those at risk, of those with the event.
    power : dict of (int, int) to ndarray, shape (event times,)
    """

    value: float
    X: NDArray
    risk: NDArray
    sets: RiskSets
    whole: NDArray
    own: NDArray
    power: dict[tuple[int, int], NDArray]

    def score_by_time(self) -> NDArray:
        """What each event time adds to the slope; shape (event times, covariates)."""
        return self.sets.at_event(self.X) - self._expected(0, 1)

    def _expected(self, i: int, j: int) -> NDArray:
        """Sum over tied events of (k/m)^i a_k^(j-1) times the mean covariate at risk."""
        first, second = self.power[i, j], self.power[i + 1, j]
        return first[:, None] * self.whole - second[:, None] * self.own

    def information(self, stress: NDArray | None = None) -> NDArray:
        """Minus the curvature, each event time counting ``stress`` times."""
        c = np.ones(len(self.sets.times)) if stress is None else stress
        a, b = c * self.power[0, 1], c * self.power[1, 1]
        weight = self.risk * self._over(a, b)
        inner = (self.X.T * weight) @ self.X
        cross = (self.whole.T * (c * self.power[1, 2])) @ self.own
        squares = (self.whole.T * (c * self.power[0, 2])) @ self.whole
        squares += (self.own.T * (c * self.power[2, 2])) @ self.own
        return inner - squares + cross + cross.T

    def drift(self) -> NDArray:
        """Hazard times the mean covariate at risk; shape (event times, covariates)."""
        return self._expected(0, 2)

    def _over(self, amounts: NDArray, spared: NDArray) -> NDArray:
        """Sum amounts over the times at risk, less what a tied event is spared at its own."""
        total = self.sets.along(amounts)
        dying = self.sets.dying
        total[dying] -= spared[self.sets.last[dying]]
        return total

    def residuals(self) -> NDArray:
        """Score residuals: what each case adds to the slope; shape (cases, covariates)."""
        hazard = self._over(self.power[0, 1], self.power[1, 1])
        drift = self._over(self.drift(), self._expected(1, 2))
        found = -self.risk[:, None] * (self.X * hazard[:, None] - drift)
        dying = self.sets.dying
        mean = self._expected(0, 1) / self.sets.size[:, None]
        found[dying] += self.X[dying] - mean[self.sets.last[dying]]
        return found


def partial(X: NDArray, terms: NDArray, sets: RiskSets, ties: str) -> Partial:
    """Evaluate the partial likelihood.

    Parameters
    ----------
    X : ndarray, shape (cases, covariates)
        Near 0, so that no exponential overflows.
    terms : ndarray, shape (covariates,)
    sets : RiskSets
    ties : str
        ``"efron"`` or ``"breslow"``.

    References
    ----------
    Cox (1972), Journal of the Royal Statistical Society B 34, 187-220.
    Efron (1977), Journal of the American Statistical Association 72, 557-565: ties.
    Breslow (1974), Biometrics 30, 89-99: ties.

    Examples
    --------
    >>> from crqlab.stats.survival.risk_sets import risk_sets
    >>> sets = risk_sets(np.array([1.0, 2, 3]), np.array([1.0, 1, 1]), np.zeros(3))
    >>> round(partial(np.zeros((3, 1)), np.zeros(1), sets, "efron").value, 4)
    -1.7918
    """
    linear = X @ terms
    risk = np.exp(linear)
    everybody, dead = sets.at_risk(risk), sets.at_event(risk)
    place = np.repeat(np.arange(len(sets.size)), sets.size)
    before = np.arange(len(place)) - np.repeat(np.cumsum(sets.size) - sets.size, sets.size)
    share = before / sets.size[place] if ties == "efron" else np.zeros(len(place))
    left = everybody[place] - share * dead[place]
    starts = np.cumsum(sets.size) - sets.size
    with np.errstate(over="ignore"):  # a step that went too far, and will be halved
        power = {
            (i, j): np.add.reduceat(share**i / left**j, starts)
            for i, j in ((0, 1), (1, 1), (0, 2), (1, 2), (2, 2))
        }
    value = float(linear[sets.dying].sum() - np.log(left).sum())
    weighted = X * risk[:, None]
    whole, own = sets.at_risk(weighted), sets.at_event(weighted)
    return Partial(value, X, risk, sets, whole, own, power)
