"""What the account model says of segments, as every wave of a panel knew it.

There are two views, never mixed: given the answers of all waves, and given those of the waves up
to the account's own (`crqlab.stats.account_model.wave_views`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.waves import wave_before
from crqlab.segments.account_answers import column_of, keyed, of_table, places, unasked
from crqlab.segments.segment_posterior import (
    SegmentPosterior,
    Shift,
    segment_posterior,
    together,
)
from crqlab.segments.thresholds import Thresholds
from crqlab.stats import account_model
from crqlab.stats.account_model import AccountModel, Answers, Expected, asked, of_scores
from crqlab.stats.defaults import SEED

SAMPLES = 200  # of every account's scores


@dataclass(frozen=True, slots=True, eq=False)
class AccountModels:
    """Answers of a panel, and the account model as each wave knew it.

    Attributes
    ----------
    rows : Answers
        Of the scores that the models are of.
    models : mapping of wave to AccountModel or None
        Of the answers up to that wave; None where the accounts were too few.
    whole, then : Expected
        What the models expect of every cell, given all waves, and given those up to its own.
    before : ndarray of int, one per cell of ``rows``
        The cell of the same account in its client's wave before, -1 where there is none.
    """

    rows: Answers
    models: Mapping[str, AccountModel | None]
    whole: Expected
    then: Expected
    before: NDArray

    def posteriors(
        self, thresholds: Thresholds, *, draws: int = SAMPLES, seed: int = SEED
    ) -> tuple[SegmentPosterior, SegmentPosterior]:
        """Return segments given all waves, and given the waves up to each account's own.

        Parameters
        ----------
        thresholds : Thresholds
            Fitted to the instrument.
        draws, seed : int
        """
        waves = list(self.rows.waves)
        whole = self._of_wave(waves[-1], thresholds, draws, seed, told=self.whole)
        known = {wave: self._of_wave(wave, thresholds, draws, seed) for wave in waves[:-1]}
        own = [
            one.kept((one.keys["wave"] == wave).to_numpy())
            for wave, one in {**known, waves[-1]: whole}.items()
        ]
        return whole, together(own, whole.keys)

    def shares_then(
        self,
        thresholds: Thresholds,
        keys: pd.DataFrame,
        shift: Shift | None = None,
        *,
        draws: int = SAMPLES,
        seed: int = SEED,
    ) -> NDArray:
        """Return how likely each segment was, given waves up to then, had scores been moved.

        Parameters
        ----------
        thresholds : Thresholds
            Fitted to the instrument.
        keys : DataFrame
            ``client_id``, ``wave``, ``account_id`` of the accounts asked for.
        shift : mapping of score to ndarray, one per row of ``keys``, optional
            Points added to scores, under the rules' words.
        draws, seed : int

        Returns
        -------
        ndarray, shape (rows, segments)
            Missing where an account has no answers, or its wave no model.
        """
        found = np.full((len(keys), len(thresholds.names)), np.nan)
        cell = places(keyed(self.rows), keys)
        for wave in keys["wave"].unique():
            if wave not in self.models:
                continue
            mine = np.flatnonzero((keys["wave"] == wave).to_numpy() & (cell >= 0))
            known = self._until(wave)
            at = (np.cumsum(known) - 1)[cell[mine]]
            moved = {name: np.zeros(known.sum()) for name in shift or {}}
            for name, points in (shift or {}).items():
                moved[name][at] = np.asarray(points, dtype=float)[mine]
            part = self._of_wave(wave, thresholds, draws, seed, shift=moved)
            found[mine] = np.where(part.known[at][:, None], part.shares[at], np.nan)
        return found

    def strangers(self) -> tuple[NDArray, NDArray]:
        """Whether nobody of an account was heard in any wave, and up to the cell's, by cell."""
        rows = self.rows
        account, order = rows.cell_account, np.argsort(rows.block_wave[rows.cell_block])
        heard = pd.Series((rows.n > 0).astype(int), dtype=int)
        ever = heard.groupby(account).transform("sum").to_numpy() > 0
        then = heard.iloc[order].groupby(account[order]).cumsum().sort_index().to_numpy() > 0
        return ~ever, ~then

    def _until(self, wave: str) -> NDArray:
        last = self.rows.waves.get_loc(wave)
        return self.rows.block_wave[self.rows.cell_block] <= last

    def _bearing(self, wave: str, rows: Answers, thresholds: Thresholds) -> AccountModel | None:
        """The wave's model, if it is of all scores that the rules look at and people answered."""
        model = self.models[wave]
        ruled = {column_of(word, thresholds) for word in thresholds.scores}
        return model if model and ruled & set(rows.scores) <= set(model.scores) else None

    def _of_wave(
        self,
        wave: str,
        thresholds: Thresholds,
        draws: int,
        seed: int,
        *,
        told: Expected | None = None,
        shift: Shift | None = None,
    ) -> SegmentPosterior:
        """All accounts and waves up to one, as that one knew them."""
        cells = np.flatnonzero(self._until(wave))
        at = np.full(len(self.before) + 1, -1)  # the last one stands for no wave before
        at[cells] = np.arange(len(cells))
        rows, told = self.rows.until(wave), told or self.then
        model = self._bearing(wave, asked(rows), thresholds)
        return segment_posterior(
            of_scores(rows, model.scores) if model else asked(rows),
            model,
            Expected(*({n: v[cells] for n, v in part.items()} for part in (told.mean, told.sd))),
            thresholds,
            at[self.before[cells]],
            draws=draws,
            seed=seed,
            shift=shift,
        )


def account_models(
    respondents: pd.DataFrame,
    responses: pd.DataFrame,
    thresholds: Thresholds,
    modelled: tuple[pd.DataFrame, pd.DataFrame] | None = None,
) -> AccountModels:
    """Take the account model as each wave knew it, and what it expects of accounts.

    Parameters
    ----------
    respondents, responses : DataFrame
        Tables of these names; the second tells when a client's wave was answered.
    thresholds : Thresholds
        Fitted to the instrument.
    modelled : pair of DataFrame, optional
        Tables ``account_model`` and ``account_posterior`` of these respondents. Without them
        models of the scores that the rules look at are fitted. Accounts that the second expects
        without answers in the wave, because it did not ask them, are sorted too.

    Raises
    ------
    EstimateError
        Nobody answered any of these scores.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> fitted = rules.fitted(asked)
    >>> models = crq.segments.account_models(tables[1], tables[3], fitted)
    """
    ruled = [column_of(word, thresholds) for word in thresholds.scores]
    known = {} if modelled is None else account_model.models_of(modelled[0])
    names = [*ruled, *(name for one in known.values() if one for name in one.scores)]
    also = None if modelled is None else unasked(modelled[1])
    rows = account_model.respondent_answers(respondents, responses, names, also=also)
    if modelled is None:
        known = account_model.wave_models(rows)
        views = account_model.expected(rows, known)
    else:
        views = of_table(modelled[1], rows)
    keys = keyed(rows)
    previous = keys.assign(wave=wave_before(keys).fillna(""))
    return AccountModels(rows, known, *views, places(keys, previous))
