"""The tables of this station, written for those that follow: all of them, or none."""

from __future__ import annotations

from pathlib import Path

from crqlab.base.contracts import contract, frames
from crqlab.base.study import Study
from crqlab.renewal.covariate_effects import Effects
from crqlab.renewal.model_cards import ModelCard
from crqlab.renewal.model_comparison import ModelComparison
from crqlab.renewal.opportunities import Design
from crqlab.renewal.retention_curves import RetentionCurves
from crqlab.renewal.revenue_at_risk import RenewalOutlook
from crqlab.renewal.trust_mediation import Mediation


def keep(
    study: Study,
    *,
    design: Design,
    effects: Effects,
    mediation: Mediation,
    retention: RetentionCurves,
    comparison: ModelComparison,
    outlook: RenewalOutlook,
    card: ModelCard,
    level: float,
    draws: int,
    seed: int,
) -> tuple[Path, ...]:
    """Write the tables of this station, as `frames.keep` does: all of them, or none.

    Parameters
    ----------
    study : Study
    design, effects, mediation, retention, comparison, outlook, card
        As the functions of these names return them (``card`` as `model_card` does).
    level, draws, seed
        What they were called with, for the run card.
    """
    whole = list(contract("opportunities").columns)  # also those of concepts nobody asked about
    tables = {
        "opportunities": design.table.reindex(columns=whole),
        "refused": design.excluded,
        "effects": effects.table,
        "mediation": mediation.table,
        "retention": retention.table,
        "contest": comparison.table,
        "contest_pairs": comparison.differences,
        "outlook": outlook.table,
        "revenue_at_risk": outlook.at_risk,
        "model_card": card.table,
    }
    return frames.keep(study, tables, level=level, draws=draws, seed=seed)
