"""Research and benchmarking workbench for Customer Relationship Quality (CRQ).

Everything a notebook needs hangs on this one name::

    import crqlab as crq

    study = crq.Study("demo")
    accounts = study.read("accounts")

Modules are loaded when they are first used, so that ``import crqlab`` costs nothing. BLAS
and OpenMP keep to one thread from then on, for the same numbers in every lane
(`crqlab.base.one_thread`).
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import lazy_loader as lazy

from crqlab.base import one_thread

__version__ = "0.2.0"

_attached, _, __all__ = lazy.attach(
    __name__,
    submodules=(
        "benchmark",
        "comments",
        "construct",
        "drivers",
        "page",
        "participation",
        "programme",
        "renewal",
        "report",
        "responses",
        "scores",
        "segments",
        "simulate",
        "stats",
    ),
    submod_attrs={
        "base.codebook": ["Codebook"],
        "base.errors": ["CrqError", "DataError", "EstimateError", "ReportError", "StudyError"],
        "base.instrument": ["Instrument"],
        "base.study": ["Study"],
        "stats.estimate": ["Estimate"],
    },
)
#: Modules that go by a shorter name in notebooks.
_SHORTER = {
    "figures": "crqlab.show.figures",
    "tables": "crqlab.show.tables",
}
__all__ = sorted([*__all__, *_SHORTER])
one_thread.fix()


def __getattr__(name: str) -> Any:
    return import_module(_SHORTER[name]) if name in _SHORTER else _attached(name)


def __dir__() -> list[str]:
    return __all__
