"""Research and benchmarking workbench for Customer Relationship Quality (CRQ).

Everything a notebook needs hangs on this one name::

    import crqlab as crq

    study = crq.Study("demo")
    accounts = study.read("accounts")

Modules are loaded when they are first used, so that ``import crqlab`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.2.0"

_MODULES = {
    "responses": "crqlab.responses",
    "participation": "crqlab.participation",
    "scores": "crqlab.scores",
    "construct": "crqlab.construct",
    "renewal": "crqlab.renewal",
    "segments": "crqlab.segments",
    "drivers": "crqlab.drivers",
    "benchmark": "crqlab.benchmark",
    "report": "crqlab.report",
    "page": "crqlab.page",
    "figures": "crqlab.show.figures",
    "charts": "crqlab.page.scores.charts",
    "tables": "crqlab.page.gathered",
    "simulate": "crqlab.simulate",
    "stats": "crqlab.stats",
}
_NAMES = {
    "Study": "crqlab.base.study",
    "Codebook": "crqlab.base.codebook",
    "Instrument": "crqlab.base.instrument",
    "CrqError": "crqlab.base.errors",
    "DataError": "crqlab.base.errors",
    "EstimateError": "crqlab.base.errors",
    "ReportError": "crqlab.base.errors",
    "StudyError": "crqlab.base.errors",
    "Estimate": "crqlab.stats.estimate",
}
__all__ = sorted([*_MODULES, *_NAMES])


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(_MODULES[name])
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'crqlab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
