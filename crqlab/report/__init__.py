"""Station 9 of 9 - executed notebooks become client reports.

Names are loaded when first used: a notebook that shows a report must not wait for the
machinery that runs notebooks.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "ClientView": "client",
    "LeakError": "gate",
    "Page": "journey",
    "RunCard": "provenance",
    "RunError": "execution",
    "accepted": "journey",
    "batch": "batches",
    "card": "provenance",
    "chosen": "choice",
    "everybody": "choice",
    "export": "exports.writing",
    "export_all": "exports.many",
    "index": "overview",
    "key": "keys",
    "refresh": "committed",
    "reports": "journey",
    "reviewed": "reviewing",
    "run": "execution",
    "stations": "journey",
    "verified": "integrity",
    "view": "client",
}
__all__ = sorted(_NAMES)


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'crqlab.report' has no attribute {name!r}")
    return getattr(import_module(f"crqlab.report.{_NAMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
