"""Pictures of the panel: where its cuts lie, how industries differ, where a client stands."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from crqlab.base.standards import FEW_CLIENTS
from crqlab.base.waves import in_order
from crqlab.benchmark import Positions, Scores
from crqlab.show import alt_text
from crqlab.show.colours import ACCENT, INK, PALE, SOFT, WARM
from crqlab.show.number_format import count, decimals, number, percent, quantity, span

MOST = 14  # ridges or measures that still can be read
RATES = ("completion", "revenue_coverage")


def decile_ladder(rows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Cuts of one cell as rungs, each with its interval; scores run to the right.

    Parameters
    ----------
    rows : DataFrame
        What `DecileTable.cell` returns: one row per share.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rules = crq.benchmark.Rules(10, 1)
    >>> found = crq.benchmark.findings(study, rules=rules, draws=20)
    >>> ax = crq.figures.decile_ladder(found.ladder("crq"))
    """
    ax = ax or plt.subplots(figsize=(6.4, 4.2))[1]
    if rows.empty:
        return alt_text.nothing(ax, "No cell of the panel may be shown")
    share, cut = 100 * rows["share"].to_numpy(float), rows["estimate"].to_numpy(float)
    ends = rows[["low", "high"]].to_numpy(float)
    closed = np.where(np.isnan(ends), cut[:, None], ends)
    ax.hlines(share, closed[:, 0], closed[:, 1], color=SOFT, linewidth=6)
    ax.plot(cut, share, "o", color=INK, markersize=5)
    is_open = np.isnan(ends).any(axis=1)
    ax.plot(cut[is_open], share[is_open], "o", color="white", markersize=2.5)
    first = rows.iloc[0]
    ax.axhline(90, color=WARM, linestyle="--", linewidth=1)
    words = "Unique: the top tenth" if first["measure"] == "crq" else "the top tenth"
    ax.text(0.01, 91, words, color=WARM, va="bottom", transform=_across(ax))
    ax.set(ylim=(0, 100), yticks=np.arange(10, 100, 10))
    ax.set(xlabel=_quantity(first["measure"]), ylabel=f"{first['unit']}s below (%)")
    ax.set_title(
        f"{count(int(first['n_clients']), 'client')}, bars are {percent(first['level'])} intervals"
        + (", white dots: open" if is_open.any() else "")
    )
    top = rows.iloc[-1]
    places = decimals(first["measure"])
    said = (
        f"Cuts of {_quantity(first['measure'])} over {count(int(first['n_clients']), 'client')}: "
        f"{percent(top['share'])} lie below {number(top['estimate'], places)} "
        f"({span(top['low'], top['high'], places)}), {percent(first['share'])} below "
        f"{number(first['estimate'], places)} ({span(first['low'], first['high'], places)})"
    )
    return alt_text.say(ax, said)


def _across(ax: Axes):
    return ax.get_yaxis_transform()


