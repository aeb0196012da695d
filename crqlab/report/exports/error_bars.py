"""Intervals of a slide's chart as its native error bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls

from crqlab.show.colours import INK

_EXACT = 9  # decimals of a difference of rounded numbers that are no noise


def add_error_bars(
    series: Any, values: Sequence[float], spans: Sequence[tuple[float, float]]
) -> None:
    """Draw intervals of a chart's series from each value to their ends, as error bars.

    Parameters
    ----------
    series : pptx series
        Bars, or a line, whose categories are written already.
    values : sequence of float
        In the order of the categories; a missing one has no bar.
    spans : sequence of (low, high)
        In the unit of the values.
    """
    ends = list(zip(values, spans, strict=True))
    ups = [round(high - value, _EXACT) for value, (_, high) in ends]
    downs = [round(value - low, _EXACT) for value, (low, _) in ends]
    bars = parse_xml(
        f"<c:errBars {nsdecls('c')} {nsdecls('a')}>{_direction(series)}"
        '<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f"<c:plus>{_literal(ups)}</c:plus><c:minus>{_literal(downs)}</c:minus>"
        f'<c:spPr><a:ln w="15875"><a:solidFill><a:srgbClr val="{INK.lstrip("#").upper()}"/>'
        "</a:solidFill></a:ln></c:spPr></c:errBars>"
    )
    cat = series._element.find("{*}cat")
    cat.addprevious(bars)


def _direction(series: Any) -> str:
    """Bars have their intervals along themselves, and the format forbids to say so."""
    return '<c:errDir val="y"/>' if series.__class__.__name__ == "LineSeries" else ""


def _literal(lengths: Sequence[float]) -> str:
    points = "".join(
        f'<c:pt idx="{place}"><c:v>{length!r}</c:v></c:pt>'
        for place, length in enumerate(map(float, lengths))
        if length == length
    )
    head = f'<c:formatCode>General</c:formatCode><c:ptCount val="{len(lengths)}"/>'
    return f"<c:numLit>{head}{points}</c:numLit>"
