"""Pictures of the construct: what items show, what is distinct, what holds, and beside NPS."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.patches import FancyBboxPatch

from crqlab.construct import Evidence, NpsComparison
from crqlab.language import OWN, language
from crqlab.show import alt_text
from crqlab.show.colours import ACCENT, INK, LINE, MUTED, PALE, SOFT, STEPS, WARM, ink
from crqlab.show.number_format import count, number, percent, span

ENGLISH = language(OWN)
MOST = 40  # items that still can be read
OPPOSED = ((WARM, ACCENT), ("X", "D"))  # colours and marks
VERDICTS = {"meets": ACCENT, "borderline": "#e08a3c", "misses": WARM, "unknown": LINE}
CUTOFF = -0.01
#: Colours of closeness: the nearer two constructs are to one, the warmer.
CLOSE = ListedColormap(STEPS[::-1][2:])
STEPPED = BoundaryNorm([0, 0.5, 0.7, 0.85, 0.9, 1], CLOSE.N)


def verdicts(result: Evidence, *, ax: Axes | None = None) -> Axes:
    """Criteria as rows: how many of their numbers meet the cutoff, are borderline, miss it.

    Parameters
    ----------
    result : Evidence
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = study.read("responses"), study.read("respondents")
    >>> evidence = crq.construct.evidence(*tables, study.codebook, draws=20)
    >>> ax = crq.figures.verdicts(evidence)
    """
    rows = result.summary
    ax = ax or plt.subplots(figsize=(7, 1.4 + 0.34 * len(rows)))[1]
    total = rows[list(VERDICTS)].sum(axis=1)
    left = np.zeros(len(rows))
    for name, colour in VERDICTS.items():
        share = 100 * rows[name].to_numpy() / total.to_numpy()
        word = ENGLISH.say(f"construct.verdict_{name}")
        ax.barh(np.arange(len(rows)), share, left=left, color=colour, label=word, height=0.7)
        for place in np.flatnonzero(share > 0):
            text = f"{rows[name].iloc[place]}"
            middle = left[place] + share[place] / 2
            ax.text(middle, place, text, ha="center", va="center", color=ink(colour))
        left += share
    asked = [ENGLISH.say(f"construct.criterion_{name}") for name in rows["criterion"]]
    ax.set(yticks=range(len(rows)), yticklabels=asked, xlim=(0, 100))
    ax.set_xlabel("numbers of the criterion (%)")
    ax.invert_yaxis()
    ax.grid(visible=False)
    _legend_below(ax, 4)
    return alt_text.say(ax, str(result))


def path_diagram(result: Evidence, *, ax: Axes | None = None) -> Axes:
    """Items, their constructs and CRQ as boxes; standardised loadings on the lines.

    Parameters
    ----------
    result : Evidence
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = study.read("responses"), study.read("respondents")
    >>> evidence = crq.construct.evidence(*tables, study.codebook, draws=20)
    >>> ax = crq.figures.path_diagram(evidence)
    """
    items, tops = _levels(result.loadings)
    n = min(len(items), MOST)
    ax = ax or plt.subplots(figsize=(8, 1.2 + 0.3 * max(n, 3)))[1]
    ax.set_axis_off()
    ax.grid(visible=False)
    if items.empty:
        return alt_text.nothing(ax, "No model of items and constructs could be fitted")
    items = items.head(MOST).assign(place=-np.arange(n, dtype=float))
    middle = items.groupby("label", sort=False)["place"].mean()
    height = 0.72
    for row in items.itertuples():
        ax.plot(
            [1.1, 2.3], [row.place, middle[row.label]], color=SOFT, linewidth=4 * abs(row.loading)
        )
        _box(ax, 0.0, row.place, 1.1, height, row.item, PALE)
        share = 0.16
        at = row.place + share * (middle[row.label] - row.place)
        _on_line(ax, 1.1 + share * 1.2, at, row.loading)
    for label, place in middle.items():
        _box(ax, 2.3, place, 1.7, 0.9, label, "#cfe3f2")
    _top(ax, tops, middle)
    ax.set(xlim=(-0.1, 7.1 if len(tops) else 4.2), ylim=(-n + 0.3, 0.7))
    ax.set_title(f"Standardised loadings, n = {result.n:,} respondents")
    weak = items.loc[items["loading"].idxmin()]
    crq = ", ".join(f"{row.item} {number(row.loading)}" for row in tops.itertuples())
    return alt_text.say(
        ax,
        f"{count(len(items), 'item')} load on {count(len(middle), 'construct')}, weakest "
        f"{weak['item']} {number(weak['loading'])}; on CRQ: {crq or 'no common factor fitted'}",
    )


def _levels(loadings: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    planned = loadings[loadings["model"] != "parts"]
    return planned[planned["order"] == 1], planned[planned["order"] == 2]


def _top(ax: Axes, tops: pd.DataFrame, middle: pd.Series) -> None:
    """Draw CRQ on the right, and its lines to the constructs."""
    if tops.empty:
        return
    centre = (middle.max() + middle.min()) / 2
    for row in tops.itertuples():
        start = middle[row.item]
        ax.plot([4.0, 6.0], [start, centre], color=SOFT, linewidth=4 * abs(row.loading))
        _on_line(ax, 4.0 + 0.2 * 2, start + 0.2 * (centre - start), row.loading)
    _box(ax, 6.0, centre, 1.0, 1.2, "CRQ", "#86b9de")


def _box(ax: Axes, x: float, y: float, width: float, height: float, text: str, colour: str) -> None:
    shape = FancyBboxPatch(
        (x, y - height / 2), width, height, boxstyle="round,pad=0,rounding_size=0.1"
    )
    shape.set(facecolor=colour, edgecolor=MUTED, linewidth=0.8, zorder=2)
    ax.add_patch(shape)
    fits = int(13 * width)
    size = 8.5 if len(text) <= fits else 6
    text = text if len(text) <= 1.5 * fits else f"{text[: int(1.5 * fits) - 1]}…"
    ax.text(x + width / 2, y, text, ha="center", va="center", fontsize=size, zorder=3)


def _on_line(ax: Axes, x: float, y: float, loading: float) -> None:
    white = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    ax.text(x, y, number(loading), ha="center", va="center", fontsize=8, bbox=white, zorder=4)


def loadings(result: Evidence, *, ax: Axes | None = None) -> Axes:
    """Standardised loading of every item on its construct, with intervals.

    Parameters
    ----------
    result : Evidence
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = study.read("responses"), study.read("respondents")
    >>> evidence = crq.construct.evidence(*tables, study.codebook, draws=20)
    >>> ax = crq.figures.loadings(evidence)
    """
    rows = result.loadings[result.loadings["order"] == 1].head(MOST)
    ax = ax or plt.subplots(figsize=(6.4, 1.2 + 0.24 * max(len(rows), 4)))[1]
    if rows.empty:
        return alt_text.nothing(ax, "No model of items and constructs could be fitted")
    place = np.arange(len(rows))
    ax.hlines(place, rows["low"], rows["high"], color=SOFT, linewidth=5)
    ax.plot(rows["loading"], place, "o", color=INK, markersize=4)
    first = rows["label"].ne(rows["label"].shift()).to_numpy()
    for start in place[first][1:]:
        ax.axhline(start - 0.5, color=LINE, linewidth=0.8)
    words = [f"{row.label}: {row.item}" for row in rows.itertuples()]
    least = min(0.5, np.nanmin(rows[["low", "loading"]].to_numpy()) - 0.05)
    ax.set(yticks=place, yticklabels=words, xlim=(least, max(1.0, rows["loading"].max())))
    ax.axvline(0.7, color=MUTED, linestyle=":")
    ax.set_xlabel("standardised loading (no unit); dotted: half of the item is the construct")
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set_title(f"{percent(result.level)} intervals, whole accounts as units")
    ends = rows["loading"].agg(["min", "max"])
    return alt_text.say(
        ax,
        f"Standardised loadings of {count(rows['item'].nunique(), 'item')}: from "
        f"{span(ends['min'], ends['max'])}",
    )


def relations(result: Evidence, *, ax: Axes | None = None) -> Axes:
    """Constructs by constructs: latent correlations below the diagonal, HTMT above it.

    Parameters
    ----------
    result : Evidence
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = study.read("responses"), study.read("respondents")
    >>> evidence = crq.construct.evidence(*tables, study.codebook, draws=20)
    >>> ax = crq.figures.relations(evidence)
    """
    rows = result.relations
    names = list(dict.fromkeys([*rows["left"], *rows["right"]]))
    size = 2.2 + 0.65 * max(len(names), 3)
    ax = ax or plt.subplots(figsize=(size + 0.6, size * 0.8))[1]
    ax.grid(visible=False)
    if rows.empty:
        return alt_text.nothing(ax, "Fewer than two constructs have several items")
    place = {name: i for i, name in enumerate(names)}
    square = np.full((len(names), len(names)), np.nan)
    left, right = rows["left"].map(place), rows["right"].map(place)
    square[left, right], square[right, left] = rows["htmt"], rows["correlation"]
    words = np.vectorize(number, otypes=[str])(square)
    labels = {"annot": words, "fmt": "", "xticklabels": names, "yticklabels": names}
    sns.heatmap(np.abs(square), cmap=CLOSE, norm=STEPPED, cbar=False, linewidths=1, ax=ax, **labels)
    for down, across in np.argwhere(np.isnan(square) & ~np.eye(len(names), dtype=bool)):
        ax.text(across + 0.5, down + 0.5, "–", ha="center", va="center")
    ax.tick_params(length=0)
    plt.setp(ax.get_xticklabels(), rotation=30, ha="right")
    plt.setp(ax.get_yticklabels(), rotation=0)
    ax.set_title("Above: HTMT; below: latent correlation")
    close = rows.loc[rows["htmt"].idxmax()] if rows["htmt"].notna().any() else None
    said = "Correlations and HTMT of constructs"
    if close is not None:
        said += (
            f"; closest are {close['left']} and {close['right']} with HTMT "
            f"{number(close['htmt'])} ({span(close['low'], close['high'])})"
        )
    return alt_text.say(ax, said)


def invariance_ladder(result: Evidence, *, ax: Axes | None = None) -> Axes:
    """Change of CFI at each step of invariance, one line per grouping.

    Parameters
    ----------
    result : Evidence
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = study.read("responses"), study.read("respondents")
    >>> evidence = crq.construct.evidence(*tables, study.codebook, draws=20)
    >>> ax = crq.figures.invariance_ladder(evidence)
    """
    ax = ax or plt.subplots()[1]
    rows = result.ladders
    rows = rows[rows["step"].isin(["metric", "scalar"])]
    if rows.empty:
        return alt_text.nothing(ax, "No two groups are large enough to compare")
    names = list(dict.fromkeys(rows["grouping"]))
    for step, mark, shift in (("metric", "s", -0.12), ("scalar", "o", 0.12)):
        part = rows[rows["step"] == step]
        place = np.array([names.index(name) for name in part["grouping"]]) + shift
        colour = np.where(part["delta_cfi"] >= CUTOFF, ACCENT, WARM)
        change = part["delta_cfi"].to_numpy(float)
        ax.hlines(place, 0, change, color=SOFT, linewidth=3)
        ax.scatter(change, place, marker=mark, c=colour, zorder=3, s=36, label=step)
    ax.axvline(CUTOFF, color=WARM, linestyle="--", label="cutoff")
    ax.axvline(0, color=INK, linewidth=1)
    groups = rows.drop_duplicates("grouping").set_index("grouping")["groups"]
    ax.set(yticks=range(len(names)))
    said = {name: _grouping(name) for name in names}
    ax.set_yticklabels([f"{said[name]} ({groups[name]} groups)" for name in names])
    ax.set(
        ylim=(len(names) - 0.5, -0.5), xlabel="change of CFI (no unit); left of the cutoff: fails"
    )
    least = min(2 * CUTOFF, rows["delta_cfi"].min() * 1.1)
    ax.set(xlim=(least, 0.002), xticks=np.linspace(least, 0, 3))
    ax.xaxis.set_major_formatter(lambda value, _: number(value, 3))
    ax.grid(axis="y", visible=False)
    ax.set_title("Squares: same meaning; circles: scores can be compared")
    told = ", ".join(
        f"{said[row.grouping]} {row.step} {number(row.delta_cfi, 3, signed=True)}"
        for row in rows.itertuples()
    )
    return alt_text.say(ax, f"Change of CFI by step, cutoff {number(CUTOFF)}: {told}")


def _grouping(name: str) -> str:
    """What groups are told apart by; a column that crqlab has no word for by its name."""
    code = f"grouping.{name}"
    return ENGLISH.say(code) if code in ENGLISH else name


def crq_by_nps(result: NpsComparison, *, ax: Axes | None = None) -> Axes:
    """Accounts by NPS and CRQ, those on which the two disagree marked; densities at the edges.

    Parameters
    ----------
    result : NpsComparison
    ax : Axes, optional
        Where to draw; a new figure if missing.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = study.read("account_scores"), study.read("respondents")
    >>> versus = crq.construct.compare_with_nps(*tables, draws=20)
    >>> ax = crq.figures.crq_by_nps(versus)
    """
    ax = ax or plt.subplots(figsize=(6.4, 5.2))[1]
    rows = result.accounts
    if len(rows) < 2:
        return alt_text.nothing(ax, str(result))
    sns.scatterplot(rows, x="nps", y="crq", s=9, color=MUTED, alpha=0.35, linewidth=0, ax=ax)
    odd = result.disagreements
    if len(odd):
        words = {k: ENGLISH.say(f"construct.kind_{k}") for k in sorted(odd["kind"].unique())}
        kind = odd["kind"].map(words)
        inks, marks = (dict(zip(words.values(), looks, strict=False)) for looks in OPPOSED)
        sns.scatterplot(odd, x="nps", y="crq", hue=kind, style=kind, palette=inks, markers=marks,
                        s=34, linewidth=0, ax=ax)  # fmt: skip
        _legend_below(ax, 2)
    ax.set(xlabel="NPS of the account (points)", ylabel="CRQ of the account (scale points)")
    top = ax.inset_axes((0, 1.02, 1, 0.16), sharex=ax)
    side = ax.inset_axes((1.02, 0, 0.16, 1), sharey=ax)
    _edge(top, rows["nps"], "x")
    _edge(side, rows["crq"], "y")
    return alt_text.say(ax, str(result))


def _legend_below(ax: Axes, columns: int) -> None:
    """Move the legend of these axes below the picture."""
    handles, labels = ax.get_legend_handles_labels()
    if ax.get_legend():
        ax.get_legend().remove()
    ax.figure.legend(handles, labels, frameon=False, ncols=columns, loc="outside lower center")


def _edge(ax: Axes, values: pd.Series, along: str) -> None:
    """Draw how values lie at an edge of the scatter."""
    bins = min(24, max(6, int(np.sqrt(len(values)))))
    looks = {"bins": bins, "color": SOFT, "edgecolor": "white", "alpha": 1}
    sns.histplot(**{along: values}, ax=ax, **looks)
    ax.set_axis_off()
