"""Answers of people, lined up by client, account, wave and person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crqlab.base.errors import EstimateError


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Answers sorted by account, wave and person, with codes in the place of names.

    A *block* is one client's wave; a *cell* is one account's wave.

    Attributes
    ----------
    scores : tuple of str
        What people were asked.
    values : ndarray, shape (rows, scores)
        Missing where not answered.
    cell, person, role : ndarray of int, one per row
        Row of the cell; a number that the person keeps in all waves of the account; place in
        ``roles``, -1 where unknown.
    cell_account, cell_block : ndarray of int, one per cell
    account_client : ndarray of int, one per account
    block_client, block_wave : ndarray of int, one per block
        ``block_wave`` is the place in ``waves``.
    block_time : ndarray of float
        When it was asked, in years.
    clients, accounts, waves, roles : Index
        Names; ``accounts`` those of every account, not unique over clients.
    """

    scores: tuple[str, ...]
    values: NDArray
    cell: NDArray
    person: NDArray
    role: NDArray
    cell_account: NDArray
    cell_block: NDArray
    account_client: NDArray
    block_client: NDArray
    block_wave: NDArray
    block_time: NDArray
    clients: pd.Index
    accounts: pd.Index
    waves: pd.Index
    roles: pd.Index

    @property
    def n(self) -> NDArray:
        """People of each cell who answered anything."""
        there = ~np.isnan(self.values).all(axis=1)
        return np.bincount(self.cell[there], minlength=len(self.cell_account))

    def keys(self) -> pd.DataFrame:
        """Return client, wave and account of every cell, by name."""
        account = self.cell_account
        return pd.DataFrame(
            {
                "client": self.clients[self.account_client[account]],
                "wave": self.waves[self.block_wave[self.cell_block]],
                "account": self.accounts[account],
            }
        )

    def until(self, wave: Any) -> Answers:
        """Return the answers of the waves up to this one, as if no later ones were known."""
        if wave not in self.waves:
            raise EstimateError(f"until= is {wave!r}; the waves are {', '.join(self.waves)}.")
        last = self.waves.get_loc(wave)
        return self.kept(self.block_wave[self.cell_block] <= last)

    def of_clients(self, first: int, last: int) -> Answers:
        """Return the answers of the clients from place ``first`` to before ``last``."""
        client = self.account_client[self.cell_account]
        return self.kept((client >= first) & (client < last))

    def kept(self, cells: NDArray) -> Answers:
        """Return the answers of some cells; accounts and blocks without any are gone."""
        rows = cells[self.cell]
        account, accounts = _renumbered(self.cell_account[cells], len(self.account_client))
        block, blocks = _renumbered(self.cell_block[cells], len(self.block_client))
        client, clients = _renumbered(self.account_client[accounts], len(self.clients))
        place = np.full(len(self.clients), -1)
        place[clients] = np.arange(len(clients))
        number = np.cumsum(cells) - 1
        return replace(
            self,
            values=self.values[rows],
            cell=number[self.cell[rows]],
            person=self.person[rows],
            role=self.role[rows],
            cell_account=account,
            cell_block=block,
            account_client=client,
            block_client=place[self.block_client[blocks]],
            block_wave=self.block_wave[blocks],
            block_time=self.block_time[blocks],
            clients=self.clients[clients],
            accounts=self.accounts[accounts],
        )


def _renumbered(codes: NDArray, size: int) -> tuple[NDArray, NDArray]:
    """Give the codes that occur new numbers without gaps, in their order."""
    used = np.zeros(size, dtype=bool)
    used[codes] = True
    return (np.cumsum(used) - 1)[codes], np.flatnonzero(used)


