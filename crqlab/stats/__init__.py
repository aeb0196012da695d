"""Arithmetic that knows no instrument: every statistic with its source, its laws and R beside it.

Statistics of one subject share a module (``crq.stats.nps.difference``); those whose name speaks
for itself are offered here too (``crq.stats.wilson``).
"""

from __future__ import annotations

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submodules=(
        "account_model",
        "account_sums",
        "accuracy",
        "agreement",
        "coder_agreement",
        "bootstrap",
        "cluster_draws",
        "components",
        "concentration",
        "defaults",
        "delta",
        "estimate",
        "factors",
        "feasible_ranges",
        "funnel",
        "icc",
        "importance",
        "influence",
        "linearised",
        "mediation",
        "multiplicity",
        "nps",
        "permutation_moments",
        "phrases",
        "polyserial",
        "pooling",
        "precision",
        "profiles",
        "proportion",
        "quantile_cuts",
        "regression",
        "reliability",
        "response_propensity",
        "sampling",
        "shrinkage",
        "side_exchange",
        "survival",
        "topics",
        "validity",
        "weighted_means",
    ),
    submod_attrs={
        "agreement": ["icc1", "icc2", "rwg", "rwg_j"],
        "bootstrap": ["paired_difference", "ratios"],
        "components": ["random_intercept_reml", "sufficient", "variance_components"],
        "delta": ["propagated"],
        "estimate": ["Estimate"],
        "funnel": ["against_rest"],
        "icc": ["iccs"],
        "multiplicity": ["q_values"],
        "nps": ["adjusted_wald"],
        "precision": ["half_widths"],
        "profiles": ["drawn_profiles"],
        "proportion": ["wilson"],
        "quantile_cuts": ["quantiles"],
        "response_propensity": ["kish", "propensity"],
        "sampling": ["Sampling"],
        "shrinkage": ["shrunken"],
        "weighted_means": ["reweighted"],
    },
)
