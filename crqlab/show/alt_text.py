"""Alternative text for pictures: what a figure shows, in one sentence with its key numbers.

A figure carries its sentence as its label. In a notebook the sentence travels with the picture as
the output's plain text, and a page takes it from there.
"""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crqlab.show.colours import MUTED


def say(ax: Axes, sentence: str) -> Axes:
    """Give the figure of these axes its sentence, or add one to what it says already.

    Parameters
    ----------
    ax : Axes
    sentence : str
        What the picture shows, with its key numbers.

    Returns
    -------
    Axes
        The same axes.

    Examples
    --------
    >>> axes = say(Figure().subplots(), "CRQ rose from 5.1 to 5.3")
    >>> said(axes.figure)
    'CRQ rose from 5.1 to 5.3'
    """
    before = ax.figure.get_label()
    ax.figure.set_label(f"{before}. {sentence}" if before else sentence)
    register()  # the first figure of a notebook makes Jupyter forget how to print figures
    return ax


def nothing(ax: Axes, why: str) -> Axes:
    """Say in the picture's place why there is none."""
    look = {"ha": "center", "va": "center", "wrap": True, "color": MUTED}
    ax.text(0.5, 0.5, why, transform=ax.transAxes, **look)
    ax.set_axis_off()
    return say(ax, why)


def said(figure: Figure) -> str:
    """Return a figure's sentence; without one, matplotlib's own description."""
    return str(figure.get_label()) or repr(figure)


def register() -> None:
    """Let notebooks keep each figure's sentence beside its picture; does nothing elsewhere."""
    shell = _shell()
    if shell is not None:
        formatter = shell.display_formatter.formatters["text/plain"]
        formatter.for_type(Figure, lambda figure, printer, cycle: printer.text(said(figure)))


def _shell() -> Any:
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()
