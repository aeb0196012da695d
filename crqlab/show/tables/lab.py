"""A laboratory of thresholds: sliders, and at once what they make of the panel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crqlab.base.errors import CrqError
from crqlab.base.study import Study
from crqlab.segments import Panel, Thresholds, assign, membership, profile, publish
from crqlab.show.html import Column, Shown, names, table
from crqlab.show.number_format import number, percent
from crqlab.stats.defaults import SEED

DRAWS, SEEN = 60, 1500  # draws, and accounts, on which stability is told while a slider moves


def threshold_lab(panel: Panel, study: Study, *, interactive: bool = True, seed: int = SEED) -> Any:
    """Open the laboratory, or say what it would show at first.

    Parameters
    ----------
    panel : Panel
    study : Study
        Whose respondents tell the stability, and where a new version is published.
    interactive : bool
        False for runs without anybody at the screen: the result is then a table.
    seed : int

    Returns
    -------
    ipywidgets.VBox or Shown
    """
    if panel.why:
        return Shown("", str(panel))
    rows = panel.scored[panel.latest.to_numpy()].reset_index(drop=True)
    step = max(1, len(rows) // SEEN)
    seen = rows.iloc[::step].reset_index(drop=True)
    people = study.read("respondents")
    keys = ["client_id", "wave", "account_id"]
    people = people[
        pd.MultiIndex.from_frame(people[keys]).isin(pd.MultiIndex.from_frame(seen[keys]))
    ]

    def look(thresholds: Thresholds) -> Shown:
        return _looked(rows, seen, people, thresholds, seed)

    return _widgets(panel, study, look) if interactive else look(panel.thresholds)


def _looked(rows, seen, people, thresholds: Thresholds, seed: int) -> Shown:
    segment = assign(rows, thresholds)["segment"]
    place = segment.map({n: k for k, n in enumerate(thresholds.names)}).fillna(-1).astype(int)
    found = profile(place.to_numpy(), rows, thresholds.names)
    sure = membership(seen, people, thresholds, draws=DRAWS, seed=seed).table
    kept = sure.groupby("segment")["p"].mean().reindex(thresholds.names)
    columns = [
        Column("segment", names(found["segment"])),
        Column("accounts", [number(n, 0) for n in found["n"]], True),
        Column("share", [percent(x) for x in found["share"]], True),
        Column("revenue", [percent(x) for x in found["revenue_share"]], True),
        Column("renewed", [percent(x) for x in found["renewed"]], True),
        Column("keep their segment", [percent(x) for x in kept], True),
    ]
    sentence = (
        f"{thresholds.name} {thresholds.version} on {int(found['n'].sum()):,} accounts: "
        f"{percent(float(np.nanmean(sure['p'])))} keep their segment (on {len(seen):,} of them)"
    )
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
