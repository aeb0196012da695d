"""Pictures of participation: who answered, who is silent, what that may hide, what comes next."""

from __future__ import annotations

from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from crqlab.base.standards import TARGET
from crqlab.participation import Adjusted, Completion, CompletionRanks, Concentration, Plan, Silent
from crqlab.show import alt_text
from crqlab.show.colours import ACCENT, INK, LINE, MUTED, PALE, SOFT, WARM
from crqlab.show.count_axes import counted
from crqlab.show.number_format import count, number, percent, span

MOST = 15  # rows that still can be read
UNITS = {"contacts": (ACCENT, "o"), "accounts": (WARM, "s"), "revenue": (MUTED, "D")}


def completion_histogram(
    result: CompletionRanks, *, client: str | None = None, ax: Axes | None = None
) -> Axes:
    """Completion of all clients in bands of five points, beside what others have published.

    Parameters
    ----------
    result : CompletionRanks
    client : str, optional
        The client to point at.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(name) for name in ("contacts", "responses", "accounts")]
    >>> completion = crq.participation.completion(*tables, draws=20)
    >>> ranks = crq.participation.completion_ranks(completion)
    >>> ax = crq.figures.completion_histogram(ranks, client="C017")
    """
    ax = ax or plt.subplots()[1]
    if result.table.empty:
        return alt_text.nothing(ax, str(result))
    rows = result.latest
    shares = 100 * rows["value"].to_numpy()
    edges = np.concatenate([[0], np.arange(5.5, 101, 5)])
    sns.histplot(shares, bins=edges, color=SOFT, edgecolor="white", alpha=1, ax=ax)
    low, high = result.published["most_common"]
    ax.axvspan(
        100 * low - 0.5, 100 * high + 0.5, color=PALE, zorder=0, label="most common band, published"
    )
    average = 100 * result.published["average_about"][0]
    ax.axvline(average, color=MUTED, linestyle="--", label="average, published")
    said = str(result)
    row = rows[rows["client_id"] == client]
    if len(row):
        here = 100 * row["value"].iloc[0]
        ax.axvline(here, color=WARM, linewidth=2, label=str(client))
        said = f"{said}. {result.of(str(client))}"
    ax.set(xlabel="contacts that answered (% of those asked)", ylabel="clients")
    counted(ax.yaxis)
    ax.set_title(f"{count(len(shares), 'client')}, each with its last wave")
    ax.legend(facecolor="white", edgecolor="none", framealpha=1)
    return alt_text.say(ax, said)


def coverage(result: Completion, *, dimension: str = "role", ax: Axes | None = None) -> Axes:
    """Shares of contacts, accounts and revenue heard, with intervals, by groups of one kind.

    Parameters
    ----------
    result : Completion
        Of one client's wave.
    dimension : str
        As in column ``dimension``; the whole stands on top.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(name) for name in ("contacts", "responses", "accounts")]
    >>> completion = crq.participation.completion(*tables, draws=20)
    >>> ax = crq.figures.coverage(completion.of(client="C017", wave="2025"))
    """
    rows = result.table
    rows = rows[rows["dimension"].isin(["all", dimension]) & rows["value"].notna()]
    groups = [g for g in rows["group"].unique() if g != "all"][:MOST]
    order = ["all", *groups] if (rows["group"] == "all").any() else groups
    if ax is None:
        ax = plt.subplots(figsize=(6.4, 1.6 + 0.45 * len(order)))[1]
    if rows.empty:
        return alt_text.nothing(ax, str(result))
    for place, (unit, (ink, mark)) in enumerate(UNITS.items()):
        part = rows[(rows["unit"] == unit) & rows["group"].isin(order)].set_index("group")
        part = part.reindex([g for g in order if g in part.index])
        y = np.array([order.index(g) for g in part.index]) + 0.24 * (place - 1)
        ax.hlines(y, 100 * part["low"], 100 * part["high"], color=ink, linewidth=3, alpha=0.35)
        ax.plot(100 * part["value"], y, mark, color=ink, markersize=5, label=unit)
    ax.axvline(100 * TARGET, color=MUTED, linestyle=":", label="target for revenue")
    ax.set(xlim=(-2, 102), xlabel="answered (% of those asked)", yticks=range(len(order)))
    ax.set_yticklabels(order)
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    level = percent(result.level)
    ax.set_title(f"By {dimension.replace('_', ' ')}, {level} intervals")
    ax.figure.legend(
        *ax.get_legend_handles_labels(), frameon=False, ncols=4, loc="outside lower center"
    )
    return alt_text.say(
        ax, f"{result}; by {dimension.replace('_', ' ')}: {_by_group(rows, groups)}"
    )


