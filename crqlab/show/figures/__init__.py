"""Pictures for exploration in notebooks: one function, one picture, drawn on given axes.

Importing this module sets the house's style and lets notebooks keep alternative texts.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from crqlab.show import alt_text
from crqlab.show.colours import ACCENT, INK, MUTED, SOFT
from crqlab.show.figures.construct import (
    crq_by_nps,
    invariance_ladder,
    loadings,
    path_diagram,
    relations,
    verdicts,
)
from crqlab.show.figures.participation import (
    completion_histogram,
    concentration,
    coverage,
    nonresponse,
    silent_accounts,
    wave_plan,
)
from crqlab.show.figures.scores import agreement, changes, quadrants, shrinkage
from crqlab.show.figures.selection_audit import funnel
from crqlab.show.number_format import count, number, percent, quantity, span

__all__ = [
    "account_scores",
    "agreement",
    "answers",
    "changes",
    "client_scores",
    "completion_histogram",
    "concentration",
    "coverage",
    "crq_by_nps",
    "funnel",
    "invariance_ladder",
    "loadings",
    "nonresponse",
    "path_diagram",
    "quadrants",
    "relations",
    "shrinkage",
    "silent_accounts",
    "spread",
    "verdicts",
    "wave_plan",
    "waves",
]

#: Pictures whose modules are loaded when the first of them is drawn.
_LATER = {
    **dict.fromkeys(
        ("decile_ladder", "industry_ridges", "position_strip", "release_shift"),
        "crqlab.show.figures.benchmark",
    ),
    **dict.fromkeys(
        (
            *("auc_differences", "churn_calibration", "churn_roc", "decision_curve", "mediation"),
            *("renewal_effects", "retention", "revenue_at_risk"),
        ),
        "crqlab.show.figures.renewal",
    ),
    **dict.fromkeys(
        ("driver_map", "driver_weights", "first_priority", "manager_priorities"),
        "crqlab.show.figures.drivers",
    ),
    **dict.fromkeys(
        (
            *("membership", "segment_cuts", "segment_map", "segment_migration"),
            *("segment_renewal", "segment_sensitivity", "segment_shares"),
        ),
        "crqlab.show.figures.segments",
    ),
}

plt.style.use(Path(__file__).with_name("crq.mplstyle"))
alt_text.register()


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_LATER])


def account_scores(rows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Shrunken scores of accounts with their intervals, the highest first, raw means hollow.

    Parameters
    ----------
    rows : DataFrame
        Table ``account_scores``, of one client and wave.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes
    """
    ax = ax or plt.subplots()[1]
    ordered = rows.sort_values("shrunken", ascending=False, ignore_index=True)
    place = np.arange(1, len(ordered) + 1)
    ax.vlines(place, ordered["shrunken_low"], ordered["shrunken_high"], color=SOFT, linewidth=2)
    ax.plot(place, ordered["crq"], "o", color=MUTED, fillstyle="none", markersize=4, label="mean")
    ax.plot(place, ordered["shrunken"], "o", color=ACCENT, markersize=4, label="shrunken")
    ax.set(xlabel="account, by rank", ylabel="CRQ (scale points)")
    ax.set_title(f"{count(len(ordered), 'account')}, bars are intervals of the shrunken score")
    ax.legend(frameon=False)
    ends = ordered["shrunken"].agg(["max", "min"])
    sentence = (
        f"Shrunken CRQ scores of {count(len(ordered), 'account')}, from {number(ends['max'])} down "
        f"to {number(ends['min'])}, each with its interval"
    )
    return alt_text.say(ax, sentence)


def client_scores(rows: pd.DataFrame, *, measure: str = "crq", ax: Axes | None = None) -> Axes:
    """One measure of many clients of one wave with intervals, the highest first.

    Parameters
    ----------
    rows : DataFrame
        Table ``client_scores``, of one wave; everyone counts once, the first method listed.
    measure : str
        As in column ``measure``.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes
    """
    ax = ax or plt.subplots()[1]
    kept = rows[(rows["measure"] == measure) & (rows["roll_up"] == "respondents")]
    kept = kept.drop_duplicates("client_id").sort_values("value", ascending=False)
    place = np.arange(1, len(kept) + 1)
    ax.vlines(place, kept["low"], kept["high"], color=SOFT, linewidth=2)
    ax.plot(place, kept["value"], "o", color=ACCENT, markersize=4)
    ax.set(xlabel="client, by rank", ylabel=quantity(measure))
    ax.set_title(f"{count(len(kept), 'client')}, bars are {percent(kept['level'].max())} intervals")
    middle = kept["value"].median()
    sentence = (
        f"{quantity(measure)} of {count(len(kept), 'client')}: half lie above {number(middle)}, "
        f"the highest at {number(kept['value'].max())}, the lowest at "
        f"{number(kept['value'].min())}"
    )
    return alt_text.say(ax, sentence)


def waves(rows: pd.DataFrame, *, measure: str = "crq", ax: Axes | None = None) -> Axes:
    """One measure of one client, wave by wave, with intervals.

    Parameters
    ----------
    rows : DataFrame
        Table ``client_scores``, of one client; everyone counts once, the first method listed.
    measure : str
        As in column ``measure``.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes
    """
    ax = ax or plt.subplots()[1]
    kept = rows[(rows["measure"] == measure) & (rows["roll_up"] == "respondents")]
    kept = kept.drop_duplicates("wave").sort_values("wave")
    ax.vlines(kept["wave"], kept["low"], kept["high"], color=SOFT, linewidth=4)
    ax.plot(kept["wave"], kept["value"], "o-", color=ACCENT, linewidth=1)
    ax.set(xlabel="wave", ylabel=quantity(measure))
    told = ", ".join(
        f"{row.wave} {number(row.value)} ({span(row.low, row.high)})" for row in kept.itertuples()
    )
    return alt_text.say(ax, f"{quantity(measure)} by wave with intervals: {told}")


def answers(rows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """How many respondents gave each answer to "likely to recommend".

    Parameters
    ----------
    rows : DataFrame
        Table ``respondents`` or ``responses``.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes
    """
    ax = ax or plt.subplots()[1]
    given = rows["ltr"].dropna().astype(int)
    n = np.bincount(given, minlength=11)
    ax.bar(np.arange(11), n, color=ACCENT, width=0.8)
    ax.set(xlabel="likely to recommend (0-10)", ylabel="respondents", xticks=np.arange(11))
    ax.grid(axis="x", visible=False)
    ax.set_title(f"n = {len(given):,} respondents")
    often = f", most often {int(n.argmax())}" if len(given) else ""
    return alt_text.say(ax, f"Answers of {count(len(given), 'respondent')} from 0 to 10{often}")


def spread(rows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """How respondents' CRQ scores lie.

    Parameters
    ----------
    rows : DataFrame
        Table ``respondents``.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes
    """
    ax = ax or plt.subplots()[1]
    scores = rows["crq"].dropna()
    ax.hist(scores, bins=24, color=SOFT, edgecolor="white")
    ax.axvline(scores.median(), color=INK, linewidth=1.5)
    ax.set(xlabel="CRQ (scale points)", ylabel="respondents")
    ax.set_title(f"n = {len(scores):,} respondents, line at the median")
    low, high = scores.quantile([0.1, 0.9])
    sentence = (
        f"CRQ of {count(len(scores), 'respondent')}: half lie above {number(scores.median())}, "
        f"four fifths between {span(low, high)}"
    )
    return alt_text.say(ax, sentence)