def industry_ridges(
    scores: Scores, *, measure: str = "crq", wave: str | None = None, ax: Axes | None = None
) -> Axes:
    """How client scores lie in each industry, one ridge each, the highest median on top.

    Parameters
    ----------
    scores : Scores
        From `crqlab.benchmark.client_scores`.
    measure : str
    wave : str, optional
        All waves if left out; then a client counts once for each.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rules = crq.benchmark.Rules(10, 1)
    >>> found = crq.benchmark.findings(study, rules=rules, draws=20)
    >>> ax = crq.figures.industry_ridges(found.clients)
    """
    rows = scores.table if wave is None else scores.table[scores.table["wave"] == wave]
    rows = rows[rows[measure].notna() & rows["industry"].notna()]
    sizes = rows.groupby("industry")["client_id"].nunique()
    kept = sizes[sizes >= FEW_CLIENTS].index
    middle = rows[rows["industry"].isin(kept)].groupby("industry")[measure].median()
    names = middle.sort_values(ascending=False).index[:MOST]
    ax = ax or plt.subplots(figsize=(6.4, 1.2 + 0.55 * max(len(names), 3)))[1]
    if not len(names):
        return alt_text.nothing(ax, f"No industry has {FEW_CLIENTS} clients")
    named = {name: f"{name} ({sizes[name]} clients)" for name in names}
    shown = rows[rows["industry"].isin(names)].assign(who=rows["industry"].map(named))
    looks = {
        "palette": [SOFT, SOFT],
        "linecolor": ACCENT,
        "linewidth": 1,
        "saturation": 1,
        "inner": None,
    }
    looks |= {"density_norm": "width", "width": 0.9, "order": list(named.values())}
    half = {"hue": True, "hue_order": [True, False], "split": True, "legend": False}
    sns.violinplot(shown, x=measure, y="who", ax=ax, **half, **looks)
    place = np.arange(len(names))
    ax.vlines(middle[names], place - 0.45, place, color=INK, linewidth=1.5, zorder=4)
    ax.grid(axis="y", visible=False)
    ax.set(xlabel=_quantity(measure), ylabel="", ylim=(len(names) - 0.85, -1))
    ax.set_title("Lines at medians" + (f", wave {wave}" if wave else ", all waves"))
    told = ", ".join(f"{name} {number(middle[name], decimals(measure))}" for name in names)
    return alt_text.say(ax, f"{_quantity(measure)} by industry, medians: {told}")


def position_strip(
    result: Positions, client: str, *, wave: str | None = None, ax: Axes | None = None
) -> Axes:
    """Where a client stands in every measure, from 0 to 100 % of its peers below, by deciles.

    Parameters
    ----------
    result : Positions
    client : str
    wave : str, optional
        The client's last one if left out.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rules = crq.benchmark.Rules(10, 1)
    >>> found = crq.benchmark.findings(study, rules=rules, draws=20)
    >>> ax = crq.figures.position_strip(found.positions, "C017")
    """
    rows = result.table[result.table["client_id"] == client]
    wave = wave or (in_order(rows["wave"])[-1] if len(rows) else None)
    rows = rows[(rows["wave"] == wave) & rows["decile"].notna()]
    front = rows["measure"].map({"crq": 0, "nps": 1}).fillna(2)
    rows = rows.assign(front=front).sort_values(["front", "percentile"], ascending=[True, False])
    rows = rows.head(2 + MOST)
    ax = ax or plt.subplots(figsize=(6.4, 1.4 + 0.3 * max(len(rows), 4)))[1]
    if rows.empty:
        return alt_text.nothing(ax, f"There is nobody to compare {client} with")
    place = np.arange(len(rows))
    for tenth in range(0, 10, 2):
        ax.axvspan(10 * tenth, 10 * (tenth + 1), color=PALE, alpha=0.5, linewidth=0, zorder=0)
    ends = 100 * rows[["percentile_low", "percentile_high"]].to_numpy(float)
    ax.hlines(place, ends[:, 0], ends[:, 1], color=SOFT, linewidth=6, zorder=2)
    top = (rows["decile"] == 10).to_numpy()
    colours = np.where(top, WARM, ACCENT)
    ax.scatter(100 * rows["percentile"], place, c=colours, s=34, zorder=3)
    ax.set(yticks=place, xlim=(-1, 101), xticks=np.arange(0, 101, 10))
    ax.set_yticklabels([_named(name) for name in rows["measure"]])
    ax.set(ylim=(len(rows) - 0.5, -0.5), xlabel="peers below (%); bands are deciles")
    ax.grid(visible=False)
    ax.set_title(f"{client}, wave {wave}: {percent(result.level)} intervals, orange: top decile")
    measure = rows["measure"].iloc[0]
    return alt_text.say(ax, result.of(client, wave, measure=measure))


def _quantity(measure: str) -> str:
    """Name a measure and its unit; rates are shares."""
    return f"{_named(measure)} (share)" if measure in RATES else quantity(measure)


def _named(measure: str) -> str:
    known = {"crq": "CRQ", "nps": "NPS", "mean_ltr": "mean LTR"}
    return known.get(measure, measure.replace("_", " "))
