r"""How sure means over the accounts of a client are, and changes of them, in closed form.

A contrast :math:`\sum_t c_t \bar\theta_t` of a client's mean scores has the variance

.. math:: \sum_i a_i' C_i a_i + \Big\| \sum_i a_i' H_i R \Big\|^2

with the weights a of account i in its waves (times how fast its answers rise with its latent), C
and H of `conditional_effects`, and R the root of the covariance of the client's means. It does
not depend on what was answered, so that it is known before anybody is asked.
"""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray

from crqlab.stats.account_model.answers import Answers
from crqlab.stats.account_model.conditional_effects import Conditioned
from crqlab.stats.account_model.latent_scale import GRID, moments
from crqlab.stats.account_model.model import AccountModel
from crqlab.stats.account_model.posterior import (
    Judged,
    clients_at_once,
    judge,
    latent_moments,
    of_means,
    prepared,
)

LTR, NPS = "ltr", "nps"


def contrast_errors(
    model: AccountModel,
    rows: Answers,
    contrast: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    latent: bool = False,
) -> pd.DataFrame:
    """Standard error of a contrast of each client's waves, of means over all accounts.

    Parameters
    ----------
    model : AccountModel
        Its own numbers are taken as known.
    rows : Answers
        With a row without values for every account of a wave that counts though nobody answered.
    contrast : array, one per block
        What each of a client's waves counts: 1 for a wave alone, -1 and 1 for the change from one
        to another, 0 for waves that only tell.
    weight : array, one per cell, optional
        How much an account counts; by default all alike.
    latent : bool
        On the model's latent scale, where errors do not depend on how high accounts are.

    Returns
    -------
    DataFrame, one row per client
        Index its name; a column per score in its units and, with ``ltr``, ``nps``. Missing for
        clients without any wave that counts.

    Examples
    --------
    >>> from crqlab.stats.account_model import answers, fit
    >>> rng = np.random.default_rng(1)
    >>> account = np.repeat(np.arange(60), 4)
    >>> crq = 5 + rng.normal(0, 0.6, 60)[account] + rng.normal(0, 0.9, 240)
    >>> who = {"client": np.repeat(["C1", "C2"], 120), "account": account, "wave": ["1"] * 240}
    >>> rows = answers(pd.DataFrame({"crq": crq}), **who)
    >>> contrast_errors(fit(rows), rows, [1.0, 1.0]).round(2)  # like 0.9 / sqrt(120), a bit more
         crq
    C1  0.08
    C2  0.08
    """
    model.checked(rows)
    cells = np.ones(len(rows.cell_account)) if weight is None else np.asarray(weight, float)
    total = np.bincount(rows.cell_block, weights=cells, minlength=len(rows.block_client))
    share = np.asarray(contrast, float)[rows.cell_block] * cells / total[rows.cell_block]
    ends = np.cumsum([len(some.cell_account) for some in clients_at_once(rows)])
    parts = Parallel(n_jobs=os.cpu_count() or 1, prefer="threads")(
        delayed(_of_clients)(model, some, share[end - len(some.cell_account) : end], latent)
        for some, end in zip(clients_at_once(rows), ends, strict=True)
    )
    names = [*model.scores, *([NPS] if LTR in model.scores else [])]
    table = pd.DataFrame(np.concatenate(parts), rows.clients, names)
    counted = np.bincount(
        rows.block_client, weights=np.abs(np.asarray(contrast, float)), minlength=len(rows.clients)
    )
    return table.where(pd.Series(counted > 0, table.index), np.nan, axis=0)


def latent_variances(model: AccountModel, rows: Answers) -> NDArray:
    """Return what is left open of every account and wave on the latent scale.

    Parameters
    ----------
    model : AccountModel
    rows : Answers

    Returns
    -------
    ndarray, shape (cells, scores)
        To be compared with the diagonals of ``model.between`` and ``model.within``.

    Examples
    --------
    >>> from crqlab.stats.account_model import answers, fit
    >>> rng = np.random.default_rng(1)
    >>> account = np.repeat(np.arange(60), 4)
    >>> crq = 5 + rng.normal(0, 0.6, 60)[account] + rng.normal(0, 0.9, 240)
    >>> who = {"client": np.repeat(["C1", "C2"], 120), "account": account, "wave": ["1"] * 240}
    >>> rows = answers(pd.DataFrame({"crq": crq}), **who)
    >>> latent_variances(fit(rows), rows).shape
    (60, 1)
    """
    model.checked(rows)
    found = np.empty((len(rows.cell_account), len(model.scores)))
    end = 0
    for some in clients_at_once(rows):
        start, end = end, end + len(some.cell_account)
        judged = judge(model, prepared(model, some), model.components)
        part = found[start:end]
        for one in judged.known:
            part[one.batch.cells] = latent_moments(judged, one)[1] ** 2
    return found


def _of_clients(model: AccountModel, given: Answers, share: NDArray, latent: bool) -> NDArray:
    """Standard errors, shape (clients, scores)."""
    judged = judge(model, prepared(model, given), model.components)
    ltr = [model.scores.index(LTR)] if LTR in model.scores else []
    basis = judged.parts.basis[[*range(len(model.scores)), *ltr]]
    n = len(given.clients)
    own, shared = np.zeros((n, len(basis))), np.zeros((n, len(basis), judged.means.root.shape[-1]))
    for one in judged.known:
        counted = share[one.batch.cells]
        if not counted.any():
            continue
        slopes = 1.0 if latent else _slopes(model, *latent_moments(judged, one))
        a = counted[..., None] * slopes * np.ones(len(basis))
        np.add.at(own, one.batch.client, _own(one, judged, basis, a))
        told = np.einsum("jk,nktr,ntj->njr", basis, of_means(one, judged), a, optimize=True)
        np.add.at(shared, one.batch.client, told)
    return judged.widening * np.sqrt(own + (shared**2).sum(axis=-1))


def _own(one: Conditioned, judged: Judged, basis: NDArray, a: NDArray) -> NDArray:
    """Variance that is left where the client's means are known, shape (accounts, scores)."""
    T, k = a.shape[1], len(judged.parts.ratio)
    C = (one.root @ np.swapaxes(one.root, -1, -2))[one.batch.pattern]
    if one.batch.whole:
        return np.einsum("nktu,jk,ntj,nuj->nj", C, basis**2, a, a, optimize=True)
    C = C.reshape(-1, k, T, k, T)
    return np.einsum("nktlu,jk,jl,ntj,nuj->nj", C, basis, basis, a, a, optimize=True)


def _slopes(model: AccountModel, mean: NDArray, sd: NDArray) -> NDArray:
    """How fast mean answers, and net promoter scores, rise with the latent."""
    heights = model.table.heights
    found = [moments(heights[j], mean[..., j], sd[..., j])[1] / sd[..., j]
             for j in range(len(model.scores))]  # fmt: skip
    if LTR in model.scores:
        j = model.scores.index(LTR)
        curve, m, s = model.promoters(LTR), mean[..., j], sd[..., j]
        up, down = (curve.nps(np.interp(m + side * s, GRID, heights[j])) for side in (1, -1))
        found.append((up - down) / (2 * s))
    return np.stack(found, axis=-1)
