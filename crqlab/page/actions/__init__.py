"""The section of actions: what to do with whom, and what lifts an account."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={"html": ["account_lifts", "action_plan", "referral_candidates"]},
)
