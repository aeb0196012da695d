"""The first screen of a client's report: a verdict, three numbers, whom to see, what to fix."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submod_attrs={"html": ["first_screen"], "sentences": ["verdict_sentences"]}
)
