"""Pictures of drivers draw what the tables say; their labels stay apart."""

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.colors import to_hex

from crqlab import drivers
from crqlab.show import alt_text, figures
from crqlab.show.colours import SOFT, WARM
from tests.drivers.made import account_table, codebook, respondents

FIGURES = ("driver_weights", "driver_map", "first_priority", "manager_priorities")


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def made():
    people = respondents(clients=13, accounts=12)
    found = drivers.weights(people, codebook(), draws=60)
    first = drivers.priorities(found, people, codebook(), account_table(people))
    return found, first


@pytest.fixture
def one(made):
    return made[1].table.query("client_id == 'C03'")


def assert_apart(boxes):
    for i, box in enumerate(boxes):
        for other in boxes[i + 1 :]:
            assert not box.overlaps(other)


def test_weights_are_drawn_within_and_between_accounts_with_intervals(made):
    rows = made[0].of(level=None)
    ax = figures.driver_weights(rows)
    drawn = {line.get_label(): line.get_xdata() for line in ax.lines}
    for level, name in (("within", "people within accounts"), ("between", "between accounts")):
        part = rows[rows["level"] == level]
        np.testing.assert_allclose(drawn[name], 100 * part["share"].astype(float))
    ends = [c.get_segments() for c in ax.collections]
    assert ends[0][0][0][0] == pytest.approx(
        100 * rows.query("level == 'within'")["share_low"].iloc[0]
    )
    labels = [t.get_text() for t in ax.get_yticklabels()]
    assert labels[:4] == ["Trust: Care", "Trust: Speed", "Trust: Value", "LTR: Care"]
    assert alt_text.said(ax.figure).startswith("Trust moves most with Care")


def test_without_levels_all_answers_are_drawn(made):
    rows = made[0].of(level=None)
    lone = rows.assign(share=rows["share"].where(rows["level"] == "all"))
    ax = figures.driver_weights(lone)
    assert [line.get_label() for line in ax.lines if line.get_label()[0] != "_"] == ["all answers"]


def test_the_map_shows_client_panel_and_top_decile(one):
    ax = figures.driver_map(one)
    drawn = {line.get_label(): line.get_ydata() for line in ax.lines}
    np.testing.assert_allclose(drawn["this client"], one["performance"].astype(float))
    np.testing.assert_allclose(drawn["mean of other clients"], one["panel"].astype(float))
    np.testing.assert_allclose(drawn["their top decile"], one["top"].astype(float))
    assert {t.get_text().strip() for t in ax.texts} == set(one["label"])


def test_labels_of_the_map_stay_apart_and_inside_even_when_drivers_are_alike(one):
    crowd = one.loc[one.index.repeat(4)].assign(performance=5.0, importance=0.1)
    crowd["label"] = [f"Driver number {i}" for i in range(len(crowd))]
    ax = figures.driver_map(crowd)
    ax.figure.canvas.draw()
    boxes = [t.get_window_extent() for t in ax.texts]
    assert_apart(boxes)
    edge = ax.get_window_extent()
    assert all(box.x1 <= edge.x1 for box in boxes)


def test_a_study_without_panel_has_no_references(one):
    lone = one.assign(panel=np.nan, top=np.nan, reference="scale_end")
    ax = figures.driver_map(lone)
    assert [line.get_label() for line in ax.lines if line.get_label()[0] != "_"] == ["this client"]


@pytest.mark.parametrize("name", ["driver_map", "first_priority"])
def test_a_picture_of_chances_gives_no_verdict_which_few_accounts_may_forbid(one, name):
    sure = one.assign(probability=[0.9, *[0.02] * (len(one) - 1)])
    said = alt_text.said(getattr(figures, name)(sure).figure).replace("\N{NO-BREAK SPACE}", " ")
    first, second = sure["label"].iloc[:2]
    assert said.startswith(
        f"{one['client_id'].iloc[0]}: {first} is the likeliest one to fix (90 %)"
    )
    assert "first" not in said
    assert f", then {second} (2 %)" in said


def test_the_one_thing_is_on_top_with_its_evidence_beside(one):
    ax = figures.first_priority(one)
    ordered = one.sort_values("probability", ascending=False)
    assert [t.get_text() for t in ax.get_yticklabels()] == ordered["label"].tolist()
    drawn = sorted(ax.patches, key=lambda bar: bar.get_y())
    widths = [bar.get_width() for bar in drawn]
    np.testing.assert_allclose(widths, 100 * ordered["probability"].astype(float))
    inks = [to_hex(bar.get_facecolor()) for bar in drawn]
    assert inks == [WARM, *[SOFT] * (len(drawn) - 1)]
    ax.figure.canvas.draw()
    bars = [bar.get_window_extent() for bar in drawn]
    assert all(t.get_window_extent().x0 > max(b.x1 for b in bars) for t in ax.texts)
    assert "C03: " in alt_text.said(ax.figure)


def test_managers_have_first_and_runner_up_side_by_side(made):
    rows = made[1].focus.query("client_id == 'C03'")
    own = rows[rows["kind"] == "account_manager"]
    ax = figures.manager_priorities(rows)
    widths = [bar.get_width() for bar in ax.patches]
    both = [*own["probability"], *own["runner_up_probability"]]
    assert sorted(widths) == pytest.approx(sorted(100 * np.array(both)))
    assert len(ax.get_yticklabels()) == 3
    ax.figure.canvas.draw()
    assert_apart([t.get_window_extent() for t in ax.texts])


@pytest.mark.parametrize("name", FIGURES)
def test_where_nothing_is_known_a_sentence_stands(made, name):
    rows = made[0].table if name == "driver_weights" else made[1].table
    rows = made[1].focus if name == "manager_priorities" else rows
    ax = getattr(figures, name)(rows.head(0))
    assert alt_text.said(ax.figure)
    assert [t.get_text() for t in ax.texts] == [alt_text.said(ax.figure)]
