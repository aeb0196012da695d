"""The contracts of what station 7 hands over."""

from __future__ import annotations

from crqlab.base.schemas import Contract

DRIVERS: tuple[Contract, ...] = ()
