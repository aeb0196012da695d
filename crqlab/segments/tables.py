"""The tables of this station, written for those that follow: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from crqlab.base.contracts import frames
from crqlab.base.contracts.segments import TABLES
from crqlab.base.errors import EstimateError
from crqlab.base.study import Study
from crqlab.segments.expected_moves import migration
from crqlab.segments.likeliest_segments import as_then
from crqlab.segments.panel_segments import Panel
from crqlab.segments.planned_actions import actions, referral_candidates
from crqlab.segments.playbook import playbook_of
from crqlab.segments.score_lifts import lifts
from crqlab.segments.segment_mix import mix, renewal, sensitivity
from crqlab.segments.threshold_derivation import RESAMPLES, derive
from crqlab.stats.defaults import LEVEL


def suggested(
    panel: Panel, *, level: float = LEVEL, seed: int, draws: int = RESAMPLES
) -> pd.DataFrame:
    """Return the cuts that outcomes and the expected mix suggest; none where data are too few.

    Returns
    -------
    DataFrame
        Table ``segment_cuts``.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> cuts = crq.segments.suggested(panel, seed=1, draws=30)
    """
    parts = []
    for by in ("outcomes", "mix"):
        try:
            found = derive(
                panel.scored, panel.thresholds, by=by, level=level, seed=seed, draws=draws
            )
        except EstimateError:
            continue
        parts.append(found.table.assign(by=by))
    return pd.concat(parts, ignore_index=True) if parts else frames.empty("segment_cuts")


def described(
    panel: Panel,
    study: Study,
    *,
    level: float,
    draws: int,
    seed: int,
    referrals: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Return every table of this station, by name; without rows where nothing is sorted.

    Parameters
    ----------
    panel : Panel
    study : Study
        Its respondents, accounts, responses and playbook are read.
    level : float
    draws, seed : int
    referrals : DataFrame, optional
        Who was asked before, as `crqlab.programme.asked` has it.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> tables = crq.segments.described(panel, study, level=0.95, draws=20, seed=1)
    >>> sorted(tables)[:3]
    ['actions', 'lifts', 'migration']
    """
    if panel.why:
        return {contract.name: frames.empty(contract.name) for contract in TABLES}
    table, names, traits = panel.table, panel.thresholds.names, panel.thresholds.traits
    book = playbook_of(study, panel.thresholds)
    then = as_then(table)
    asked = ~panel.scored["waiting"].to_numpy(bool)  # a contract counts once, not every wave
    due, last = panel.scored["due_revenue"], panel.latest.to_numpy()
    accounts, responses = study.read("accounts"), study.read("responses")
    people, rungs = study.read("respondents"), lifts(panel, draws=draws, seed=seed)
    went, moved = migration(panel, level=level)
    return {
        "segments": table,
        "segment_traits": traits.table(),
        "segment_shares": mix(panel, level=level).table,
        "migration": went,
        "movement": moved,
        "segment_renewal": renewal(then.assign(due_revenue=due)[asked], names, level=level),
        "segment_cuts": suggested(panel, level=level, seed=seed),
        "segment_sensitivity": sensitivity(panel.scored, panel.thresholds),
        "lifts": rungs.table,
        "playbook": book.table(traits),
        "actions": actions(then[last], accounts, responses, book, traits),
        "referral_candidates": referral_candidates(
            then[last], people, accounts, traits.top, asked=referrals
        ),
    }


def keep(
    study: Study,
    panel: Panel,
    tables: Mapping[str, pd.DataFrame],
    **made: Any,
) -> tuple[Path, ...]:
    """Write the tables of this station, as `frames.keep` does: all of them, or none.

    Parameters
    ----------
    study : Study
    panel : Panel
    tables : mapping of name to DataFrame
        From `described`.
    **made
        What they were made with, for the run card: ``level``, ``draws``, ``seed``, ``horizon``.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> made = {"level": 0.95, "draws": 20, "seed": 1}
    >>> found = crq.segments.described(panel, study, **made)
    >>> paths = crq.segments.keep(study, panel, found, horizon=365, **made)
    """
    rules = {
        "thresholds": panel.thresholds.quoted,
        "playbook": playbook_of(study, panel.thresholds).quoted,
    }
    return frames.keep(study, tables, **made, **rules)
