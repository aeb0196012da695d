"""Draws of what accounts may be, put through rules: how likely each label is, and each move."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit, logit

from crqlab.stats.account_model.answers import Answers
from crqlab.stats.account_model.components import LEAST, Components
from crqlab.stats.account_model.conditional_effects import Conditioned
from crqlab.stats.account_model.covariances import account_means
from crqlab.stats.account_model.latent_scale import FAR, STEPS_PER_UNIT
from crqlab.stats.account_model.model import AccountModel
from crqlab.stats.account_model.persistence import HIGHEST, Persistence
from crqlab.stats.account_model.posterior import Judged, clients_at_once, judge, prepared
from crqlab.stats.cluster_draws import stream
from crqlab.stats.defaults import LEVEL, SEED

DRAWS = 200
SETS = 8  # drawn sets of the model's own numbers, each behind as many draws
AT_ONCE = 1024  # cells
Label = Callable[[Mapping[str, NDArray]], NDArray]


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Labels that accounts may truly have, drawn jointly over the waves of an account.

    Attributes
    ----------
    cells : DataFrame, one row per account and wave
        ``client``, ``wave``, ``account``, ``n`` people who answered anything.
    labels : ndarray of int8, shape (cells, draws)
        -1 where a label was left open.
    pairs : ndarray of int, shape (pairs, 2)
        Rows of two consecutive waves of one account.
    """

    cells: pd.DataFrame
    labels: NDArray
    pairs: NDArray

    def __str__(self) -> str:
        return f"{self.labels.shape[1]} draws of {len(self.cells):,} accounts and waves"

    def shares(self, size: int) -> NDArray:
        """Return the probability of each of ``size`` labels, shape (cells, size)."""
        return np.stack([(self.labels == k).mean(axis=1) for k in range(size)], axis=1)

    def stayed(self) -> NDArray:
        """Return the probability that the label is the same in both waves of each pair."""
        return (self.labels[self.pairs[:, 0]] == self.labels[self.pairs[:, 1]]).mean(axis=1)

    def moved(self, rank: NDArray) -> tuple[NDArray, NDArray]:
        """Return the probability that a pair's label rose, and that it fell, by ranks of labels."""
        rank = np.append(np.asarray(rank), 0).astype(np.int8)  # an open label is the last one
        before, after = (self.labels[row] for row in self.pairs.T)
        known = (before >= 0) & (after >= 0)
        step = rank[after] - rank[before]
        return ((step > 0) & known).mean(axis=1), ((step < 0) & known).mean(axis=1)

    def mix(self, group: NDArray, size: int) -> NDArray:
        """Return shares of labels in groups of cells, draw by draw.

        Parameters
        ----------
        group : ndarray of int, one per cell
            From 0; cells below 0 are in none.
        size : int
            Labels.

        Returns
        -------
        ndarray, shape (groups, draws, labels)
            `central` of these are intervals of the shares of these very accounts.
        """
        rows = np.flatnonzero(group >= 0)
        pick = _selection(group[rows], rows, len(group))
        n = np.maximum(np.asarray(pick.sum(axis=1)), 1)
        found = [np.asarray(pick @ (self.labels == k).astype(np.float32)) / n for k in range(size)]
        return np.stack(found, axis=-1)


def central(drawn: NDArray, level: float = LEVEL) -> tuple[NDArray, NDArray]:
    """Ends of the middle of draws, each draw that equals an end counting half (mid-p).

    Shares and counts of few accounts take few values, and an interval that must hold so much
    at least would hold more on average; this one holds as much as it says.

    Parameters
    ----------
    drawn : ndarray, shape (..., draws)
    level : float

    References
    ----------
    Lancaster (1961), Journal of the American Statistical Association 56, 223-234: the mid-p.

    Examples
    --------
    >>> few = np.array([[0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [0, 1, 1, 1, 1, 1, 1, 2, 2, 2]])
    >>> central(few, 0.8)
    (array([0, 1]), array([0, 2]))
    """
    ordered = np.sort(drawn, axis=-1)
    n = drawn.shape[-1]
    tail = (1 - level) / 2
    place = np.arange(n)
    new = np.concatenate([np.ones((*ordered.shape[:-1], 1), bool), np.diff(ordered) > 0], axis=-1)
    start = np.maximum.accumulate(np.where(new, place, 0), axis=-1)
    final = np.concatenate([new[..., 1:], np.ones((*ordered.shape[:-1], 1), bool)], axis=-1)
    end = np.where(final, place, n)[..., ::-1]
    end = np.minimum.accumulate(end, axis=-1)[..., ::-1]
    middle = (start + end + 1) / 2 / n
    first = (middle < tail).sum(axis=-1, keepdims=True)
    last = (middle <= 1 - tail).sum(axis=-1, keepdims=True) - 1
    low = np.take_along_axis(ordered, np.minimum(first, n - 1), -1)[..., 0]
    return low, np.take_along_axis(ordered, np.maximum(last, 0), -1)[..., 0]


