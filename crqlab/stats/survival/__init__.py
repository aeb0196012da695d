"""How long until it happens: Cox regression, Kaplan-Meier curves and concordance."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "CoxFit": "cox_fit",
    "KaplanMeier": "curves",
    "c_index": "concordance",
    "cox": "hazards",
    "kaplan_meier": "curves",
}
__all__ = sorted(_NAMES)


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
