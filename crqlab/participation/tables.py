"""The tables of this station, written for those that follow."""

from __future__ import annotations

from pathlib import Path

from crqlab.base.contracts import frames
from crqlab.base.study import Study
from crqlab.participation.answer_predictors import Propensities
from crqlab.participation.completion_rank import CompletionRanks
from crqlab.participation.completion_rates import Completion
from crqlab.participation.contact_continuity import Continuity
from crqlab.participation.nonresponse_adjustment import Adjusted
from crqlab.participation.relationship_concentration import Concentration
from crqlab.participation.selection_audit import Audit
from crqlab.participation.silent_accounts import Silent, Voices
from crqlab.participation.wave_plan import Plan


def keep(
    study: Study,
    *,
    completion: Completion,
    ranks: CompletionRanks,
    silent: Silent,
    voices: Voices,
    propensities: Propensities,
    adjusted: Adjusted,
    concentration: Concentration,
    continuity: Continuity,
    audit: Audit,
    plan: Plan,
    level: float,
    draws: int,
    seed: int,
    cap: float,
) -> tuple[Path, ...]:
    """Write the tables of this station, as `frames.keep` does: all of them, or none.

    Parameters
    ----------
    study : Study
    completion, silent, voices, propensities, adjusted, concentration, continuity, audit, plan
        As the functions of these names return them.
    ranks : CompletionRanks
    level, draws, seed, cap
        What they were called with, for the run card.
    """
    tables = {
        "completion": completion.table,
        "completion_rank": ranks.table,
        "completion_bands": ranks.bands,
        "silent": silent.table,
        "voices": voices.table,
        "propensities": propensities.table,
        "nonresponse": adjusted.table,
        "concentration": concentration.table,
        "concentration_summary": concentration.summary,
        "continuity": continuity.table,
        "continuity_summary": continuity.summary,
        "audit": audit.table,
        "wave_plan": plan.table,
        "precision": plan.precision,
    }
    return frames.keep(study, tables, level=level, draws=draws, seed=seed, cap=cap)
