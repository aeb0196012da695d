"""Pictures of models that foretell churn: how well, how honestly, and of what use."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from crqlab.language import OWN, language
from crqlab.renewal import ModelComparison
from crqlab.show import alt_text
from crqlab.show.colours import ACCENT, INK, LINE, MUTED, PALE, SOFT, WARM
from crqlab.show.number_format import count, number, percent, span

ENGLISH = language(OWN)

LOOKS = {
    "base_rate": (LINE, ":"),
    "tenure": (LINE, "-"),
    "nps": (WARM, "-"),
    "mean_ltr": ("#e08a3c", "-"),
    "crq": (ACCENT, "-"),
    "trust_and_commitment": (SOFT, "-"),
    "nps_and_crq": (INK, "--"),
    "everything": (INK, "-"),
}


def churn_calibration(
    result: ModelComparison, *, candidate: str = "everything", ax: Axes | None = None
) -> Axes:
    """Foretold against observed churn, by tenths of the contracts.

    Parameters
    ----------
    result : ModelComparison
    candidate : str
        As in column ``candidate``.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> contest = crq.renewal.compare_models(design, machines=False, draws=20)
    >>> ax = crq.figures.churn_calibration(contest)
    """
    ax = ax or plt.subplots(figsize=(5.2, 4.8))[1]
    slope = result.value(candidate, "calibration_slope")
    if slope is None:
        return alt_text.nothing(ax, str(result))
    rows = result.calibration[result.calibration["candidate"] == candidate]
    top = 100 * max(rows["high"].max(), rows["foretold"].max()) * 1.05
    ax.plot([0, top], [0, top], color=LINE, linewidth=1, label="perfect")
    ax.vlines(
        100 * rows["foretold"], 100 * rows["low"], 100 * rows["high"], color=SOFT, linewidth=4
    )
    ax.plot(100 * rows["foretold"], 100 * rows["observed"], "o", color=ACCENT, label="a tenth")
    ax.set(xlabel="churn foretold (%)", ylabel="churn observed (%)", xlim=(0, top), ylim=(0, top))
    said = f"slope {number(slope['estimate'])} ({span(slope['low'], slope['high'])})"
    name = _called(candidate)
    ax.set_title(f"{name}: {said}")
    ax.legend(frameon=False, loc="upper left")
    return alt_text.say(ax, f"Churn foretold by {name} and observed: calibration {said}")


def churn_roc(result: ModelComparison, *, ax: Axes | None = None) -> Axes:
    """Churned accounts met against renewed ones troubled, for every candidate.

    Parameters
    ----------
    result : ModelComparison
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> contest = crq.renewal.compare_models(design, machines=False, draws=20)
    >>> ax = crq.figures.churn_roc(contest)
    """
    ax = ax or plt.subplots(figsize=(5.6, 5.2))[1]
    if result.table.empty:
        return alt_text.nothing(ax, str(result))
    told = []
    for name, (ink, dash) in LOOKS.items():
        rows, area = result.curves, result.value(name, "auc")
        if area is None or name == "base_rate":
            continue
        rows = rows[rows["candidate"] == name]
        words = f"{_called(name)} {number(area['estimate'])}"
        across, up = 100 * (1 - rows["specificity"]), 100 * rows["sensitivity"]
        ax.plot(across, up, color=ink, linestyle=dash, label=words, linewidth=1.6)
        told.append(f"{words} ({span(area['low'], area['high'])})")
    ax.plot([0, 100], [0, 100], color=LINE, linestyle=":")
    ax.set(xlabel="renewed contracts warned of (%)", ylabel="churned contracts warned of (%)")
    ax.set_title(f"{result.n:,} contracts, {result.events:,} churned")
    ax.legend(frameon=False, loc="lower right", title="AUC")
    return alt_text.say(ax, f"AUC out of time: {', '.join(told)}")


def auc_differences(result: ModelComparison, *, ax: Axes | None = None) -> Axes:
    """What CRQ adds to NPS, and the other differences in AUC, with intervals.

    Parameters
    ----------
    result : ModelComparison
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> contest = crq.renewal.compare_models(design, machines=False, draws=20)
    >>> ax = crq.figures.auc_differences(contest)
    """
    rows = result.differences
    if len(rows):
        rows = rows[rows["measure"] == "auc_difference"].dropna(subset="low")
    ax = ax or plt.subplots(figsize=(7.2, 1.4 + 0.42 * max(len(rows), 3)))[1]
    if rows.empty:
        return alt_text.nothing(ax, str(result))
    place = np.arange(len(rows))
    ink = np.where(rows["low"] > 0, ACCENT, np.where(rows["high"] < 0, WARM, MUTED))
    ax.hlines(place, 100 * rows["low"], 100 * rows["high"], color=ink, linewidth=4, alpha=0.4)
    ax.scatter(100 * rows["estimate"], place, color=ink, s=34, zorder=3)
    ax.axvline(0, color=INK, linewidth=1)
    words = [f"{_called(row.first)} over {_called(row.second)}" for row in rows.itertuples()]
    ax.set(yticks=place, xlabel="gain in AUC (hundredths), out of time")
    ax.set_yticklabels(words)
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set_title(f"n = {result.n:,} contracts, {percent(result.level)} intervals by account")
    return alt_text.say(ax, str(result))


def decision_curve(result: ModelComparison, *, ax: Axes | None = None) -> Axes:
    """Net benefit of visiting accounts from a chance of churn on, for every candidate.

    Parameters
    ----------
    result : ModelComparison
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> contest = crq.renewal.compare_models(design, machines=False, draws=20)
    >>> ax = crq.figures.decision_curve(contest)
    """
    ax = ax or plt.subplots()[1]
    if result.table.empty:
        return alt_text.nothing(ax, str(result))
    rows = result.decisions
    for name in ("nps", "crq", "nps_and_crq", "everything"):
        part, (ink, dash) = rows[rows["candidate"] == name], LOOKS[name]
        if len(part):
            ax.plot(100 * part["threshold"], 100 * part["net_benefit"], color=ink, linestyle=dash,
                    label=_called(name))  # fmt: skip
            if name == "everything":
                ax.fill_between(100 * part["threshold"], 100 * part["low"], 100 * part["high"],
                                color=PALE, zorder=0)  # fmt: skip
    every = rows.drop_duplicates("threshold")
    ax.plot(100 * every["threshold"], 100 * every["act_on_all"], color=LINE, label="visit all")
    ax.axhline(0, color=MUTED, linestyle=":", label="visit nobody")
    top = 100 * rows["high"].max()
    ax.set(xlabel="visit from a chance of churn of (%)", ylim=(-0.25 * top, 1.1 * top))
    ax.set_ylabel("net benefit (churns met per 100)")
    ax.legend(frameon=False)
    return alt_text.say(ax, _benefit(rows, result))


def _benefit(rows: pd.DataFrame, result: ModelComparison) -> str:
    at = rows[np.isclose(rows["threshold"], 0.2)].set_index("candidate")["net_benefit"]
    told = ", ".join(
        f"{_called(name)} {number(100 * at[name], 1)}"
        for name in ("nps", "crq", "everything")
        if name in at
    )
    return (
        f"Net benefit of visits from a chance of churn of {percent(0.2)}, churns met per 100 "
        f"contracts: {told}; n = {count(result.n, 'contract')}"
    )


def _called(candidate: str) -> str:
    return ENGLISH.say(f"candidate.{candidate}")
