"""Station 5 of 10 - trust and commitment against what came of contracts; revenue at risk.

Modules are loaded when they are first used.
"""

from __future__ import annotations

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "covariate_effects": ["Effects", "effects"],
        "equal_weights": ["Weighting", "weighting"],
        "model_cards": ["ModelCard", "model_card"],
        "model_comparison": ["ModelComparison", "compare_models"],
        "opportunities": ["Design", "Window", "design"],
        "part_weights": ["score_weights"],
        "retention_curves": ["RetentionCurves", "retention"],
        "revenue_at_risk": ["RenewalOutlook", "outlook"],
        "tables": ["Findings", "keep"],
        "trust_mediation": ["Mediation", "mediation"],
    },
)
