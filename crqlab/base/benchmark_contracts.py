"""The contracts of what station 8 hands over."""

from __future__ import annotations

from crqlab.base.schemas import Contract

BENCHMARK: tuple[Contract, ...] = ()