def answers(
    values: pd.DataFrame,
    *,
    client: ArrayLike,
    account: ArrayLike,
    wave: ArrayLike,
    waves: list | tuple | None = None,
    time: ArrayLike | None = None,
    person: ArrayLike | None = None,
    role: ArrayLike | None = None,
) -> Answers:
    """Line up what people answered.

    Parameters
    ----------
    values : DataFrame, one row per person and wave
        One column per score, in any units, of any index; missing cells are allowed, and so are
        rows without any value: they stand for an account of which nobody was heard.
    client, account, wave : array
        Whose row it is, by position; accounts are told apart inside their client.
    waves : list, optional
        All waves in their order; by default as they sort.
    time : array of float, optional
        When the row was answered, in years; a client's wave takes the mean of its rows. By
        default waves are a year apart.
    person : array, optional
        Who answered; the same person of one account links its waves. Missing is nobody known.
    role : array, optional
        The person's role; missing is unknown.

    Returns
    -------
    Answers
        The same whatever the order of rows.

    Raises
    ------
    EstimateError
        No rows, columns of unequal length, or a client whose later wave is not later.

    Examples
    --------
    >>> given = answers(pd.DataFrame({"crq": [5.0, 6.0, 4.0]}), client=["C", "C", "C"],
    ...                 account=["b", "a", "a"], wave=["1", "1", "2"])
    >>> given.keys()
      client wave account
    0      C    1       a
    1      C    2       a
    2      C    1       b
    """
    given = {"client": client, "account": account, "wave": wave, "person": person, "role": role}
    size, numbers = len(values), values.to_numpy(dtype=float, na_value=np.nan)
    if not size:
        raise EstimateError("values= has no rows; there is nothing to estimate from.")
    found = {name: _coded(name, column, size) for name, column in given.items()}
    known = pd.Index(waves) if waves is not None else found["wave"][1]
    place = known.get_indexer(found["wave"][1])[found["wave"][0]]
    years = place.astype(float) if time is None else np.asarray(time, dtype=float)
    if (place < 0).any() or len(years) != size:
        raise EstimateError("waves= must name every wave, and time= must have one value per row.")
    account_code, pairs = _pairs(found["client"][0], found["account"][0])
    order = np.lexsort((*numbers.T, found["person"][0], place, account_code))
    who = _people(account_code[order], place[order], found["person"][0][order])
    cell, cells = _pairs(account_code[order], place[order])
    block, blocks = _pairs(pairs[cells[:, 0], 0], cells[:, 1])
    when = _times(years[order], block[cell], blocks)
    return Answers(
        scores=tuple(map(str, values.columns)),
        values=numbers[order],
        cell=cell,
        person=who,
        role=found["role"][0][order],
        cell_account=cells[:, 0],
        cell_block=block,
        account_client=pairs[:, 0],
        block_client=blocks[:, 0],
        block_wave=blocks[:, 1],
        block_time=when,
        clients=found["client"][1],
        accounts=found["account"][1][pairs[:, 1]],
        waves=known,
        roles=found["role"][1],
    )


def _coded(name: str, column: ArrayLike | None, size: int) -> tuple[NDArray, pd.Index]:
    """Codes of a column in the order in which its names sort; -1 where missing."""
    if column is None:
        return np.full(size, -1), pd.Index([], dtype=object)
    codes, names = pd.factorize(pd.Series(np.asarray(column)), sort=True)
    if len(codes) != size:
        raise EstimateError(f"{name}= has {len(codes)} rows and values= {size}; use one table.")
    if name not in ("person", "role") and (codes < 0).any():
        raise EstimateError(f"{name}= is missing in {(codes < 0).sum()} rows; leave these out.")
    return codes, pd.Index(names)


def _pairs(first: NDArray, second: NDArray) -> tuple[NDArray, NDArray]:
    """Number pairs of codes in their order; return each row's number, and the pairs."""
    wide = int(second.max(initial=0)) + 1
    found, number = np.unique(first * wide + second, return_inverse=True)
    return number, np.column_stack([found // wide, found % wide])


def _people(account: NDArray, wave: NDArray, person: NDArray) -> NDArray:
    """One number for each person of an account; who is unknown, or answers twice, is another."""
    same = (account[1:] == account[:-1]) & (wave[1:] == wave[:-1]) & (person[1:] == person[:-1])
    new = np.concatenate([[True], ~same])
    start = np.maximum.accumulate(np.where(new, np.arange(len(new)), 0))
    again = np.arange(len(new)) - start
    unknown = person < 0
    number, _ = _pairs(account, np.where(unknown, 0, person + 1))
    number, _ = _pairs(number, np.where(unknown, 0, again))
    return np.where(unknown, number.max(initial=0) + 1 + np.arange(len(number)), number)


def _times(years: NDArray, block: NDArray, blocks: NDArray) -> NDArray:
    """Mean time of each block; a client's waves must come one after the other."""
    total = np.bincount(block, weights=years) / np.bincount(block)
    later = (np.diff(blocks[:, 0]) == 0) & ~(np.diff(total) > 0)
    if np.isnan(total).any() or later.any():
        raise EstimateError("time= is missing, or does not rise from a client's wave to the next.")
    return total
