"""Tables of stations for notebooks: rows become accessible HTML."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "benchmark": ["deciles", "positions"],
        "construct": [
            "construct_criteria",
            "construct_evidence",
            "construct_items",
            "construct_models",
            "crq_and_nps",
            "crq_and_nps_disagreements",
            "crq_choices",
        ],
        "drivers": [
            "driver_effects",
            "driver_map",
            "driver_priorities",
            "driver_weights",
            "first_priority",
        ],
        "exploration": ["Shown", "folded", "plain", "under"],
        "lab": ["threshold_lab"],
        "renewal": [
            "model_card",
            "model_comparison",
            "renewal_effects",
            "revenue_at_risk",
        ],
        "responses": ["missing_patterns", "quality"],
        "segments": ["segment_accounts", "segment_actions", "segment_lifts", "segment_mix"],
    },
)
