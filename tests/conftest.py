"""How hypothesis searches: without a clock, and the same examples on every machine in CI."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("house", deadline=None, max_examples=50)
settings.register_profile(
    "ci",
    settings.get_profile("house"),
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci" if os.environ.get("CI") else "house")
