"""Pictures of scores for exploration: what shrinking does, who agrees, what changed, where."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from crqlab.base.instrument import Instrument
from crqlab.base.waves import places
from crqlab.scores import Quadrants
from crqlab.show import alt_text
from crqlab.show.colours import ACCENT, INK, LINE, MUTED, SOFT, WARM
from crqlab.show.count_axes import counted
from crqlab.show.number_format import count, number, percent, quantity, span

STATISTICS = {"icc1": "ICC(1)", "icc2": "ICC(2)", "rwg_j": "r_wg(J)"}


def shrinkage(rows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Raw means of accounts on the left, shrunken scores on the right; wide lines: many answers.

    Parameters
    ----------
    rows : DataFrame
        Table ``account_scores``, of one client and wave.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rows = crq.scores.largest(study.read("account_scores"))
    >>> ax = crq.figures.shrinkage(rows)
    """
    ax = ax or plt.subplots()[1]
    kept = rows.dropna(subset=["crq", "shrunken"])
    ends = kept[["crq", "shrunken"]].to_numpy().T
    for pair, n in zip(ends.T, kept["n"], strict=True):
        ax.plot([0, 1], pair, color=SOFT, linewidth=0.3 + np.sqrt(n) / 2.5, alpha=0.7)
    ax.plot(np.zeros(len(kept)), ends[0], "o", color=MUTED, fillstyle="none", markersize=5)
    ax.plot(np.ones(len(kept)), ends[1], "o", color=ACCENT, markersize=5)
    ax.set(xticks=[0, 1], xticklabels=["mean of the answers", "shrunken"], xlim=(-0.3, 1.3))
    ax.set_ylabel("CRQ (scale points)")
    ax.grid(axis="x", visible=False)
    ax.set_title(f"{count(len(kept), 'account')}; the wider the line, the more answers")
    raw, drawn = (kept[name].std() for name in ("crq", "shrunken"))
    return alt_text.say(
        ax,
        f"Raw and shrunken CRQ of {count(len(kept), 'account')}: shrinking takes the standard "
        f"deviation between accounts from {number(raw)} to {number(drawn)}",
    )


def agreement(
    rows: pd.DataFrame, instrument: Instrument, *, statistic: str = "icc1", ax: Axes | None = None
) -> Axes:
    """One statistic of agreement by construct: its spread over clients' waves, the median in ink.

    Parameters
    ----------
    rows : DataFrame
        Table ``agreement``; of a single client's wave, its intervals are drawn instead.
    instrument : Instrument
        Knows what constructs are called.
    statistic : str
        ``icc1``, ``icc2`` or ``rwg_j``.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> asked = study.codebook.instrument
    >>> ax = crq.figures.agreement(study.read("agreement"), asked)
    """
    ax = ax or plt.subplots(figsize=(6.4, 4.6))[1]
    kept = rows[(rows["statistic"] == statistic) & rows["value"].notna()]
    single = kept.groupby(["client_id", "wave"]).ngroups < 2
    parts = kept.groupby("measure")
    spans = (
        parts[["low", "value", "high"]].median()
        if single
        else parts["value"].quantile([0.1, 0.5, 0.9]).unstack()  # noqa: PD010
    )
    spans = spans.set_axis(["low", "value", "high"], axis=1).sort_values("value")
    place = np.arange(len(spans))
    ax.hlines(place, spans["low"], spans["high"], color=SOFT, linewidth=5)
    ax.plot(spans["value"], place, "o", color=INK, markersize=5)
    ax.set(yticks=place, yticklabels=[instrument.label(name) for name in spans.index])
    ax.set_xlabel(f"{STATISTICS[statistic]} (no unit)")
    ax.grid(axis="y", visible=False)
    ax.set_title("bars: intervals" if single else "bars: middle four fifths of clients' waves")
    told = ", ".join(f"{instrument.label(i)} {number(v)}" for i, v in spans["value"][::-1].items())
    return alt_text.say(
        ax, f"{STATISTICS[statistic]} by construct, highest first: {told or 'none known'}"
    )


