"""Beside the stations - what a firm does with what it hears: urgent, agreed, asked, done."""

from __future__ import annotations

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "alert_facts": ["alert_facts"],
        "alert_matches": ["Matches", "matches"],
        "alert_rules": ["AlertRule", "AlertRules", "alert_rules_of", "shipped_alerts"],
    },
)
