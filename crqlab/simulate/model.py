"""The truth behind the synthetic panel: every coefficient that data are drawn with.

METHOD (docs/glossary.md has the words): client CRQ ~ N(5.0, .45), ICC(1) .30, construct SD
1.2, construct correlations .40-.70, client NPS = -240 + 49 CRQ, churn by complementary
log-log on trust and commitment with commitment as the mediator.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

#: Standardised structural paths, causes before effects; LTR stands for its latent.
PATHS: dict[str, dict[str, float]] = {
    "solution": {},
    "experience": {"solution": 0.58},
    "reliable": {"solution": 0.36, "experience": 0.38},
    "responsive": {"reliable": 0.48, "experience": 0.32},
    "caring": {"reliable": 0.22, "responsive": 0.34, "experience": 0.28},
    "trust": {"reliable": 0.28, "responsive": 0.18, "caring": 0.24, "solution": 0.12},
    "satisfaction": {"trust": 0.30, "solution": 0.30, "experience": 0.20, "reliable": 0.12},
    "value": {"solution": 0.38, "satisfaction": 0.30, "trust": 0.08},
    "unique": {"solution": 0.36, "experience": 0.26, "satisfaction": 0.18},
    "commitment": {"satisfaction": 0.72, "trust": 0.16},
    "calculative": {"commitment": 0.15, "unique": 0.20},
    "ltr": {"commitment": 0.38, "satisfaction": 0.24, "trust": 0.16},
}
VARIABLES = tuple(PATHS)
CONSTRUCTS = VARIABLES[:-1]
SERVICE = ("reliable", "responsive", "caring")
#: What the mean client scores on a construct, relative to its CRQ (scale points).
LEVELS = {
    "trust": 0.20,
    "commitment": 0.05,
    "satisfaction": 0.10,
    "reliable": 0.15,
    "responsive": 0.00,
    "caring": -0.15,
    "solution": -0.15,
    "experience": -0.20,
    "value": -0.20,
    "unique": -0.15,
    "calculative": -0.70,
}
#: Item: its construct, intercept and loading (scale points); residuals are `NOISE` wide.
ITEMS: dict[str, tuple[str, float, float]] = {
    "tru_1": ("trust", 0.10, 1.05),
    "tru_2": ("trust", -0.15, 0.95),
    "tru_3": ("trust", 0.05, 1.00),
    "com_1": ("commitment", 0.10, 0.95),
    "com_2": ("commitment", -0.10, 1.05),
    "com_3": ("calculative", 0.00, 1.00),
    "sat_1": ("satisfaction", 0.10, 1.05),
    "sat_2": ("satisfaction", -0.10, 0.95),
    "rel_1": ("reliable", -0.05, 1.00),
    "rel_2": ("reliable", 0.05, 1.00),
    "res_1": ("responsive", 0.15, 1.00),
    "res_2": ("responsive", -0.15, 1.00),
    "car_1": ("caring", 0.10, 1.05),
    "car_2": ("caring", -0.10, 0.95),
    "sol_1": ("solution", 0.20, 1.00),
    "sol_2": ("solution", -0.20, 1.05),
    "sol_3": ("solution", 0.00, 0.95),
    "val_1": ("value", 0.15, 1.00),
    "val_2": ("value", -0.15, 1.00),
    "exp_1": ("experience", 0.10, 0.95),
    "exp_2": ("experience", 0.25, 1.05),
    "exp_3": ("experience", -0.35, 1.00),
    "uni_1": ("unique", -0.10, 1.05),
    "uni_2": ("unique", 0.10, 0.95),
}
NOISE = 0.75
#: Standard deviation of a construct among one client's respondents, before rounding.
SPREAD = 1.22
#: Share of that variance between accounts, before rounding and item noise.
BETWEEN = 0.318
#: Middle of the scale's upper half, where intercepts are measured from.
CENTRE = 5.0
CUTS = np.arange(1.5, 7.0)
#: LTR: shares of the answers 0 to 10 where NPS is +5, hence the probit's cuts.
LTR_SHARES = (0.015, 0.01, 0.015, 0.025, 0.035, 0.08, 0.12, 0.15, 0.20, 0.18, 0.17)
NPS_LINE = (-240.0, 49.0)
NPS_SCATTER = 5.0

ROLES = ("executive", "decision maker", "influencer", "user")
ROLE_SHARES = np.array([0.15, 0.25, 0.20, 0.40])
ROLE_SHIFTS = np.array([0.12, 0.06, 0.00, -0.08])

CRQ_MEAN, CRQ_SD = 5.0, 0.45
#: Share of the panel and shift of CRQ, chosen so that the shifts cancel over the panel.
INDUSTRIES = {
    "IT and outsourcing": (0.24, -0.24),
    "Banking and insurance": (0.16, 0.20),
    "Professional services": (0.18, 0.18),
    "Manufacturing": (0.20, 0.00),
    "Logistics": (0.12, -0.06),
    "Energy and utilities": (0.10, 0.004),
}
COUNTRIES = {
    "SE": (0.24, 0.00),
    "DE": (0.18, -0.10),
    "GB": (0.16, 0.04),
    "NO": (0.12, 0.08),
    "DK": (0.10, 0.06),
    "FI": (0.08, -0.06),
    "IE": (0.06, 0.14),
    "AT": (0.06, -0.12),
}
#: Standard deviations over clients (scale points): one wave's mood, the profile.
WAVE_SD, PROFILE_SD = 0.14, 0.15
#: Share of accounts with which contact is kept, and how likely a person leaves between yearly waves
#: where it is and where it is not (`Options.honeymoon`); elsewhere everybody alike.
KEPT, LEAVES_KEPT, LEAVES_LOST, LEAVES = 0.5, 0.05, 0.6, 0.15
ACCOUNT_MEMORY, PERSON_MEMORY = 0.8, 0.6
MOOD_MEMORY = 0.7  # of a client, from one part of a year to the next

COMPLETION = (2.2, 4.09)
#: Probit slope of answering on the account's standardised relationship.
UNHAPPY_SLOPE = 0.4

#: Complementary log-log of churn at renewal, per scale point from `CENTRE`.
CHURN = {
    "intercept": -2.2,
    "commitment": -0.70,
    "trust": -0.10,
    "calculative": -0.15,
    "silent": 0.45,
    "prior_churn": 0.60,
    "log_tenure": -0.25,
}
#: Log revenue: the top fifth of such a log-normal holds 80 %.
REVENUE_SIGMA = 2 * 0.8416


@dataclass(frozen=True, slots=True)
class Latent:
    """The standardised latent variables, constructs first, LTR last.

    Attributes
    ----------
    correlations : array, shape (12, 12)
    root : array, shape (12, 12)
        Lower triangle; multiplies independent normals.
    residuals : array, shape (12,)
        Variance that a variable's paths leave unexplained.
    """

    correlations: np.ndarray
    root: np.ndarray
    residuals: np.ndarray


@cache
def latent() -> Latent:
    """Correlations that the paths imply.

    Examples
    --------
    >>> latent().correlations[0, 1].round(2)
    np.float64(0.58)
    """
    k = len(VARIABLES)
    R, residuals = np.eye(k), np.ones(k)
    for i, causes in enumerate(PATHS.values()):
        b = np.array([causes.get(name, 0.0) for name in VARIABLES[:i]])
        R[i, :i] = R[:i, i] = R[:i, :i] @ b
        residuals[i] = 1 - b @ R[:i, :i] @ b
    return Latent(R, np.linalg.cholesky(R), residuals)


@cache
def ltr_cuts() -> np.ndarray:
    """Ten cuts of the standardised latent between the answers 0 to 10, at NPS +5."""
    from scipy.special import ndtri

    return ndtri(np.cumsum(LTR_SHARES)[:-1])


@cache
def crq_weights() -> np.ndarray:
    """Weight of every construct in the CRQ score; service counts through its parts."""
    weights = dict.fromkeys(("trust", "commitment", "satisfaction", "solution", "experience"), 1.0)
    weights |= dict.fromkeys(SERVICE, 1 / 3)
    return np.array([weights.get(name, 0.0) for name in CONSTRUCTS]) / 6


#: Share of contacts of whom a lever is true, and how likely others answer as a multiple.
LEVERS = {"warmed_up": (0.5, 0.7), "sent_by": (0.4, 1.0), "feedback_given": (0.5, 0.8),
          "reminders": (0.5, 1.0)}  # fmt: skip
BOUNCED, LEFT = 0.03, 0.02
