"""How far one could rely on a sum of items, person by person and account by account."""

from crqlab.stats.reliability.accounts import account_reliability
from crqlab.stats.reliability.consistency import alpha, alpha_if_dropped, average_r
from crqlab.stats.reliability.hierarchical import omega_hierarchical
from crqlab.stats.reliability.omega_total import omega
from crqlab.stats.reliability.splits import guttman

__all__ = [
    "account_reliability",
    "alpha",
    "alpha_if_dropped",
    "average_r",
    "guttman",
    "omega",
    "omega_hierarchical",
]
__dir__ = __all__.copy
