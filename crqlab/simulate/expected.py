"""What the model expects to be observed: exact sums of normal probabilities, no draws.

An item is a normal latent cut at 1.5, 2.5 ... 6.5, so its mean is 1 plus six normal tail
probabilities; every score is a weighted mean of items, every client a mixture of roles.
"""

from __future__ import annotations

from functools import cache
from math import factorial

import numpy as np
from scipy.special import ndtr

from crqlab.simulate import model

_GRID = np.linspace(-4.0, 14.0, 1801)
_ORDERS = 24
_SHIFTS = tuple(model.ROLE_SHIFTS.tolist())


@cache
def _items() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Construct, intercept and loading of every item, as arrays."""
    of, intercepts, loadings = zip(*model.ITEMS.values(), strict=True)
    places = [model.CONSTRUCTS.index(name) for name in of]
    return np.array(places), np.array(intercepts), np.array(loadings)


def _standardised(
    means: np.ndarray, spread: float, shifts: tuple[float, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Cuts of every item in its own standard deviations, and those deviations.

    ``means`` has shape (..., constructs); the cuts have shape (..., roles, items, 6).
    """
    place, intercept, loading = _items()
    sd = np.hypot(loading * spread, model.NOISE)
    level = means[..., None, place] + np.array(shifts)[:, None] - model.CENTRE
    centre = model.CENTRE + intercept + loading * level
    return (model.CUTS - centre[..., None]) / sd[:, None], sd


def constructs(
    means: np.ndarray, *, spread: float = model.SPREAD, shifts: tuple[float, ...] = _SHIFTS
) -> np.ndarray:
    """Expected observed construct means of respondents around these latent means.

    Parameters
    ----------
    means : array, shape (..., constructs)
        Latent means in scale points.
    spread : float
        Standard deviation of the latent variables around them, in scale points.
    shifts : tuple of float
        What each role adds, in scale points.

    Returns
    -------
    array of the same shape
        In scale points, in (1, 7).

    Examples
    --------
    >>> constructs(np.full(11, 5.0))[0].round(2)  # the scale's ceiling pulls down
    np.float64(4.95)
    """
    cuts, _ = _standardised(np.asarray(means, float), spread, shifts)
    answers = np.einsum("r,...ri->...i", model.ROLE_SHARES, 1 + ndtr(-cuts).sum(axis=-1))
    return answers @ averaging()


def by_role(
    means: np.ndarray, *, spread: float = model.SPREAD, shifts: tuple[float, ...] = _SHIFTS
) -> np.ndarray:
    """Return what `constructs` expects of each role, shape (..., roles, constructs)."""
    cuts, _ = _standardised(np.asarray(means, float), spread, shifts)
    return (1 + ndtr(-cuts).sum(axis=-1)) @ averaging()


@cache
def averaging() -> np.ndarray:
    """Matrix that turns answers into construct means, shape (items, constructs)."""
    member = _items()[0][:, None] == np.arange(len(model.CONSTRUCTS))
    return member / member.sum(axis=0)


@cache
def _curves(spread: float, shifts: tuple[float, ...]) -> np.ndarray:
    """Expected construct means over `_GRID`, shape (grid, constructs)."""
    grid = np.repeat(_GRID[:, None], len(model.CONSTRUCTS), axis=1)
    return constructs(grid, spread=spread, shifts=shifts)


def latent_means(observed: np.ndarray, shifts: tuple[float, ...] = _SHIFTS) -> np.ndarray:
    """Latent construct means that make these observed ones; the inverse of `constructs`."""
    curves = _curves(model.SPREAD, shifts)
    columns = [np.interp(observed[..., k], curves[:, k], _GRID) for k in range(curves.shape[1])]
    return np.stack(columns, axis=-1)


def within_accounts(means: np.ndarray, shifts: tuple[float, ...] = _SHIFTS) -> np.ndarray:
    """Expected observed construct means of accounts with these latent means.

    As `constructs` with the spread of persons inside one account, from a table that is
    exact to 1e-5 scale points.
    """
    curves = _curves(model.SPREAD * np.sqrt(1 - model.BETWEEN), shifts)
    columns = [np.interp(means[..., k], _GRID, curves[:, k]) for k in range(curves.shape[1])]
    return np.stack(columns, axis=-1)


