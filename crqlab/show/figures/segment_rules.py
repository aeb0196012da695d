"""Pictures of the rules of segments: what a moved cut does, and where the panel would cut."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from crqlab.show import alt_text
from crqlab.show.colours import ACCENT, INK, SOFT, WARM
from crqlab.show.number_format import number, percent


def segment_sensitivity(rows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """How many accounts change their segment when one cut moves a little, down and up.

    Parameters
    ----------
    rows : DataFrame
        Table ``segment_sensitivity``.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> ax = crq.figures.segment_sensitivity(study.read("segment_sensitivity"))
    """
    ax = ax or plt.subplots(figsize=(6.4, 3.4))[1]
    moves = rows.drop_duplicates(["score", "cut", "change"])
    if moves.empty:
        return alt_text.nothing(ax, "No cut can be moved")
    long = pd.DataFrame({
        "cut": [f"{row.score} {row.cut:g}" for row in moves.itertuples()],
        "step": [f"cut {number(change, signed=True)}" for change in moves["change"]],
        "moved": 100 * moves["moved"].to_numpy(),
        "up": (moves["change"] > 0).to_numpy(),
    })  # fmt: skip
    steps = long.sort_values("up", kind="stable")["step"].unique()
    inks = dict(zip(steps, (WARM, ACCENT), strict=True))
    looks = {"palette": inks, "hue_order": steps, "saturation": 1, "width": 0.76}
    sns.barplot(long, x="moved", y="cut", hue="step", ax=ax, **looks)
    ax.set(ylabel="", xlabel="accounts in another segment (%)")
    ax.grid(axis="y", visible=False)
    ax.legend(frameon=False)
    most = moves.loc[moves["moved"].idxmax()]
    sentence = (
        f"Accounts in another segment when one cut moves by {number(abs(most['change']))}: most, "
        f"{percent(most['moved'])}, at {most['score']} {most['cut']:g}"
    )
    return alt_text.say(ax, sentence)


def segment_cuts(rows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Cuts in use beside those that the panel suggests, with intervals.

    Parameters
    ----------
    rows : DataFrame
        Table ``segment_cuts``.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> ax = crq.figures.segment_cuts(study.read("segment_cuts"))
    """
    ax = ax or plt.subplots(figsize=(6.4, 1.3 + 0.32 * max(len(rows), 3)))[1]
    if rows.empty:
        return alt_text.nothing(ax, "This panel is too small to suggest cuts")
    place = np.arange(len(rows))
    ax.hlines(place, rows["low"], rows["high"], color=SOFT, linewidth=6)
    ax.plot(rows["cut"], place, "o", color=INK, label="suggested")
    ax.plot(rows["old"], place, "|", color=WARM, markersize=14, markeredgewidth=2, label="in use")
    labels = [f"{r.score} ({r.segments}), by {r.by}" for r in rows.itertuples()]
    ax.set(
        yticks=place, yticklabels=labels, ylim=(len(rows) - 0.4, -0.6), xlabel="cut (scale points)"
    )
    ax.grid(axis="y", visible=False)
    ax.figure.legend(
        *ax.get_legend_handles_labels(), frameon=False, ncols=2, loc="outside lower center"
    )
    told = ", ".join(f"{r.score} {r.old:g}: {number(r.cut)} by {r.by}" for r in rows.itertuples())
    return alt_text.say(ax, f"Cuts in use and as suggested: {told}")
