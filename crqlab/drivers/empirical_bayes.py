"""Importance for one client: its own answers as far as they can tell, the panel for the rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PANEL = ("", "")
ENOUGH = 20  # answers per driver from which resampling tells the error of shares
Key = tuple[str, str]


def borrowed(
    shares: dict[Key, NDArray], answers: dict[Key, int]
) -> dict[Key, tuple[NDArray, float]]:
    """Draw each client's shares towards the panel's by their uncertainty.

    Clients differ in what matters to their accounts by some variance; a client's own shares
    count as far as that exceeds their error. Both are learnt from clients with many answers:
    with few, resampled shares lie closer together than true chance would put them.

    Parameters
    ----------
    shares : dict of (client, wave) to ndarray, shape (1 + draws, drivers)
        The estimate before its draws, the panel as ``("", "")``.
    answers : dict of (client, wave) to int
        Respondents behind them.

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
    >>> borrowed({PANEL: same, ("a", "1"): own, ("b", "1"): own},
    ...          {("a", "1"): 50, ("b", "1"): 50})[("a", "1")][1]
    0.0
    """
    blocks, panel = [key for key in shares if key != PANEL], shares[PANEL]
    if len({client for client, _ in blocks}) < 2:
        return {key: (shares[key] if _known(shares[key]) else panel, 1.0) for key in blocks}
    enough = ENOUGH * panel.shape[1]
    large = [key for key in blocks if _known(shares[key]) and answers[key] >= enough]
    between = max(0.0, _mean([_away(shares[key], panel) - _noise(shares[key]) for key in large]))
    single = _mean([answers[key] * _noise(shares[key]) for key in large])
    found = {}
    for key in blocks:
        own = shares[key]
        if between == 0 or not _known(own):
            found[key] = (panel, 0.0)
            continue
        weight = between / (between + max(_noise(own), single / answers[key]))
        guess = weight * own[0] + (1 - weight) * panel[0]
        moved = np.sqrt(weight) * (own - own[0]) + (1 - weight) * (panel - panel[0])
        drawn = np.clip(guess + moved, 0, 1)
        found[key] = (drawn / drawn.sum(axis=1, keepdims=True), float(weight))
    return found


def _known(own: NDArray) -> bool:
    """Whether there is an estimate and chance around it."""
    return bool(np.isfinite(own).all() and len(own) > 2 and own[1:].var() > 0)


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else 0.0


def _noise(own: NDArray) -> float:
    """Variance of a client's shares by chance, mean over drivers."""
    return float(own[1:].var(axis=0, ddof=1).mean())


def _away(own: NDArray, panel: NDArray) -> float:
    """Squared distance of a client's shares from the panel's, mean over drivers."""
    return float(((own[0] - panel[0]) ** 2).mean())
