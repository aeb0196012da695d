"""A laboratory of thresholds: sliders, and at once what they make of the panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from numpy.typing import NDArray

from crqlab.base.conditions import Condition
from crqlab.base.errors import CrqError
from crqlab.base.study import Study
from crqlab.segments import Panel, Thresholds, profile, publish
from crqlab.show import colours, svg
from crqlab.show.html import Column, Shown, lines, names, paragraph, phrases, table
from crqlab.show.number_format import number, percent
from crqlab.stats.defaults import SEED

DRAWS = 60  # of each account's scores, while a slider moves
MOVES = 10  # from one segment to another that are listed
WIDE, TALL = 640, 150
BOUNDS = {"below": "below", "at_most": "at most", "above": "above", "at_least": "at least"}


def threshold_lab(panel: Panel, study: Study, *, interactive: bool = True, seed: int = SEED) -> Any:
    """Open the laboratory, or say what it would show at first.

    Every cut has a slider, named by the segments and the score that it belongs to. A picture of
    the mix and a table say what is before and after, and how many accounts change sides.

    Parameters
    ----------
    panel : Panel
    study : Study
        Where a new version is published.
    interactive : bool
        False for runs without anybody at the screen: the result is then a table.
    seed : int

    Returns
    -------
    ipywidgets.VBox or Shown

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("account_scores", "respondents", "accounts", "responses", "outcomes")
    >>> rules, asked = crq.segments.starting(), study.codebook.instrument
    >>> tables = [study.read(name) for name in names]
    >>> panel = crq.segments.panel(*tables, rules, asked, draws=20)
    >>> shown = crq.tables.threshold_lab(panel, study, interactive=False)
    """
    if panel.why:
        return Shown("", str(panel))
    rows = panel.scored[panel.latest.to_numpy()].reset_index(drop=True)
    before = _seen(panel, rows, panel.thresholds, seed)
    if not interactive:
        return _looked(before)
    return _widgets(panel, study, lambda rules: _compared(before, _seen(panel, rows, rules, seed)))


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What rules make of the accounts: how likely each segment is, and sums over accounts."""

    thresholds: Thresholds
    rows: pd.DataFrame
    shares: NDArray
    profile: pd.DataFrame

    @property
    def place(self) -> NDArray:
        return self.shares.argmax(axis=1)


def _seen(panel: Panel, rows: pd.DataFrame, thresholds: Thresholds, seed: int) -> _Seen:
    shares = panel.models.shares_then(thresholds, rows, draws=DRAWS, seed=seed)
    told = ~np.isnan(shares).any(axis=1)
    kept = rows[told].reset_index(drop=True)
    return _Seen(thresholds, kept, shares[told], profile(shares[told], kept, thresholds.names))


def _looked(seen: _Seen) -> Shown:
    """Shares, revenue and renewal expected of segments, and how likely the likeliest ones are."""
    found, rules, p = seen.profile, seen.thresholds, seen.shares.max(axis=1)
    sure = [p[seen.place == k].mean() if (seen.place == k).any() else np.nan
            for k in range(len(found))]  # fmt: skip
    columns = [
        Column("segment", names(found["segment"])),
        Column("accounts expected", [number(n, 0) for n in found["n"]], True),
        Column("share", [percent(x) for x in found["share"]], True),
        Column("revenue", [percent(x) for x in found["revenue_share"]], True),
        Column("renewed", [percent(x) for x in found["renewed"]], True),
        Column("P of those likeliest there", [percent(x) for x in sure], True),
    ]
    sentence = f"{rules.name} {rules.version} on {len(seen.rows):,} accounts"
    if len(seen.rows):
        sentence += f": the likeliest segment has a probability of {percent(p.mean())} on average"
    return Shown(table(columns, caption=sentence), sentence)


def _compared(before: _Seen, after: _Seen) -> Shown:
    """The mix before and after as a picture, their numbers side by side, and who moves."""
    moves = _moves(before, after)
    n, changed = len(before.rows), int(moves["n"].sum())
    sentence = f"{changed:,} of {n:,} accounts have another likeliest segment"
    if changed:
        sentence += f"; they pay {percent(moves['share'].sum())} of the revenue"
    then, now = before.profile, after.profile
    columns = [Column("segment", names(then["segment"]))]
    for name, of in (("share", "share"), ("revenue", "revenue_share"), ("renewed", "renewed")):
        pair = zip(then[of], now[of], strict=True)
        columns += [
            Column(f"{name} before", [percent(x) for x in then[of]], True),
            Column(f"{name} after", [percent(x) for x in now[of]], True),
        ]
        if name == "share":
            points = [number(100 * (new - old), 1, signed=True) for old, new in pair]
            columns.append(Column("points more", points, True))
    most = moves.head(MOVES)
    ways = [f"{row.before} → {row.after}" for row in most.itertuples()]
    moving = [
        Column("move", phrases(ways)),
        Column("accounts", [number(x, 0) for x in most["n"]], True),
        Column("of the revenue", [percent(x) for x in most["share"]], True),
    ]
    parts = [_picture(before, after, sentence), table(columns, caption="The mix, before and after")]
    if changed:
        parts.append(table(moving, caption="What moves: likeliest segment before → after"))
    return Shown(lines(*parts, paragraph(sentence)), sentence)


