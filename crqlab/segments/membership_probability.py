"""How likely each segment is for each account, given how few its answers are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError
from crqlab.base.instrument import Instrument
from crqlab.base.standards import SURE
from crqlab.segments.assignment import scores_of
from crqlab.segments.conditions import LIKELY, Condition
from crqlab.segments.score_uncertainty import KEYS, OWN, Voices, voices
from crqlab.segments.segment import known, placed
from crqlab.segments.thresholds import Thresholds
from crqlab.stats.cluster_draws import stream
from crqlab.stats.defaults import SEED

SAMPLES = 200  # of every account's scores
CHUNK = 1024  # accounts that are drawn at once
UNKNOWN = "nobody_shares_account"


@dataclass(frozen=True, slots=True, eq=False)
class Membership:
    """P(segment) of every account.

    Attributes
    ----------
    table : DataFrame, one row per account, in the order asked for
        Keys, ``segment`` (by the rules), ``p`` (its probability), ``second`` (likeliest other
        segment) and ``second_p``, ``distance`` to the nearest cut that would change the
        segment (scale points; an NPS or mean LTR counts by its share of its own scale),
        ``nearest`` (that score), ``on_the_line`` (the cut is nearer than one standard error of
        the score), ``flag``.
    shares : ndarray, shape (accounts, segments)
        Probability of every segment; the rest to 1 is open.
    names : tuple of str
        The segments.
    draws : int
    """

    table: pd.DataFrame
    shares: NDArray
    names: tuple[str, ...]
    draws: int

    def __str__(self) -> str:
        sorted_ = self.table[self.table["segment"].notna() & self.table["p"].notna()]
        if sorted_.empty:
            return "How likely the segments are cannot be told: no account has two voices"
        line = sorted_["on_the_line"].mean()
        return (
            f"{len(sorted_):,} accounts keep their segment with probability "
            f"{sorted_['p'].mean():.2f} on average, {(sorted_['p'] < SURE).mean():.0%} of them "
            f"with less than {SURE}; {line:.0%} lie on a line"
        )


def membership(
    accounts: pd.DataFrame,
    respondents: pd.DataFrame,
    thresholds: Thresholds,
    *,
    instrument: Instrument | None = None,
    shift: Mapping[str, NDArray] | None = None,
    draws: int = SAMPLES,
    seed: int = SEED,
    jobs: int | None = None,
) -> Membership:
    """Draw the scores that all people of an account might give, and sort each draw.

    The mean of few answers is drawn towards the mean of its client's wave by ICC(1), as scores
    are; around it stands its error: from four answers on, the account's own people weighed at
    random (Bayesian bootstrap, widened to the unbiased variance), below that the panel's
    covariance of people inside accounts. Both errors shrink with the mean.

    Parameters
    ----------
    accounts : DataFrame, one row per account and wave
        ``client_id``, ``wave``, ``account_id`` and the scores of the rules.
    respondents : DataFrame
        Table ``respondents``: the people behind these scores.
    thresholds : Thresholds
    instrument : Instrument, optional
        Scale of the answers; by default that of the thresholds.
    shift : mapping of score to array, optional
        Points added to the scores of each account before it is sorted (what if?).
    draws, seed : int
        Draws for each account, and where their chance begins. Nothing depends on the order of
        rows, or on what ids are called as long as they sort alike.
    jobs : int, optional
        Threads; by default one for each processor.

    Returns
    -------
    Membership

    Raises
    ------
    EstimateError
        No respondents.
    CrqError
        A score of the rules is missing.

    References
    ----------
    Rubin (1981), The Annals of Statistics 9, 130-134: random weights.
    Bliese (2000), in Klein & Kozlowski, Multilevel Theory, 349-381: the weight of a mean.
    """
    if respondents.empty:
        raise EstimateError("respondents= is empty; P(segment) comes from people's answers.")
    thresholds = thresholds if instrument is None else thresholds.fitted(instrument)
    scores = scores_of(accounts, thresholds)
    place = placed(thresholds.segments, scores)
    people = voices(thresholds.worded(respondents), tuple(scores))
    row = pd.MultiIndex.from_frame(people.accounts).get_indexer(
        pd.MultiIndex.from_frame(accounts[KEYS])
    )
    moved = np.zeros((len(people.n), len(scores)))
    for k, name in enumerate(map(thresholds.column, scores)):
        if shift is not None and name in shift:
            moved[row[row >= 0], k] = np.asarray(shift[name], dtype=float)[row >= 0]
    wanted = np.unique(row[row >= 0])
    shares = np.full((len(people.n), len(thresholds.names)), np.nan)
    if people.known and len(wanted):
        shares[wanted] = _drawn(people, thresholds, wanted, moved, draws, seed, jobs)
    found = np.where((row >= 0)[:, None], shares[row], np.nan)
    table = _table(accounts, thresholds, place, found)
    table = table.assign(**_nearest(thresholds, scores, place, people, row))
    flag = "ok" if people.known else UNKNOWN
    return Membership(table.assign(flag=flag), found, thresholds.names, draws)


def _drawn(
    people: Voices,
    thresholds: Thresholds,
    wanted: NDArray,
    moved: NDArray,
    draws: int,
    seed: int,
    jobs: int | None,
) -> NDArray:
    """Share of draws in each segment, of the accounts that are wanted."""
    chunks = np.array_split(wanted, max(1, -(-len(wanted) // CHUNK)))
    root = _root(people.within).astype(np.float32)
    work = [
        delayed(_chunk)(people, thresholds, chunk, moved[chunk], root, draws, stream(seed, k))
        for k, chunk in enumerate(chunks)
    ]
    threads = 1 if len(chunks) < 4 else jobs or os.cpu_count() or 1
    return np.vstack(Parallel(n_jobs=threads, prefer="threads")(work))


def _chunk(people, thresholds, chunk, moved, root, draws, rng) -> NDArray:
    drawn = _errors(people, chunk, root, draws, rng)
    weight = people.weight[chunk]
    middle = people.centre[chunk] + weight[:, None] * (people.mean[chunk] - people.centre[chunk])
    drawn *= np.sqrt(weight).astype(np.float32)[:, None]
    drawn += (middle + moved).T.astype(np.float32)[:, :, None]
    _within_scale(drawn, people.scores, thresholds)
    place = placed(thresholds.segments, dict(zip(people.scores, drawn, strict=True)))
    return np.stack([(place == k).mean(axis=1) for k in range(len(thresholds.names))], axis=1)


def _errors(people: Voices, chunk, root, draws: int, rng) -> NDArray:
    """Errors of the means, shape (scores, accounts, draws).

    Normal ones come in pairs of opposite sign, which halves the work and steadies the shares.
    """
    n, size, half = people.n[chunk], len(root), -(-draws // 2)
    errors = np.empty((size, len(chunk), draws), dtype=np.float32)
    few = n < OWN
    noise = rng.standard_normal((size, int(few.sum()) * half), dtype=np.float32)
    noise = (root @ noise).reshape(size, -1, half)
    noise *= (1 / np.sqrt(n[few])).astype(np.float32)[:, None]
    errors[:, few, :half], errors[:, few, half:] = noise, -noise[:, :, : draws - half]
    for count in np.unique(n[~few]):  # accounts of one size have weights of one shape
        mine = np.flatnonzero(n == count)
        rows = people.starts[chunk[mine]][:, None] + np.arange(count)
        apart = people.apart[rows].astype(np.float32)
        weights = rng.standard_exponential((len(mine), count, draws), dtype=np.float32)
        drawn = np.matmul(apart.transpose(0, 2, 1), weights)
        drawn /= weights.sum(axis=1, keepdims=True)
        errors[:, mine] = drawn.transpose(1, 0, 2)
    return errors


def _root(within: NDArray) -> NDArray:
    """A square root of a covariance, whether or not it has full rank."""
    values, vectors = np.linalg.eigh(within)
    return vectors * np.sqrt(np.maximum(values, 0))


def _within_scale(drawn: NDArray, scores: tuple[str, ...], thresholds: Thresholds) -> None:
    ends = thresholds.instrument.scale
    for k, name in enumerate(scores):
        low, high = LIKELY.get(name, (ends.low, ends.high))
        np.clip(drawn[k], low, high, out=drawn[k])


def _table(accounts, thresholds, place, shares) -> pd.DataFrame:
    names = np.array([*thresholds.names, None], dtype=object)
    row = np.arange(len(place))
    mine = np.where(place >= 0, shares[row, np.maximum(place, 0)], np.nan)
    others = np.nan_to_num(shares, nan=-1.0)
    others[row[place >= 0], place[place >= 0]] = -1
    second = others.argmax(axis=1)
    second_p = np.where(np.isnan(mine), np.nan, others[row, second])
    second = np.where(second_p > 0, second, -1)
    return accounts[KEYS].assign(
        segment=pd.array(names[place], dtype="str"),
        p=mine,
        second=pd.array(names[second], dtype="str"),
        second_p=second_p,
    )


def _nearest(thresholds, scores, place, people: Voices, row: NDArray) -> dict[str, NDArray]:
    """The cut that is nearest among those which alone would change the segment."""
    ends = thresholds.instrument.scale
    width = ends.high - ends.low
    held = known(thresholds.segments, scores)
    best, at = np.full(len(place), np.inf), np.full(len(place), -1)
    error = np.full(len(place), np.nan)
    for k, one in enumerate(thresholds.conditions):
        turned = {**held, one: tuple(~state for state in reversed(held[one]))}
        pivotal = placed(thresholds.segments, scores, turned) != place
        low, high = LIKELY.get(one.scores[0], (0, width))
        away = np.abs(one.value(scores) - one.cut) * width / (high - low)
        nearer = pivotal & (place >= 0) & (away < best)
        best, at = np.where(nearer, away, best), np.where(nearer, k, at)
        spread = _spread(one, people) * width / (high - low)
        error = np.where(nearer, spread, error)
    n = np.where(row >= 0, people.n[row], 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        close = best < error / np.sqrt(n)
    cuts = [_coded(thresholds, one) for one in thresholds.conditions]
    names = np.array([*cuts, None], dtype=object)
    return {
        "distance": np.where(at >= 0, best, np.nan),
        "nearest": pd.array(names[at], dtype="str"),
        "on_the_line": close & (at >= 0),
    }


def _spread(one: Condition, people: Voices) -> float:
    """Standard deviation, among people of one account, of what a condition looks at."""
    slope = np.zeros(len(people.scores))
    slope[people.scores.index(one.scores[0])] = 1
    if one.kind in ("gap", "lowest_of"):
        slope[people.scores.index(one.scores[1])] = -1
    return float(np.sqrt(slope @ people.within @ slope))


def _coded(thresholds: Thresholds, one: Condition) -> str:
    """The code of a cut: its side, its scores, where it lies."""
    kind = {} if one.kind == "score" else {"kind": one.kind}
    scores = [thresholds.column(name) for name in one.scores]
    return code(one.bound, **kind, scores=scores, cut=one.cut)
