r"""What answers tell of accounts, the means of their clients being known.

In components (see `components`) all covariances are diagonal, so that each of them is a small
problem of its own. Of one account with waves 1 to T let :math:`u \sim N(0, K)` be its
deviations from its client's means :math:`\mu`, and let answers have the precision F and the
weighted sum b. With :math:`K = LL'` and :math:`M = I + L'FL`::

    C     = L M^-1 L'                variance of theta, given mu
    H     = I - C F                  what theta keeps of mu
    theta = C b + H mu + C^1/2 z
    F H   : what the account tells of mu;  H'b: the same, weighted by what was answered

Searle, Casella & McCulloch (1992), Variance Components, chapter 7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.account_model.components import Components
from crqlab.stats.account_model.layout import Batch

SMALL = 6


@dataclass(frozen=True, slots=True, eq=False)
class Conditioned:
    """A batch, given its answers.

    In a whole batch there is one problem per component with one dimension per wave; otherwise
    one problem, whose dimensions are components and, inside these, waves.

    Attributes
    ----------
    batch : Batch
    precision, root, keep : ndarray, shape (patterns, problems, dimensions, dimensions)
        F, a square root of C (lower triangle), and H.
    weighted : ndarray, shape (accounts, problems, dimensions)
        b.
    log_det : ndarray, shape (patterns, problems)
        Logarithm of the determinant of M.
    """

    batch: Batch
    precision: NDArray
    root: NDArray
    keep: NDArray
    weighted: NDArray
    log_det: NDArray

    def half(self) -> NDArray:
        """Return b times the root, of every account; its square is b'Cb."""
        return times(np.swapaxes(self.root, -1, -2), self.batch.pattern, self.weighted)

    def own(self) -> NDArray:
        """Return C b of every account."""
        return times(self.root, self.batch.pattern, self.half())

    def lean(self) -> NDArray:
        """Return H'b of every account."""
        return times(np.swapaxes(self.keep, -1, -2), self.batch.pattern, self.weighted)

    def told(self) -> NDArray:
        """Return F H of every pattern."""
        return self.precision @ self.keep


def times(matrices: NDArray, at: NDArray, vectors: NDArray) -> NDArray:
    """Multiply vectors with the matrices of their patterns; small ones column by column."""
    size = vectors.shape[-1]
    if size > SMALL:
        return (matrices[at] @ vectors[..., None])[..., 0]
    found = matrices[..., 0][at] * vectors[..., :1]
    for j in range(1, size):
        found += matrices[..., j][at] * vectors[..., j : j + 1]
    return found


def conditioned(batch: Batch, values: NDArray, parts: Components) -> Conditioned:
    """Condition a batch on its answers.

    Parameters
    ----------
    batch : Batch
    values : ndarray, shape (rows, components) or (rows, scores)
        Answers of all rows, centred: in components for a whole batch, otherwise in scores.
    parts : Components
    """
    weigh = _precisions if batch.whole else _gappy_precisions
    F, b = weigh(batch, values, parts)
    K = parts.ratio[:, None, None] * parts.persistence.accounts(batch.time[batch.first])
    L = np.linalg.cholesky(K if batch.whole else _as_one(K))
    M = np.eye(L.shape[-1]) + np.swapaxes(L, -1, -2) @ F @ L
    G = np.linalg.cholesky(M)
    half = np.linalg.solve(G, np.swapaxes(L, -1, -2))
    C = np.swapaxes(half, -1, -2) @ half
    return Conditioned(
        batch,
        precision=F,
        root=np.linalg.cholesky(C),
        keep=np.eye(L.shape[-1]) - C @ F,
        weighted=b,
        log_det=2 * np.log(np.diagonal(G, axis1=-2, axis2=-1)).sum(axis=-1),
    )


def _as_one(K: NDArray) -> NDArray:
    """One problem of all components: blocks on a diagonal."""
    n, k, T, _ = K.shape
    whole = np.zeros((n, 1, k * T, k * T))
    for i in range(k):
        whole[:, 0, i * T : (i + 1) * T, i * T : (i + 1) * T] = K[:, i]
    return whole


def _precisions(batch: Batch, values: NDArray, parts: Components) -> tuple[NDArray, NDArray]:
    """F of each pattern and b of each account, where everybody answered everything."""
    n, T = batch.cells.shape
    k = values.shape[1]
    F, b = np.zeros((len(batch.first), k, T, T)), np.zeros((n * T, k))
    for people in batch.people:
        weight = np.linalg.inv(parts.persistence.people(people.time[people.first]))
        chosen, kind = people.chosen, people.kind[people.chosen]
        for i, j in np.ndindex(*weight.shape[-2:]):
            at = (people.pattern, slice(None), people.place[chosen, i], people.place[chosen, j])
            np.add.at(F, at, weight[kind, :, i, j])
        y = values[people.rows]
        if y.shape[1] > 1:
            turned = y.transpose(0, 2, 1)
            y = times(weight, people.kind, turned).transpose(0, 2, 1)
        b += people.to_cells @ y.reshape(-1, k)
    return F, b.reshape(n, T, k).transpose(0, 2, 1)


def _gappy_precisions(batch: Batch, values: NDArray, parts: Components) -> tuple[NDArray, NDArray]:
    """F and b as one problem, each person weighing what that person answered."""
    n, T = batch.cells.shape
    k = values.shape[1]
    F, b = np.zeros((len(batch.first), 1, k * T, k * T)), np.zeros((n, 1, k * T))
    for people in batch.people:
        answered = ~np.isnan(values[people.rows[people.first]])
        found = [
            _seen(time, there, parts)
            for time, there in zip(people.time[people.first], answered, strict=True)
        ]
        weight, told = np.stack([w for w, _ in found]), np.stack([t for _, t in found])
        mine, kind = people.chosen, people.kind
        at = (np.arange(k)[:, None] * T + people.place[:, None, :]).reshape(len(people.rows), -1)
        np.add.at(
            F[:, 0],
            (people.pattern[:, None, None], at[mine][:, :, None], at[mine][:, None, :]),
            weight[kind[mine]],
        )
        y = np.nan_to_num(values[people.rows]).reshape(len(people.rows), -1, 1)
        np.add.at(b[:, 0], (people.account[:, None], at), (told[kind] @ y)[..., 0])
    return F, b


def _seen(time: NDArray, answered: NDArray, parts: Components) -> tuple[NDArray, NDArray]:
    """Precision that one person brings, and the matrix that weighs that person's answers.

    Rows and columns of the precision are components and, inside these, times; the answers are
    times and, inside these, scores.
    """
    m, J = answered.shape
    alike = parts.persistence.people(time)
    noise = np.einsum("ok,pk,kij->iojp", parts.basis, parts.basis, alike).reshape(m * J, m * J)
    design = np.einsum("ok,ij->iokj", parts.basis, np.eye(m)).reshape(m * J, -1)
    there = answered.ravel()
    weighed = np.linalg.solve(noise[np.ix_(there, there)], design[there])
    told = np.zeros((design.shape[1], m * J))
    told[:, there] = weighed.T
    return design[there].T @ weighed, told
