"""Pictures of scores draw what the tables say, also where there is nothing to draw."""

import matplotlib as mpl
import pandas as pd
import pytest

from crqlab import scores
from tests.scores import made

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_hex

from crqlab.show import alt_text, figures
from crqlab.show.colours import ACCENT


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def panel():
    book, responses = made.codebook(), made.responses(clients=3)
    respondents = scores.respondents(responses, book)
    return {
        "accounts": scores.accounts(respondents, book),
        "agreement": scores.agreement(respondents, responses, book, draws=40),
        "changes": scores.changes(respondents, book),
        "asked": book.instrument,
    }


def test_shrinkage_joins_both_scores_of_every_account(panel):
    rows = scores.largest(panel["accounts"])
    ax = figures.shrinkage(rows)
    *joins, raw, shrunken = ax.lines
    assert raw.get_ydata() == pytest.approx(rows["crq"])
    assert shrunken.get_ydata() == pytest.approx(rows["shrunken"])
    assert [tuple(j.get_ydata()) for j in joins] == list(
        zip(rows["crq"], rows["shrunken"], strict=True)
    )
    widths = [join.get_linewidth() for join in joins]
    assert widths.index(max(widths)) == rows["n"].idxmax()
    assert f"{rows['crq'].std():.2f}" in alt_text.said(ax.figure)


def test_agreement_draws_the_middle_of_many_and_the_interval_of_one(panel):
    table = panel["agreement"]
    rows = table[table["statistic"] == "rwg_j"]
    many = figures.agreement(table, panel["asked"], statistic="rwg_j")
    medians = rows.groupby("measure")["value"].median().sort_values()
    assert many.lines[0].get_xdata() == pytest.approx(medians)
    labels = [text.get_text() for text in many.get_yticklabels()]
    assert labels == [panel["asked"].label(name) for name in medians.index]
    one = table[(table["client_id"] == "C1") & (table["wave"] == "2025")]
    single = figures.agreement(one, panel["asked"], statistic="rwg_j")
    wanted = one[one["statistic"] == "rwg_j"].sort_values("value")
    drawn = [tuple(s[:, 0]) for s in single.collections[0].get_segments()]
    assert drawn == list(zip(wanted["low"], wanted["high"], strict=True))
    assert "bars: intervals" in single.get_title(loc="left")


def test_changes_tells_what_lies_off_zero(panel):
    rows = panel["changes"].query("measure == 'crq' and part == 'all'").reset_index(drop=True)
    rows.loc[:, ["value", "low", "high"]] = [[0.5, 0.1, 0.9], [0.1, -0.2, 0.4], [-0.4, -0.7, -0.1]]
    rows["verdict"] = ["higher", "no_clear_change", "lower"]
    ax = figures.changes(rows)
    drawn = {line.get_label(): list(line.get_ydata()) for line in ax.lines[:3]}
    assert drawn == {"interval holds zero": [0.1], "higher": [0.5], "lower": [-0.4]}
    assert "1 higher, 1 lower, 1 not to be told from none" in alt_text.said(ax.figure)


def test_quadrants_draws_every_placed_account(panel):
    found = scores.quadrants(panel["accounts"], panel["asked"])
    ax = figures.quadrants(found)
    placed = found.table[found.table["quadrant"] != "unknown"]
    (dots,) = ax.collections
    np.testing.assert_allclose(dots.get_offsets(), placed[["x", "y"]])
    accented = [to_hex(ink) == ACCENT for ink in dots.get_facecolors()]
    assert accented == (placed["quadrant"] == "both").tolist()


def test_nothing_to_draw_is_said(panel):
    none = figures.changes(panel["changes"].head(0))
    assert alt_text.said(none.figure).startswith("0 changes of crq")
    columns = ["client_id", "measure", "roll_up", "value", "low", "high", "level"]
    nps = figures.client_scores(pd.DataFrame(columns=columns), measure="nps")
    assert alt_text.said(nps.figure) == "NPS (points) is not known of any client"
    empty = scores.quadrants(panel["accounts"].head(0), panel["asked"])
    assert "No account" in alt_text.said(figures.quadrants(empty).figure)
    silent = figures.agreement(panel["agreement"].head(0), panel["asked"])
    assert alt_text.said(silent.figure) == "ICC(1) by construct, highest first: none known"
    figures.shrinkage(panel["accounts"].head(0))
