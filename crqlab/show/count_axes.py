"""Axes on which things are counted: whole numbers, never half a client."""

from __future__ import annotations

from typing import Any

from matplotlib.ticker import MaxNLocator, StrMethodFormatter


def counted(axis: Any) -> None:
    """Let an axis carry whole numbers alone, with marks between thousands.

    Parameters
    ----------
    axis : matplotlib Axis
        ``ax.xaxis`` or ``ax.yaxis``.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().subplots()
    >>> ax.set_ylim(0, 2), counted(ax.yaxis)
    ((0.0, 2.0), None)
    >>> [tick.get_text() for tick in ax.get_yticklabels()]
    ['0', '1', '2']
    """
    axis.set_major_locator(MaxNLocator("auto", integer=True))
    axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
