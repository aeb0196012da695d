"""From scores and thresholds to segments: a pure function of both."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.errors import CrqError
from crqlab.base.instrument import Instrument
from crqlab.segments.likeliest_segments import SILENT, UNJUDGED
from crqlab.segments.reasons import NO_ANSWERS, reasons
from crqlab.segments.segment import known, placed
from crqlab.segments.thresholds import Thresholds

SORTED, NOT_ASKED_NOW = "sorted", "not_asked_now"
KEYS = ("client_id", "wave", "account_id")


def assign(
    accounts: pd.DataFrame,
    thresholds: Thresholds,
    *,
    instrument: Instrument | None = None,
) -> pd.DataFrame:
    """Sort accounts into segments by their scores as they are, and say why.

    Scores of few answers are too far out, and so are the segments of their plain means: how
    likely each segment is, and which is the likeliest, `panel` tells.

    Parameters
    ----------
    accounts : DataFrame, one row per account (and wave)
        ``account_id``, every score that the rules look at (`Thresholds.scores`; missing cells
        are no answer), and ``n`` respondents if known; as in table ``account_scores``.
    thresholds : Thresholds
    instrument : Instrument, optional
        Refused if the thresholds are not for it.

    Returns
    -------
    DataFrame, one row per account, in the order and with the index of ``accounts``
        ``account_id`` (and ``client_id``, ``wave`` where given), ``segment`` (missing for
        silent and unjudged accounts), ``status``: *sorted*; *silent* (no answers at all);
        *unjudged* (a score is missing on which the segment depends). ``reason``: codes
        (`crqlab.segments.reasons`).

    Raises
    ------
    CrqError
        A score is missing that a rule needs, or the instrument is another one.

    Examples
    --------
    >>> from crqlab.segments.thresholds import starting
    >>> one = pd.DataFrame({
    ...     "account_id": ["a"], "n": [5], "crq": [5.9], "uniqueness": [5.0], "nps": [40.0],
    ...     "mean_ltr": [7.9], "service": [6.0], "commitment": [6.0], "value": [5.0],
    ...     "solution": [5.2], "experience": [5.4]})
    >>> assign(one, starting()).loc[0, "reason"]
    '[{"code": "enough", "scores": ["crq"], "value": 5.9}, {"code": "enough", "scores": ["nps"],
    "value": 40}, {"code": "lacking", "scores": ["uniqueness"], "next": "Ambassador",
    "value": 5.0}]'
    """
    if instrument is not None:
        thresholds = thresholds.fitted(instrument)
    scores = scores_of(accounts, thresholds)
    held = known(thresholds.segments, scores)
    place = placed(thresholds.segments, scores, held)
    silent = _silent(accounts, scores)
    names = np.array([*thresholds.names, None], dtype=object)
    segment = pd.Series(names[np.where(silent, -1, place)], index=accounts.index, dtype="str")
    why = reasons(thresholds, scores, place, held).mask(silent, NO_ANSWERS)
    why.index = accounts.index
    columns = {name: accounts[name] for name in KEYS if name in accounts}
    status = np.where(silent, SILENT, np.where(place < 0, UNJUDGED, SORTED)).astype(object)
    found = {**columns, "segment": segment, "status": pd.array(status, dtype="str"), "reason": why}
    return pd.DataFrame(found, index=accounts.index)


def scores_of(accounts: pd.DataFrame, thresholds: Thresholds) -> dict[str, NDArray]:
    """Return the scores that the rules look at; a column that is not there is told."""
    if "account_id" not in accounts:
        raise CrqError("accounts= has no column account_id; give table account_scores.")
    accounts = thresholds.worded(accounts)
    if lacking := [name for name in thresholds.scores if name not in accounts]:
        raise CrqError(
            f"accounts= has no {', '.join(lacking)}, which the rules of {thresholds.name} "
            f"{thresholds.version} look at; nothing is guessed in its place. Give a table with "
            "these scores, or thresholds without them."
        )
    return {name: accounts[name].to_numpy(float) for name in thresholds.scores}


def _silent(accounts: pd.DataFrame, scores: Mapping[str, NDArray]) -> NDArray:
    """Accounts without a single answer."""
    empty = np.logical_and.reduce([np.isnan(values) for values in scores.values()])
    return empty & (accounts["n"].to_numpy() == 0) if "n" in accounts else empty


def with_silent(account_scores: pd.DataFrame, silent: pd.DataFrame) -> pd.DataFrame:
    """Add the accounts that were asked and gave no answer, with no scores at all.

    Parameters
    ----------
    account_scores, silent : DataFrame
        Tables of these names.

    Examples
    --------
    >>> keys = {"client_id": ["C1"], "wave": ["2025"]}
    >>> with_silent(pd.DataFrame({**keys, "account_id": ["a"], "n": [2], "crq": [5.0]}),
    ...             pd.DataFrame({**keys, "account_id": ["b"]}))[["account_id", "n", "crq"]]
      account_id  n  crq
    0          a  2  5.0
    1          b  0  NaN
    """
    return _with(account_scores, silent, "no_answers")


def with_waiting(account_scores: pd.DataFrame, waiting: pd.DataFrame | None) -> pd.DataFrame:
    """Add the accounts that the wave did not ask, marked in column ``waiting``.

    Parameters
    ----------
    account_scores : DataFrame
        Table of this name, silent accounts added.
    waiting : DataFrame or None
        Keys of these accounts.

    Examples
    --------
    >>> keys = {"client_id": ["C1"], "wave": ["2025"]}
    >>> with_waiting(pd.DataFrame({**keys, "account_id": ["a"], "n": [2], "crq": [5.0]}),
    ...              pd.DataFrame({**keys, "account_id": ["b"]}))[["account_id", "n", "waiting"]]
      account_id  n  waiting
    0          a  2    False
    1          b  0     True
    """
    if waiting is None:
        return account_scores.assign(waiting=False)
    both = _with(account_scores, waiting, NOT_ASKED_NOW)
    return both.assign(waiting=np.arange(len(both)) >= len(account_scores))


def _with(account_scores: pd.DataFrame, others: pd.DataFrame, flag: str) -> pd.DataFrame:
    """Add accounts without any answer in the wave."""
    keys = list(KEYS)
    answered = pd.MultiIndex.from_frame(account_scores[keys])
    added = others[keys][~pd.MultiIndex.from_frame(others[keys]).isin(answered)]
    counts = ("n", "n_ltr", "promoters", "passives", "detractors")
    added = added.reindex(columns=account_scores.columns)
    added = added.assign(**{name: 0 for name in counts if name in added})
    added = added.assign(**({"flag": flag} if "flag" in added else {}))
    if added.empty:
        return account_scores.reset_index(drop=True)
    kinds = {name: kind for name, kind in account_scores.dtypes.items() if name in added}
    return pd.concat([account_scores, added.astype(kinds)], ignore_index=True)
