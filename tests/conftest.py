"""How hypothesis searches: without a clock, and the same examples on every machine in CI.

jsonschema takes a parser for not installed that no notebook needs and that takes seconds to import.
"""

from __future__ import annotations

import os
import sys

from hypothesis import HealthCheck, settings

sys.modules.setdefault("rfc3987_syntax", None)

settings.register_profile("house", deadline=None, max_examples=50)
settings.register_profile(
    "ci",
    settings.get_profile("house"),
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci" if os.environ.get("CI") else "house")
