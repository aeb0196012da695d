"""Station 8 of 9 - the panel becomes decile tables, and a client finds its place in them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "Benchmark": "tables",
    "Cube": "account_cube",
    "DecileTable": "decile_table",
    "PERCENTILES": "decile_table",
    "Panel": "panel_source",
    "Positions": "client_positions",
    "Release": "release_files",
    "Rules": "protection",
    "SHARES": "decile_table",
    "Scores": "ranked_units",
    "Shift": "comparison",
    "account_scores": "ranked_units",
    "client_scores": "ranked_units",
    "compare": "comparison",
    "country_adjusted": "ranked_units",
    "cube": "account_cube",
    "deciles": "decile_table",
    "findings": "tables",
    "keep": "tables",
    "panel": "panel_source",
    "position": "client_positions",
    "publish": "release_files",
    "publish_study": "tables",
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
