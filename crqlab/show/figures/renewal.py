"""Pictures of renewal: what goes with it, who foretells it, and what may be lost."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from crqlab.language import OWN, language
from crqlab.renewal import Effects, Mediation, RenewalOutlook, RetentionCurves
from crqlab.show import alt_text
from crqlab.show.colours import ACCENT, INK, MUTED, SOFT, WARM
from crqlab.show.number_format import count, number, percent, span
from crqlab.show.tables.renewal import step

MOST = 20  # rows that still can be read
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

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> ax = crq.figures.renewal_effects(crq.renewal.effects(design, models=["logit"]))
    """
    rows = result.of(model).dropna(subset=["ratio", "ratio_low", "ratio_high"])
    rows = rows.sort_values("p", kind="stable").head(MOST).reset_index(drop=True)
    ax = ax or plt.subplots(figsize=(7.2, 1.3 + 0.28 * max(len(rows), 4)))[1]
    if rows.empty:
        return alt_text.nothing(ax, str(result))
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

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> ax = crq.figures.retention(crq.renewal.retention(design))
    """
    ax = ax or plt.subplots(figsize=(6.4, 4.8))[1]
    rows = result.table
    if rows.empty:
        return alt_text.nothing(ax, str(result))
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

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> ax = crq.figures.mediation(crq.renewal.mediation(design, draws=50))
    """
    ax = ax or plt.subplots(figsize=(6.4, 3.4))[1]
    if result.table.empty:
        return alt_text.nothing(ax, str(result))
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

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> outlook = crq.renewal.outlook(design, study.read("accounts"), draws=20)
    >>> ax = crq.figures.revenue_at_risk(outlook.of("C017"))
    """
    single = len(result.table["client_id"].drop_duplicates()) < 2
    rows = _losses(result, single)
    ax = ax or plt.subplots(figsize=(7.2, 1.5 + 0.28 * max(len(rows), 3)))[1]
    if rows.empty:
        return alt_text.nothing(ax, str(result))
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
