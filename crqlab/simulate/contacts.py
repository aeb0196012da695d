"""Contacts of a synthetic panel: who is invited, who answers, who is replaced."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from crqlab.simulate import model
from crqlab.simulate.accounts import Accounts, unhappiness
from crqlab.simulate.clients import Clients
from crqlab.simulate.draws import Stage, draw
from crqlab.simulate.options import Options


@dataclass(frozen=True, slots=True)
class Contacts:
    """Chairs at the accounts: one row each, waves in the second axis.

    A chair is held by one person until somebody else takes it over.

    Attributes
    ----------
    account : array of int
        Row of the account in the block.
    number : array of int
        From 0 within the client.
    since : array of int, shape (chairs, waves)
        Place of the wave in which the present holder came.
    role : array of int, shape (chairs, waves)
        Place in `model.ROLES`.
    invited, answers : array of bool, shape (chairs, waves)
        Whether the person was invited, and would answer if the account is present.
    effects : array, shape (chairs, waves, variables)
        The person's standardised deviations from the account.
    chance : array, shape (chairs, waves, 4)
        Uniforms of the person, for name, language and dates.
    levers : dict of name to array of bool, shape (chairs, waves)
        What was done for an answer, ``bounced`` and ``left``; empty where none is drawn.
    """

    account: np.ndarray
    number: np.ndarray
    since: np.ndarray
    role: np.ndarray
    invited: np.ndarray
    answers: np.ndarray
    effects: np.ndarray
    chance: np.ndarray
    levers: dict[str, np.ndarray]


def contacts(block: Clients, them: Accounts, options: Options) -> Contacts:
    """Draw all contacts of a block's accounts."""
    waves, k = len(options.periods), len(model.VARIABLES)
    account = np.repeat(np.arange(len(them.size)), them.size)
    client = them.client[account]
    rows = np.bincount(client, minlength=len(block.numbers))
    u = draw("uniform", options.seed, block.numbers, Stage.CONTACT, rows, 8 * waves)
    z = draw("normal", options.seed, block.numbers, Stage.CONTACT_EFFECT, rows, waves * k)
    u = u.reshape(-1, waves, 8)
    new = u[..., 0] < _leaving(them, options)[account, None]
    new[:, 0] = True
    since = np.maximum.accumulate(np.where(new, np.arange(waves), 0), axis=1)
    person = np.take_along_axis(u, since[..., None], axis=1)
    role = np.searchsorted(np.cumsum(model.ROLE_SHARES)[:-1], person[..., 1], side="right")
    invited = (u[..., 2] < 0.96) & _asked(them, options)[account]
    levers = _levers(block, rows, options)
    willing = _propensity(block, them, options)[account] * _helped(levers)
    return Contacts(
        account=account,
        number=np.arange(len(account)) - np.repeat(np.cumsum(rows) - rows, rows),
        since=since,
        role=role,
        invited=invited,
        answers=invited & (u[..., 3] < willing),
        effects=_remembered(z.reshape(-1, waves, k) @ model.latent().root.T, new, options.step),
        chance=person[..., 4:],
        levers=levers,
    )


def _levers(block: Clients, rows: np.ndarray, options: Options) -> dict[str, np.ndarray]:
    """Draw what was done for an answer, person by person and wave by wave."""
    if options.levers == "none":
        return {}
    waves, names = len(options.periods), [*model.LEVERS, "reach"]
    u = draw("uniform", options.seed, block.numbers, Stage.LEVER, rows, len(names) * waves)
    u = u.reshape(-1, waves, len(names))
    done = {name: u[..., k] < model.LEVERS[name][0] for k, name in enumerate(model.LEVERS)}
    reach = u[..., -1]
    gone = {"bounced": reach < model.BOUNCED, "left": reach > 1 - model.LEFT}
    return {**done, **gone}


def _helped(levers: dict[str, np.ndarray]) -> np.ndarray | float:
    """How likely people answer, as a multiple; nobody does whom no invitation reaches."""
    times: np.ndarray | float = 1.0
    for name, done in levers.items():
        times = times * np.where(done, 1.0, model.LEVERS[name][1] if name in model.LEVERS else 1.0)
    for name in ("bounced", "left"):
        if name in levers:
            times = times * ~levers[name]
    return times


def _leaving(them: Accounts, options: Options) -> np.ndarray:
    """Probability that somebody else takes over a chair from one wave to the next, by account."""
    yearly = np.full(len(them.kept), model.LEAVES)
    if options.honeymoon:
        yearly = np.where(them.kept, model.LEAVES_KEPT, model.LEAVES_LOST)
    return yearly if options.a_year == 1 else 1 - (1 - yearly) ** options.step


def _propensity(block: Clients, them: Accounts, options: Options) -> np.ndarray:
    """Probability that an invited contact answers, shape (accounts, waves).

    A probit on the account's relationship, whose mean over accounts is the client's
    completion rate whatever the slope.
    """
    slope = model.UNHAPPY_SLOPE if options.nonresponse == "unhappy" else 0.0
    level = np.sqrt(1 + slope**2) * ndtri(block.completion)
    return ndtr(level[them.client] + slope * unhappiness(them.effects))


def _asked(them: Accounts, options: Options) -> np.ndarray:
    """Whether it is the account's turn, shape (accounts, waves): each part of a year a slice."""
    return (them.number % options.slices)[:, None] == np.array(options.turns)


def _remembered(fresh: np.ndarray, new: np.ndarray, step: float) -> np.ndarray:
    """Let a person's effects carry over into the next wave; a newcomer brings fresh ones."""
    phi = model.PERSON_MEMORY**step
    effects = fresh.copy()
    for wave in range(1, fresh.shape[1]):
        kept = phi * effects[:, wave - 1] + np.sqrt(1 - phi**2) * fresh[:, wave]
        effects[:, wave] = np.where(new[:, wave, None], fresh[:, wave], kept)
    return effects


def silence(people: Contacts, them: Accounts, options: Options) -> np.ndarray:
    """Whether an account's turn passes without an answer, shape (accounts, waves)."""
    answers = np.zeros((len(them.size), people.answers.shape[1]), int)
    np.add.at(answers, people.account, people.answers)
    return (answers == 0) & _asked(them, options)
