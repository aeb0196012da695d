"""Thresholds that come from a panel: from what became of accounts, or from a target mix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import ValidationError

from crqlab.base.conditions import conditions, slack
from crqlab.base.errors import EstimateError, one_of
from crqlab.base.results import Result
from crqlab.base.study import Study
from crqlab.segments.assignment import scores_of
from crqlab.segments.churn_steps import METHOD, Steps, steps
from crqlab.segments.first_renewal import HORIZON, followed
from crqlab.segments.segment import placed
from crqlab.segments.thresholds import Thresholds, starting
from crqlab.stats.cluster_draws import resampled, stream
from crqlab.stats.proportion import wilson
from crqlab.stats.sampling import Sampling

RESAMPLES = 1000
UNRELATED, GRADUAL, UNORDERED = "churn_unrelated", "churn_falls_gradually", "churn_not_in_order"


@dataclass(frozen=True, slots=True, eq=False)
class Derived(Result):
    """Thresholds that a panel suggests, and how sure each cut is.

    Attributes
    ----------
    thresholds : Thresholds
        The same rules with other cuts.
    table : DataFrame, one row per cut
        ``score``, ``segments`` that use it, ``old``, ``cut``, ``low``, ``high`` (units of the
        score), ``level``, ``n`` accounts, ``method``, ``flag``.
    judged : DataFrame
        From outcomes: ``part`` (lowest scores first), ``n``, ``churned``, ``low``, ``high`` on
        accounts that did not choose the cuts. From a mix: ``part``, ``n``, ``share``.
    """

    thresholds: Thresholds
    table: pd.DataFrame
    judged: pd.DataFrame

    def __str__(self) -> str:
        told = ", ".join(
            f"{row.score} {row.cut:.2f} [{row.low:.2f}, {row.high:.2f}] for {row.old:.2f}"
            for row in self.table.itertuples()
        )
        flags = [flag for flag in self.table["flag"].unique() if flag != "ok"]
        caution = f"; {', '.join(flags).replace('_', ' ')}" if flags else ""
        return f"Cuts from {self.table['n'].max():,} accounts: {told}{caution}"


def derive(
    accounts: pd.DataFrame,
    thresholds: Thresholds,
    *,
    by: str = "outcomes",
    score: str = "crq",
    target: Mapping[str, float] | None = None,
    version: str = "derived",
    **sampling: Any,
) -> Derived:
    """Move the cuts of given rules to where a panel wants them; the rules stay as they are.

    Parameters
    ----------
    accounts : DataFrame, one row per account and wave
        Scores of the rules; for ``by="outcomes"`` also ``renewed`` (1, 0 or missing) from
        `followed`. Of each account the last row that can be used counts.
    thresholds : Thresholds
        Their conditions stay; only cuts move.
    by : str
        ``outcomes``: all cuts on ``score`` move to where churn steps down; half of the accounts
        choose, the other half judges. They stay where churn is not shown to go with the score.
        ``mix``: all levels of the top segment move together, and all levels of the segments tried
        before it, until the shares are those of ``target``.
    score : str
        Whose cuts outcomes may move.
    target : mapping of segment to share, optional
        Of the top segment and of those tried after it, or of those tried before it; by default
        the expected shares of the thresholds.
    version : str
        Of the new thresholds.
    **sampling
        ``level``, ``draws`` (samples of accounts behind the intervals of a mix, 1000 where
        nothing is said) and ``seed`` of `crqlab.stats.sampling.Sampling`.

    Returns
    -------
    Derived

    Raises
    ------
    EstimateError
        Too few outcomes or accounts, or cuts that leave a segment unreachable.

    References
    ----------
    Athey & Imbens (2016), PNAS 113, 7353-7360: one half chooses, the other judges.
    Field & Welsh (2007), Journal of the Royal Statistical Society B 69, 369-390: the bootstrap.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> print(crq.segments.derive(panel.scored, rules, by="mix", draws=30))
    Cuts from ... accounts: crq ...
    """
    taken = Sampling(**{"draws": RESAMPLES, **sampling})
    one_of("by=", by, ("outcomes", "mix"))
    accounts = thresholds.worded(accounts)
    if by == "mix":
        target = thresholds.traits.expected if target is None else target
        return _by_mix(accounts, thresholds, target, version, taken)
    return _by_outcomes(accounts, thresholds, score, version, taken.level, taken.seed)


def derived_for(
    study: Study, rules: Thresholds | None = None, *, horizon: int = HORIZON, **options: Any
) -> Derived:
    """Derive the cuts of rules from a study's own accounts, on whatever scale it was asked.

    Parameters
    ----------
    study : Study
        Its ``account_scores``, ``responses`` and ``outcomes`` are read.
    rules : Thresholds, optional
        Whose cuts move; crqlab's own where nothing is said. Rules for another scale are carried
        over to the study's first: that is only where the cuts start from.
    horizon : int
        Days after a wave within which a due contract counts as its consequence.
    **options
        As `derive` takes them.

    Returns
    -------
    Derived

    Raises
    ------
    CrqError
        Rules that look at what the study's instrument does not measure.
    EstimateError
        As for `derive`.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> target = {"Ambassador": 0.3, "Rational": 0.4}
    >>> print(crq.segments.derived_for(study, by="mix", target=target, draws=30))
    Cuts from ... accounts: crq ...
    """
    asked, rules = study.codebook.instrument, rules or starting()
    if rules.instrument.scale != asked.scale:
        rules = rules.rescaled(asked.scale.low, asked.scale.high)
    tables = (study.read(name) for name in ("account_scores", "responses", "outcomes"))
    scored = followed(*tables, horizon=horizon)
    return derive(scored, rules.fitted(asked), **options)


def _by_outcomes(accounts, thresholds, score, version, level, seed) -> Derived:
    old = sorted(cut for name, cut in thresholds.cuts if name == score)
    if not old or "renewed" not in accounts:
        lacks = f"no cut on {score}" if not old else "no column renewed (see followed)"
        raise EstimateError(f"Cuts cannot come from outcomes: {lacks}.")
    rows = _last(accounts[accounts["renewed"].notna() & accounts[score].notna()])
    chooses = stream(seed, "halves").permutation(len(rows)) < len(rows) / 2
    values, churned = rows[score].to_numpy(float), 1 - rows["renewed"].to_numpy(float)
    ends = thresholds.instrument.scale
    found = steps(
        values[chooses], churned[chooses], len(old), ends=(ends.low, ends.high), level=level
    )
    table = pd.DataFrame(
        {
            "score": score,
            "segments": [_users(thresholds, score, cut) for cut in old],
            "old": old,
            "cut": found.cuts,
            "low": found.low,
            "high": found.high,
            "level": level,
            "n": found.n,
            "method": METHOD,
            "flag": _shape(found),
        }
    )
    part = np.searchsorted(found.cuts, values[~chooses], side="right")
    n = np.bincount(part, minlength=len(old) + 1)
    lost = np.bincount(part, weights=churned[~chooses], minlength=len(old) + 1)
    judged = wilson(lost, n, level=level).rename(columns={"value": "churned"})
    judged.insert(0, "part", np.arange(1, len(n) + 1))
    judged.insert(1, "n", n)
    new = found.cuts if found.related else old
    moves = {(score, cut): to for cut, to in zip(old, new, strict=True)}
    source = f"churn of {found.n} accounts, judged on {int((~chooses).sum())} others"
    return Derived(_moved(thresholds, moves, version, source), table, judged)


def _shape(found: Steps) -> str:
    """No relation shown, a gradual fall, steps out of order, or steps."""
    if not found.related:
        return UNRELATED
    if found.gradual:
        return GRADUAL
    return "ok" if found.ordered else UNORDERED


def _by_mix(accounts, thresholds, target, version, taken) -> Derived:
    top, low = _wanted(thresholds, target)
    rows = _last(accounts[accounts[list(thresholds.scores)].notna().all(axis=1)])
    if len(rows) < 50:
        raise EstimateError(f"{len(rows)} accounts with all scores; a mix needs 50 or more.")
    scores = scores_of(rows, thresholds)
    before = thresholds.names.index(top)
    sinking = np.maximum.reduce([slack(s.rule, scores) for s in thresholds.segments[:before]])
    rising = slack(thresholds.segments[before].rule, scores)
    own = _shifts(sinking, rising, np.ones(len(rows)), target[top], low)
    rng, level = stream(taken.seed, "mix"), taken.level
    drawn = [
        _shifts(sinking, rising, weights, target[top], low)
        for piece in resampled(len(rows), taken.draws, rng)
        for weights in piece
    ]
    tails = np.nanquantile(np.array(drawn), [(1 - level) / 2, (1 + level) / 2], axis=0)
    table, moves = [], {}
    for which, segments in enumerate((thresholds.segments[:before], thresholds.segments[before:])):
        used = [c for s in segments for c in conditions(s.rule) if c.movable]
        for one in dict.fromkeys((c.scores[0], c.cut) for c in used):
            moves[one] = one[1] + own[which]
            table.append((*one, own[which], *tails[:, which]))
    frame = pd.DataFrame(table, columns=["score", "old", "shift", "from_", "to"])
    frame["segments"] = [_users(thresholds, s, c) for s, c in frame[["score", "old"]].to_numpy()]
    frame = frame.assign(cut=frame["old"] + frame["shift"], low=frame["old"] + frame["from_"])
    frame = frame.assign(high=frame["old"] + frame["to"], level=level, n=len(rows))
    frame = frame.assign(method="target_mix_bootstrap", flag="ok")
    made = _moved(thresholds, moves, version, f"target mix {dict(target)} of {len(rows)} accounts")
    place = placed(made.segments, scores)
    judged = pd.DataFrame({"part": made.names, "n": np.bincount(place, minlength=len(made.names))})
    columns = ["score", "segments", "old", "cut", "low", "high", "level", "n", "method", "flag"]
    return Derived(made, frame[columns], judged.assign(share=judged["n"] / len(rows)))


def _wanted(thresholds: Thresholds, target: Mapping[str, float]) -> tuple[str, float]:
    """The top segment, and the share of all that are tried before it."""
    for name in target:
        one_of("target= names", name, thresholds.names)
    top, names = thresholds.traits.top, thresholds.names
    place = names.index(top) if top else 0
    before, after = names[:place], names[place:]
    low = sum(target.get(name, np.nan) for name in before)
    if set(after) <= set(target):
        low = 1 - sum(target[name] for name in after)
    ruled = place > 0 and thresholds.segments[place].rule is not None
    if not ruled or top not in target or not 0 < low < 1 - target[top]:
        raise EstimateError(
            f"target= is {dict(target)}; give the share of the top, which must be one segment with "
            "a rule, and of all that are tried after it, or before it, together below 1."
        )
    return top, low


def _shifts(sinking: NDArray, rising: NDArray, weights: NDArray, top: float, low: float) -> tuple:
    """How far all low cuts, and all cuts of the top segment, move for the wanted shares."""
    down = _quantile(-sinking, weights, low)
    left = np.where(-sinking <= down, -np.inf, rising)
    return down, _quantile(left, weights, 1 - top)


def _quantile(values: NDArray, weights: NDArray, share: float) -> float:
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    at = min(int(np.searchsorted(total, share * total[-1])), len(values) - 1)
    found = values[order][at]
    return float(found) if np.isfinite(found) else np.nan


def _last(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per account, its last, in an order that depends on nothing but the ids."""
    keys = [key for key in ("client_id", "account_id", "wave") if key in rows]
    ordered = rows.sort_values(keys)
    return ordered.drop_duplicates([k for k in keys if k != "wave"], keep="last")


def _users(thresholds: Thresholds, score: str, cut: float) -> str:
    used = [
        segment.name
        for segment in thresholds.segments
        if any(
            c.movable and c.scores[0] == score and c.cut == cut for c in conditions(segment.rule)
        )
    ]
    return ", ".join(used)


def _moved(thresholds: Thresholds, moves, version: str, source: str) -> Thresholds:
    moves = {one: round(float(cut), 2) for one, cut in moves.items()}  # rules stay readable
    try:
        return thresholds.moved(moves, version=version, source=f"{thresholds.source}; {source}")
    except ValidationError as broken:
        raise EstimateError(
            f"The derived cuts make no valid rules: {broken.errors()[0]['msg']}. "
            "The panel does not support these segments; keep the cuts as they are."
        ) from None
