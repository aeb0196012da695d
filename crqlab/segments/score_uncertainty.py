"""How far an account's scores may be from what all its people would say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.stats import nps
from crqlab.stats.components import variance_components

KEYS = ["client_id", "wave", "account_id"]
BLOCK_FEW = 5  # accounts below which a client's mean is too shaky to draw others towards it
OWN = 4  # from so many answers on, an account's own answers say how much they differ


@dataclass(frozen=True, slots=True, eq=False)
class Voices:
    """Accounts with their answers, as arrays in the order of client, wave and account.

    Attributes
    ----------
    accounts : DataFrame
        Keys of the accounts, sorted, with index 0, 1, ...
    scores : tuple of str
        Columns of all arrays below.
    mean, centre : ndarray, shape (accounts, scores)
        Means of the answers, and what they are drawn towards.
    n : ndarray, shape (accounts,)
        Respondents.
    weight : ndarray, shape (accounts,)
        Share of the own mean in the best guess, by ICC(1).
    apart : ndarray, shape (respondents, scores)
        Answers minus the account's mean, 0 where missing, scaled so that weighing them at
        random gives the error of the mean without bias.
    starts : ndarray
        First respondent of each account.
    within : ndarray, shape (scores, scores)
        Covariance of people inside accounts, over the whole panel.
    """

    accounts: pd.DataFrame
    scores: tuple[str, ...]
    mean: NDArray
    centre: NDArray
    n: NDArray
    weight: NDArray
    apart: NDArray
    starts: NDArray
    within: NDArray

    @property
    def known(self) -> bool:
        """Whether people of one account could be compared at all."""
        return bool(np.isfinite(self.within).all())

    def error(self) -> NDArray:
        """Return the standard error of every mean, shape (accounts, scores)."""
        return np.sqrt(np.diag(self.within)) / np.sqrt(np.maximum(self.n, 1))[:, None]


def voices(respondents: pd.DataFrame, scores: tuple[str, ...]) -> Voices:
    """Line up respondents by account; none of the numbers depends on the order of rows.

    Parameters
    ----------
    respondents : DataFrame
        Table ``respondents``.
    scores : tuple of str
        Scores of accounts; ``nps`` and ``mean_ltr`` come from ``ltr``.
    """
    codes = [pd.factorize(respondents[key], sort=True)[0] for key in KEYS]
    answers = np.column_stack([_answers(respondents, name) for name in scores])
    order = np.lexsort((*answers.T, *reversed(codes)))
    codes, answers = [code[order] for code in codes], answers[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = np.any([code[1:] != code[:-1] for code in codes], axis=0)
    starts = np.flatnonzero(new)
    accounts = respondents[KEYS].iloc[order[starts]].reset_index(drop=True)
    n = np.diff(starts, append=len(order))
    there = ~np.isnan(answers)
    counts = np.add.reduceat(there.astype(float), starts, axis=0)
    totals = np.add.reduceat(np.nan_to_num(answers), starts, axis=0)
    mean = np.divide(totals, counts, out=np.full(totals.shape, np.nan), where=counts > 0)
    apart = np.where(there, answers - np.repeat(mean, n, axis=0), 0.0)
    block = _blocks(codes, starts)
    centre, weight = _drawn_towards(mean, counts, apart, starts, block)
    return Voices(
        accounts,
        scores,
        mean,
        centre,
        n,
        weight,
        apart * np.repeat(_stretch(n, counts), n, axis=0),
        starts,
        _within(answers, there, apart, n),
    )


def _answers(respondents: pd.DataFrame, name: str) -> NDArray:
    if name == "mean_ltr":
        return respondents["ltr"].to_numpy(float)
    if name == "nps":
        code = nps.categories(respondents["ltr"]).cat.codes.to_numpy(float)
        return np.where(code < 0, np.nan, 100 * (code - 1))
    return respondents[name].to_numpy(float)


def _blocks(codes: list[NDArray], starts: NDArray) -> NDArray:
    """Client and wave of each account as one number, in their order."""
    client, wave = codes[0][starts], codes[1][starts]
    return np.unique(client * (wave.max() + 1) + wave, return_inverse=True)[1]


def _stretch(n: NDArray, counts: NDArray) -> NDArray:
    """Let random weights on n answers vary as the mean of those that were given does."""
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.sqrt((n * (n + 1))[:, None] / (counts * (counts - 1)))
    return np.where(counts > 1, factor, 0.0)


def _within(answers: NDArray, there: NDArray, apart: NDArray, n: NDArray) -> NDArray:
    """Covariance inside accounts, from people who answered all, in accounts of two or more."""
    whole = there.all(axis=1) & (np.repeat(n, n) > 1)
    codes = np.repeat(np.arange(len(n)), n)[whole]
    values = answers[whole]
    size = np.bincount(codes, minlength=len(n)).astype(float)
    freedom = (np.maximum(size - 1, 0)).sum()
    if freedom < 1:
        return np.full((answers.shape[1],) * 2, np.nan)
    means = [
        np.bincount(codes, weights=v, minlength=len(n)) / np.maximum(size, 1) for v in values.T
    ]
    own = values - np.column_stack(means)[codes]
    return own.T @ own / freedom


def _drawn_towards(
    mean: NDArray, counts: NDArray, apart: NDArray, starts: NDArray, block: NDArray
) -> tuple[NDArray, NDArray]:
    """What accounts are drawn towards (their client's wave, or all), and how little."""
    every = np.ones(len(mean), dtype=int) * 0
    centre = _means(mean, counts, block)
    few = np.bincount(block, weights=(counts[:, 0] > 0))[block] < BLOCK_FEW
    centre[few] = _means(mean, counts, every)[few]
    centre = np.where(np.isnan(centre), mean, centre)
    first = counts[:, 0]
    squares = np.add.reduceat(apart[:, 0] ** 2, starts)
    around = np.nan_to_num(mean[:, 0] - centre[:, 0])
    found = variance_components(first, around * first, squares + first * around**2).iloc[0]
    icc = found["icc1"] if first.max() > 1 and (first > 0).sum() > 1 else np.nan
    if np.isnan(icc):
        return centre, np.ones(len(mean))
    icc = min(max(icc, 0.01), 1.0)
    return centre, first * icc / (first * icc + 1 - icc) if icc < 1 else np.ones(len(mean))


def _means(mean: NDArray, counts: NDArray, block: NDArray) -> NDArray:
    """Mean over the accounts of each block, spread back to its accounts."""
    there = counts > 0
    total = [np.bincount(block, weights=np.nan_to_num(v)) for v in mean.T]
    size = [np.bincount(block, weights=t) for t in there.T.astype(float)]
    with np.errstate(divide="ignore", invalid="ignore"):
        return (np.column_stack(total) / np.column_stack(size))[block]
