"""How a linear predictor becomes a probability, and what the likelihood says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_ndtr, ndtr

LOW, HIGH = -36.0, 6.5  # beyond, a complementary log-log probability is 0 or 1 in floats
LOG_ROOT = 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True, slots=True)
class Link:
    """One way from linear predictor to mean, all functions element by element.

    Attributes
    ----------
    mean : callable
        From the linear predictor to the expected outcome.
    gain : callable
        Log-likelihood of (outcome, linear predictor).
    score : callable
        Its slope in the linear predictor.
    weight : callable
        Expected information on the linear predictor.
    tilt : callable
        Slope of the logarithm of ``weight``.
    """

    mean: Callable[[NDArray], NDArray]
    gain: Callable[[NDArray, NDArray], NDArray]
    score: Callable[[NDArray, NDArray], NDArray]
    weight: Callable[[NDArray], NDArray]
    tilt: Callable[[NDArray], NDArray]


def _logit_weight(eta: NDArray) -> NDArray:
    mean = expit(eta)
    return mean * (1 - mean)


def _hazard(eta: NDArray) -> NDArray:
    return np.exp(np.clip(eta, LOW, HIGH))


def _cloglog_gain(y: NDArray, eta: NDArray) -> NDArray:
    hazard = _hazard(eta)
    return y * np.log(-np.expm1(-hazard)) - (1 - y) * hazard


def _cloglog_score(y: NDArray, eta: NDArray) -> NDArray:
    hazard = _hazard(eta)
    return hazard * (y / -np.expm1(-hazard) - 1)


def _cloglog_weight(eta: NDArray) -> NDArray:
    hazard = _hazard(eta)
    return hazard**2 / np.expm1(hazard)


def _cloglog_tilt(eta: NDArray) -> NDArray:
    hazard = _hazard(eta)
    return 2 - hazard / -np.expm1(-hazard)


def _density(eta: NDArray) -> NDArray:
    return -0.5 * eta**2 - LOG_ROOT


def _probit_score(y: NDArray, eta: NDArray) -> NDArray:
    sign = 2 * y - 1
    return sign * np.exp(_density(eta) - log_ndtr(sign * eta))


def _probit_weight(eta: NDArray) -> NDArray:
    return np.exp(2 * _density(eta) - log_ndtr(eta) - log_ndtr(-eta))


def _probit_tilt(eta: NDArray) -> NDArray:
    density = _density(eta)
    return -2 * eta - np.exp(density - log_ndtr(eta)) + np.exp(density - log_ndtr(-eta))


LINKS = {
    "logit": Link(
        expit,
        lambda y, eta: y * eta - np.logaddexp(0, eta),
        lambda y, eta: y - expit(eta),
        _logit_weight,
        lambda eta: 1 - 2 * expit(eta),
    ),
    "cloglog": Link(
        lambda eta: -np.expm1(-_hazard(eta)),
        _cloglog_gain,
        _cloglog_score,
        _cloglog_weight,
        _cloglog_tilt,
    ),
    "probit": Link(
        ndtr,
        lambda y, eta: log_ndtr((2 * y - 1) * eta),
        _probit_score,
        _probit_weight,
        _probit_tilt,
    ),
    "identity": Link(
        lambda eta: eta,
        lambda y, eta: -0.5 * (y - eta) ** 2,
        lambda y, eta: y - eta,
        np.ones_like,
        np.zeros_like,
    ),
}
