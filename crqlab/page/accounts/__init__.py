"""The section of accounts: one by one, where they differ, and what to talk about with each."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "overview_table": ["account_table"],
        "charts": ["caterpillar"],
        "html": ["account_scores", "heat_map"],
        "meetings": ["meeting_sheets"],
    },
)
