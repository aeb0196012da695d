"""Answers of a synthetic panel, before any dirt falls on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crqlab.simulate import model
from crqlab.simulate.accounts import Accounts, account_means
from crqlab.simulate.clients import Clients
from crqlab.simulate.contacts import Contacts
from crqlab.simulate.draws import Stage, draw
from crqlab.simulate.options import Options

UNIFORMS = 40


@dataclass(frozen=True, slots=True)
class Answers:
    """Who answered what: one row per response, by client, wave and chair.

    Attributes
    ----------
    chair, wave : array of int
        Row of the contact, and place of the wave.
    items : array of int, shape (responses, items)
        Scale points 1 to 7.
    ltr : array of int
        0 to 10.
    normals : array, shape (responses, 4)
    chance : array, shape (responses, `UNIFORMS`)
        What the response's other columns are made of.
    """

    chair: np.ndarray
    wave: np.ndarray
    items: np.ndarray
    ltr: np.ndarray
    normals: np.ndarray
    chance: np.ndarray


def answers(
    block: Clients, them: Accounts, people: Contacts, present: np.ndarray, options: Options
) -> Answers:
    """Draw the answers of everybody who answers."""
    answering = people.answers & present[people.account]
    chair, wave = np.nonzero(answering)
    order = np.lexsort((chair, wave, them.client[people.account[chair]]))
    chair, wave = chair[order], wave[order]
    account = people.account[chair]
    client = them.client[account]
    rows = np.bincount(client, minlength=len(block.numbers))
    k = len(model.ITEMS)
    z = draw("normal", options.seed, block.numbers, Stage.NOISE, rows, k + 4)
    chance = draw("uniform", options.seed, block.numbers, Stage.ANSWER, rows, UNIFORMS)
    inside = np.sqrt(1 - model.BETWEEN)
    effects = inside * people.effects[chair, wave]
    factors = account_means(block, them)[account, wave] + model.SPREAD * effects[:, :-1]
    shifts = np.array(options.role_shifts)
    factors += shifts[people.role[chair, wave], None] - model.CENTRE
    of, intercepts, loadings = zip(*model.ITEMS.values(), strict=True)
    places = [model.CONSTRUCTS.index(name) for name in of]
    latent = model.CENTRE + np.array(intercepts) + np.array(loadings) * factors[:, places]
    advocacy = block.ltr[client, wave] + effects[:, -1]
    advocacy += np.sqrt(model.BETWEEN) * them.effects[account, wave, -1]
    advocacy -= them.fallen[account, wave] / model.SPREAD
    return Answers(
        chair=chair,
        wave=wave,
        items=1 + np.searchsorted(model.CUTS, latent + model.NOISE * z[:, :k]),
        ltr=np.searchsorted(model.ltr_cuts(), advocacy),
        normals=z[:, k:],
        chance=chance,
    )