def changes(
    rows: pd.DataFrame, *, measure: str = "crq", part: str = "all", ax: Axes | None = None
) -> Axes:
    """Changes of one measure with intervals, the greatest first; those off zero stand out.

    Parameters
    ----------
    rows : DataFrame
        Table ``changes``, of one wave or of all.
    measure, part : str
        As in these columns.
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> ax = crq.figures.changes(study.read("changes"))
    """
    ax = ax or plt.subplots()[1]
    kept = rows[(rows["measure"] == measure) & (rows["part"] == part)].dropna(subset=["low"])
    kept = kept.sort_values("value", ascending=False, ignore_index=True)
    place = np.arange(1, len(kept) + 1)
    rose, fell = kept["verdict"] == "higher", kept["verdict"] == "lower"
    for some, colour, label in (
        (~(rose | fell), LINE, "interval holds zero"),
        (rose, ACCENT, "higher"),
        (fell, WARM, "lower"),
    ):
        ax.vlines(place[some], kept["low"][some], kept["high"][some], color=colour, linewidth=2)
        ax.plot(place[some], kept["value"][some], "o", color=colour, markersize=4, label=label)
    ax.axhline(0, color=INK, linewidth=1)
    ax.set(xlabel="client and wave, by rank", ylabel=f"change of {quantity(measure)}")
    ax.set_title(f"{count(len(kept), 'change')} from wave to wave with intervals")
    ax.legend(frameon=False)
    return alt_text.say(
        ax,
        f"{count(len(kept), 'change')} of {measure} from wave to wave: {rose.sum()} higher, "
        f"{fell.sum()} lower, {(~(rose | fell)).sum()} not to be told from none",
    )


def quadrants(result: Quadrants, *, ax: Axes | None = None) -> Axes:
    """Accounts by the two performances that make a client unique; large dots: many answers.

    Parameters
    ----------
    result : Quadrants
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> scores, asked = study.read("account_scores"), study.codebook.instrument
    >>> ax = crq.figures.quadrants(crq.scores.quadrants(scores, asked))
    """
    ax = ax or plt.subplots(figsize=(5.2, 4.8))[1]
    placed = result.table[result.table["quadrant"] != "unknown"]
    both = placed["quadrant"] == "both"
    if len(placed):
        looks = {"palette": {False: MUTED, True: ACCENT}, "alpha": 0.5, "linewidth": 0}
        looks["sizes"] = {n: 8 * n + 6 for n in placed["n"].unique()}
        sns.scatterplot(placed, x="x", y="y", hue=both, size="n", legend=False, ax=ax, **looks)
    ax.axvline(result.good, color=INK, linewidth=1)
    ax.axhline(result.good, color=INK, linewidth=1)
    ax.set(xlabel=f"{result.x} (scale points)", ylabel=f"{result.y} (scale points)")
    ax.set_title(f"{count(len(placed), 'account')}; lines where a score counts as good")
    if placed.empty:
        return alt_text.say(ax, str(result))
    share = percent(both.mean())
    return alt_text.say(
        ax,
        f"{count(len(placed), 'account')} by {result.x} and {result.y}: {share} lie above "
        f"{number(result.good)} in both",
    )


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

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rows = crq.scores.largest(study.read("account_scores"))
    >>> ax = crq.figures.account_scores(rows)
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

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> ax = crq.figures.client_scores(study.read("client_scores", wave="2025"))
    """
    ax = ax or plt.subplots()[1]
    kept = rows[(rows["measure"] == measure) & (rows["roll_up"] == "respondents")]
    kept = kept.drop_duplicates("client_id").sort_values("value", ascending=False)
    if kept["value"].isna().all():
        return alt_text.nothing(ax, f"{quantity(measure)} is not known of any client")
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

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> ax = crq.figures.waves(study.read("client_scores", client="C017"))
    """
    ax = ax or plt.subplots()[1]
    kept = rows[(rows["measure"] == measure) & (rows["roll_up"] == "respondents")]
    kept = kept.drop_duplicates("wave").sort_values("wave", key=lambda w: w.map(places(w)))
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

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> ax = crq.figures.answers(study.read("respondents"))
    """
    ax = ax or plt.subplots()[1]
    given = rows["ltr"].dropna().astype(int)
    looks = {"discrete": True, "shrink": 0.8, "color": ACCENT, "alpha": 1, "linewidth": 0}
    sns.histplot(given, binrange=(0, 10), ax=ax, **looks)
    ax.set(xlabel="likely to recommend (0-10)", ylabel="respondents", xticks=range(11))
    counted(ax.yaxis)
    ax.grid(axis="x", visible=False)
    ax.set_title(f"n = {len(given):,} respondents")
    often = f", most often {given.value_counts().sort_index().idxmax()}" if len(given) else ""
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

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> ax = crq.figures.spread(study.read("respondents"))
    """
    ax = ax or plt.subplots()[1]
    scores = rows["crq"].dropna()
    sns.histplot(scores, bins=24, color=SOFT, edgecolor="white", alpha=1, ax=ax)
    ax.axvline(scores.median(), color=INK, linewidth=1.5)
    ax.set(xlabel="CRQ (scale points)", ylabel="respondents")
    counted(ax.yaxis)
    ax.set_title(f"n = {len(scores):,} respondents, line at the median")
    low, high = scores.quantile([0.1, 0.9])
    sentence = (
        f"CRQ of {count(len(scores), 'respondent')}: half lie above {number(scores.median())}, "
        f"four fifths between {span(low, high)}"
    )
    return alt_text.say(ax, sentence)
