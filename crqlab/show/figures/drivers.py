"""Pictures of drivers: what moves outcomes, where a client stands on it, what to fix first."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from numpy.typing import NDArray

from crqlab.base.standards import SURE
from crqlab.show import alt_text
from crqlab.show.colours import ACCENT, INK, LINE, MUTED, PALE, SOFT, WARM, ink
from crqlab.show.number_format import number, percent
from crqlab.show.tables.driver_sentences import ENGLISH, first_said, nothing_said, weights_said

LOOKS = {"all": (INK, "D"), "within": (WARM, "s"), "between": (ACCENT, "o")}
LEGEND = {"all": "all answers", "within": "people within accounts", "between": "between accounts"}
MOST = 20  # rows that still can be read
METHOD = "LMG"


def driver_weights(rows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Shares of drivers, outcome by outcome: within and between accounts, with intervals.

    Parameters
    ----------
    rows : DataFrame
        Table ``driver_weights``, of the panel or of one client and wave. Where no row within
        or between accounts can be estimated, all answers are shown.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rows = study.read("driver_weights").query("scope == 'panel'")
    >>> ax = crq.figures.driver_weights(rows)
    """
    known = rows[(rows["method"] == METHOD) & rows["share"].notna()]
    apart = known[known["level"] != "all"]
    shown = apart if len(apart) else known
    places = shown[["outcome", "driver", "outcome_label", "label"]].drop_duplicates()
    ax = ax or plt.subplots(figsize=(7, 1.6 + 0.27 * max(len(places), 4)))[1]
    if shown.empty:
        return alt_text.nothing(ax, nothing_said(rows))
    place = {key: i for i, key in enumerate(zip(places["outcome"], places["driver"], strict=True))}
    levels = [level for level in LOOKS if (shown["level"] == level).any()]
    for level, shift in zip(levels, np.linspace(-0.17, 0.17, 2), strict=False):
        part = shown[shown["level"] == level]
        keys = zip(part["outcome"], part["driver"], strict=True)
        at = np.array([place[key] for key in keys]) + (shift if len(levels) > 1 else 0)
        _dots(ax, part, at, level)
    new = places["outcome"].ne(places["outcome"].shift()).to_numpy()
    for start in np.flatnonzero(new)[1:]:
        ax.axhline(start - 0.5, color=LINE, linewidth=0.8)
    words = [f"{row.outcome_label}: {row.label}" for row in places.itertuples()]
    ax.set(yticks=range(len(words)), yticklabels=words, ylim=(len(words) - 0.5, -0.5))
    ax.set_xlim(left=0)
    ax.set_xlabel("share of what all drivers explain (%)")
    ax.grid(axis="y", visible=False)
    ax.figure.legend(frameon=False, ncols=2, loc="outside lower center")
    return alt_text.say(ax, weights_said(rows))


def _dots(ax: Axes, part: pd.DataFrame, at: NDArray, level: str) -> None:
    colour, mark = LOOKS[level]
    ax.hlines(at, 100 * part["share_low"], 100 * part["share_high"], color=SOFT, linewidth=3)
    ax.plot(
        100 * part["share"], at, mark, color=colour, markersize=4.5, label=LEGEND[level], zorder=3
    )


