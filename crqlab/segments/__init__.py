"""Station 6 of 10 - scores and thresholds become segments, how likely they are, and what to do."""

from __future__ import annotations

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "panel_models": ["AccountModels", "account_models"],
        "assignment": ["assign", "with_silent"],
        "expected_moves": ["migration"],
        "first_renewal": ["followed"],
        "latent_classes": ["Types", "rival", "types"],
        "likeliest_segments": ["as_then", "likeliest"],
        "panel_segments": ["Panel", "panel"],
        "planned_actions": ["actions", "referral_candidates"],
        "playbook": ["Playbook", "playbook_of", "shipped"],
        "score_lifts": ["Lifts", "lifts", "smallest_changes"],
        "segment_posterior": ["SegmentPosterior"],
        "raw_labels": ["SegmentLabels", "segment_labels"],
        "segment_mix": ["Mix", "mix", "profile", "renewal", "sensitivity"],
        "tables": ["described", "keep", "suggested"],
        "threshold_derivation": ["Derived", "derive", "derived_for"],
        "threshold_releases": ["along", "publish", "published", "rules"],
        "thresholds": ["Thresholds", "read", "starting"],
    },
)
