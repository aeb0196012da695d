"""A laboratory of thresholds: sliders, and at once what they make of the panel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crqlab.base.errors import CrqError
from crqlab.base.study import Study
from crqlab.segments import Panel, Thresholds, profile, publish
from crqlab.show.html import Column, Shown, names, table
from crqlab.show.number_format import number, percent
from crqlab.stats.defaults import SEED

DRAWS = 60  # of each account's scores, while a slider moves


def threshold_lab(panel: Panel, study: Study, *, interactive: bool = True, seed: int = SEED) -> Any:
    """Open the laboratory, or say what it would show at first.

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

    def look(thresholds: Thresholds) -> Shown:
        return _looked(panel, rows, thresholds, seed)

    return _widgets(panel, study, look) if interactive else look(panel.thresholds)


def _looked(panel: Panel, rows: pd.DataFrame, thresholds: Thresholds, seed: int) -> Shown:
    """Shares, revenue and renewal expected of segments, and how likely the likeliest ones are."""
    shares = panel.models.shares_then(thresholds, rows, draws=DRAWS, seed=seed)
    told = ~np.isnan(shares).any(axis=1)
    shares, rows = shares[told], rows[told]
    found = profile(shares, rows, thresholds.names)
    place, p = shares.argmax(axis=1), shares.max(axis=1)
    sure = [p[place == k].mean() if (place == k).any() else np.nan for k in range(len(found))]
    columns = [
        Column("segment", names(found["segment"])),
        Column("accounts expected", [number(n, 0) for n in found["n"]], True),
        Column("share", [percent(x) for x in found["share"]], True),
        Column("revenue", [percent(x) for x in found["revenue_share"]], True),
        Column("renewed", [percent(x) for x in found["renewed"]], True),
        Column("P of those likeliest there", [percent(x) for x in sure], True),
    ]
    sentence = f"{thresholds.name} {thresholds.version} on {len(rows):,} accounts"
    if len(rows):
        sentence += f": the likeliest segment has a probability of {percent(p.mean())} on average"
    return Shown(table(columns, caption=sentence), sentence)


def _widgets(panel: Panel, study: Study, look: Any) -> Any:
    """Sliders for every cut, the table below, and a button that publishes."""
    import ipywidgets as widgets

    ends, cuts = panel.thresholds.instrument.scale, panel.thresholds.cuts
    options = {"min": ends.low, "max": ends.high, "step": 0.05, "continuous_update": False}
    wide = widgets.Layout(width="28em")
    sliders = [
        widgets.FloatSlider(value=c, description=f"{s} {c:g}", layout=wide, **options)
        for s, c in cuts
    ]
    version = widgets.Text(value=f"{panel.thresholds.version}-lab", description="version")
    button, told = widgets.Button(description="Publish"), widgets.HTML()
    shown = widgets.HTML(look(panel.thresholds).html)

    def rules() -> Thresholds:
        moves = {one: s.value for one, s in zip(cuts, sliders, strict=True)}
        source = f"{panel.thresholds.source}; cuts moved in the laboratory"
        return panel.thresholds.moved(moves, version=version.value, source=source)

    def moved(_: Any) -> None:
        try:
            shown.value, told.value = look(rules()).html, ""
        except ValueError as broken:  # a cut that leaves a segment unreachable
            told.value = names([str(broken)])[0]

    def saved(_: Any) -> None:
        try:
            told.value = names([f"published: {publish(rules(), study.root).name}"])[0]
        except (CrqError, ValueError) as broken:
            told.value = names([str(broken)])[0]

    for slider in sliders:
        slider.observe(moved, names="value")
    button.on_click(saved)
    return widgets.VBox([*sliders, shown, widgets.HBox([version, button]), told])
