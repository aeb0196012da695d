"""From answers of a panel to what holds for all its accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import OK, code, joined
from crqlab.base.errors import EstimateError
from crqlab.stats.account_model.answers import Answers
from crqlab.stats.account_model.client_means import client_means
from crqlab.stats.account_model.client_prior import client_prior
from crqlab.stats.account_model.components import Components, components
from crqlab.stats.account_model.conditional_effects import Conditioned, conditioned
from crqlab.stats.account_model.covariance_errors import carried
from crqlab.stats.account_model.covariances import moments
from crqlab.stats.account_model.estimates import Estimates, decayed, estimated, pieces
from crqlab.stats.account_model.latent_scale import latent_scale
from crqlab.stats.account_model.layout import Batch, batches
from crqlab.stats.account_model.model import AccountModel, on_latent_scale
from crqlab.stats.account_model.persistence import Persistence
from crqlab.stats.account_model.role_effects import role_effects, without_roles
from crqlab.stats.account_model.turnout import turnout

MOST = 30_000
ASSUMED = 0.3  # share of variance between accounts to start from, and to stay at if nothing tells
FIRST = (0.7, 0.6, 0.7)  # rho, share and decay to start from
ROUNDS = (10, 6)  # steps towards the covariances before each climb of the likelihood


def fit(given: Answers, *, most: int = MOST) -> AccountModel:
    """Estimate the account model from a panel.

    Covariances by the moments of what answers leave open, ratios of variances, persistence of
    accounts and of people by restricted maximum likelihood in the components of the scores,
    each drawn towards what all components have in common as far as they do not differ.

    Parameters
    ----------
    given : Answers
        Accounts that nobody answered for tell nothing here.
    most : int
        Cells to estimate from. A larger panel is thinned to every second, third ... client;
        its numbers are then known to the third digit anyway.

    Returns
    -------
    AccountModel
        ``flag`` says what could not be told from these answers and was assumed.

    Raises
    ------
    EstimateError
        Fewer than two accounts with answers, or a score that nobody answered.

    References
    ----------
    Searle, Casella & McCulloch (1992), Variance Components; Meyer (1985), Biometrics 41, 153-165.

    Examples
    --------
    >>> import pandas as pd
    >>> from crqlab.stats.account_model import answers
    >>> rng = np.random.default_rng(1)
    >>> account = np.repeat(np.arange(60), 4)
    >>> crq = 5 + rng.normal(0, 0.6, 60)[account] + rng.normal(0, 0.9, 240)
    >>> who = {"client": np.repeat(["C1", "C2"], 120), "account": account, "wave": ["1"] * 240}
    >>> rows = answers(pd.DataFrame({"crq": crq}), **who)
    >>> model = fit(rows)
    >>> model.scores, model.n_accounts
    (('crq',), 60)
    """
    return _fitted(_thinned(given.kept(given.n > 0), most))


def _fitted(used: Answers) -> AccountModel:
    if len(used.account_client) < 2:
        raise EstimateError("rows= has answers of fewer than two accounts; a model needs a panel.")
    if (empty := np.isnan(used.values).all(axis=0)).any():
        names = ", ".join(np.array(used.scores)[empty])
        raise EstimateError(f"Nobody answered {names}; leave out what was never asked.")
    scales = tuple(latent_scale(score) for score in used.values.T)
    used = on_latent_scale(used, scales)
    roles = role_effects(used)
    values = without_roles(used, roles.value)
    more = turnout(used, values)
    values = values - more.of(used.n)[used.cell]
    centre = centre_of(values)
    values = values - centre
    shapes = batches(used)
    found, decay_se = _searched(used, shapes, values)
    parts, turn = found.parts, found.parts.basis
    prior = client_prior(used, parts, known_of(used, shapes, values, parts))
    return AccountModel(
        scores=used.scores,
        roles=tuple(map(str, used.roles)),
        scales=scales,
        basis=turn,
        ratio=parts.ratio,
        rho=parts.persistence.rho,
        share=parts.persistence.share,
        decay=parts.persistence.decay,
        doubt=found.doubt,
        shared=found.shared,
        decay_se=decay_se,
        **_errors(used, found),
        role_effects=roles.value,
        role_se=roles.se,
        turnout=more.slope,
        turnout_se=more.se,
        turnout_middle=more.middle,
        mean=None if prior is None else centre + turn @ prior.mean,
        clients=None if prior is None else turn @ prior.covariance @ turn.T,
        client_rho=0.0 if prior is None else prior.rho,
        n_clients=len(used.clients),
        n_accounts=len(used.account_client),
        n_people=len(np.unique(used.person)),
        n_answers=int(used.n.sum()),
        n_waves=len(np.unique(used.block_wave)),
        flag=_flag(used),
    )


def _searched(given: Answers, shapes: Sequence[Batch], values: NDArray) -> tuple[Estimates, float]:
    """Go from covariances to likelihood and back; return estimates, and the decay's error."""
    parts = _start(given, values)
    for rounds in ROUNDS:
        for _ in range(rounds):
            parts = _step(given, shapes, values, parts)
        whole = pieces(given, values, parts)
        parts = estimated(whole, parts, steps=2).parts
        parts, decay_se = decayed(whole, parts)
    return estimated(whole, parts), decay_se


