"""The laboratory: every cut has a slider with a name, and what moves is told as it moves."""

import re
from types import SimpleNamespace

import ipywidgets
import numpy as np
import pytest

from crqlab import segments
from crqlab.show.tables.lab import threshold_lab
from tests.segments.made import RULES, instrument
from tests.segments.test_tables import ACCOUNTS, OUTCOMES, PEOPLE, RESPONSES, SCORED


@pytest.fixture(scope="module")
def panel():
    tables = (SCORED, PEOPLE, ACCOUNTS, RESPONSES, OUTCOMES)
    return segments.panel(*tables, RULES, instrument(), draws=20)


@pytest.fixture
def lab(panel, tmp_path):
    box = threshold_lab(panel, SimpleNamespace(root=tmp_path))
    sliders = {s.description: s for s in box.children if isinstance(s, ipywidgets.FloatSlider)}
    shown = next(one for one in box.children if isinstance(one, ipywidgets.HTML))
    row = next(one for one in box.children if isinstance(one, ipywidgets.HBox))
    return SimpleNamespace(
        sliders=sliders, shown=shown, row=row, root=tmp_path, told=box.children[-1]
    )


def widths(html):
    """Widths of the coloured parts of both bars."""
    boxes = re.findall(r'<rect x="[\d.]+" y="(10|58)\.0" width="([\d.]+)"', html)
    return [[float(w) for y, w in boxes if y == bar] for bar in ("10", "58")]


def test_without_anybody_at_the_screen_the_rules_are_shown_as_they_are(panel):
    shown = threshold_lab(panel, None, interactive=False)
    assert shown.sentence.startswith("crqlab starting rules 1.1 on 80 accounts: the likeliest")
    assert "after" not in shown.html


def test_every_cut_has_a_slider_named_by_segments_and_score(lab):
    conditions = {(c.kind, c.scores, c.cut) for c in RULES.conditions if c.kind != "lowest_of"}
    assert len(lab.sliders) == len(conditions)
    assert "Opponent: CRQ below 3.75" in lab.sliders
    assert "Stalker, Ambivalent: CRQ below 4.5" in lab.sliders
    apart = lab.sliders["Ambivalent: gap between Solution and Experience at least 1.25"]
    assert (apart.min, apart.max, apart.value) == (0, 6, 1.25)
    least = lab.sliders["Ambivalent: lowest of Solution and Experience below 4.25"]
    assert (least.min, least.max) == (1, 7)


def test_at_first_before_and_after_are_the_same(lab):
    before, after = widths(lab.shown.value)
    assert before == after
    assert sum(before) == pytest.approx(560, abs=0.5)
    assert "0 of 80 accounts have another likeliest segment" in lab.shown.value


def test_picture_table_and_moves_follow_a_slider(panel, lab):
    lab.sliders["Opponent: CRQ below 3.75"].value = 4.4
    lab.sliders["Opponent: Service below 4"].value = 5.5
    before, after = widths(lab.shown.value)
    assert after[0] > before[0]
    assert sum(after) == pytest.approx(560, abs=0.5)
    rules = RULES.moved({("crq", 3.75): 4.4, ("service", 4.0): 5.5})
    rows = panel.scored[panel.latest.to_numpy()].reset_index(drop=True)
    shares = [
        panel.models.shares_then(r.fitted(instrument()), rows, draws=60) for r in (RULES, rules)
    ]
    place = [one[~np.isnan(one).any(axis=1)].argmax(axis=1) for one in shares]
    changed = int((place[0] != place[1]).sum())
    assert changed > 0
    assert f"{changed} of 80 accounts have another likeliest segment" in lab.shown.value
    assert "→ Opponent" in lab.shown.value
    back = lab.row.children[0]
    back.click()
    assert "0 of 80 accounts" in lab.shown.value


def test_a_cut_that_leaves_a_segment_out_of_reach_is_told(lab):
    seen = lab.shown.value
    lab.sliders["Opponent: CRQ below 3.75"].value = 1
    assert lab.shown.value == seen
    assert "Opponent" in lab.told.value


def test_what_is_settled_on_is_published_with_every_kind_of_cut(lab):
    lab.sliders["Ambivalent: gap between Solution and Experience at least 1.25"].value = 2.0
    lab.row.children[2].click()
    made = segments.published("1.1-lab", root=lab.root)
    assert "published: 1.1-lab.yaml" in lab.told.value
    assert {c.cut for c in made.conditions if c.kind == "gap"} == {2.0}
    assert made.cuts == RULES.cuts
    assert "moved in the laboratory" in made.source
