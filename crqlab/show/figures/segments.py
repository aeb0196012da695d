"""Pictures of segments: how many, where, how likely, where from and what becomes of them."""

from __future__ import annotations

from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from crqlab.base.standards import SURE
from crqlab.language import language
from crqlab.language.segment_words import SegmentWords
from crqlab.segments import Mix, Panel, SegmentLabels
from crqlab.show import alt_text, colours
from crqlab.show.colours import ACCENT, INK, LINE, SOFT, WARM, ink
from crqlab.show.number_format import count, number, percent, span

MARKS = ("o", "s", "^", "D", "X", "v", "P", "*")
MOST = 4000  # dots that a map can carry
#: What an account may be without a segment, in one wave and in the next.
ENGLISH = SegmentWords(language("en"))
WITHOUT, WITHOUT_NOW = ("silent", "unjudged", "new"), ("silent", "unjudged", "not_asked")


def segment_shares(
    result: Mix, *, client: str | None = None, wave: str | None = None, ax: Axes | None = None
) -> Axes:
    """Two bars, accounts and their revenue, by segment; silent accounts count in both.

    Parameters
    ----------
    result : Mix
    client, wave : str, optional
        One client only; the last wave unless another is named.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> ax = crq.figures.segment_shares(crq.segments.mix(panel))
    """
    ax = ax or plt.subplots(figsize=(7, 2.4))[1]
    rows = result.total if client is None else result.table[result.table["client_id"] == client]
    if rows.empty:
        return alt_text.nothing(ax, "No account is sorted")
    rows = rows[rows["wave"] == (wave or rows["wave"].iloc[-1])]
    n, money = rows["n"].to_numpy(float), rows["revenue"].to_numpy(float)
    bars = {"accounts": rows["asked_share"].to_numpy(float)}
    if np.nansum(money) > 0:
        bars["revenue"] = money / money.sum()
    place = np.arange(len(bars))
    names, fills = ENGLISH.names(rows), colours.segments(result.traits)
    left = np.zeros(len(bars))
    for k, name in enumerate(names):
        share = 100 * np.array([part[k] for part in bars.values()])
        own = fills.get(name, LINE)
        ax.barh(place, share, left=left, color=own, label=name, height=0.62, edgecolor="white")
        for bar in np.flatnonzero(share >= 5):
            middle = left[bar] + share[bar] / 2
            text = f"{share[bar]:.0f}"
            ax.text(middle, bar, text, ha="center", va="center", color=ink(own))
        left += share
    ax.set(yticks=place, yticklabels=list(bars), xlim=(0, 100), xlabel="share (%)")
    ax.invert_yaxis()
    ax.grid(visible=False)
    ax.figure.legend(
        *ax.get_legend_handles_labels(), frameon=False, ncols=6, loc="outside lower center"
    )
    told = ", ".join(
        f"{name} {' and '.join(f'{percent(bars[of][k])} of {of}' for of in bars)}"
        for k, name in enumerate(names)
    )
    return alt_text.say(
        ax, f"{count(int(n.sum()), 'account')} of wave {rows['wave'].iloc[0]}: {told}"
    )