def _by_group(rows: pd.DataFrame, groups: list[str]) -> str:
    people = rows[rows["unit"] == "contacts"].set_index("group")["value"]
    return ", ".join(f"{g} {percent(people[g])} of contacts" for g in groups if g in people.index)


def silent_accounts(result: Silent, *, ax: Axes | None = None) -> Axes:
    """Silent accounts of one client's wave that pay most, and since when they are silent.

    Parameters
    ----------
    result : Silent
        Of one client's wave.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(n) for n in ("contacts", "responses", "accounts", "respondents")]
    >>> silent = crq.participation.silent(*tables)
    >>> ax = crq.figures.silent_accounts(silent.of(client="C017", wave="2025"))
    """
    rows = result.table.head(MOST)
    if ax is None:
        ax = plt.subplots(figsize=(6.4, 1.5 + 0.26 * max(len(rows), 3)))[1]
    if rows.empty:
        return alt_text.nothing(ax, str(result))
    y = np.arange(len(rows))
    pays = rows["revenue"].fillna(0).to_numpy() / 1000
    looks = {"palette": {False: SOFT, True: WARM}, "saturation": 1, "width": 0.7}
    again = (rows["n_waves"] > 1).to_numpy()
    sns.barplot(x=pays, y=y, hue=again, orient="y", legend=False, ax=ax, **looks)
    for place, row in enumerate(rows.itertuples()):
        last = f", last CRQ {number(row.last_crq, 1)}" if row.last_crq == row.last_crq else ""
        words = f"since {row.silent_since}{last}"
        ax.annotate(words, (pays[place], place), (4, 0), textcoords="offset points", va="center",
                    fontsize=8, color=INK)  # fmt: skip
    ax.set(yticks=y, xlabel="revenue a year (thousand)", xlim=(0, max(pays.max() * 1.5, 1)))
    ax.set_yticklabels(rows["account_id"])
    ax.grid(axis="y", visible=False)
    ax.set_title(f"{count(len(result.table), 'silent account')}; orange: silent more than once")
    first = rows.iloc[0]
    return alt_text.say(
        ax,
        f"{result}. {first['account_id']} pays most of them ({number(first['revenue'], 0)} a "
        f"year), silent since {first['silent_since']}",
    )


def nonresponse(result: Adjusted, *, measure: str = "crq", ax: Axes | None = None) -> Axes:
    """One client's score as answered, adjusted and at its bounds, each with its interval.

    Parameters
    ----------
    result : Adjusted
        Of one client's wave.
    measure : str
        ``crq`` or ``nps``.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(n) for n in ("contacts", "responses", "accounts", "respondents")]
    >>> adjusted = crq.participation.adjusted(*tables, draws=20)
    >>> ax = crq.figures.nonresponse(adjusted.of(client="C017", wave="2025"))
    """
    if ax is None:
        ax = plt.subplots(figsize=(6.4, 3.0))[1]
    rows = result.table
    rows = rows[(rows["measure"] == measure) & rows["value"].notna()].reset_index(drop=True)
    if rows.empty:
        return alt_text.nothing(ax, str(result))
    kind = rows["view"].map({"raw": INK, "weighted": ACCENT, "late": ACCENT}).fillna(MUTED)
    y = np.arange(len(rows))
    ax.hlines(y, rows["low"], rows["high"], color=kind, linewidth=4, alpha=0.35)
    ax.scatter(rows["value"], y, color=kind, s=36, zorder=3)
    names = {
        "late": "silent like late answers", "like the answered": "silent like the answered",
        "weighted": "weighted", "raw": "as answered",
    }  # fmt: skip
    said = rows["view"].map(lambda view: names.get(view, f"silent as {view}"))
    ax.set(yticks=y, xlabel="CRQ (scale points)" if measure == "crq" else "NPS (points)")
    ax.set_yticklabels(said)
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set_title(f"n = {rows['n_respondents'].max():,} answers, {percent(result.level)} intervals")
    places, signed = (2, False) if measure == "crq" else (0, True)
    told = ", ".join(
        f"{name} {number(row.value, places, signed=signed)} "
        f"({span(row.low, row.high, places, signed=signed)})"
        for name, row in zip(said, rows.itertuples(), strict=True)
    )
    return alt_text.say(ax, f"{'CRQ' if measure == 'crq' else 'NPS'} {told}")