def _selection(group: NDArray, rows: NDArray, cells: int):
    size = int(group.max(initial=-1)) + 1
    return sparse.csr_matrix(
        (np.ones(len(rows), dtype=np.float32), (group, rows)), shape=(size, cells)
    )


def draws(
    model: AccountModel,
    rows: Answers,
    label: Label,
    *,
    n: int = DRAWS,
    shift: Mapping[str, NDArray] | None = None,
    scores: Iterable[str] | None = None,
    sets: int = SETS,
    seed: int = SEED,
    jobs: int | None = None,
) -> Draws:
    """Draw scores of accounts, and put every draw through rules.

    Draws of one account belong together over its waves, and those of all accounts of a client
    share draws of the client's means; behind each set of draws stand other numbers of the
    model, as far as these are in doubt.

    Parameters
    ----------
    model : AccountModel
    rows : Answers
    label : callable
        From arrays of one shape, one for each score by name, to an array of whole numbers of
        that shape: a label from 0 to 126, or -1. Called from several threads.
    n : int
        Draws of each account.
    shift : mapping of score to ndarray, shape (cells,), optional
        Points added to drawn scores before they are put through the rules (what if?); missing
        makes a score unknown.
    scores : iterable of str, optional
        Those that the rules look at; by default all of the model's. No draw depends on it.
    sets : int
        Sets of the model's numbers; 1 takes these as known.
    seed : int
        Where chance begins. Nothing depends on the order of rows or the number of threads.
    jobs : int, optional
        Threads; by default one for each processor.

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
    >>> found = draws(fit(rows), rows, lambda drawn: (drawn["crq"] > 5).astype(int), n=50)
    >>> found.shares(2).shape  # of each account: below, above
    (60, 2)
    """
    given = rows
    model.checked(given)
    drawn = [k for k, name in enumerate(model.scores) if scores is None or name in set(scores)]
    more = {name: np.asarray(points, np.float32) for name, points in (shift or {}).items()}
    more = {name: more[name] for name in (model.scores[k] for k in drawn) if name in more}
    versions = doubted(model, min(sets, n), stream(seed, "model"))
    found = Parallel(n_jobs=jobs or os.cpu_count() or 1, prefer="threads")(
        delayed(_of_clients)(
            model,
            some,
            label,
            {name: points[cells] for name, points in more.items()},
            drawn,
            versions,
            n,
            rng,
        )
        for some, cells, rng in parts_of(given, seed)
    )
    labels = np.concatenate(found)
    account = given.cell_account
    first = np.flatnonzero(account[1:] == account[:-1])
    pairs = np.column_stack([first, first + 1])
    return Draws(given.keys().assign(n=given.n), labels, pairs)


def parts_of(given: Answers, seed: int) -> Iterator[tuple[Answers, slice, np.random.Generator]]:
    """Yield whole clients, some at a time, their cells among all, and a stream of their own."""
    end = 0
    for k, some in enumerate(clients_at_once(given, most=AT_ONCE * 6)):
        start, end = end, end + len(some.cell_account)
        yield some, slice(start, end), stream(seed, ("clients", k))


