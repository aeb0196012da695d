"""Station 8 of 9 - the panel becomes decile tables, and a client finds its place in them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "Benchmark": "keeping",
    "Cube": "account_cube",
    "DecileTable": "decile_table",
    "PERCENTILES": "decile_table",
    "Panel": "panel_source",
    "Positions": "positioning",
    "Release": "release_files",
    "Rules": "protection",
    "SHARES": "decile_table",
    "Scores": "units",
    "Shift": "comparison",
    "account_scores": "units",
    "client_scores": "units",
    "compare": "comparison",
    "country_adjusted": "units",
    "cube": "account_cube",
    "deciles": "decile_table",
    "findings": "keeping",
    "keep": "keeping",
    "panel": "panel_source",
    "position": "positioning",
    "publish": "release_files",
    "publish_study": "keeping",
    "release": "release_files",
    "releases": "release_files",
}
__all__ = sorted(_NAMES)


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
