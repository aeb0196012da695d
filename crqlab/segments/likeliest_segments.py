"""The likeliest segment of every account: how likely, how settled, and why."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.conditions import LIKELY as RECOMMENDING
from crqlab.base.conditions import Condition
from crqlab.base.contracts.cautions import code
from crqlab.base.standards import LIKELY, SURE
from crqlab.segments.account_answers import THEN
from crqlab.segments.reasons import NEVER_HEARD, NO_ANSWERS, reasons
from crqlab.segments.segment import known, placed
from crqlab.segments.segment_posterior import SegmentPosterior
from crqlab.segments.thresholds import Thresholds

SETTLED, NOT_SETTLED, SILENT, UNJUDGED = "settled", "not_settled", "silent", "unjudged"


def as_then(table: pd.DataFrame) -> pd.DataFrame:
    """Return table ``segments`` as each row's own wave knew it, in the plain names of columns.

    Examples
    --------
    >>> rows = pd.DataFrame({"segment": ["Rational"], "segment_then": ["Opponent"], "n": [2]})
    >>> as_then(rows).to_dict("records")
    [{'segment': 'Opponent', 'n': 2}]
    """
    both = [name for name in table if f"{name}{THEN}" in table]
    known = {name: table[f"{name}{THEN}"] for name in both}
    return table.assign(**known).drop(columns=[f"{name}{THEN}" for name in both])


def likeliest(
    accounts: pd.DataFrame, posterior: SegmentPosterior, thresholds: Thresholds
) -> pd.DataFrame:
    """Choose the likeliest segment of each account.

    Parameters
    ----------
    accounts : DataFrame, one row per account and wave
        ``client_id``, ``wave``, ``account_id`` and ``flag`` (``no_answers`` of silent accounts).
    posterior : SegmentPosterior
    thresholds : Thresholds
        Fitted to the instrument.

    Returns
    -------
    DataFrame, one row per account, in the order and with the index of ``accounts``
        ``segment`` (missing of silent and unjudged accounts) and ``p``, its probability (missing
        where the panel is too small to tell); ``p_word``: likely (at least .8), leaning (at
        least .6) or unclear; ``status``: settled (p at least .6), not_settled, silent (nobody
        answered) or unjudged (what decides was never asked of the client); ``second`` (the
        likeliest other segment) and ``second_p``; ``reason``: codes (`crqlab.segments.reasons`)
        on the scores that the model expects; ``distance`` of these to the nearest cut that
        would change the segment (scale points; an NPS or mean LTR counts by its share of its
        own scale) and ``nearest``, that cut.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> found = crq.segments.likeliest(panel.scored, panel.whole, panel.thresholds)
    >>> list(found)[:2]
    ['segment', 'p']
    """
    row = posterior.of(accounts)
    there = row >= 0
    if not there.any():
        row = np.zeros(len(accounts), dtype=int)
    shares = np.where(there[:, None], posterior.shares[row], 0.0)
    open_ = 1 - shares.sum(axis=1)
    place = np.where(there & (shares.max(axis=1) >= open_), shares.argmax(axis=1), -1)
    sure = there & posterior.known[row] & (place >= 0)
    p = np.where(sure, shares.max(axis=1), np.nan)
    others = np.where(np.arange(shares.shape[1]) == place[:, None], -1.0, shares)
    second_p = np.where(sure, others.max(axis=1), np.nan)
    second = np.where(second_p > 0, others.argmax(axis=1), -1)
    silent = ~there & (accounts["flag"] == NO_ANSWERS).to_numpy(bool)
    mean = {name: np.where(there, values[row], np.nan) for name, values in posterior.mean.items()}
    names = np.array([*thresholds.names, None], dtype=object)
    table = pd.DataFrame(
        {
            "segment": pd.array(names[place], dtype="str"),
            "p": p,
            "p_word": _words(p, place),
            "status": _status(p, place, silent),
            "second": pd.array(names[second], dtype="str"),
            "second_p": second_p,
            "reason": _reasons(thresholds, mean, place).mask(silent, NO_ANSWERS),
            **_nearest(thresholds, mean, place),
        }
    )
    return table.set_index(accounts.index)


def unjudged(found: pd.DataFrame, strangers: NDArray) -> pd.DataFrame:
    """Take the segment from accounts of which nobody was ever heard.

    What the model expects of them is what it expects of any account of their client: that counts
    in the mix, and says nothing of them.

    Parameters
    ----------
    found : DataFrame
        From `likeliest`.
    strangers : ndarray of bool, one per row

    Examples
    --------
    >>> found = pd.DataFrame({"segment": ["Rational"], "p": [0.6], "status": ["settled"],
    ...                       "reason": ["x"]})
    >>> unjudged(found, np.array([True])).to_dict("records")
    [{'segment': nan, 'p': nan, 'status': 'unjudged', 'reason': 'never_heard'}]
    """
    if not strangers.any():
        return found
    told = {"status": UNJUDGED, "reason": NEVER_HEARD}
    kept = {name: found[name].mask(strangers) for name in found if name not in told}
    return found.assign(**kept, **{n: found[n].mask(strangers, v) for n, v in told.items()})


def _words(p: NDArray, place: NDArray) -> pd.api.extensions.ExtensionArray:
    words = np.where(p >= LIKELY, "likely", np.where(p >= SURE, "leaning", "unclear"))
    return pd.array(np.where(place >= 0, words.astype(object), None), dtype="str")


def _status(p: NDArray, place: NDArray, silent: NDArray) -> pd.api.extensions.ExtensionArray:
    judged = np.where(p >= SURE, SETTLED, NOT_SETTLED)
    status = np.where(silent, SILENT, np.where(place < 0, UNJUDGED, judged))
    return pd.array(status.astype(object), dtype="str")


def _reasons(thresholds: Thresholds, mean: Mapping[str, NDArray], place: NDArray) -> pd.Series:
    """Why, of the scores as expected; where these alone lie elsewhere, that the line is near."""
    held = known(thresholds.segments, mean)
    by_mean = placed(thresholds.segments, mean, held)
    said = reasons(thresholds, mean, place, held)
    for other in np.unique(by_mean[(by_mean != place) & (place >= 0)]):
        name = None if other < 0 else thresholds.names[other]
        cell = "scores_open" if name is None else code("scores_beyond", segment=name)
        said = said.mask((by_mean == other) & (place != other) & (place >= 0), cell)
    return said


def _nearest(
    thresholds: Thresholds, mean: Mapping[str, NDArray], place: NDArray
) -> dict[str, object]:
    """The cut that is nearest among those which alone would change the segment."""
    ends = thresholds.instrument.scale
    width = ends.high - ends.low
    held = known(thresholds.segments, mean)
    settled = placed(thresholds.segments, mean, held) == place
    best, at = np.full(len(place), np.inf), np.full(len(place), -1)
    for k, one in enumerate(thresholds.conditions):
        turned = {**held, one: tuple(~state for state in reversed(held[one]))}
        pivotal = placed(thresholds.segments, mean, turned) != place
        low, high = RECOMMENDING.get(one.scores[0], (0, width))
        away = np.abs(one.value(mean) - one.cut) * width / (high - low)
        nearer = pivotal & settled & (place >= 0) & (away < best)
        best, at = np.where(nearer, away, best), np.where(nearer, k, at)
    cuts = [_coded(thresholds, one) for one in thresholds.conditions]
    names = np.array([*cuts, None], dtype=object)
    return {
        "distance": np.where(at >= 0, best, np.nan),
        "nearest": pd.array(names[at], dtype="str"),
    }


def _coded(thresholds: Thresholds, one: Condition) -> str:
    """The code of a cut: its side, its scores, where it lies."""
    kind = {} if one.kind == "score" else {"kind": one.kind}
    scores = [thresholds.column(name) for name in one.scores]
    return code(one.bound, **kind, scores=scores, cut=one.cut)
