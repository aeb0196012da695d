"""Clients of a synthetic panel: who they are and how good their relationships truly are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import ndtr
from scipy.stats import beta

from crqlab.simulate import expected, model
from crqlab.simulate.draws import Stage, draw
from crqlab.simulate.options import Options


@dataclass(frozen=True, slots=True)
class Role:
    """What is fixed beforehand about a client that examples and tests call by name."""

    accounts: int
    country: str
    industry: str
    completion: float


#: C009 has enough German answers for a flipped scale; C017 is the demo's report.
CAST = {
    9: Role(40, "DE", "Manufacturing", 0.41),
    17: Role(34, "SE", "Professional services", 0.54),
}


@dataclass(frozen=True, slots=True)
class Clients:
    """A block of clients as arrays: one row per client, waves in the second axis.

    Attributes
    ----------
    numbers : array of int
        From 1; client 17 is C017.
    industry, country : array of int
        Places in `model.INDUSTRIES` and `model.COUNTRIES`.
    entry : array of int
        Place of the client's first wave.
    means : array, shape (clients, waves, constructs)
        Latent construct means in scale points.
    ltr : array, shape (clients, waves)
        Mean of the standardised LTR latent.
    completion : array, shape (clients, waves)
        Expected share of invited contacts that answer.
    accounts, joiners : array of int
        Accounts at entry, and new ones at each later wave.
    wealth : array
        Log of the median account revenue.
    span : array
        Accounts that an account manager owns on average.
    start : array of int
        Days from 1 March to the client's invitations.
    """

    numbers: np.ndarray
    industry: np.ndarray
    country: np.ndarray
    entry: np.ndarray
    means: np.ndarray
    ltr: np.ndarray
    completion: np.ndarray
    accounts: np.ndarray
    joiners: np.ndarray
    wealth: np.ndarray
    span: np.ndarray
    start: np.ndarray


def clients(numbers: Sequence[int], options: Options) -> Clients:
    """Draw a block of clients.

    Parameters
    ----------
    numbers : sequence of int
        Client numbers, from 1.
    options : Options

    Examples
    --------
    >>> block = clients([17], Options())
    >>> block.means.shape
    (1, 3, 11)
    """
    numbers = np.asarray(numbers)
    waves, k = len(options.periods), len(model.CONSTRUCTS)
    one = np.ones(len(numbers), int)
    u = draw("uniform", options.seed, numbers, Stage.CLIENT, one, 6)
    z = draw("normal", options.seed, numbers, Stage.CLIENT_EFFECT, one, 6 + k + 3 * waves)
    steady, profile, yearly = z[:, :6], z[:, 6 : 6 + k], z[:, 6 + k :].reshape(-1, 3, waves)
    moods = np.repeat(yearly[..., :1], waves, axis=2) if options.change == "none" else yearly
    moods = moods if options.a_year == 1 else _carried(moods)
    cast = {place: CAST[n] for place, n in enumerate(numbers.tolist()) if n in CAST}
    industry = _pick(model.INDUSTRIES, u[:, 0], {i: c.industry for i, c in cast.items()})
    country = _pick(model.COUNTRIES, u[:, 1], {i: c.country for i, c in cast.items()})
    entry = np.searchsorted(_entry_shares(waves), u[:, 2], side="right")
    size = np.clip(np.exp(np.log(35) + 0.5 * steady[:, 0]), 6, 150).astype(int)
    for place, fixed in cast.items():
        entry[place], size[place] = 0, fixed.accounts
    if options.differences == "none":
        crq, profile, scatter = np.full((len(one), waves), model.CRQ_MEAN), 0 * profile, 0.0
    else:
        crq = _crq(industry, country, steady[:, 1], moods[:, 0])
        scatter = moods[:, 1]
    means, ltr = _relationship(crq, profile, scatter, options.role_shifts)
    completion = _completion(entry, steady[:, 2:4], yearly[:, 2], options.step)
    for place, fixed in cast.items():
        completion[place] = fixed.completion + 0.04 * options.step * np.arange(waves)
    return Clients(
        numbers=numbers,
        industry=industry,
        country=country,
        entry=entry,
        means=means,
        ltr=ltr,
        completion=completion,
        accounts=size,
        joiners=(0.12 * options.step * size + u[:, 3]).astype(int),
        wealth=10.5 + 0.5 * steady[:, 4],
        span=6 + 20 * u[:, 4],
        start=(60 * options.step * u[:, 5]).astype(int),
    )


def _pick(kinds: Mapping[str, tuple], u: np.ndarray, fixed: Mapping[int, str]) -> np.ndarray:
    """Place of every client's kind, drawn by the kinds' shares."""
    bounds = np.cumsum([share for share, _ in kinds.values()])
    places = np.minimum(np.searchsorted(bounds, u, side="right"), len(kinds) - 1)
    for row, name in fixed.items():
        places[row] = list(kinds).index(name)
    return places


def _entry_shares(waves: int) -> np.ndarray:
    """Cumulative shares of clients that have joined the panel by each wave but the last."""
    return np.linspace(0.72, 1.0, waves)[:-1]


@cache
def _lasting() -> float:
    """Standard deviation of what is a client's own and lasts over waves."""
    kinds = (*model.INDUSTRIES.values(), *model.COUNTRIES.values())
    shifts = sum(share * shift**2 for share, shift in kinds)
    return float(np.sqrt(model.CRQ_SD**2 - model.WAVE_SD**2 - shifts))


