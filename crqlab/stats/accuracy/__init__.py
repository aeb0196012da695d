"""How well a score or a probability foretold what happened, with intervals by account."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "Calibration": "calibration_curve",
    "Difference": "comparison",
    "auc": "discrimination",
    "auc_difference": "discrimination",
    "brier": "squared_error",
    "calibration": "calibration_curve",
    "lift": "lift_curve",
    "net_benefit": "decisions",
    "roc": "curve",
}
__all__ = sorted(_NAMES)


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
