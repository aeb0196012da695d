"""The segment that an account truly belongs to, by rules said once more.

The truth must not lean on the code that it judges: these are the starting rules of
`crqlab.segments`, written down a second time, for scores that are known.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


def true_segments(scores: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the segment of every account by the starting rules.

    Parameters
    ----------
    scores : mapping of name to array
        ``crq``, ``service``, ``value``, ``solution``, ``experience``, ``commitment`` and
        ``uniqueness`` in scale points from 1 to 7, ``nps``, ``mean_ltr``; none missing.

    Examples
    --------
    >>> happy = dict.fromkeys(
    ...     ["crq", "service", "value", "solution", "experience", "commitment", "uniqueness"], 6.0)
    >>> both = {name: np.array([score, 3.0]) for name, score in happy.items()}
    >>> true_segments({**both, "nps": np.array([40.0, -80.0]), "mean_ltr": np.array([8.4, 4.0])})
    array(['Ambassador', 'Opponent'], dtype=object)
    """
    crq, service, value = scores["crq"], scores["service"], scores["value"]
    solution, experience = scores["solution"], scores["experience"]
    lower = np.minimum(solution, experience)
    cheap = (value < 4) & (value < np.minimum(service, lower)) & (scores["commitment"] < 4)
    torn = (np.abs(solution - experience) >= 1.25) & (lower < 4.25)
    recommends = (scores["nps"] > 0) | (scores["mean_ltr"] >= 8)
    rules = {
        "Opponent": (crq < 3.75) & (service < 4),
        "Stalker": (crq < 4.5) & cheap,
        "Ambivalent": (crq < 4.5) | torn,
        "Ambassador": (crq >= 5.5) & (scores["uniqueness"] >= 5.25) & recommends,
    }
    names = np.array(list(rules), dtype=object)
    return np.select(list(rules.values()), list(names), "Rational").astype(object)