def concentration(result: Concentration, *, ax: Axes | None = None) -> Axes:
    """Revenue and goodwill that hang on each account manager of one client.

    Parameters
    ----------
    result : Concentration
        Of one client's wave.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(n) for n in ("accounts", "respondents", "account_scores")]
    >>> found = crq.participation.concentration(*tables, study.codebook.instrument)
    >>> ax = crq.figures.concentration(found.of(client="C017", wave="2025"))
    """
    rows = result.table
    rows = rows[(rows["holder"] == "account_manager")].head(MOST)
    if ax is None:
        ax = plt.subplots(figsize=(6.4, 1.6 + 0.42 * max(len(rows), 3)))[1]
    if rows.empty:
        return alt_text.nothing(ax, str(result))
    names = [f"{row.name} ({row.n_accounts:,})" for row in rows.itertuples(index=False)]
    shares = {kind: 100 * rows[f"{kind}_share"].fillna(0) for kind in ("revenue", "goodwill")}
    long = pd.DataFrame(shares).assign(name=names).melt("name", var_name="kind")
    looks = {"palette": [ACCENT, SOFT], "saturation": 1, "width": 0.76}
    sns.barplot(long, x="value", y="name", hue="kind", order=names, ax=ax, **looks)
    ax.set(xlabel="share of the client's total (%)", ylabel="")
    ax.grid(axis="y", visible=False)
    ax.set_title("Account managers (accounts with a score)")
    handles, labels = ax.get_legend_handles_labels()
    ax.get_legend().remove()
    ax.figure.legend(handles, labels, frameon=False, ncols=2, loc="outside lower center")
    return alt_text.say(ax, str(result))


def wave_plan(result: Plan, *, ax: Axes | None = None) -> Axes:
    """Contacts to ask in each quarter of one client's plan, and the precision to expect.

    Parameters
    ----------
    result : Plan
        Of one client.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = [study.read(n) for n in ("accounts", "contacts", "responses", "respondents")]
    >>> ax = crq.figures.wave_plan(crq.participation.plan(*tables).of("C017"))
    """
    ax = ax or plt.subplots()[1]
    if result.table.empty:
        return alt_text.nothing(ax, str(result))
    sums = result.table.groupby(["slice", "tier"])["contacts"].sum().reset_index()
    tiers = sorted(sums["tier"].unique())
    starts = result.table.groupby("slice")["starts"].first()
    inks = dict(zip(tiers, cycle([ACCENT, SOFT, LINE, MUTED, WARM]), strict=False))
    looks = {"discrete": True, "shrink": 0.7, "multiple": "stack", "alpha": 1, "linewidth": 0}
    sns.histplot(sums, x="slice", weights="contacts", hue="tier", hue_order=tiers[::-1],
                 palette=inks, ax=ax, **looks)  # fmt: skip
    base = sums.groupby("slice")["contacts"].sum().reindex(starts.index, fill_value=0)
    widths = result.precision.set_index(["measure", "slice"])["half_width"]
    told = []
    for quarter in starts.index:
        half = widths.get(("crq", quarter), np.nan)
        words = f"CRQ ± {number(half)}" if half == half else "too few"
        told.append(f"{_quarter(starts[quarter])} {count(int(base[quarter]), 'contact')}, {words}")
        ax.annotate(words, (quarter, base[quarter]), (0, 4), textcoords="offset points",
                    ha="center", fontsize=8)  # fmt: skip
    counted(ax.yaxis)
    ax.set(
        xticks=list(starts.index),
        xlabel="",
        ylabel="contacts to ask",
        ylim=(0, 1.25 * max(base.max(), 1)),
    )
    ax.set_xticklabels([_quarter(day) for day in starts.to_list()])
    ax.grid(axis="x", visible=False)
    accounts = result.table["contacts"].gt(0).sum()
    ax.set_title(f"{count(int(accounts), 'account')}, each asked once")
    handles = ax.get_legend().legend_handles[::-1]
    ax.legend(handles, [f"tier {tier}" for tier in tiers], frameon=False, ncols=len(tiers))
    return alt_text.say(ax, f"Contacts to ask by quarter: {'; '.join(told)}")


def _quarter(day: pd.Timestamp) -> str:
    if pd.isna(day):
        return "no date"
    return f"{day.year} Q{day.quarter}"
