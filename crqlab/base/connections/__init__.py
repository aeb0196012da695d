"""Databases by their address: read only, and without a word of a password in any message."""

from __future__ import annotations

from crqlab.base.connections.addresses import Address, address
from crqlab.base.connections.queries import Answer, answer, single_query

__all__ = ["Address", "Answer", "address", "answer", "single_query"]
__dir__ = __all__.copy
