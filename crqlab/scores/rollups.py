"""How answers of people become numbers of accounts: sums, and who counts how much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.codebook import Roles
from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError
from crqlab.base.instrument import Instrument
from crqlab.base.waves import wave_before
from crqlab.stats import nps
from crqlab.stats.survey_weights import effective, has_weight, weight_of

ACCOUNT = ["client_id", "wave", "account_id"]
BLOCK = ACCOUNT[:2]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Respondents sorted by client, wave, account and response, as arrays.

    Attributes
    ----------
    rows : DataFrame
        Table ``respondents``, sorted.
    measures : tuple of str
        Columns of ``scores``.
    scores : ndarray, shape (respondents, measures)
        Scale points; NPS as -100, 0 or 100; missing where not answered.
    accounts : DataFrame, one row per client, wave and account
        ``client_id``, ``wave``, ``account_id``.
    starts : ndarray of int
        First respondent of each account.
    blocks : DataFrame, one row per client and wave
        ``client_id``, ``wave``.
    block : ndarray of int
        The row of ``blocks`` of each account.
    """

    rows: pd.DataFrame
    measures: tuple[str, ...]
    scores: NDArray
    accounts: pd.DataFrame
    starts: NDArray
    blocks: pd.DataFrame
    block: NDArray

    @property
    def account(self) -> NDArray:
        """The row of ``accounts`` of each respondent."""
        return np.repeat(np.arange(len(self.starts)), np.diff(self.starts, append=len(self.rows)))

    @property
    def keys(self) -> pd.Index:
        """Client and wave of each account, as a pair."""
        return pd.MultiIndex.from_frame(self.accounts[BLOCK])

    @property
    def before(self) -> NDArray:
        """The row of ``blocks`` of the same client's wave before; -1 for a first wave."""
        waves = [self.blocks["client_id"], wave_before(self.blocks)]
        rows = pd.MultiIndex.from_frame(self.blocks[BLOCK])
        return rows.get_indexer(pd.MultiIndex.from_arrays(waves))

    def at(self, measure: str) -> int:
        """Return the column of a measure."""
        return self.measures.index(measure)

    def sums(self, weights: NDArray | None = None) -> tuple[NDArray, NDArray]:
        """Return weighted sums and sums of weights, each of shape (accounts, measures).

        Parameters
        ----------
        weights : ndarray, optional
            Shape (respondents,) or (respondents, measures), as for `weights`.
        """
        weight = self.weights(weights)
        filled = np.nan_to_num(self.scores)
        return self.add(weight * filled), self.add(weight)

    def weights(self, weights: NDArray | None = None) -> NDArray:
        """Return the weight of every answer, 0 where there is none.

        Parameters
        ----------
        weights : ndarray, optional
            What each counts for its role or the like, beside its survey weight; shape
            (respondents,) or (respondents, measures); missing counts as no weight.
        """
        given = np.ones(len(self.rows)) if weights is None else np.nan_to_num(weights)
        given = given if given.ndim == 2 else given[:, None]
        return np.where(np.isnan(self.scores), 0, given * weight_of(self.rows)[:, None])

    def counts(self, weights: NDArray | None = None) -> NDArray:
        """Return how many answers count at all, shape (accounts, measures)."""
        return self.add((self.weights(weights) > 0).astype(float))

    def squares(self, weights: NDArray | None = None) -> NDArray:
        """Return sums of squared weights, shape (accounts, measures)."""
        return self.add(self.weights(weights) ** 2)

    def effective(self, weights: NDArray | None = None) -> NDArray:
        """Return how many equal answers say as much, shape (accounts, measures)."""
        return effective(self.add(self.weights(weights)), self.squares(weights))

    def deviations(self) -> tuple[NDArray, NDArray]:
        """Return squared deviations of people's answers and their freedom, by block and measure."""
        weight = self.weights()
        whole, total, squares = (
            self.add_accounts(self.add(part))
            for part in (weight, weight * np.nan_to_num(self.scores), weight**2)
        )
        away = np.nan_to_num(self.scores - ratio(total, whole)[self.block][self.account])
        spread = self.add_accounts(self.add(weight * away**2))
        return spread, np.nan_to_num(whole - ratio(squares, whole))

    @property
    def weighted(self) -> NDArray:
        """Whether each client's wave has survey weights, shape (blocks,)."""
        return self.add_accounts(self.add(has_weight(self.rows).astype(int))) > 0

    def add(self, amounts: NDArray) -> NDArray:
        """Add amounts of respondents up to accounts."""
        return np.add.reduceat(amounts, self.starts, axis=0)

    def add_accounts(self, amounts: NDArray) -> NDArray:
        """Add amounts of accounts up to clients and waves."""
        starts = np.flatnonzero(np.diff(self.block, prepend=-1))
        return np.add.reduceat(amounts, starts, axis=0)


def measures_of(instrument: Instrument) -> tuple[str, ...]:
    """Return everything that is rolled up, in the order of reports."""
    return ("crq", "nps", "mean_ltr", "uniqueness", *instrument.constructs)


