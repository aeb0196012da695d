"""Station 9 of 9 - executed notebooks become client reports.

Names are loaded when first used: a notebook that shows a report must not wait for the
machinery that runs notebooks.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "ClientView": "view",
    "Page": "journey",
    "RunCard": "card",
    "RunError": "run",
    "card": "card",
    "chosen": "choice",
    "index": "index",
    "refresh": "committed",
    "reports": "journey",
    "run": "run",
    "stations": "journey",
    "view": "view",
}
__all__ = sorted(_NAMES)


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'crqlab.report' has no attribute {name!r}")
    # A module and its main noun share a name (view.view); the noun is what callers mean.
    globals()[name] = getattr(import_module(f"crqlab.report.{_NAMES[name]}"), name)
    return globals()[name]


def __dir__() -> list[str]:
    return __all__
