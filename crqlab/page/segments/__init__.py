"""The section of segments: which account is in which, how sure that is, and who moved."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "charts": ["segment_mix"],
        "html": ["account_segments", "segment_migration", "segment_shares"],
        "mix_chart": ["segment_bars"],
    },
)
