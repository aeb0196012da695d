"""Pictures of the panel draw its cuts, ridges and places, and carry their words with them."""

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

from crqlab import benchmark
from crqlab.benchmark import Rules, Scores
from crqlab.show import alt_text, figures
from tests.benchmark.made import client_scores

NEAR = Rules(min_clients=10, min_accounts=1)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def scores():
    return client_scores(clients=90)


@pytest.fixture(scope="module")
def cuts(scores):
    return benchmark.deciles(scores, rules=NEAR, by=[["wave"]], draws=40)


def test_ladder_draws_every_cut_with_its_interval(cuts):
    rows = cuts.cell("crq")
    ax = figures.decile_ladder(rows)
    np.testing.assert_allclose(ax.lines[0].get_xdata(), rows["estimate"])
    np.testing.assert_allclose(ax.lines[0].get_ydata(), 100 * rows["share"])
    bars = np.array([s[:, 0] for s in ax.collections[0].get_segments()])
    np.testing.assert_allclose(bars, rows[["low", "high"]])
    assert f"{rows['estimate'].iloc[-1]:.2f}" in alt_text.said(ax.figure)
    assert "90 clients" in ax.get_title(loc="left")


def test_ladder_marks_cuts_whose_interval_is_open(cuts):
    rows = cuts.cell("crq").assign(high=np.nan)
    ax = figures.decile_ladder(rows)
    assert "white dots: open" in ax.get_title(loc="left")
    assert len(ax.lines[1].get_xdata()) == len(rows)


def test_ridges_stand_in_the_order_of_medians_and_leave_small_industries_out(scores):
    table = scores.table
    tiny = table["client_id"].isin(table["client_id"].unique()[:4])
    table = table.assign(industry=table["industry"].mask(tiny, "tiny"))
    ax = figures.industry_ridges(Scores(table, scores.measures, "client"), wave="2025")
    shown = [label.get_text().split(" (")[0] for label in ax.get_yticklabels()]
    kept = table[(table["wave"] == "2025") & ~tiny]
    order = kept.groupby("industry")["crq"].median().sort_values(ascending=False).index.tolist()
    assert shown == order
    assert ax.yaxis_inverted(), "the first one is on top"
    assert "tiny" not in alt_text.said(ax.figure)


def test_strip_shows_the_place_in_every_measure_and_marks_the_top_decile(scores):
    result = benchmark.position(scores, rules=NEAR, draws=60)
    best = result.table.query("measure == 'crq' and wave == '2025'")
    client = best.loc[best["percentile"].idxmax(), "client_id"]
    ax = figures.position_strip(result, client)
    rows = result.table.query("client_id == @client and wave == '2025'").set_index("measure")
    points = ax.collections[-1].get_offsets()
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["CRQ", "NPS"]
    np.testing.assert_allclose(points[:, 0], 100 * rows.loc[["crq", "nps"], "percentile"])
    assert alt_text.said(ax.figure) == result.of(client, "2025")


def test_where_nothing_is_known_a_sentence_stands(scores, cuts):
    few = client_scores(clients=3)
    assert "may be shown" in alt_text.said(figures.decile_ladder(cuts.table.iloc[:0]).figure)
    assert "No industry" in alt_text.said(figures.industry_ridges(few).figure)
    nobody = benchmark.position(few, draws=20)
    assert "nobody to compare" in alt_text.said(figures.position_strip(nobody, "C000").figure)


@pytest.mark.parametrize("value", [5.0, 3.0])
def test_equal_scores_become_a_spike_and_not_an_error(scores, value):
    ax = figures.industry_ridges(Scores(scores.table.assign(crq=value), ("crq",), "client"))
    assert len(ax.collections) >= 2
