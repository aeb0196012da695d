"""The tables of this station, written for those that follow: all of them, or none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from crqlab.base.contracts import contract, frames
from crqlab.base.study import Study
from crqlab.renewal.covariate_effects import Effects
from crqlab.renewal.model_cards import ModelCard
from crqlab.renewal.model_comparison import ModelComparison
from crqlab.renewal.opportunities import MOST_MONTHS, Design
from crqlab.renewal.retention_curves import RetentionCurves
from crqlab.renewal.revenue_at_risk import RenewalOutlook
from crqlab.renewal.trust_mediation import Mediation


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Findings:
    """All that this station finds, as the functions of these names return it."""

    design: Design
    effects: Effects
    mediation: Mediation
    retention: RetentionCurves
    comparison: ModelComparison
    outlook: RenewalOutlook
    card: ModelCard

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by their names."""
        whole = list(contract("opportunities").columns)  # also those nobody asked about
        return {
            "opportunities": self.design.table.reindex(columns=whole),
            "refused": self.design.excluded,
            "effects": self.effects.table,
            "mediation": self.mediation.table,
            "retention": self.retention.table,
            "contest": self.comparison.table,
            "contest_pairs": self.comparison.differences,
            "outlook": self.outlook.table,
            "revenue_at_risk": self.outlook.at_risk,
            "model_card": self.card.table,
        }


def keep(
    study: Study,
    *,
    level: float,
    draws: int,
    seed: int,
    most_months: float = MOST_MONTHS,
    **found: Any,
) -> tuple[Path, ...]:
    """Write the tables of this station, as `frames.keep` does: all of them, or none.

    Parameters
    ----------
    study : Study
    level, draws, seed, most_months
        What the station was called with, for the run card.
    **found
        All fields of `Findings`, as in ``design=design, effects=effects``.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> effects = crq.renewal.effects(design)
    >>> comparison = crq.renewal.compare_models(design, draws=20)
    >>> outlook = crq.renewal.outlook(design, study.read("accounts"), draws=20)
    >>> card = crq.renewal.model_card(design, effects, comparison, outlook)
    >>> found = {"design": design, "effects": effects, "comparison": comparison, "outlook": outlook}
    >>> found |= {"mediation": crq.renewal.mediation(design, draws=20), "card": card}
    >>> found |= {"retention": crq.renewal.retention(design)}
    >>> paths = crq.renewal.keep(study, **found, level=0.95, draws=20, seed=20250101)
    """
    tables = Findings(**found).tables()
    made = {"level": level, "draws": draws, "seed": seed, "most_months": most_months}
    return frames.keep(study, tables, **made)
