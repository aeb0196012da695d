"""Segments that accounts may truly be in: draws of the account model, put through the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.segments.account_answers import LTR, column_of, keyed, places, plain_means
from crqlab.segments.segment import placed
from crqlab.segments.thresholds import Thresholds
from crqlab.stats import account_model
from crqlab.stats.account_model import AccountModel, Answers, Expected, unasked

NEVER = -2  # label of a wave in which the account has no answers
Shift = Mapping[str, NDArray]


@dataclass(frozen=True, slots=True, eq=False)
class SegmentPosterior:
    """Segments that accounts may truly be in, in one view.

    Attributes
    ----------
    keys : DataFrame, one row per account and wave with answers
        ``client_id``, ``wave``, ``account_id``.
    labels : ndarray of int8, shape (rows, draws)
        Place of the segment; -1 where a score is unknown on which it depends.
    past : ndarray of int8, shape (rows, draws)
        The same of the account in its client's wave before, drawn together; `NEVER` where it
        has no answers there.
    mean : mapping of score to ndarray, shape (rows,)
        What the model expects of the scores of the rules, under the rules' words.
    sd : mapping of score to ndarray, shape (rows,)
        How sure that is.
    known : ndarray of bool, shape (rows,)
        Whether there were accounts enough for a model; elsewhere scores and labels are those of
        the plain means, and say nothing of probability.
    names : tuple of str
        The segments.
    """

    keys: pd.DataFrame
    labels: NDArray
    past: NDArray
    mean: Mapping[str, NDArray]
    sd: Mapping[str, NDArray]
    known: NDArray
    names: tuple[str, ...]

    @property
    def shares(self) -> NDArray:
        """Probability of every segment, shape (rows, segments); the rest to 1 is open."""
        each = [(self.labels == k).mean(axis=1) for k in range(len(self.names))]
        return np.stack(each, axis=1)

    def of(self, rows: pd.DataFrame) -> NDArray:
        """Return the place of each row of a table by its keys, -1 where it has no answers."""
        return places(self.keys, rows)

    def kept(self, rows: NDArray) -> SegmentPosterior:
        """Return some rows, by place or as a mask."""
        return SegmentPosterior(
            self.keys[rows].reset_index(drop=True) if rows.dtype == bool
            else self.keys.iloc[rows].reset_index(drop=True),
            self.labels[rows],
            self.past[rows],
            {name: values[rows] for name, values in self.mean.items()},
            {name: values[rows] for name, values in self.sd.items()},
            self.known[rows],
            self.names,
        )  # fmt: skip


def segment_posterior(
    rows: Answers,
    model: AccountModel | None,
    told: Expected,
    thresholds: Thresholds,
    before: NDArray,
    *,
    draws: int,
    seed: int,
    shift: Shift | None = None,
) -> SegmentPosterior:
    """Draw the scores of every account and wave, and sort each draw.

    Parameters
    ----------
    rows : Answers
        Of the model's scores.
    model : AccountModel or None
        None where the accounts were too few for one.
    told : Expected
        What the model expects of these answers' cells.
    thresholds : Thresholds
        Fitted to the instrument.
    before : ndarray of int, one per cell
        The cell of the same account in its client's wave before, -1 where there is none.
    draws, seed : int
    shift : mapping of score to ndarray, one per cell, optional
        Points added to scores before they are sorted (what if?).
    """
    if model is None:
        mean = _worded(plain_means(rows), thresholds)
        labels = np.repeat(placed(thresholds.segments, mean)[:, None], draws, axis=1)
        sd = {name: np.full(len(labels), np.nan) for name in mean}
    else:
        change = {name: np.where(gone, np.nan, 0.0) for name, gone in unasked(rows).items()}
        for word, points in (shift or {}).items():
            if (own := column_of(word, thresholds)) in rows.scores:
                change[own] = change.get(own, 0.0) + points
        labels = account_model.draws(
            model,
            rows,
            _labelled(model, thresholds),
            n=draws,
            shift=change,
            scores=[column_of(word, thresholds) for word in thresholds.scores],
            seed=seed,
        ).labels
        mean, sd = (_worded(part, thresholds) for part in (told.mean, told.sd))
    past = np.where((before >= 0)[:, None], labels[before], NEVER).astype(np.int8)
    known = np.full(len(labels), model is not None)
    return SegmentPosterior(keyed(rows), labels, past, mean, sd, known, thresholds.names)


def together(parts: Iterable[SegmentPosterior], keys: pd.DataFrame) -> SegmentPosterior:
    """Put posteriors of different accounts and waves together, in the order of keys."""
    parts = list(parts)
    scores = tuple(parts[0].mean)
    whole = SegmentPosterior(
        pd.concat([part.keys for part in parts], ignore_index=True),
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.past for part in parts]),
        {name: np.concatenate([part.mean[name] for part in parts]) for name in scores},
        {name: np.concatenate([part.sd[name] for part in parts]) for name in scores},
        np.concatenate([part.known for part in parts]),
        parts[0].names,
    )
    return whole.kept(whole.of(keys))


def _worded(found: Mapping[str, NDArray], thresholds: Thresholds) -> dict[str, NDArray]:
    """Scores of the rules; missing where they were not asked."""
    nothing = np.full(np.shape(next(iter(found.values()))), np.nan, dtype=np.float32)
    known = {**found, "mean_ltr": found[LTR]} if LTR in found else found
    return {word: known.get(thresholds.column(word), nothing) for word in thresholds.scores}


def _labelled(model: AccountModel, thresholds: Thresholds) -> Callable:
    """The rules as a function of drawn scores."""
    curve = model.promoters(LTR) if LTR in model.scores else None

    def label(drawn: Mapping[str, NDArray]) -> NDArray:
        known = dict(drawn)
        if curve is not None:
            likely = drawn[LTR]
            told = curve.nps(np.nan_to_num(likely))
            known["nps"] = np.where(np.isnan(likely), np.float32(np.nan), told)
        return placed(thresholds.segments, _worded(known, thresholds))

    return label
