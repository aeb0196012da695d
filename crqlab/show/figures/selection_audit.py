"""The selection audit as a funnel: how far from peers, against how much chance allows."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from crqlab.language import OWN, language
from crqlab.show import alt_text
from crqlab.show.colours import ACCENT, INK, SOFT, WARM
from crqlab.show.number_format import count, number

#: Account managers whose own limits can still be told apart, and questions that can be named.
FEW, NAMED = 40, 6


def funnel(rows: pd.DataFrame, *, topic: str = "scores", ax: Axes | None = None) -> Axes:
    """Every account manager's difference from peers over the accounts that carry it.

    Pale bars are the limits inside which an honest account manager with these accounts would
    mostly lie; for many account managers a curve shows the typical ones. Triangles are worth
    asking about.

    Parameters
    ----------
    rows : DataFrame
        ``table`` of `crqlab.participation.audit`, of one client and wave or of many.
    topic : str
        As in column ``topic``.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> ax = crq.figures.funnel(study.read("audit"))
    """
    ax = ax or plt.subplots()[1]
    kept = rows[(rows["topic"] == topic) & rows["p"].notna()]
    if kept.empty:
        ax.set_axis_off()
        sentence = f"Nothing to show about {topic}: no account manager could be compared"
        ax.text(0.5, 0.5, sentence, ha="center", va="center", color=INK, wrap=True)
        return alt_text.say(ax, sentence)
    raised = kept["raised"].to_numpy(bool)
    _limits(ax, kept)
    for some, marker, colour, label in (
        (kept[~raised], "o", ACCENT, "account manager"),
        (kept[raised], "^", WARM, "worth asking about"),
    ):
        ax.plot(some["n_accounts"], some["value"], marker, color=colour, markersize=6, label=label)
    _names(ax, kept[raised])
    ax.set(xlabel="accounts compared", ylabel=f"found minus expected ({_unit(kept)})")
    ax.set_title(_question(kept), loc="left")
    ax.margins(y=0.12)
    ax.legend(frameon=False)
    return alt_text.say(ax, _sentence(kept, topic))


def _limits(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw everybody's own limits while they can be told apart, else the typical funnel."""
    half, n = (rows["high"] - rows["low"]) / 2, rows["n_accounts"]
    ax.axhline(0, color=INK, linewidth=1)
    if len(rows) <= FEW:
        ax.vlines(n, -half, half, color=SOFT, linewidth=6, alpha=0.5, label="limits of chance")
        return
    grid = np.linspace(n.min(), max(n.max(), n.min() + 1), 200)
    typical = float((half * np.sqrt(n)).median()) / np.sqrt(grid)
    ax.plot(grid, typical, color=INK, linewidth=1, linestyle="--", label="typical limits of chance")
    ax.plot(grid, -typical, color=INK, linewidth=1, linestyle="--")


def _names(ax: Axes, raised: pd.DataFrame) -> None:
    if len(raised) > NAMED:
        return
    middle = sum(ax.get_xlim()) / 2
    for row in raised.itertuples():
        left = row.n_accounts > middle
        ax.annotate(
            str(row.account_manager),
            (row.n_accounts, row.value),
            xytext=(-9 if left else 9, 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center",
            color=INK,
        )


def _question(rows: pd.DataFrame) -> str:
    asked = rows["question"].unique()
    if len(asked) > 1:
        return "Is there a reason why one role is so frequent?"
    return language(OWN).coded("question", asked[0])


def _unit(rows: pd.DataFrame) -> str:
    return rows["unit"].iloc[0].replace("_", " ")


def _sentence(rows: pd.DataFrame, topic: str) -> str:
    raised = rows[rows["raised"].to_numpy(bool)]
    said = (
        f"{count(len(rows), 'account manager')} compared with peers on {topic}, in "
        f"{_unit(rows)} found minus expected, over the accounts compared; "
        "limits widen where accounts are few"
    )
    if raised.empty:
        return f"{said}. None is worth asking about"
    listed = ", ".join(
        f"{row.account_manager} ({number(row.value, signed=True)}, "
        f"{count(row.n_accounts, 'account')})"
        for row in raised.head(NAMED).itertuples()
    )
    more = f" and {len(raised) - NAMED} more" if len(raised) > NAMED else ""
    return f"{said}. Worth asking about: {listed}{more}"
