"""Importance for one client: its own answers as far as they can tell, the panel for the rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PANEL = ("", "")


def borrowed(
    shares: dict[tuple[str, str], NDArray],
) -> dict[tuple[str, str], tuple[NDArray, float]]:
    """Draw each client's shares towards the panel's by their uncertainty.

    Clients differ in what matters to their accounts by some variance, estimated by moments over
    all clients and drivers; a client's own shares count as far as that exceeds their error.

    Parameters
    ----------
    shares : dict of (client, wave) to ndarray, shape (1 + draws, drivers)
        The estimate before its draws, the panel as ``("", "")``.

    Returns
    -------
    dict of (client, wave) to (ndarray, float)
        Shares with their draws, and how far they rest on the client's own answers, 0 to 1.

    References
    ----------
    Efron & Morris (1973), Journal of the American Statistical Association 68, 117-130.

    Examples
    --------
    >>> same = np.tile([0.5, 0.5], (3, 1))
    >>> own = np.array([[0.7, 0.3], [0.9, 0.1], [0.5, 0.5]])
    >>> borrowed({PANEL: same, ("a", "1"): own, ("b", "1"): own})[("a", "1")][1]
    0.0
    """
    blocks = [key for key in shares if key != PANEL]
    panel = shares[PANEL]
    if len({client for client, _ in blocks}) < 2:
        return {key: (shares[key] if _known(shares[key]) else panel, 1.0) for key in blocks}
    between = _between([shares[key] for key in blocks if _known(shares[key])], panel)
    found = {}
    for key in blocks:
        own = shares[key]
        if not _known(own):
            found[key] = (panel, 0.0)
            continue
        weight = between / (between + own[1:].var(axis=0, ddof=1).mean())
        guess = weight * own[0] + (1 - weight) * panel[0]
        moved = np.sqrt(weight) * (own - own[0]) + (1 - weight) * (panel - panel[0])
        drawn = np.clip(guess + moved, 0, 1)
        found[key] = (drawn / drawn.sum(axis=1, keepdims=True), float(weight))
    return found


def _known(own: NDArray) -> bool:
    """Whether there is an estimate and chance around it."""
    return bool(np.isfinite(own).all() and len(own) > 2 and own[1:].var() > 0)


def _between(known: list[NDArray], panel: NDArray) -> float:
    """Variance of true differences between clients: what is left when chance is taken off."""
    if not known:
        return 0.0
    noise = np.array([own[1:].var(axis=0, ddof=1) for own in known])
    away = np.array([own[0] for own in known]) - panel[0]
    return float(max(0.0, (away**2 - noise).mean()))
