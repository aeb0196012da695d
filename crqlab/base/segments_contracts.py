"""The contracts of what station 6 hands over."""

from __future__ import annotations

from crqlab.base.schemas import Contract

SEGMENTS: tuple[Contract, ...] = ()