def scale_ends(instrument: Instrument) -> dict[str, tuple[float, float]]:
    """Return where the scale of every measure ends."""
    own = (float(instrument.scale.low), float(instrument.scale.high))
    other = {"nps": (-100.0, 100.0), "mean_ltr": (0.0, 10.0)}
    return {name: other.get(name, own) for name in measures_of(instrument)}


def items_of(constructs: Iterable[str], instrument: Instrument) -> list[str]:
    """Return the items of constructs, those of their parts where they have parts."""
    known = instrument.constructs
    return [
        item
        for name in constructs
        for part in (known[name].parts or (name,))
        for item in known[part].items
    ]


def answers_of(layout: Layout, responses: pd.DataFrame, items: list[str]) -> pd.DataFrame:
    """Return answers of the respondents, scale points as given, in the order of the layout."""
    answers = responses.set_index("response_id")[items].astype(float)
    if (lost := ~layout.rows["response_id"].isin(answers.index)).any():
        raise EstimateError(
            f"{lost.sum()} respondents, such as {layout.rows['response_id'][lost].iloc[0]!r}, are "
            "not among responses=; use the responses that the scores were made of."
        )
    return answers.loc[layout.rows["response_id"]].reset_index(drop=True)


def laid_out(respondents: pd.DataFrame, instrument: Instrument) -> Layout:
    """Sort respondents and find where accounts begin, so that no sum depends on row order."""
    if respondents.empty:
        raise EstimateError(
            "respondents= is empty; a score needs at least one respondent. "
            "Run crqlab.scores.respondents on responses that are included."
        )
    rows = respondents.sort_values([*ACCOUNT, "response_id"], ignore_index=True)
    starts = _starts(rows, ACCOUNT)
    accounts = rows.loc[starts, ACCOUNT].reset_index(drop=True)
    first = _starts(accounts, BLOCK)
    block = np.repeat(np.arange(len(first)), np.diff(first, append=len(accounts)))
    blocks = accounts.loc[first, BLOCK].reset_index(drop=True)
    columns = {name: rows[name].to_numpy(float) for name in ("crq", "uniqueness")}
    columns |= {name: rows[name].to_numpy(float) for name in instrument.constructs}
    columns |= {"nps": promoter_points(rows["ltr"]), "mean_ltr": rows["ltr"].to_numpy(float)}
    measures = measures_of(instrument)
    values = np.column_stack([columns[name] for name in measures])
    return Layout(rows, measures, values, accounts, starts, blocks, block)


def _starts(rows: pd.DataFrame, keys: list[str]) -> NDArray:
    new = np.ones(len(rows), dtype=bool)
    new[1:] = np.any([rows[k].to_numpy()[1:] != rows[k].to_numpy()[:-1] for k in keys], axis=0)
    return np.flatnonzero(new)


def promoter_points(ltr: pd.Series) -> NDArray:
    """Turn LTR into 100 (promoter), 0 (passive) or -100 (detractor), whose mean is the NPS.

    Examples
    --------
    >>> promoter_points(pd.Series([10, 8, 3, None]))
    array([ 100.,    0., -100.,   nan])
    """
    kind = nps.categories(ltr).cat.codes.to_numpy(float)
    return np.where(kind < 0, np.nan, 100 * (kind - 1))


def role_weights(rows: pd.DataFrame, roles: Roles) -> NDArray:
    """Weight of every respondent by role: 1 for a role without one, missing if none has any."""
    if not roles.weights:
        return np.full(len(rows), np.nan)
    return rows["role"].map(dict(roles.weights)).astype(float).fillna(1).to_numpy()


def senior_weights(layout: Layout) -> NDArray:
    """1 for the most senior voices of each account on each measure, 0 for all others.

    Where nobody's rank is known, nobody is the most senior.
    """
    rank = layout.rows["seniority"].to_numpy(float)[:, None]
    rank = np.where(np.isnan(layout.scores) | np.isnan(rank), np.inf, rank)
    top = np.minimum.reduceat(rank, layout.starts, axis=0)[layout.account]
    return ((rank == top) & np.isfinite(rank)).astype(float)


def least_senior(layout: Layout, roles: Roles, *, whole: bool = False) -> tuple[NDArray, str]:
    """Say of each account, or each client's wave, whether the least senior role alone answered.

    Where anybody's role is not known, somebody else may have. Returned with the caution that says
    it: those who use what others decide on tell little of what becomes of a relationship.
    """
    last = len(roles.order)
    rank = layout.rows["seniority"].fillna(0).to_numpy(float)
    top = np.minimum.reduceat(rank, layout.starts)
    if whole:
        top = np.minimum.reduceat(top, np.flatnonzero(np.diff(layout.block, prepend=-1)))
    alone = (top == last) & (last > 1)
    return alone, code("least_senior_alone", role=roles.order[-1] if last else "")


def ratio(total: NDArray, weight: NDArray) -> NDArray:
    """Divide sums by sums of weights; missing where nothing was weighed."""
    return np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0)
