"""What accounts are, given what their people answered."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray

from crqlab.base.results import Result
from crqlab.stats.account_model.answers import Answers
from crqlab.stats.account_model.client_means import ClientMeans, client_means
from crqlab.stats.account_model.components import Components
from crqlab.stats.account_model.conditional_effects import Conditioned
from crqlab.stats.account_model.covariances import account_means
from crqlab.stats.account_model.estimation import centre_of, known_of
from crqlab.stats.account_model.latent_scale import moments
from crqlab.stats.account_model.layout import Batch, batches
from crqlab.stats.account_model.model import AccountModel, on_latent_scale
from crqlab.stats.account_model.role_effects import without_roles

CELLS = 20_000  # that are worked out at once, whole clients together


@dataclass(frozen=True, slots=True, eq=False)
class Posterior(Result):
    """Scores of accounts, as the model expects them.

    Attributes
    ----------
    cells : DataFrame, one row per account and wave
        ``client``, ``wave``, ``account``, ``n`` people who answered anything.
    scores : tuple of str
    mean, sd : ndarray, shape (cells, scores)
        In the units of the scores: what all people of the account would answer on average, and
        how sure that is. The model's own numbers are taken as known.
    """

    cells: pd.DataFrame
    scores: tuple[str, ...]
    mean: NDArray
    sd: NDArray

    @property
    def table(self) -> pd.DataFrame:
        """``cells``, and of each score ``NAME`` and ``NAME_sd``."""
        mean = dict(zip(self.scores, self.mean.T, strict=True))
        sd = {f"{name}_sd": own for name, own in zip(self.scores, self.sd.T, strict=True)}
        return self.cells.assign(**mean, **sd)

    def __str__(self) -> str:
        sd = ", ".join(f"{n} {s:.2f}" for n, s in zip(self.scores, self.sd.mean(0), strict=True))
        return f"{len(self.cells):,} accounts and waves; standard errors on average: {sd}"


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Answers of some clients on the latent scale, counted from ``base`` (per cell)."""

    given: Answers
    values: NDArray
    centre: NDArray
    base: NDArray
    shapes: tuple[Batch, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Some clients, given their answers, in components and counted from ``base`` (per cell).

    ``widening`` is `AccountModel.widening`.
    """

    base: NDArray
    parts: Components
    known: list[Conditioned]
    means: ClientMeans
    widening: float = 1.0


def posterior(model: AccountModel, rows: Answers, *, until: Any = None) -> Posterior:
    """Expect scores of every account and wave, given answers of all waves or up to one.

    Parameters
    ----------
    model : AccountModel
        For a page of an earlier wave, fitted to the answers up to that wave.
    rows : Answers
        Of the same scores; a cell without any answer is told by its other waves and its client.
    until : str, optional
        Name of a wave: later ones are not looked at, and have no rows in what is returned.

    Returns
    -------
    Posterior
        Rows in the order of `Answers.keys`.

    Raises
    ------
    EstimateError
        Other scores than the model's, or an unknown wave.

    Examples
    --------
    >>> import pandas as pd
    >>> from crqlab.stats.account_model import answers
    >>> from crqlab.stats.account_model import fit
    >>> rng = np.random.default_rng(1)
    >>> account = np.repeat(np.arange(60), 4)
    >>> crq = 5 + rng.normal(0, 0.6, 60)[account] + rng.normal(0, 0.9, 240)
    >>> who = {"client": np.repeat(["C1", "C2"], 120), "account": account, "wave": ["1"] * 240}
    >>> rows = answers(pd.DataFrame({"crq": crq}), **who)
    >>> found = posterior(fit(rows), rows)
    >>> bool(found.mean.std() < crq.reshape(60, 4).mean(axis=1).std())  # drawn together
    True
    """
    model.checked(rows)
    given = rows if until is None else rows.until(until)
    parts = Parallel(n_jobs=os.cpu_count() or 1, prefer="threads")(
        delayed(_of_clients)(model, some) for some in clients_at_once(given)
    )
    mean, sd = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Posterior(given.keys().assign(n=given.n), model.scores, mean, sd)


def _of_clients(model: AccountModel, given: Answers) -> tuple[NDArray, NDArray]:
    judged = judge(model, prepared(model, given), model.components)
    mean, sd = np.empty((2, len(given.cell_account), len(model.scores)))
    for one in judged.known:
        cells = one.batch.cells
        mean[cells], sd[cells] = _answered(model, *latent_moments(judged, one))
    return mean, sd


def clients_at_once(given: Answers, *, most: int = CELLS) -> Iterator[Answers]:
    """Yield whole clients, some of them at a time, so that memory does not grow with them."""
    cells = np.bincount(given.account_client[given.cell_account], minlength=len(given.clients))
    part = (np.cumsum(cells) - 1) // most
    bounds = np.flatnonzero(np.diff(part, prepend=-1, append=part[-1] + 1))
    for first, last in pairwise(bounds):
        yield given.of_clients(int(first), int(last))


def prepared(model: AccountModel, given: Answers) -> Prepared:
    """Bring answers into the form that all versions of the model's numbers share."""
    given = on_latent_scale(given, model.scales)
    more = model.turnout_of(given)
    values = without_roles(given, model.effects_of(given)) - more[given.cell]
    centre = centre_of(values) if model.mean is None else model.mean
    return Prepared(given, values - centre, centre, centre + more, batches(given))


def judge(model: AccountModel, ready: Prepared, parts: Components) -> Judged:
    """Work out what answers tell of accounts and of their clients.

    Parameters
    ----------
    model : AccountModel
    ready : Prepared
    parts : Components
        The model's, or drawn from their doubt.
    """
    known = known_of(ready.given, ready.shapes, ready.values, parts)
    means = client_means(ready.given, known, prior=model.prior(ready.centre))
    return Judged(ready.base, parts, known, means, model.widening)


def _answered(model: AccountModel, mean: NDArray, sd: NDArray) -> tuple[NDArray, NDArray]:
    """From the latent scale to what people answer on average."""
    found = [
        moments(curve, mean[..., j], sd[..., j]) for j, curve in enumerate(model.table.heights)
    ]
    return np.stack([m for m, _ in found], axis=-1), np.stack([s for _, s in found], axis=-1)


def latent_moments(judged: Judged, one: Conditioned) -> tuple[NDArray, NDArray]:
    """Return means and standard errors on the latent scale, shape (accounts, waves, scores)."""
    theta = account_means(one, judged.means)
    mean = judged.base[one.batch.cells] + theta.transpose(0, 2, 1) @ judged.parts.basis.T
    variance = _own(one, judged) + _of_means(one, judged)
    return mean, judged.widening * np.sqrt(np.maximum(variance, 0))


def _own(one: Conditioned, judged: Judged) -> NDArray:
    """Variance of scores that is left where the client's means are known."""
    T = one.batch.cells.shape[1]
    basis, at = judged.parts.basis, one.batch.pattern
    C = one.root @ np.swapaxes(one.root, -1, -2)
    if one.batch.whole:
        return np.einsum("pktt,jk->ptj", C, basis**2)[at]
    k = len(judged.parts.ratio)
    return np.einsum("pktlt,jk,jl->ptj", C.reshape(-1, k, T, k, T), basis, basis)[at]


def _of_means(one: Conditioned, judged: Judged) -> NDArray:
    """Variance of scores that comes from the means of the client."""
    shared = np.einsum("jk,nktr->ntjr", judged.parts.basis, of_means(one, judged))
    return (shared**2).sum(axis=-1)


def of_means(one: Conditioned, judged: Judged) -> NDArray:
    """Return what accounts share with the root of their client's means.

    Returns
    -------
    ndarray, shape (accounts, components, waves, columns of the root)
    """
    batch, means = one.batch, judged.means
    n, T = batch.cells.shape
    k = len(judged.parts.ratio)
    root = means.root.reshape(len(means.root), k, -1, means.root.shape[-1])
    mine = root[batch.client[:, None], :, batch.place].transpose(0, 2, 1, 3)
    keep = one.keep[batch.pattern]
    kept = keep @ mine.reshape(n, keep.shape[1], -1, root.shape[-1])
    return kept.reshape(n, k, T, -1)