def doubted(model: AccountModel, sets: int, rng: np.random.Generator) -> list[Components]:
    """Draw sets of the model's numbers as they may be, in pairs of opposite errors."""
    parts = model.components
    if sets < 2:
        return [parts]
    half, k = -(-sets // 2), len(parts.ratio)
    own = np.linalg.cholesky(model.doubt + 1e-12 * np.eye(3))
    errors = np.einsum("kij,skj->ski", own, rng.standard_normal((half, k, 3)))
    errors += model.shared * rng.standard_normal((half, 1, 3))
    decay = model.decay_se * rng.standard_normal(half)
    errors, decay = np.concatenate([errors, -errors])[:sets], np.concatenate([decay, -decay])
    return [_version(parts, error, step) for error, step in zip(errors, decay[:sets], strict=True)]


def _version(parts: Components, error: NDArray, step: float) -> Components:
    kept = parts.persistence
    ratio = np.maximum(parts.ratio * np.exp(error[:, 0]), LEAST)
    rho = np.minimum(expit(logit(kept.rho) + error[:, 1]), HIGHEST)
    share = np.minimum(expit(logit(kept.share) + error[:, 2]), HIGHEST)
    decay = min(float(kept.decay * np.exp(step)), 1.0)
    return Components(parts.basis, ratio, Persistence(rho, share, decay))


def _of_clients(
    model: AccountModel,
    given: Answers,
    label: Label,
    shift: Mapping[str, NDArray],
    drawn: list[int],
    versions: list[Components],
    n: int,
    rng: np.random.Generator,
) -> NDArray:
    """Labels of some clients' cells, shape (cells, draws)."""
    labels = np.empty((len(given.cell_account), n), dtype=np.int8)
    for cells, which, scores in drawn_scores(model, given, drawn, versions, n, rng):
        for name, points in shift.items():
            scores[name] = scores[name] + points[cells][..., None]
        labels[cells, which] = label(scores)
    return labels


def drawn_scores(
    model: AccountModel,
    given: Answers,
    drawn: list[int],
    versions: list[Components],
    n: int,
    rng: np.random.Generator,
) -> Iterator[tuple[NDArray, slice, dict[str, NDArray]]]:
    """Yield cells (accounts, waves), which draws, and scores by name (accounts, waves, draws)."""
    bounds = np.linspace(0, n, len(versions) + 1).astype(int)
    ready = prepared(model, given)
    for parts, first, last in zip(versions, bounds[:-1], bounds[1:], strict=True):
        judged = judge(model, ready, parts)
        errors = _drawn_means(judged, -(-(last - first) // 2), rng)
        for one in judged.known:
            theta = account_means(one, judged.means)
            for some in _at_once(one):
                place = _drawn(judged, one, theta, some, errors, drawn, last - first, rng)
                scores = {
                    model.scores[k]: model.table.looked_up(k, place[:, j])
                    for j, k in enumerate(drawn)
                }
                yield one.batch.cells[some], slice(first, last), scores


def _at_once(one: Conditioned) -> list[NDArray]:
    n, T = one.batch.cells.shape
    return np.array_split(np.arange(n), max(1, -(-n * T // AT_ONCE)))


def _pairs_of(half: NDArray, n: int) -> NDArray:
    """Half of the errors, and as many of opposite sign: less chance, and a mean that is right."""
    return np.concatenate([half, -half[..., : n - half.shape[-1]]], axis=-1)


def _drawn_means(judged: Judged, n: int, rng: np.random.Generator) -> NDArray:
    """Errors of clients' means that may be, shape (clients, components, waves, draws)."""
    means = judged.means
    z = rng.standard_normal((*means.root.shape[:2], n), dtype=np.float32)
    return (means.root.astype(np.float32) @ z).reshape(*means.mean.shape, n)


def _drawn(
    judged: Judged,
    one: Conditioned,
    theta: NDArray,
    some: NDArray,
    errors: NDArray,
    scores: list[int],
    n: int,
    rng: np.random.Generator,
) -> NDArray:
    """Where some accounts may stand, in steps of the table: (accounts, scores, waves, draws)."""
    batch = one.batch
    pattern, T = batch.pattern[some], batch.cells.shape[1]
    k, half = errors.shape[1], errors.shape[-1]
    who, when = batch.client[some][:, None, None], batch.place[some][:, None, :]
    of_mean = errors[who, np.arange(k)[:, None], when]
    of_mean = of_mean.reshape(len(some), -1, one.root.shape[-1], half)
    z = rng.standard_normal(of_mean.shape, dtype=np.float32)
    away = one.root[pattern].astype(np.float32) @ z
    away += one.keep[pattern].astype(np.float32) @ of_mean
    turn = judged.parts.basis[scores]
    basis = (STEPS_PER_UNIT * judged.widening * turn).astype(np.float32)
    away = (basis @ away.reshape(len(some), k, T * half)).reshape(len(some), -1, T, half)
    base = judged.base[batch.cells[some]][..., scores]
    level = base + theta[some].transpose(0, 2, 1) @ turn.T
    place = (STEPS_PER_UNIT * (level + FAR) + 0.5).astype(np.float32).transpose(0, 2, 1)
    return place[..., None] + _pairs_of(away, n)
