"""Station 5 of 9 - trust and commitment against what came of contracts; revenue at risk.

Modules are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "Card": "card",
    "Contest": "contesting",
    "Design": "opportunities",
    "Effects": "explaining",
    "Lasting": "lasting",
    "Mediation": "mediating",
    "RiskOutlook": "outlooking",
    "client_averages": "explaining",
    "contest": "contesting",
    "design": "opportunities",
    "effects": "explaining",
    "keep": "keeping",
    "mediation": "mediating",
    "model_card": "card",
    "outlook": "outlooking",
    "retention": "lasting",
}
__all__ = sorted(_NAMES)


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