def _crq(
    industry: np.ndarray, country: np.ndarray, own: np.ndarray, mood: np.ndarray
) -> np.ndarray:
    """Observed CRQ to be expected, shape (clients, waves)."""
    shifts = [
        np.array([shift for _, shift in kinds.values()])[place]
        for kinds, place in ((model.INDUSTRIES, industry), (model.COUNTRIES, country))
    ]
    lasting = model.CRQ_MEAN + sum(shifts) + _lasting() * own
    return np.clip(lasting[:, None] + model.WAVE_SD * mood, 2.5, 6.6)


def _relationship(
    crq: np.ndarray,
    profile: np.ndarray,
    scatter: np.ndarray | float,
    shifts: tuple[float, ...],
) -> tuple[np.ndarray, np.ndarray]:
    """Latent construct means and LTR means behind a client's CRQ and NPS."""
    weights = model.crq_weights()
    own = model.PROFILE_SD * profile
    own -= (own @ weights)[:, None]  # a profile has ups and downs, no level
    levels = np.array([model.LEVELS[name] for name in model.CONSTRUCTS]) + own
    observed = np.clip(crq[..., None] + levels[:, None], 1.3, 6.85)
    base, slope = model.NPS_LINE
    nps = np.clip(base + slope * crq + model.NPS_SCATTER * scatter, -97, 97)
    return expected.latent_means(observed, shifts), expected.ltr_latent(nps)


def _carried(fresh: np.ndarray) -> np.ndarray:
    """Let moods carry over from one part of a year to the next; variances stay 1."""
    moods, phi = fresh.copy(), model.MOOD_MEMORY
    for wave in range(1, fresh.shape[-1]):
        kept = phi * moods[..., wave - 1]
        moods[..., wave] = kept + np.sqrt(1 - phi**2) * fresh[..., wave]
    return moods


def _completion(entry: np.ndarray, own: np.ndarray, yearly: np.ndarray, step: float) -> np.ndarray:
    """Completion by client and wave: Beta over the panel, higher in mature programmes.

    ``own`` has two normals per client: the programme's age and everything else.
    """
    waves = yearly.shape[1]
    age = np.where(entry == 0, 0.15 + 0.9 * own[:, 0], -0.9 + 0.6 * own[:, 0])
    older = 0.3 * step * (np.arange(waves) - (waves - 1) / 2)
    mature = 0.6 * (age[:, None] + older)
    return beta.ppf(ndtr(mature + 0.75 * own[:, 1, None] + 0.25 * yearly), *model.COMPLETION)
