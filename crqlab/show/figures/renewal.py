"""Pictures of renewal: what goes with it, who foretells it, and what may be lost."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from crqlab.language import OWN, language
from crqlab.renewal import Effects, Mediation, ModelComparison, RenewalOutlook, RetentionCurves
from crqlab.show import alt_text
from crqlab.show.colours import ACCENT, INK, LINE, MUTED, PALE, SOFT, WARM
from crqlab.show.number_format import count, number, percent, span
from crqlab.show.tables.renewal import step

MOST = 20  # rows that still can be read
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
BANDS = {"high": (ACCENT, "-"), "middle": (SOFT, "-"), "low": (WARM, "-"), "silent": (MUTED, "--")}
KINDS = {"renewal_odds": "x odds of renewal", "churn_hazard": "x hazard of churn"}
ENGLISH = language(OWN)


def renewal_effects(result: Effects, *, model: str = "logit", ax: Axes | None = None) -> Axes:
    """What each covariate multiplies the odds of renewal with, the clearest first.

    Parameters
    ----------
    result : Effects
    model : str
        ``logit``, ``cloglog``, ``random intercept`` or ``cox``.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes
    """
    rows = result.of(model).dropna(subset=["ratio", "ratio_low", "ratio_high"])
    rows = rows.sort_values("p", kind="stable").head(MOST).reset_index(drop=True)
    ax = ax or plt.subplots(figsize=(7.2, 1.3 + 0.28 * max(len(rows), 4)))[1]
    if rows.empty:
        return _nothing(ax, str(result))
    place = np.arange(len(rows))
    better = rows["ratio"] > 1 if rows["tells"].iloc[0] == "renewal_odds" else rows["ratio"] < 1
    sure = (rows["ratio_low"] > 1) | (rows["ratio_high"] < 1)
    ink = np.where(~sure, MUTED, np.where(better, ACCENT, WARM))
    ax.hlines(place, rows["ratio_low"], rows["ratio_high"], color=ink, linewidth=3, alpha=0.4)
    ax.scatter(rows["ratio"], place, color=ink, s=26, zorder=3)
    ax.axvline(1, color=INK, linewidth=1)
    ax.set_xscale("log")
    _plain_ticks(ax, rows)
    ax.set(yticks=place, xlabel=f"{KINDS[rows['tells'].iloc[0]]} for the step named")
    ax.set_yticklabels([step(term) for term in rows["term"]])
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    n, lost = rows["n"].iloc[0], rows["events"].iloc[0]
    ax.set_title(f"{n:,} contracts, {lost:,} churned, {percent(result.level)} intervals", x=0)
    return alt_text.say(ax, "; ".join(map(_effect, rows.head(3).itertuples())))


def _effect(row: tuple) -> str:
    ends = span(row.ratio_low, row.ratio_high)
    return f"{step(row.term)}: {KINDS[row.tells]} {number(row.ratio)} ({ends})"


def _plain_ticks(ax: Axes, rows: pd.DataFrame) -> None:
    """Label a scale of ratios with numbers that people know."""
    low, high = rows["ratio_low"].min(), rows["ratio_high"].max()
    ticks = np.array([0.05, 0.1, 0.2, 0.33, 0.5, 0.67, 1, 1.5, 2, 3, 5, 10, 20])
    kept = ticks[(ticks >= low * 0.9) & (ticks <= high * 1.1)]
    ax.set_xticks(kept, [f"{tick:g}" for tick in kept])
    ax.minorticks_off()
    ax.set_xlim(max(low * 0.9, 0.01), min(high * 1.1, 100))


def retention(result: RetentionCurves, *, ax: Axes | None = None) -> Axes:
    """Share of accounts that stay, by score band, with the numbers at risk below.

    Parameters
    ----------
    result : RetentionCurves
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes
    """
    ax = ax or plt.subplots(figsize=(6.4, 4.8))[1]
    rows = result.table
    if rows.empty:
        return _nothing(ax, str(result))
    present = [band for band in BANDS if (rows["band"] == band).any()]
    for band in present:
        part, (ink, dash) = rows[rows["band"] == band], BANDS[band]
        ax.fill_between(
            part["years"], 100 * part["low"], 100 * part["high"], color=ink, alpha=0.15, step="post"
        )
        ax.step(
            part["years"],
            100 * part["staying"],
            color=ink,
            linestyle=dash,
            where="post",
            label=band,
        )
    ax.set(ylabel="still customers (%)")
    ax.set_ylim(max(0, 100 * rows["low"].min() - 3), 100.5)
    ax.legend(frameon=False, loc="lower left", title=_cut(result))
    _at_risk(ax, rows, present)
    return alt_text.say(ax, str(result))


def _cut(result: RetentionCurves) -> str:
    low, high = (number(cut, 1) for cut in result.cuts)
    return f"CRQ: low to {low}, high from {high}"


def _at_risk(ax: Axes, rows: pd.DataFrame, present: list[str]) -> None:
    """Write the numbers at risk under the axis, one line per band."""
    grid = rows["years"].unique()
    times = grid[np.linspace(0, len(grid) - 1, 5).round().astype(int)]
    wide = rows.pivot_table(index="years", columns="band", values="n_at_risk")[present]
    lines = [[number(time, 2), "", *(f"{n:,.0f}" for n in wide.loc[time])] for time in times]
    ax.set_xticks(times, ["\n".join(line) for line in lines])
    names = ["", "", *present]
    ax.annotate("\n".join(names), (0, 0), (-52, -7), xycoords="axes fraction", ha="left",
                textcoords="offset points", va="top", color=MUTED)  # fmt: skip
    ax.set_xlabel("years since the survey; below: accounts still followed")


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
    """
    ax = ax or plt.subplots(figsize=(5.2, 4.8))[1]
    slope = result.value(candidate, "calibration_slope")
    if slope is None:
        return _nothing(ax, str(result))
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
    """
    ax = ax or plt.subplots(figsize=(5.6, 5.2))[1]
    if result.table.empty:
        return _nothing(ax, str(result))
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
    """
    rows = result.differences
    if len(rows):
        rows = rows[rows["measure"] == "auc_difference"].dropna(subset="low")
    ax = ax or plt.subplots(figsize=(7.2, 1.4 + 0.42 * max(len(rows), 3)))[1]
    if rows.empty:
        return _nothing(ax, str(result))
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


