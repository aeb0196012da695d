"""Station 6 of 9 - scores and thresholds become segments, how firm they are, and what to do."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "assignment": ("assign", "with_silent"),
    "thresholds": ("Thresholds", "read", "starting"),
    "membership_probability": ("Membership", "membership"),
    "panel_segments": ("Panel", "panel"),
    "first_renewal": ("followed",),
    "threshold_derivation": ("Derived", "derive"),
    "latent_classes": ("Types", "rival", "types"),
    "segment_mix": ("Mix", "migration", "mix", "profile", "renewal", "sensitivity"),
    "score_lifts": ("Lifts", "lifts"),
    "planned_actions": ("actions", "referrals"),
    "playbook": ("Playbook", "playbook_of", "shipped"),
    "threshold_releases": ("along", "publish", "published", "rules"),
    "tables": ("described", "keep", "suggested"),
}
_WHERE = {name: module for module, names in _HOME.items() for name in names}
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(f"crqlab.segments.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'crqlab.segments' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
