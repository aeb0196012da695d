"""The contracts of what station 5 hands over."""

from __future__ import annotations

from crqlab.base.schemas import Contract

RENEWAL: tuple[Contract, ...] = ()