def known_of(
    given: Answers, shapes: Sequence[Batch], values: NDArray, parts: Components
) -> list[Conditioned]:
    """Condition all batches on their answers.

    Parameters
    ----------
    given : Answers
    shapes : sequence of Batch
    values : ndarray, shape (rows, scores)
        Centred, without effects of roles.
    parts : Components
    """
    turned = np.nan_to_num(values) @ parts.inverse.T
    return [conditioned(batch, turned if batch.whole else values, parts) for batch in shapes]


def centre_of(values: NDArray) -> NDArray:
    """Mean of each score, 0 where nobody answered it."""
    there = ~np.isnan(values)
    return np.nan_to_num(values).sum(axis=0) / np.maximum(there.sum(axis=0), 1)


def _thinned(given: Answers, most: int) -> Answers:
    """Every second, third ... client, until the cells are few enough."""
    every = -(-len(given.cell_account) // most)
    client = given.account_client[given.cell_account]
    return given if every <= 1 else given.kept(client % every == 0)


def _start(given: Answers, values: NDArray) -> Components:
    """Covariance of whole answers, parted as is assumed until something is known."""
    whole = values[~np.isnan(values).any(axis=1)]
    k = values.shape[1]
    total = np.diag(np.nan_to_num(np.nanvar(values, axis=0), nan=1.0) + 1e-6)
    if len(whole) > 2 * k:
        total = np.cov(whole.T).reshape(k, k) + 1e-9 * total
    rho, share, decay = FIRST
    kept = Persistence(np.full(k, rho), np.full(k, share), decay)
    return components(ASSUMED * total, (1 - ASSUMED) * total, kept)


def _step(
    given: Answers, shapes: Sequence[Batch], values: NDArray, parts: Components
) -> Components:
    """One step towards the covariances; few cells are helped by what scores have in common."""
    known = known_of(given, shapes, values, parts)
    between, within = moments(given, values, parts, known, client_means(given, known))
    found = components(between, within, parts.persistence)
    cells, worth = len(given.cell_account), len(parts.ratio) + 2
    ratio = (cells * found.ratio + worth * found.ratio.mean()) / (cells + worth)
    return replace(found, ratio=ratio)


def _errors(given: Answers, found: Estimates) -> dict[str, NDArray]:
    """Standard errors of both covariances."""
    parts = found.parts
    relative = found.doubt[:, 0, 0] + found.shared[:, 0] ** 2
    freedom = max(int(given.n.sum()) - len(given.cell_account), 1)
    within = np.full(len(parts.ratio), 2 / freedom)
    return {
        "between_se": carried(parts.basis, parts.ratio**2 * (relative + within)),
        "within_se": carried(parts.basis, within),
    }


def _flag(given: Answers) -> str:
    """Say what the answers cannot tell."""
    alone = given.n.max() < 2
    people = np.bincount(np.unique(given.person, return_inverse=True)[1])
    once = np.bincount(given.cell_account).max() < 2
    return joined(
        [
            code("between_assumed", percent=round(100 * ASSUMED)) if alone else OK,
            "persistence_assumed" if once else OK,
            "person_share_assumed" if people.max() < 2 and not once else OK,
        ]
    )