def _moves(before: _Seen, after: _Seen) -> pd.DataFrame:
    """How many accounts, and how much of the revenue, go from one likeliest segment to another."""
    segments = np.array(before.thresholds.names)
    money = before.rows["revenue"].fillna(0.0).to_numpy(float)
    pairs = pd.DataFrame(
        {"before": segments[before.place], "after": segments[after.place], "money": money}
    )
    found = pairs[pairs["before"] != pairs["after"]].groupby(["before", "after"], as_index=False)
    found = found.agg(n=("money", "size"), money=("money", "sum"))
    share = found["money"] / money.sum() if money.sum() else np.nan
    return found.assign(share=share).sort_values(["n", "before", "after"],
                                                 ascending=[False, True, True])  # fmt: skip


def _picture(before: _Seen, after: _Seen, says: str) -> Markup:
    """Two bars of the mix, one below the other, and what the colours stand for."""
    fills = colours.segments(before.thresholds.traits)
    marks, start, width = [], 70, WIDE - 80
    for y, name, seen in ((10, "before", before), (58, "after", after)):
        marks.append(svg.words(start - 8, y + 24, name, anchor="end"))
        left = float(start)
        for segment, share in zip(seen.thresholds.names, seen.profile["share"], strict=True):
            own = width * float(np.nan_to_num(share))
            marks.append(svg.box(left, y, own, 36, fill=fills[segment], edge="#ffffff"))
            if share >= 0.05:
                on = colours.ink(fills[segment])
                marks.append(svg.words(left + own / 2, y + 23, percent(share), ink=on, size=12))
            left += own
    each = width / len(fills)
    for place, (segment, fill) in enumerate(fills.items()):
        x = start + place * each
        marks.append(svg.box(x, 112, 12, 12, fill=fill))
        marks.append(svg.words(x + 16, 122, segment, anchor="start", size=12))
    size, title = (WIDE, TALL), "Mix of segments before and after"
    return Markup(svg.picture("lab", marks, size=size, title=title, says=says))


def _named(panel: Panel, one: Condition, segments: tuple[str, ...]) -> str:
    """What a slider is called: the segments that use the cut, and the score that it parts."""
    rules = panel.thresholds
    scores = [panel.instrument.label(rules.column(name)) for name in one.scores]
    kinds = {"score": "{}", "gap": "gap between {}", "least_of": "lowest of {}"}
    what = kinds[one.kind].format(" and ".join(scores))
    whose = ", ".join(rules.traits.label(name) for name in segments)
    return f"{whose}: {what} {BOUNDS[one.bound]} {one.cut:g}"


def _widgets(panel: Panel, study: Study, look: Any) -> Any:
    """Sliders for every cut, what they do below, and buttons that put back and publish."""
    import ipywidgets as widgets

    ends, users = panel.thresholds.instrument.scale, panel.thresholds.users
    wide = {"layout": widgets.Layout(width="52em"), "style": {"description_width": "30em"}}
    sliders = {}
    for one, segments in users.items():
        low, high = one.range(ends.low, ends.high)
        sliders[one.place] = widgets.FloatSlider(
            value=one.cut, min=low, max=high, step=0.05 if high - low <= 20 else 1.0,
            continuous_update=False, description=_named(panel, one, segments), **wide,
        )  # fmt: skip
    version = widgets.Text(value=f"{panel.thresholds.version}-lab", description="version")
    back, button = widgets.Button(description="Put back"), widgets.Button(description="Publish")
    told, shown = widgets.HTML(), widgets.HTML(look(panel.thresholds).html)

    def rules() -> Thresholds:
        moves = {place: slider.value for place, slider in sliders.items()}
        source = f"{panel.thresholds.source}; cuts moved in the laboratory"
        return panel.thresholds.turned(moves, version=version.value, source=source)

    def moved(_: Any) -> None:
        try:
            shown.value, told.value = look(rules()).html, ""
        except ValueError as broken:  # a cut that leaves a segment unreachable
            told.value = names([str(broken)])[0]

    def put_back(_: Any) -> None:
        for place, slider in sliders.items():
            slider.value = place[-1]

    def saved(_: Any) -> None:
        try:
            told.value = names([f"published: {publish(rules(), study.root).name}"])[0]
        except (CrqError, ValueError) as broken:
            told.value = names([str(broken)])[0]

    for slider in sliders.values():
        slider.observe(moved, names="value")
    back.on_click(put_back)
    button.on_click(saved)
    return widgets.VBox([*sliders.values(), shown, widgets.HBox([back, version, button]), told])