def segment_map(
    panel: Panel, *, y: str = "uniqueness", rows: pd.Series | None = None, ax: Axes | None = None
) -> Axes:
    """Accounts by CRQ and another score, coloured and marked by segment; cuts as lines.

    Parameters
    ----------
    panel : Panel
    y : str
        Score on the upright axis, such as ``uniqueness`` or ``nps``.
    rows : Series of bool, optional
        Which accounts; by default each client's last wave.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> ax = crq.figures.segment_map(panel, y="nps")
    """
    ax = ax or plt.subplots(figsize=(6.6, 4.6))[1]
    if panel.why:
        return alt_text.nothing(ax, str(panel))
    kept = panel.latest if rows is None else rows
    points = panel.expected_then[kept.to_numpy()].assign(segment=panel.table["segment_then"])
    points = points.dropna(subset=["crq", y, "segment"])
    if points.empty:
        return alt_text.nothing(ax, "No account has both scores")
    shown = points.iloc[:: max(1, len(points) // MOST)]
    names, fills = panel.thresholds.names, colours.segments(panel.thresholds.traits)
    looks = {"markers": dict(zip(names, cycle(MARKS), strict=False)), "palette": fills}
    looks |= {"hue_order": names, "style_order": names, "edgecolor": INK, "linewidth": 0.3}
    sns.scatterplot(shown, x="crq", y=y, hue="segment", style="segment", s=14, ax=ax, **looks)
    for score, cut in panel.thresholds.cuts:
        if score == "crq":
            ax.axvline(cut, color=INK, linewidth=0.9, linestyle="--")
        elif score == y:
            ax.axhline(cut, color=INK, linewidth=0.9, linestyle="--")
    if y == "nps":
        ax.axhline(0, color=INK, linewidth=0.9, linestyle="--")
    label = "NPS of the account (points)" if y == "nps" else f"{y} (scale points)"
    ax.set(xlabel="CRQ (scale points)", ylabel=label)
    handles, labels = ax.get_legend_handles_labels()
    ax.get_legend().remove()
    ax.figure.legend(handles, labels, frameon=False, ncols=5, loc="outside lower center")
    told = ", ".join(f"{name} {(points['segment'] == name).sum():,}" for name in names)
    return alt_text.say(
        ax, f"{count(len(points), 'account')} by CRQ and {y}, lines at the cuts: {told}"
    )


def membership(panel: Panel, *, ax: Axes | None = None) -> Axes:
    """P(segment) of every account as a strip per segment; short strips are sure.

    Parameters
    ----------
    panel : Panel
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> ax = crq.figures.membership(panel)
    """
    ax = ax or plt.subplots(figsize=(6.6, 3.2))[1]
    rows = panel.table.dropna(subset=["segment", "p"]) if not panel.why else panel.table.head(0)
    if rows.empty:
        return alt_text.nothing(ax, "How likely the segments are cannot be told")
    names = [name for name in panel.thresholds.names if (rows["segment"] == name).any()]
    middle = rows.groupby("segment")["p"].median()
    looks = {
        "palette": colours.segments(panel.thresholds.traits),
        "saturation": 1,
        "cut": 0,
        "bw_adjust": 0.5,
    }
    looks |= {"inner": None, "density_norm": "width", "linewidth": 0.4, "linecolor": INK}
    order = {"order": names, "hue_order": names, "legend": False}
    sns.violinplot(rows, x="p", y="segment", hue="segment", width=0.84, ax=ax, **order, **looks)
    place = np.arange(len(names))
    ax.vlines(middle[names], place - 0.42, place + 0.42, color=INK, linewidth=1.5)
    ax.axvline(SURE, color=WARM, linestyle="--")
    ax.set(xlim=(0, 1), ylabel="")
    ax.set_xlabel("probability of the likeliest segment; line at the median, dashed: settled")
    ax.grid(axis="y", visible=False)
    told = ", ".join(f"{name} {number(middle[name])}" for name in names)
    return alt_text.say(ax, f"Median probability of the likeliest segment: {told}")


def segment_labels(labels: SegmentLabels, *, ax: Axes | None = None) -> Axes:
    """Shares of segments by plain means, by the likeliest one, and as expected.

    Parameters
    ----------
    labels : SegmentLabels
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> ax = crq.figures.segment_labels(crq.segments.segment_labels(panel))
    """
    ax = ax or plt.subplots(figsize=(6.6, 3.4))[1]
    if not labels.n:
        return alt_text.nothing(ax, str(labels))
    rows = labels.table
    words = {"plain": "by plain means", "likeliest": "likeliest", "expected": "expected"}
    shares = rows[["segment", *words]].rename(columns=words).melt("segment", var_name="way")
    looks = {"palette": [WARM, SOFT, ACCENT], "saturation": 1, "order": list(rows["segment"])}
    sns.barplot(shares.assign(share=100 * shares["value"]), x="share", y="segment", hue="way",
                ax=ax, **looks)  # fmt: skip
    ax.set(ylabel="", xlabel="share of accounts (%)")
    ax.grid(axis="y", visible=False)
    ax.legend(frameon=False)
    told = ", ".join(
        f"{r.segment} {percent(r.plain)} by plain means, {percent(r.likeliest)} likeliest, "
        f"{percent(r.expected)} expected"
        for r in rows.itertuples()
    )
    return alt_text.say(ax, f"{count(labels.n, 'account')}: {told}")


def segment_renewal(rows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Renewal rate of each segment with its interval.

    Parameters
    ----------
    rows : DataFrame
        Table ``segment_renewal``.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> ax = crq.figures.segment_renewal(study.read("segment_renewal"))
    """
    ax = ax or plt.subplots(figsize=(6.4, 3))[1]
    rows = rows[rows["n"] > 0]
    if rows.empty:
        return alt_text.nothing(ax, "No contract of a sorted account is known to have fallen due")
    place = np.arange(len(rows))
    ax.hlines(place, 100 * rows["low"], 100 * rows["high"], color=SOFT, linewidth=6)
    ax.plot(100 * rows["value"], place, "o", color=INK)
    names = ENGLISH.names(rows)
    labels = [f"{name} (n = {n:,})" for name, n in zip(names, rows["n"], strict=True)]
    ax.set(yticks=place, yticklabels=labels, ylim=(len(rows) - 0.4, -0.6))
    ax.set_xlabel(f"contracts renewed (%), {percent(rows['level'].iloc[0])} intervals by account")
    ax.grid(axis="y", visible=False)
    told = ", ".join(
        f"{name} {percent(r.value)} ({span(100 * r.low, 100 * r.high, 0)})"
        for name, r in zip(names, rows.itertuples(), strict=True)
    )
    return alt_text.say(ax, f"Contracts renewed within a year of the survey: {told}")


def segment_migration(
    rows: pd.DataFrame, names: tuple[str, ...], *, by: str = "expected", ax: Axes | None = None
) -> Axes:
    """Where accounts went from one wave to the next, in per cent of each row.

    Parameters
    ----------
    rows : DataFrame
        Table ``migration``, of any clients and waves; they are added up.
    names : tuple of str
        Segments in the order of the thresholds.
    by : str
        ``expected`` for accounts, ``revenue`` for what they pay.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = crq.segments.starting().names
    >>> ax = crq.figures.segment_migration(study.read("migration"), names)
    """
    ax = ax or plt.subplots(figsize=(6.6, 4.2))[1]
    if rows.empty:
        return alt_text.nothing(ax, "No account was sorted in two waves")
    if not rows[by].sum():
        return alt_text.nothing(ax, f"The {by} of accounts sorted in two waves is not known")
    start = [*names, *(ENGLISH.name(None, status) for status in WITHOUT)]
    end = [*names, *(ENGLISH.name(None, status) for status in WITHOUT_NOW)]
    was = ENGLISH.names(rows, "from_segment", "from_status")
    rows = rows.assign(was=was, now=ENGLISH.names(rows))
    start, end = [n for n in start if n in was], [n for n in end if n in set(rows["now"])]
    table = rows.pivot_table(index="was", columns="now", values=by, aggfunc="sum")
    table = table.reindex(index=start, columns=end).fillna(0)
    share = table.div(table.sum(axis=1), axis=0).to_numpy()
    total = table.sum(axis=1)
    unit = [f"{name} ({total[name]:,.0f})" if by == "expected" else name for name in start]
    words = [[f"{100 * cell:.0f}" if cell > 0 else "" for cell in row] for row in share]
    labels = {"annot": words, "fmt": "", "xticklabels": end, "yticklabels": unit}
    sns.heatmap(share, cmap="Blues", vmin=0, vmax=1.2, cbar=False, ax=ax, **labels)
    ax.tick_params(length=0)
    plt.setp(ax.get_xticklabels(), rotation=30, ha="right")
    plt.setp(ax.get_yticklabels(), rotation=0)
    ax.set(xlabel="next wave", ylabel="one wave")
    what = "accounts" if by == "expected" else "revenue"
    ax.set_title(f"{what} of each row (%)")
    stay = [
        f"{name} {percent(share[start.index(name), end.index(name)])}"
        for name in start
        if name in end
    ]
    return alt_text.say(ax, f"Share of {what} that stay in their segment: {', '.join(stay)}")