def mediation(result: Mediation, *, ax: Axes | None = None) -> Axes:
    """Trust, commitment and renewal as boxes, with the estimates on the arrows.

    Parameters
    ----------
    result : Mediation
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes
    """
    ax = ax or plt.subplots(figsize=(6.4, 3.4))[1]
    if result.table.empty:
        return _nothing(ax, str(result))
    ax.set_axis_off()
    ax.set(xlim=(0, 10), ylim=(0, 5.4))
    places = {"trust": (1.4, 1.0), "commitment": (5.0, 4.3), "renewal": (8.6, 1.0)}
    arrow = {"arrowstyle": "-|>", "color": MUTED, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0}
    ends = {
        "trust to commitment": ((1.9, 1.5), (4.2, 3.8), (2.2, 2.9)),
        "commitment to renewal": ((5.8, 3.8), (8.1, 1.5), (7.8, 2.9)),
        "trust to renewal": ((2.8, 1.0), (7.2, 1.0), (5.0, 0.62)),
    }
    for path, (start, end, at) in ends.items():
        ax.annotate("", end, start, arrowprops=arrow)
        row = result.value(path)
        words = f"{number(row['estimate'])} ({span(row['low'], row['high'])})"
        ax.text(*at, words, ha="center", va="center", fontsize=9)
    for name, (x, y) in places.items():
        ax.text(x, y, name, ha="center", va="center", bbox=_BOX)
    ax.text(5.0, 2.1, _through(result), ha="center", va="center", fontsize=9, color=INK)
    n = int(result.value("total")["n"])
    ax.set_title(f"{n:,} contracts; slopes, {percent(result.level)} intervals by account")
    return alt_text.say(ax, str(result))


_BOX = {"boxstyle": "round,pad=0.5", "facecolor": "#cfe3f2", "edgecolor": MUTED}


def _through(result: Mediation) -> str:
    share = result.value("share mediated")
    ends = f"{percent(share['low'])} to {percent(share['high'])}"
    return f"through commitment: {percent(share['estimate'])}\n({ends}) of the whole effect"


def revenue_at_risk(result: RenewalOutlook, *, ax: Axes | None = None) -> Axes:
    """Accounts of one client, or clients of a panel, by expected loss, with intervals.

    Parameters
    ----------
    result : RenewalOutlook
        Of one client (take it with ``of``): its accounts; else clients.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes
    """
    single = len(result.table["client_id"].drop_duplicates()) < 2
    rows = _losses(result, single)
    ax = ax or plt.subplots(figsize=(7.2, 1.5 + 0.28 * max(len(rows), 3)))[1]
    if rows.empty:
        return _nothing(ax, str(result))
    place = np.arange(len(rows))
    value, low, high = (rows[name] / 1000 for name in ("expected_loss", "from", "to"))
    looks = {"palette": {True: WARM, False: SOFT}, "saturation": 1, "width": 0.7}
    silent = rows["silent"].to_numpy(bool)
    sns.barplot(x=value.to_numpy(), y=list(rows["name"]), hue=silent, legend=False, ax=ax, **looks)
    ax.hlines(place, low, high, color=INK, linewidth=1.2)
    ax.set(xlabel="revenue expected to be lost a year (thousand)")
    ax.set_xlim(left=0)
    ax.grid(axis="y", visible=False)
    line = "error of the model" if single else "error of the model, and chance"
    what = f"{count(len(rows), 'account' if single else 'client')} with the most to lose"
    ax.set_title(f"{what}; line: {line}{'; orange: silent' * bool(rows['silent'].any())}")
    return alt_text.say(ax, f"{result}. The most is expected to be lost at {rows['name'].iloc[0]}")


def _losses(result: RenewalOutlook, single: bool) -> pd.DataFrame:
    if single:
        rows = result.table.dropna(subset="expected_loss")
        ends = {"from": rows["expected_low"], "to": rows["expected_high"]}
        rows = rows.assign(name=rows["account_id"], **ends)
    else:
        rows = result.at_risk[result.at_risk["scope"] == "client"]
        ends = {"from": rows["loss_low"], "to": rows["loss_high"]}
        rows = rows.assign(name=rows["client_id"], silent=False, **ends)
    return rows.sort_values("expected_loss", ascending=False, kind="stable").head(15)


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
    """
    ax = ax or plt.subplots()[1]
    if result.table.empty:
        return _nothing(ax, str(result))
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


def _nothing(ax: Axes, sentence: str) -> Axes:
    ax.set_axis_off()
    ax.text(0.5, 0.5, sentence, ha="center", va="center", color=MUTED, wrap=True)
    return alt_text.say(ax, sentence)
