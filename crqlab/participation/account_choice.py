"""Which accounts to ask in each quarter, so that the client's figures become as sure as can be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

STEP = 1.05  # numbers of invitations that are tried lie so far apart


@dataclass(frozen=True, slots=True)
class Open:
    """What is left open of a client's accounts, and what an answer tells.

    Attributes
    ----------
    variance : ndarray, shape (accounts, scores)
        Of what each account is at the first quarter, nobody being asked.
    between, within, rho : ndarray, shape (scores,)
        Variance of accounts and of people inside them; correlation of an account from quarter
        to quarter.
    completion : float
        Chance that a contact answers.
    """

    variance: NDArray
    between: NDArray
    within: NDArray
    rho: NDArray
    completion: float


@dataclass(frozen=True, slots=True)
class Turns:
    """Whom a client's accounts can send into each quarter.

    Attributes
    ----------
    rested : ndarray of int, shape (accounts, quarters)
        Contacts that may be invited.
    known : ndarray of int, shape (accounts,)
        Contacts that an invitation reaches.
    due : ndarray of int, shape (accounts,)
        First quarter in which its turn has come, from 0.
    """

    rested: NDArray
    known: NDArray
    due: NDArray


def told(variance: NDArray, people: NDArray, them: Open) -> NDArray:
    """Return the variance that invitations take away from accounts, as shares of the whole.

    Answers are binomial: n of them leave v W / (W + n v) of the variance v.

    Parameters
    ----------
    variance : ndarray, shape (accounts, scores)
    people : ndarray of int, shape (accounts,)
        Invitations.
    them : Open

    Returns
    -------
    ndarray, shape (accounts,)
        Mean over the scores of what is expected to be taken away, relative to ``between``.

    Examples
    --------
    >>> one = Open(np.array([[0.3]]), np.array([0.3]), np.array([0.7]), np.array([0.9]), 1.0)
    >>> told(one.variance, np.array([2]), one).round(3)  # 0.6 / (0.7 + 0.6)
    array([0.462])
    """
    left = np.zeros(len(people))
    for n in range(1, int(people.max(initial=0)) + 1):
        chance = binom.pmf(n, people, them.completion)
        share = n * variance**2 / (them.within + n * variance) / them.between
        left += chance * share.mean(axis=1)
    return left


def chosen(them: Open, turns: Turns, number: int) -> NDArray:
    """Choose a quarter for each account: those whose turn has come, then where most is learnt.

    In each quarter accounts are taken by what their invitations tell for each of them, as long as
    they fit into ``number``: the greedy rule of a knapsack, whose items are small. An account waits
    while fewer than half of its contacts have rested.

    Parameters
    ----------
    them : Open
    turns : Turns
    number : int
        Invitations a quarter at most.

    Returns
    -------
    ndarray of int, shape (accounts,)
        From 0; -1 where an account fits into no quarter.

    References
    ----------
    Dantzig (1957), Operations Research 5, 266-288: by value for each unit of weight.
    """
    quarter = np.full(len(turns.due), -1)
    variance = them.variance
    for q in range(turns.rested.shape[1]):
        people = turns.rested[:, q]
        may = (quarter < 0) & (people > 0) & (2 * people >= turns.known)
        worth = told(variance, people, them) / np.maximum(people, 1)
        room = number
        for i in np.lexsort((-worth, turns.due > q)):
            if may[i] and people[i] <= room:
                quarter[i], room = q, room - people[i]
        variance = _a_quarter_on(variance, np.where(quarter == q, people, 0), them)
    return quarter


def least_number(them: Open, turns: Turns) -> int:
    """Return the smallest number of invitations a quarter that leaves no account out.

    To within one in twenty; accounts that can be asked in no quarter are nobody's fault.
    """
    open_ = (turns.rested > 0) & (2 * turns.rested >= turns.known[:, None])
    people = np.where(open_, turns.rested, 0).max(axis=1)
    number = max(-(-int(people.sum()) // turns.rested.shape[1]), int(people.max(initial=0)))
    while (chosen(them, turns, number)[people > 0] < 0).any():
        number = int(STEP * number) + 1
    return number


def _a_quarter_on(variance: NDArray, asked: NDArray, them: Open) -> NDArray:
    """Let a quarter pass: answers tell, and accounts drift."""
    mean = asked[:, None] * them.completion
    left = variance * them.within / (them.within + mean * variance)
    return them.rho**2 * left + (1 - them.rho**2) * them.between
