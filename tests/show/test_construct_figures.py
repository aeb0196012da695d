"""Pictures of the construct draw what the evidence says and carry their words with them."""

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

from crqlab import construct, scores
from crqlab.show import alt_text, figures
from tests.construct.made import account_table, frames

EVIDENCE = ("verdicts", "path_diagram", "loadings", "relations", "invariance_ladder")


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def made():
    table, people, book = frames(accounts=200, waves=("2024", "2025"))
    accounts = account_table(table)
    found = construct.evidence(table, people, book, accounts, draws=60)
    return found, construct.compare_with_nps(scores.accounts(people, book), people, draws=60)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_verdicts_show_every_criterion_and_count(made):
    result, _ = made
    ax = figures.verdicts(result)
    asked = [t.get_text() for t in ax.get_yticklabels()]
    assert asked[0] == "Do the items of a construct agree?"
    assert asked[-1] == "Is it more than one overall impression?"
    assert len(asked) == len(result.summary) == 11
    counts = result.summary[["meets", "borderline", "misses", "unknown"]].to_numpy()
    assert sorted(map(int, texts(ax))) == sorted(counts[counts > 0].tolist())
    assert alt_text.said(ax.figure) == str(result)


def test_path_diagram_shows_all_loadings_and_nothing_overlaps(made):
    result, _ = made
    ax = figures.path_diagram(result)
    shown = texts(ax)
    for loading in result.loadings["loading"]:
        assert f"{loading:.2f}" in shown
    assert {"Trust", "Commitment", "Service", "CRQ", "t1", "s3"} <= set(shown)
    ax.figure.canvas.draw()
    boxes = [p.get_window_extent() for p in ax.patches if isinstance(p, FancyBboxPatch)]
    assert len(boxes) == 9 + 3 + 1
    assert_apart(boxes)
    assert_apart([t.get_window_extent() for t in ax.texts])


def assert_apart(boxes):
    for i, one in enumerate(boxes):
        for other in boxes[i + 1 :]:
            assert not one.overlaps(other), (one, other)


def test_loadings_are_drawn_with_their_intervals(made):
    result, _ = made
    rows = result.loadings[result.loadings["order"] == 1]
    ax = figures.loadings(result)
    np.testing.assert_allclose(ax.lines[0].get_xdata(), rows["loading"].astype(float))
    bars = np.array([s[:, 0] for s in ax.collections[0].get_segments()])
    np.testing.assert_allclose(bars, rows[["low", "high"]].to_numpy(float))
    assert ax.get_yticklabels()[0].get_text() == "Trust: t1"


def test_relations_put_htmt_above_and_correlations_below(made):
    result, _ = made
    ax = figures.relations(result)
    pair = result.relations.iloc[0]
    cells = {tuple(t.get_position()): t.get_text() for t in ax.texts}
    assert cells[(1.5, 0.5)] == f"{pair['htmt']:.2f}"
    assert cells[(0.5, 1.5)] == f"{pair['correlation']:.2f}"
    assert (0.5, 0.5) not in cells
    closeness = ax.collections[0].get_array()
    assert closeness[0, 1] == pytest.approx(abs(pair["htmt"]))
    assert closeness.mask.diagonal().all()
    assert "closest are" in alt_text.said(ax.figure)


def test_ladder_shows_each_step_of_each_grouping(made):
    result, _ = made
    ax = figures.invariance_ladder(result)
    names = [t.get_text() for t in ax.get_yticklabels()]
    assert names == ["industry (2 groups)", "language (2 groups)", "wave (2 groups)"]
    drawn = {c.get_label(): c.get_offsets()[:, 0] for c in ax.collections if c.get_label()}
    for step in ("metric", "scalar"):
        part = result.ladders[result.ladders["step"] == step]["delta_cfi"]
        np.testing.assert_allclose(drawn[step], part.astype(float))
    ticks = [t.get_text() for t in ax.get_xticklabels()]
    assert len(set(ticks)) == 3


def test_scatter_marks_the_accounts_on_which_scores_disagree(made):
    _, result = made
    ax = figures.crq_by_nps(result)
    points = ax.collections[0].get_offsets()
    np.testing.assert_allclose(points, result.accounts[["nps", "crq"]].to_numpy(float))
    marked = sum(len(c.get_offsets()) for c in ax.collections[1:])
    assert marked == len(result.disagreements) > 0
    named = {text.get_text() for text in ax.figure.legends[0].get_texts()}
    assert named <= {"promoters, poor CRQ", "detractors, good CRQ"}
    assert len(named) == result.disagreements["kind"].nunique()
    heights = sum(p.get_height() for p in ax.child_axes[0].patches)
    widths = sum(p.get_width() for p in ax.child_axes[1].patches)
    assert heights == widths == len(result.accounts)


@pytest.mark.parametrize(
    "shape",
    [{"model": {"trust": ["t1"], "care": ["k1"]}}, {"accounts": 2, "each": 2}, {"ltr": False}],
)
def test_where_nothing_is_known_a_sentence_stands(shape):
    table, people, book = frames(**{"accounts": 30, **shape})
    found = construct.evidence(table, people, book, draws=30)
    versus = construct.compare_with_nps(scores.accounts(people, book), people, draws=30)
    for name in EVIDENCE:
        assert alt_text.said(getattr(figures, name)(found).figure)
    assert alt_text.said(figures.crq_by_nps(versus).figure)


def test_long_names_stay_in_their_boxes():
    model = {"trust": [f"item_with_a_name_as_long_as_may_be_{i}" for i in range(4)]}
    table, people, book = frames(accounts=40, model=model)
    ax = figures.path_diagram(construct.evidence(table, people, book, draws=30))
    ax.figure.canvas.draw()
    boxes = [p.get_window_extent() for p in ax.patches if isinstance(p, FancyBboxPatch)]
    words = [t.get_window_extent() for t in ax.texts if t.get_text().startswith("item")]
    assert len(words) == 4
    assert all(word.width <= box.width for word, box in zip(words, boxes, strict=False))
