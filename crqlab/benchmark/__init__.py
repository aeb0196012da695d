"""Station 8 of 10 - the panel becomes decile tables, and a client finds its place in them."""

from __future__ import annotations

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "account_cube": ["Cube", "cube"],
        "client_positions": ["Positions", "position"],
        "comparison": ["Shift", "compare"],
        "decile_table": ["DecileTable", "SHARES", "deciles"],
        "panel_source": ["Panel", "panel"],
        "protection": ["Rules"],
        "ranked_units": ["Scores", "account_scores", "client_scores", "country_adjusted"],
        "release_files": ["Release", "publish", "release", "releases"],
        "tables": ["Benchmark", "findings", "keep", "publish_study"],
    },
)
