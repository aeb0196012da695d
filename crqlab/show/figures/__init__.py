"""Pictures for exploration in notebooks: one function, one picture, drawn on given axes.

Importing this module sets the house's style and lets notebooks keep alternative texts.
"""

from pathlib import Path

import lazy_loader
import matplotlib.pyplot as plt

from crqlab.show import alt_text as _alt_text

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "benchmark": ["decile_ladder", "industry_ridges", "position_strip"],
        "construct": [
            "crq_by_nps",
            "invariance_ladder",
            "loadings",
            "path_diagram",
            "relations",
            "verdicts",
        ],
        "drivers": ["driver_map", "driver_weights", "first_priority", "manager_priorities"],
        "participation": [
            "completion_histogram",
            "concentration",
            "coverage",
            "nonresponse",
            "silent_accounts",
            "wave_plan",
        ],
        "prediction": ["auc_differences", "churn_calibration", "churn_roc", "decision_curve"],
        "renewal": [
            "mediation",
            "renewal_effects",
            "retention",
            "revenue_at_risk",
        ],
        "scores": [
            "account_scores",
            "agreement",
            "answers",
            "changes",
            "client_scores",
            "quadrants",
            "shrinkage",
            "spread",
            "waves",
        ],
        "segments": [
            "membership",
            "segment_labels",
            "segment_map",
            "segment_migration",
            "segment_renewal",
            "segment_shares",
        ],
        "segment_rules": ["segment_cuts", "segment_sensitivity"],
        "selection_audit": ["funnel"],
    },
)
plt.style.use(Path(__file__).with_name("crq.mplstyle"))
_alt_text.register()
