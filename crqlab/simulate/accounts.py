"""Accounts of a synthetic panel: who they are, how they feel, when they come and go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import ndtr
from scipy.stats import nbinom

from crqlab.simulate import model
from crqlab.simulate.clients import Clients
from crqlab.simulate.draws import Stage, draw
from crqlab.simulate.options import Options


@dataclass(frozen=True, slots=True)
class Accounts:
    """All accounts that a block of clients ever has: one row each, by client.

    Attributes
    ----------
    client : array of int
        Row of the client in the block.
    number : array of int
        From 1 within the client.
    first : array of int
        Place of the account's first wave.
    industry, country : array of int
        Places in `model.INDUSTRIES` and `model.COUNTRIES`.
    revenue : array
        A year, in EUR.
    size : array of int
        Contacts, 1 or more.
    manager : array of int
        From 0 within the client.
    tenure : array
        Years as a customer at the first wave.
    effects : array, shape (accounts, waves, variables)
        Standardised deviations from the client's means.
    chance : array, shape (accounts, waves, 5)
        Uniforms for what happens at renewal.
    kept : array of bool
        Whether people of the account stay in touch (`Options.honeymoon`).
    fallen : array, shape (accounts, waves)
        Scale points lost since the honeymoon.
    """

    client: np.ndarray
    number: np.ndarray
    first: np.ndarray
    industry: np.ndarray
    country: np.ndarray
    revenue: np.ndarray
    size: np.ndarray
    manager: np.ndarray
    tenure: np.ndarray
    effects: np.ndarray
    chance: np.ndarray
    kept: np.ndarray
    fallen: np.ndarray


@dataclass(frozen=True, slots=True)
class Careers:
    """What became of the accounts, shape (accounts, waves) each.

    Attributes
    ----------
    present : array of bool
        Whether the account is in the frame of the wave.
    due : array of bool
        Whether its contract is up for renewal before the next wave.
    hazard : array
        True probability of churn at such a renewal, in (0, 1).
    churned : array of bool
        Whether it churned.
    before : array of bool
        Whether it had churned, and come back, before the first wave.
    """

    present: np.ndarray
    due: np.ndarray
    hazard: np.ndarray
    churned: np.ndarray
    before: np.ndarray


def accounts(block: Clients, options: Options) -> Accounts:
    """Draw all accounts of a block of clients."""
    waves, k = len(options.periods), len(model.VARIABLES)
    rows = block.accounts + block.joiners * (waves - 1 - block.entry)
    client = np.repeat(np.arange(len(rows)), rows)
    number = np.arange(len(client)) - np.repeat(np.cumsum(rows) - rows, rows)
    u = draw("uniform", options.seed, block.numbers, Stage.ACCOUNT, rows, 6 + 5 * waves)
    z = draw("normal", options.seed, block.numbers, Stage.ACCOUNT_EFFECT, rows, 2 + waves * k)
    rich = z[:, 0]
    late = np.maximum(number - block.accounts[client], -1) // np.maximum(block.joiners[client], 1)
    joined = late >= 0
    first = block.entry[client] + np.where(joined, late + 1, 0)
    tenure = np.where(joined, 0.8 * u[:, 4], 1 - 6 * np.log1p(-u[:, 4]))
    kept = draw("uniform", options.seed, block.numbers, Stage.CARE, rows, 1)[:, 0] < model.KEPT
    abroad = np.minimum((u[:, 1] / 0.3 * len(model.COUNTRIES)).astype(int), 7)
    return Accounts(
        client=client,
        number=number + 1,
        first=first,
        industry=(u[:, 0] * len(model.INDUSTRIES)).astype(int),
        country=np.where(u[:, 1] < 0.3, abroad, block.country[client]),
        revenue=np.round(np.exp(block.wealth[client] + model.REVENUE_SIGMA * rich), 2),
        size=1 + np.searchsorted(_sizes(), ndtr(0.4 * rich + np.sqrt(0.84) * z[:, 1])),
        manager=_managers(client, rows, block.span, u[:, 2:4]),
        tenure=tenure,
        effects=_remembered(
            z[:, 2:].reshape(-1, waves, k) @ model.latent().root.T,
            1.0 if options.change == "none" else model.ACCOUNT_MEMORY**options.step,
        ),
        chance=u[:, 6:].reshape(-1, waves, 5),
        kept=kept,
        fallen=_fallen(tenure, first, kept, options),
    )


def _fallen(
    tenure: np.ndarray, first: np.ndarray, kept: np.ndarray, options: Options
) -> np.ndarray:
    """Scale points lost since the first year of the relationship, shape (accounts, waves)."""
    waves = np.arange(len(options.periods))
    years = tenure[:, None] + options.step * (waves - first[:, None])
    share = np.select([years < 1, years < 4], [0.0, 1.0], 0.5)
    return options.honeymoon * share * ~kept[:, None]


@cache
def _sizes() -> np.ndarray:
    """Cumulative probabilities of the contacts beyond the first: NegBin, mean 4, variance 12."""
    return nbinom.cdf(np.arange(80), 2, 1 / 3)


def _remembered(fresh: np.ndarray, phi: float) -> np.ndarray:
    """Let the effects of a wave carry over into the next one; variances stay 1."""
    effects = fresh.copy()
    for wave in range(1, fresh.shape[1]):
        effects[:, wave] = phi * effects[:, wave - 1] + np.sqrt(1 - phi**2) * fresh[:, wave]
    return effects


def _managers(client: np.ndarray, rows: np.ndarray, span: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Account manager of each account: everybody owns 5 accounts or more, at most 50."""
    few, many = np.maximum(-(-rows // 50), 1), np.maximum(rows // 5, 1)
    managers = np.clip(np.round(rows / span).astype(int), few, np.maximum(few, many))[client]
    order = np.lexsort((u[:, 0], client))
    turn = np.empty_like(order)
    turn[order] = np.arange(len(client)) - np.repeat(np.cumsum(rows) - rows, rows)
    crowded = np.minimum((managers * u[:, 1] ** 1.5).astype(int), managers - 1)
    fair = (turn < 5 * managers) | (rows[client] > 30 * managers)
    return np.where(fair, turn % managers, crowded)


def unhappiness(effects: np.ndarray) -> np.ndarray:
    """Return an account's standardised relationship: CRQ's weights on its effects."""
    weights = model.crq_weights()
    spread = np.sqrt(weights @ model.latent().correlations[:-1, :-1] @ weights)
    return effects[..., :-1] @ weights / spread


def account_means(block: Clients, them: Accounts) -> np.ndarray:
    """Latent construct means of accounts, shape (accounts, waves, constructs)."""
    own = model.SPREAD * np.sqrt(model.BETWEEN) * them.effects[..., :-1]
    return block.means[them.client] + own - them.fallen[..., None]


def careers(block: Clients, them: Accounts, silent: np.ndarray, options: Options) -> Careers:
    """Let accounts renew, churn, leave the frame or be won back, wave by wave.

    Parameters
    ----------
    block : Clients
    them : Accounts
    silent : array of bool, shape (accounts, waves)
        Whether nobody of the account answers in a wave.
    options : Options
    """
    waves = silent.shape[1]
    fixed = _predictor(block, them, silent, options)
    weight = model.CHURN["prior_churn"] if options.churn == "relationship" else 0.0
    due = them.chance[..., 0] < 0.75 * options.step
    hazard, churned = np.empty(silent.shape), np.empty(silent.shape, bool)
    present = np.zeros(silent.shape, bool)
    joined = them.first > block.entry[them.client]
    before = (them.chance[:, 0, 3] < 0.03) & ~joined
    prior, here = before.copy(), np.zeros(len(before), bool)
    for wave in range(waves):
        here = here | (them.first == wave)
        present[:, wave] = here
        hazard[:, wave] = -np.expm1(-np.exp(fixed[:, wave] + weight * prior))
        gone = here & due[:, wave] & (them.chance[:, wave, 1] < hazard[:, wave])
        churned[:, wave] = gone
        prior = prior | gone
        here = here & ~(gone & (them.chance[:, wave, 2] < 0.85))
    return Careers(present, due, hazard, churned, before)


def _predictor(block: Clients, them: Accounts, silent: np.ndarray, options: Options) -> np.ndarray:
    """Log hazard of churn but for the prior churn, shape (accounts, waves)."""
    b = model.CHURN
    if options.churn == "random":
        return np.full(silent.shape, b["intercept"])
    means = account_means(block, them) - model.CENTRE
    linear = sum(
        b[name] * means[..., model.CONSTRUCTS.index(name)]
        for name in ("commitment", "trust", "calculative")
    )
    step = options.step
    years = them.tenure[:, None] + step * np.arange(silent.shape[1]) - step * them.first[:, None]
    tenure = b["log_tenure"] * np.log1p(np.maximum(years, 0) / 6)
    return b["intercept"] + linear + b["silent"] * silent + tenure
