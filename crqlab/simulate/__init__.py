"""A panel with known truth, in memory or as the raw files that users really hold."""

from crqlab.simulate.options import SEED, Options
from crqlab.simulate.panel_simulation import Panel, panel
from crqlab.simulate.raw import write

__all__ = ["SEED", "Options", "Panel", "panel", "write"]
__dir__ = __all__.copy
