"""Station 9 of 9 - executed notebooks become client reports.

Names are loaded when first used: a notebook that shows a report must not wait for the
machinery that runs notebooks.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "ClientView": "crqlab.page.assembly",
    "LeakError": "crqlab.report.clearance.gate",
    "Page": "crqlab.report.run.journey",
    "RunCard": "crqlab.report.clearance.provenance",
    "RunError": "crqlab.report.run.execution",
    "accepted": "crqlab.report.run.journey",
    "run_batch": "crqlab.report.batch.batches",
    "card": "crqlab.report.clearance.provenance",
    "chosen": "crqlab.report.batch.client_selection",
    "everybody": "crqlab.report.batch.client_selection",
    "export": "crqlab.report.exports.export_files",
    "export_all": "crqlab.report.exports.export_batch",
    "index": "crqlab.report.batch.index",
    "key": "crqlab.page.pseudonym_key",
    "refresh": "crqlab.report.run.committed_notebooks",
    "reports": "crqlab.report.run.journey",
    "reviewed": "crqlab.report.run.reviewer_page",
    "execute": "crqlab.report.run.execution",
    "stations": "crqlab.report.run.journey",
    "verified": "crqlab.report.clearance.integrity",
    "view": "crqlab.page.assembly",
}
__all__ = sorted(_NAMES)


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'crqlab.report' has no attribute {name!r}")
    return getattr(import_module(_NAMES[name]), name)


def __dir__() -> list[str]:
    return __all__