def nps(latent: np.ndarray, *, spread: float = 1.0) -> np.ndarray:
    """Expected NPS (-100 to 100) where the standardised LTR latent has this mean.

    Examples
    --------
    >>> nps(np.array([0.0])).round(6)
    array([5.])
    """
    latent, cuts = np.asarray(latent, float), model.ltr_cuts()
    return 100 * (ndtr((latent - cuts[8]) / spread) - ndtr((cuts[6] - latent) / spread))


def mean_ltr(latent: np.ndarray, *, spread: float = 1.0) -> np.ndarray:
    """Expected LTR (0 to 10) where the standardised LTR latent has this mean."""
    above = (np.asarray(latent, float)[..., None] - model.ltr_cuts()) / spread
    return ndtr(above).sum(axis=-1)


def ltr_latent(observed: np.ndarray) -> np.ndarray:
    """Return the mean of the LTR latent that makes this NPS; the inverse of `nps`."""
    grid = np.linspace(-6, 6, 12001)
    return np.interp(observed, nps(grid), grid)


def agreement(
    means: np.ndarray, shifts: tuple[float, ...] = _SHIFTS
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ICC(1) and standard deviation of the observed CRQ of respondents.

    Two cut normals with correlation r have the covariance sum over n >= 1 of
    a_n b_n r^n, a and b being their Hermite coefficients (Mehler's formula).

    Parameters
    ----------
    means : array, shape (clients, constructs)
        Latent means in scale points.
    shifts : tuple of float
        What each role adds, in scale points.

    Returns
    -------
    tuple of two arrays, shape (clients,)
        ICC(1) in (0, 1), and the standard deviation in scale points.
    """
    cuts, sd = _standardised(means, model.SPREAD, shifts)
    place, _, loading = _items()
    weight = averaging() @ model.crq_weights()
    shared = loading * model.SPREAD / sd
    same_person = model.latent().correlations[np.ix_(place, place)] * np.outer(shared, shared)
    np.fill_diagonal(same_person, 0.0)  # an item's own variance is exact, see below
    same_account = _between(place, shared)
    a = weight[:, None] * _hermite(cuts)
    over_roles = np.einsum("r,crin->cin", model.ROLE_SHARES, a)
    orders = np.arange(1, _ORDERS + 1)
    between = np.einsum("cin,ijn,cjn->c", over_roles, same_account[..., None] ** orders, over_roles)
    inside = np.zeros(len(means))
    for role, share in enumerate(model.ROLE_SHARES):
        b = a[:, role]
        inside += share * np.einsum("cin,ijn,cjn->c", b, same_person[..., None] ** orders, b)
    total = inside + _own(cuts, weight)
    return between / total, np.sqrt(total)


def _between(place: np.ndarray, shared: np.ndarray) -> np.ndarray:
    """Correlations of item latents of two persons from one account."""
    R = model.latent().correlations[np.ix_(place, place)]
    return model.BETWEEN * R * np.outer(shared, shared)


def _hermite(cuts: np.ndarray) -> np.ndarray:
    """Coefficients 1 to `_ORDERS` of cut normals, summed over the cuts."""
    density = np.exp(-(cuts**2) / 2) / np.sqrt(2 * np.pi)
    before, now, found = np.zeros_like(cuts), np.ones_like(cuts), []
    for n in range(1, _ORDERS + 1):
        found.append((density * now).sum(axis=-1) / factorial(n) ** 0.5)
        before, now = now, cuts * now - (n - 1) * before
    return np.stack(found, axis=-1)


def _own(cuts: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Variance of CRQ from single items' variances and from the roles' means."""
    tails = ndtr(-cuts)
    mean = tails.sum(axis=-1)
    square = (tails * (2 * np.arange(6) + 1)).sum(axis=-1)  # k^2 = 1 + 3 + ... + (2k - 1)
    items = np.einsum("r,cri,i->c", model.ROLE_SHARES, square - mean**2, weight**2)
    scores = mean @ weight
    centre = scores @ model.ROLE_SHARES
    return items + ((scores - centre[:, None]) ** 2) @ model.ROLE_SHARES
