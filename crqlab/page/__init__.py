"""The page of one client and wave: a folder for each section, small groups withheld.

``crq.page.view`` collects what one client may see; a section's functions take that view and lay
out a part of the page: ``crq.page.renewal.outlook(view)``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=(
        "accounts",
        "actions",
        "agreed",
        "benchmark",
        "comments",
        "decision",
        "drivers",
        "managers",
        "method",
        "participation",
        "reading_guide",
        "renewal",
        "scores",
        "segments",
        "summary",
    ),
    submod_attrs={
        "assembly": ["view"],
        "claim_table": ["claims"],
        "client_view": ["ClientView"],
    },
)
