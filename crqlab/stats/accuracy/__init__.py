"""How well a score or a probability foretold what happened, with intervals by account."""

from __future__ import annotations

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "calibration_curve": ["Calibration", "calibration"],
        "comparison": ["Difference"],
        "curve": ["roc"],
        "decisions": ["net_benefit"],
        "discrimination": ["auc", "auc_difference"],
        "lift_curve": ["lift"],
        "squared_error": ["brier"],
    },
)
