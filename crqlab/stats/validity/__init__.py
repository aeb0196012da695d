"""Whether constructs are what their items claim: convergent, discriminant and true relations."""

from crqlab.stats.polyserial import polyserial
from crqlab.stats.validity.convergent import ave, composite_reliability, fornell_larcker
from crqlab.stats.validity.disattenuation import disattenuated
from crqlab.stats.validity.heterotrait import htmt, htmt_interval

__all__ = [
    "ave",
    "composite_reliability",
    "disattenuated",
    "fornell_larcker",
    "htmt",
    "htmt_interval",
    "polyserial",
]
__dir__ = __all__.copy
