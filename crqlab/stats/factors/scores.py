"""Each respondent's place on every factor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.stats.factors.implied import implied, matrices
from crqlab.stats.factors.model import ALPHA, BETA, LAMBDA, Model
from crqlab.stats.factors.normal import inverses
from crqlab.stats.factors.sample import Sample


def regression_scores(
    model: Model, groups: Sequence[Sample], theta: NDArray, index: pd.Index
) -> pd.DataFrame:
    """Expected factor values given the answers: eta + Phi Lambda' Sigma^-1 (x - mu).

    Gaps leave out their rows and columns. Without a mean structure answers are centred on
    their own means.

    Parameters
    ----------
    model : Model
    groups : sequence of Sample
    theta : array, shape (free,)
    index : Index
        Of the data that the samples were taken from.

    Returns
    -------
    DataFrame, one row per respondent used, one column per construct
        In the data's order, in the unit of each construct's first item.

    References
    ----------
    Thurstone (1935), The Vectors of Mind: the regression method.
    """
    values, parts = model.values(theta), []
    for g, sample in enumerate(groups):
        of, filled = implied(model, values, g), matrices(model, values, g)
        mu = of.mu if model.means else sample.mean
        weight, _ = inverses(sample, of.sigma)
        spread = np.linalg.inv(np.eye(len(of.latent)) - filled[BETA])
        toward = of.latent @ filled[LAMBDA].T
        apart = np.split(np.nan_to_num(sample.answers - mu), np.cumsum(sample.counts)[:-1])
        found = np.vstack([a @ w @ toward.T for a, w in zip(apart, weight, strict=True)])
        found += (spread @ filled[ALPHA])[:, 0]
        parts.append(pd.DataFrame(found, sample.kept, list(model.constructs)))
    table = pd.concat(parts).sort_index()
    return table.set_axis(index[table.index])
