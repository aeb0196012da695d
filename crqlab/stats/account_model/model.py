r"""What holds for all accounts of a panel, to be carried to other studies.

.. math:: y_{ijt} = \theta_{it} + r_{role} + w_{ijt}, \qquad
          \theta_{it} = \mu_{ct} + \gamma\,(\log(1 + n_{it}) - m_n) + u_{it}

for person j of account i of client c in wave t, all of them vectors of scores;
:math:`Var(u) = \Sigma_B`, :math:`Var(w) = \Sigma_W`; of two waves d years apart u correlates by
:math:`\rho^d`, and w of one person by :math:`\kappa\phi^d`, component by component (see
`components`); :math:`\mu_c \sim N(m, \Sigma_C)` where the panel has clients enough to tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.stats.account_model.answers import Answers
from crqlab.stats.account_model.client_means import Prior
from crqlab.stats.account_model.client_prior import FEW_CLIENTS
from crqlab.stats.account_model.components import Components
from crqlab.stats.account_model.latent_scale import LatentScale, Table, table
from crqlab.stats.account_model.persistence import Persistence
from crqlab.stats.account_model.promoters import PromoterCurve, promoter_curve
from crqlab.stats.account_model.turnout import Turnout


@dataclass(frozen=True, eq=False)
class AccountModel(Result):
    """Covariances, persistence and effects of roles, each with its doubt.

    Attributes
    ----------
    scores, roles : tuple of str
    scales : tuple of LatentScale
        Of each score; all that follows is on these, where all people of the panel vary by 1.
    basis : ndarray, shape (scores, components)
        Components of the scores: people of an account vary by 1 in each.
    ratio, rho, share : ndarray, shape (components,)
        Variance of accounts over that of people; correlation of an account's waves a year
        apart; and of two answers of one person, apart from the account, at once.
    decay : float
        Of the last, by which it falls in a year.
    doubt : ndarray, shape (components, 3, 3)
        Covariance of log ratio, logit rho and logit share, of each component by itself.
    shared : ndarray, shape (components, 3)
        Standard errors of the same that all components have together.
    decay_se : float
        Of the decay's logarithm.
    between_se, within_se : ndarray, shape (scores, scores)
    role_effects, role_se : ndarray, shape (roles, scores)
        Points that a role adds.
    turnout, turnout_se : ndarray, shape (scores,)
        Points that log(1 + n) of n answers adds, from ``turnout_middle`` on.
    mean : ndarray, shape (scores,), or None
        Mean of clients; None where they are too few.
    clients : ndarray, shape (scores, scores), or None
        Covariance of clients, the doubt of ``mean`` included.
    client_rho : float
        Correlation of a client's waves a year apart.
    n_clients, n_accounts, n_people, n_answers, n_waves : int
        What it was estimated from.
    flag : str
        ``"ok"`` or cautions, as codes.
    """

    scores: tuple[str, ...]
    roles: tuple[str, ...]
    scales: tuple[LatentScale, ...]
    basis: NDArray
    ratio: NDArray
    rho: NDArray
    share: NDArray
    decay: float
    doubt: NDArray
    shared: NDArray
    decay_se: float
    between_se: NDArray
    within_se: NDArray
    role_effects: NDArray
    role_se: NDArray
    turnout: NDArray
    turnout_se: NDArray
    turnout_middle: float
    mean: NDArray | None
    clients: NDArray | None
    client_rho: float
    n_clients: int
    n_accounts: int
    n_people: int
    n_answers: int
    n_waves: int
    flag: str

    def __str__(self) -> str:
        icc, rho = self.icc1, self.score_rho
        return (
            f"Account model of {len(self.scores)} scores from {self.n_answers:,} answers of "
            f"{self.n_accounts:,} accounts: {icc.min():.0%} to {icc.max():.0%} of the variance "
            f"lies between accounts, which correlate by {rho.min():.2f} to {rho.max():.2f} "
            "from year to year"
        )

    @cached_property
    def components(self) -> Components:
        """Components with these numbers."""
        return Components(self.basis, self.ratio, Persistence(self.rho, self.share, self.decay))

    @cached_property
    def table(self) -> Table:
        """What accounts answer on average, over the latent scale of each score."""
        return table(self.scales, np.diag(self.within))

    def promoters(self, score: str) -> PromoterCurve:
        """Return how net promoter scores go with the mean of this score, answered from 0 to 10."""
        place = self.scores.index(score)
        return promoter_curve(self.scales[place], float(self.within[place, place]))

    @property
    def between(self) -> NDArray:
        """Covariance of accounts inside a client's wave."""
        return self.components.between

    @property
    def within(self) -> NDArray:
        """Covariance of people inside an account."""
        return self.components.within

    @property
    def icc1(self) -> NDArray:
        """Share of each score's variance inside a client that lies between accounts."""
        between = np.diag(self.between)
        return between / (between + np.diag(self.within))

    @property
    def score_rho(self) -> NDArray:
        """Correlation of an account's waves a year apart, of each score."""
        weight = self.basis**2 * self.ratio
        return weight @ self.rho / weight.sum(axis=1)

    @property
    def person_share(self) -> NDArray:
        """Correlation of two answers of one person a year apart, of each score."""
        weight = self.basis**2
        return weight @ (self.share * self.decay) / weight.sum(axis=1)

    @property
    def widening(self) -> float:
        r"""Factor of every standard error: covariances of J scores from n accounts are in doubt.

        :math:`\sqrt{1 + J / (2n)}` where clients are too few to tell how they differ, else 1.
        Measured: one client's probabilities come true as often as they say (docs/validation.md).

        References
        ----------
        Kackar & Harville (1984), Journal of the American Statistical Association 79, 853-862:
        estimated covariances make predictions look surer than they are.
        """
        few = self.n_clients < FEW_CLIENTS
        return float(np.sqrt(1 + len(self.scores) / (2 * self.n_accounts))) if few else 1.0

    def prior(self, centre: NDArray) -> Prior | None:
        """Return what is known of clients, in components, counted from a centre."""
        if self.mean is None or self.clients is None:
            return None
        A = self.components.inverse
        return Prior(A @ (self.mean - centre), A @ self.clients @ A.T, self.client_rho)

    def effects_of(self, given: Answers) -> NDArray:
        """Return effects of the roles that occur in these answers; unknown ones have none."""
        place = {name: row for row, name in enumerate(self.roles)}
        none = np.zeros((1, len(self.scores)))
        known = np.vstack([self.role_effects.reshape(-1, len(self.scores)), none])
        return known[[place.get(str(name), -1) for name in given.roles]]

    def turnout_of(self, given: Answers) -> NDArray:
        """Return what the number of its answers adds to each cell, shape (cells, scores)."""
        return Turnout(self.turnout, self.turnout_se, self.turnout_middle).of(given.n)

    def checked(self, given: Answers) -> None:
        """Refuse answers to other scores."""
        if given.scores != self.scores:
            raise EstimateError(
                f"rows= has the scores {', '.join(given.scores)}, the model is of "
                f"{', '.join(self.scores)}; give these, missing ones as empty columns."
            )

    def document(self) -> dict[str, Any]:
        """Return everything as plain JSON has it."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_document(cls, said: Mapping[str, Any]) -> Self:
        """Read what `document` wrote."""
        lacking = [field.name for field in fields(cls) if field.name not in said]
        if lacking:
            raise EstimateError(f"The account model lacks {', '.join(lacking)}; write it anew.")
        return cls(**{field.name: _typed(field.type, said[field.name]) for field in fields(cls)})


def on_latent_scale(given: Answers, scales: tuple[LatentScale, ...]) -> Answers:
    """Return the answers on the latent scale of each score."""
    columns = [scale.latent(score) for scale, score in zip(scales, given.values.T, strict=True)]
    return replace(given, values=np.column_stack(columns))


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple):
        return [one.document() if isinstance(one, LatentScale) else one for one in value]
    return value


def _typed(kind: str, value: Any) -> Any:
    if kind.startswith("NDArray"):
        return None if value is None else np.asarray(value, dtype=float)
    if kind.startswith("tuple[LatentScale"):
        return tuple(LatentScale.from_document(one) for one in value)
    return tuple(value) if kind.startswith("tuple") else value
