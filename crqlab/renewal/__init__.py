"""Station 5 of 9 - trust and commitment against what came of contracts; revenue at risk.

Modules are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "Card": "model_cards",
    "Contest": "model_comparison",
    "Design": "opportunities",
    "Effects": "covariate_effects",
    "Lasting": "retention_curves",
    "Mediation": "trust_mediation",
    "RiskOutlook": "revenue_at_risk",
    "client_averages": "covariate_effects",
    "contest": "model_comparison",
    "design": "opportunities",
    "effects": "covariate_effects",
    "keep": "tables",
    "mediation": "trust_mediation",
    "model_card": "model_cards",
    "outlook": "revenue_at_risk",
    "retention": "retention_curves",
}
__all__ = sorted(_NAMES)


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
