"""The account model as every wave of a panel knew it, and what it says of segments.

There are two views, never mixed: given the answers of all waves, for history; and given those of
the waves up to the account's own, the model's numbers included, for a page of that wave and for
whatever foretells. At the latest wave they are one and the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.waves import wave_before
from crqlab.segments.account_answers import asked, keyed, lined_up, places
from crqlab.segments.segment_posterior import (
    SegmentPosterior,
    Shift,
    segment_posterior,
    together,
)
from crqlab.segments.thresholds import Thresholds
from crqlab.stats import account_model
from crqlab.stats.account_model import AccountModel, Answers
from crqlab.stats.defaults import SEED

SAMPLES = 200  # of every account's scores
MORE = 2  # accounts that a model needs beyond one for each score


@dataclass(frozen=True, slots=True, eq=False)
class AccountModels:
    """Answers of a panel, and the account model as each wave knew it.

    Attributes
    ----------
    rows : Answers
        Of the scores that the rules look at (`account_answers.lined_up`).
    models : mapping of wave to AccountModel or None
        Fitted to the answers up to that wave; None where the accounts were too few.
    before : ndarray of int, one per cell of ``rows``
        The cell of the same account in its client's wave before, -1 where there is none.
    """

    rows: Answers
    models: Mapping[str, AccountModel | None]
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
        own: list[SegmentPosterior] = []
        for wave in self.rows.waves:
            whole = self._of_wave(wave, thresholds, draws, seed)
            own.append(whole.kept((whole.keys["wave"] == wave).to_numpy()))
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
            part = self._of_wave(wave, thresholds, draws, seed, moved)
            found[mine] = np.where(part.known[at][:, None], part.shares[at], np.nan)
        return found

    def _until(self, wave: str) -> NDArray:
        last = self.rows.waves.get_loc(wave)
        return self.rows.block_wave[self.rows.cell_block] <= last

    def _of_wave(
        self,
        wave: str,
        thresholds: Thresholds,
        draws: int,
        seed: int,
        shift: Shift | None = None,
    ) -> SegmentPosterior:
        """All accounts and waves up to one, as that one knew them."""
        cells = np.flatnonzero(self._until(wave))
        at = np.full(len(self.before) + 1, -1)  # the last one stands for no wave before
        at[cells] = np.arange(len(cells))
        return segment_posterior(
            asked(self.rows.until(wave)),
            self.models[wave],
            thresholds,
            at[self.before[cells]],
            draws=draws,
            seed=seed,
            shift=shift,
        )


def account_models(
    respondents: pd.DataFrame, responses: pd.DataFrame, thresholds: Thresholds
) -> AccountModels:
    """Fit the account model to the answers up to each wave.

    Parameters
    ----------
    respondents, responses : DataFrame
        Tables of these names; the second tells when a client's wave was answered.
    thresholds : Thresholds
        Fitted to the instrument; the model is of the scores that their rules look at.

    Raises
    ------
    EstimateError
        Nobody answered any of these scores.
    """
    rows = lined_up(respondents, responses, thresholds)
    models = {wave: _fitted(asked(rows.until(wave))) for wave in rows.waves}
    keys = keyed(rows)
    previous = keys.assign(wave=wave_before(keys).fillna(""))
    return AccountModels(rows, models, places(keys, previous))


def _fitted(rows: Answers) -> AccountModel | None:
    """The model of these answers, where accounts are more than its scores and some have two."""
    if len(rows.account_client) < len(rows.scores) + MORE or rows.n.max() < 2:
        return None
    return account_model.fit(rows)
