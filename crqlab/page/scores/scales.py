"""The scales that measures are shown on."""

from __future__ import annotations

from crqlab.page.client_view import ClientView


def ends(view: ClientView, measure: str) -> tuple[float, float]:
    """Return the two ends of a measure's scale."""
    scale = view.instrument.scale
    fixed = {"nps": (-100.0, 100.0), "mean_ltr": (0.0, 10.0)}
    return fixed.get(measure, (float(scale.low), float(scale.high)))
