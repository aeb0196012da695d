"""The few colours of the house, told apart by everybody, and ink that can be read on each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from crqlab.segments.segment_traits import SegmentTraits

INK, MUTED, LINE, PALE = "#1b2733", "#52606d", "#c3ccd5", "#e6ebf0"
ACCENT, SOFT, WARM = "#1f5582", "#86b9de", "#a84300"

#: From low to high, orange over white to blue: lightness falls to both ends, hues differ for all.
STEPS = ("#a84300", "#e08a3c", "#fbd9ae", "#f5f6f7", "#cfe3f2", "#86b9de", "#1f5582")
#: Where one step ends and the next begins, as shares of the answer scale.
BOUNDS = (0.40, 0.50, 0.60, 0.70, 0.80, 0.90)

#: Of segments that nobody gave a colour, in their order.
GREYS = ("#52606d", "#9aa5b1", "#7b8794", "#3e4c59", "#cbd2d9")


def segments(traits: SegmentTraits) -> dict[str, str]:
    """Return the colour of every segment; greys where the thresholds say none.

    Examples
    --------
    >>> from crqlab.segments import starting
    >>> segments(starting().traits)["Rational"]
    '#86b9de'
    """
    bare = [name for name in traits.order if not traits.colour(name)]
    greys = {name: GREYS[place % len(GREYS)] for place, name in enumerate(bare)}
    return {name: greys.get(name) or traits.colour(name) for name in traits.order}


def luminance(colour: str) -> float:
    """Relative luminance of a ``#rrggbb`` colour, 0 to 1.

    References
    ----------
    W3C (2018), Web Content Accessibility Guidelines 2.1: relative luminance.

    Examples
    --------
    >>> luminance("#ffffff"), luminance("#000000")
    (1.0, 0.0)
    """
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21; text needs 4.5.

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@cache
def ink(background: str) -> str:
    """Return the darker or the lighter ink, whichever reads better on this background."""
    return max((INK, "#ffffff"), key=lambda colour: contrast(colour, background))


def cells(values: Sequence[float], low: float, high: float) -> list[str]:
    """Return the style of each cell of a heat map.

    Parameters
    ----------
    values : sequence of float
        Scores; missing ones stay without colour.
    low, high : float
        Ends of the answer scale.

    Examples
    --------
    >>> cells([6.9, float("nan")], 1, 7)
    ['background:#1f5582;color:#ffffff', '']
    """
    share = (np.asarray(values, dtype=float) - low) / (high - low)
    step = np.digitize(share, BOUNDS)
    styles = np.array([f"background:{colour};color:{ink(colour)}" for colour in STEPS])
    return np.where(np.isnan(share), "", styles[np.minimum(step, len(STEPS) - 1)]).tolist()
