"""A client's own look in documents: the same as on its page."""

from __future__ import annotations

from crqlab.report.brand.client_brand import Brand as Theme
from crqlab.report.brand.client_brand import read

__all__ = ["Theme", "read"]
