"""The section of comments: what people wrote, by theme and by question."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submod_attrs={"html": ["themes", "verbatims"], "quoted": ["voices"]}
)