def driver_map(rows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Importance by performance of one client, with the panel and its top decile beside.

    Parameters
    ----------
    rows : DataFrame
        Table ``driver_map``, of one client and wave.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rows = crq.drivers.largest(study.read("driver_map"))
    >>> ax = crq.figures.driver_map(rows)
    """
    ax = ax or plt.subplots(figsize=(7, 4.8))[1]
    rows = rows.dropna(subset=["importance", "performance"])
    if rows.empty:
        return alt_text.nothing(ax, "No driver has both importance and performance")
    x, y = 100 * rows["importance"].to_numpy(), rows["performance"].to_numpy()
    target = np.where(rows["top"].notna(), rows["top"], rows["performance"])
    ax.vlines(x, np.minimum(y, target), np.maximum(y, target), color=LINE, linewidth=1.2)
    ax.vlines(x, rows["performance_low"], rows["performance_high"], color=SOFT, linewidth=4)
    ends = 100 * rows[["importance_low", "importance_high"]].to_numpy().T
    ax.hlines(y, *ends, color=SOFT, linewidth=1.5)
    if rows["panel"].notna().any():
        ax.plot(x, rows["panel"], "_", color=MUTED, markersize=13, label="mean of other clients")
        ax.plot(x, rows["top"], "^", color=WARM, markersize=6, label="their top decile")
    ax.plot(x, y, "o", color=ACCENT, markersize=7, label="this client", zorder=4)
    _beside(ax, x, y, rows["label"].tolist())
    ax.set(xlabel="importance (% of what all drivers explain)", ylabel="performance (scale points)")
    ax.set_title(_whose(rows))
    ax.figure.legend(frameon=False, ncols=3, loc="outside lower center")
    return alt_text.say(ax, _likeliest(rows))


def _beside(ax: Axes, x: NDArray, y: NDArray, labels: list[str]) -> None:
    """Write names down the right margin, far enough apart, with a line to each dot."""
    ax.margins(x=0.06, y=0.08)
    low, high = ax.get_ylim()
    gap = (high - low) / max(14, len(labels) + 1)
    order = np.argsort(y, kind="stable")
    spread = y[order].astype(float)
    for i in range(1, len(spread)):
        spread[i] = max(spread[i], spread[i - 1] + gap)
    over = max(0.0, spread[-1] - high)
    spread -= over
    for i in range(len(spread) - 2, -1, -1):
        spread[i] = min(spread[i], spread[i + 1] - gap)
    left, right = ax.get_xlim()
    edge = right + 0.03 * (right - left)
    for place, at in zip(order, spread, strict=True):
        ax.plot([x[place], edge], [y[place], at], color=LINE, linewidth=0.7, zorder=1)
        ax.text(edge, at, f" {labels[place]}", va="center", ha="left", fontsize=9)
    ticks = [tick for tick in ax.get_xticks() if left <= tick <= right]
    ax.set_xlim(left, edge + 0.26 * (right - left))
    ax.set_xticks(ticks)


def _whose(rows: pd.DataFrame) -> str:
    row = rows.iloc[0]
    return f"{row['client_id']}, wave {row['wave']}, n = {row['n']:,} respondents"


def _likeliest(rows: pd.DataFrame) -> str:
    """The first and second driver of a map; whether the first is clear the focus tells alone."""
    order = rows.sort_values(["probability", "pressure"], ascending=False, kind="stable")
    first, second = order.iloc[0], order.iloc[min(1, len(order) - 1)]
    chance = ENGLISH.chance
    return (
        f"{first['client_id']}: {first['label']} is the likeliest one to fix "
        f"({chance(first['probability'])}), then {second['label']} "
        f"({chance(second['probability'])})"
    )


def first_priority(rows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Probability of each driver of being the one to fix, and the evidence beside it.

    Parameters
    ----------
    rows : DataFrame
        Table ``driver_map``, of one client and wave.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rows = crq.drivers.largest(study.read("driver_map"))
    >>> ax = crq.figures.first_priority(rows)
    """
    ax = ax or plt.subplots(figsize=(7, 1.5 + 0.36 * max(len(rows), 3)))[1]
    shown = rows.dropna(subset="probability")
    if shown.empty:
        return alt_text.nothing(ax, "One account or less: no probability can be told")
    order = shown.sort_values(["probability", "pressure"], ascending=False, kind="stable")
    place = np.arange(len(order))
    chance = 100 * order["probability"].to_numpy()
    looks = {"palette": {True: WARM, False: SOFT}, "saturation": 1, "width": 0.62}
    names = list(order["label"])
    sns.barplot(x=chance, y=names, hue=place == 0, order=names, legend=False, ax=ax, **looks)
    ax.axvline(100 * SURE, color=MUTED, linestyle=":")
    for row, at in zip(order.itertuples(), place, strict=True):
        said = f"importance {percent(row.importance)}, gap {number(row.gap, signed=True)}"
        ax.text(103, at, said, va="center", fontsize=8.5, color=MUTED)
    ax.set(xlim=(0, 150), xticks=[0, 20, 40, 60, 80, 100])
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("probability of being the one to fix (%); dotted: a clear single thing")
    ax.set_title(_whose(order))
    return alt_text.say(ax, _likeliest(order))


def manager_priorities(rows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """For each account manager, the likeliest driver to fix and its runner-up.

    Parameters
    ----------
    rows : DataFrame
        Table ``driver_focus``, of one client and wave; rows of other kinds are left out.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rows = study.read("driver_focus", client="C017", wave="2025")
    >>> ax = crq.figures.manager_priorities(rows)
    """
    own = rows[rows["kind"] == "account_manager"].dropna(subset="probability")
    shown = own.sort_values("n_accounts", ascending=False, kind="stable").head(MOST)
    ax = ax or plt.subplots(figsize=(7, 1.6 + 0.42 * max(len(shown), 3)))[1]
    if shown.empty:
        return alt_text.nothing(ax, "Account managers are not known")
    place = np.arange(len(shown))
    first = 100 * shown["probability"].to_numpy()
    second = 100 * shown["runner_up_probability"].to_numpy()
    colours = np.where(shown["clear"], ACCENT, SOFT)
    ax.barh(place, first, color=colours, height=0.66)
    ax.barh(place, second, left=first, color=PALE, height=0.66)
    _named(ax, place, np.zeros(len(shown)), first, shown["label"], colours)
    _named(ax, place, first, second, shown["runner_up_label"], np.full(len(shown), PALE))
    names = [f"{row.unit} ({row.n_accounts})" for row in shown.itertuples()]
    ax.set(yticks=place, yticklabels=names, xlim=(0, 100))
    ax.invert_yaxis()
    ax.grid(visible=False)
    ax.set_xlabel("probability of being the one to fix (%); dark: a clear single thing")
    ax.set_title("Account managers (accounts): likeliest driver, then its runner-up")
    return alt_text.say(
        ax, "; ".join(first_said(shown.iloc[[i]]) for i in range(min(len(shown), 6)))
    )


def _named(
    ax: Axes, place: NDArray, left: NDArray, width: NDArray, labels: pd.Series, colours: NDArray
) -> None:
    """Write names into bars that hold them; about two per cent of the axis a letter."""
    for at, start, reach, label, colour in zip(place, left, width, labels, colours, strict=True):
        if reach > 1.9 * len(str(label)):
            ax.text(
                start + reach / 2,
                at,
                label,
                ha="center",
                va="center",
                fontsize=8.5,
                color=ink(str(colour)),
            )
