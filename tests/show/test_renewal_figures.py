"""Pictures and tables of renewal show what the results hold, and a sentence where there is none."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from crqlab import figures, renewal, tables
from tests.renewal import made

DRAWN = (
    ("renewal_effects", "effects"), ("retention", "retention"), ("mediation", "mediation"),
    ("auc_differences", "comparison"), ("churn_roc", "comparison"),
    ("churn_calibration", "comparison"), ("decision_curve", "comparison"),
    ("revenue_at_risk", "outlook"),
)  # fmt: skip


def results(**options):
    given = made.panel(**options)
    design = made.designed(given, as_of="2025-06-30")
    found = {
        "effects": renewal.effects(design, models=("logit", "cox")),
        "retention": renewal.retention(design),
        "mediation": renewal.mediation(design, draws=40),
        "comparison": renewal.compare_models(design, draws=20, machines=False),
        "outlook": renewal.outlook(design, given["accounts"], draws=100),
    }
    told = (design, found["effects"], found["comparison"], found["outlook"])
    return {**found, "card": renewal.model_card(*told)}


@pytest.fixture(scope="module")
def found():
    return results(clients=20, each=25, law={"commitment": 1.2}, seed=41)


@pytest.fixture(scope="module")
def nothing():
    return results(clients=1, each=4, seed=41)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.mark.parametrize(("picture", "result"), DRAWN)
def test_every_picture_says_what_it_shows(found, picture, result):
    ax = getattr(figures, picture)(found[result])
    assert ax.axison or picture == "mediation"
    assert any(letter.isdigit() for letter in ax.figure.get_label())


@pytest.mark.parametrize(("picture", "result"), DRAWN)
def test_without_results_a_picture_says_why(nothing, picture, result):
    ax = getattr(figures, picture)(nothing[result])
    if not ax.axison:
        assert max(len(text.get_text()) for text in ax.texts) > 20


def test_effects_lie_where_the_ratios_are(found):
    ax = figures.renewal_effects(found["effects"])
    rows = found["effects"].of("logit").dropna(subset="ratio").sort_values("p", kind="stable")
    drawn = ax.collections[-1].get_offsets()[:, 0]
    assert np.allclose(drawn, rows["ratio"])


def test_numbers_at_risk_stand_under_the_curves(found):
    ax = figures.retention(found["retention"])
    labels = [label.get_text() for label in ax.get_xticklabels()]
    rows = found["retention"].table
    first = rows[rows["years"] == 0].set_index("band")["n_at_risk"]
    assert labels[0].splitlines()[2:] == [
        f"{first[b]:,}" for b in ("high", "middle", "low", "silent")
    ]


def test_one_clients_bars_are_its_accounts_and_silence_is_marked(found):
    client = found["outlook"].table["client_id"].iloc[0]
    one = found["outlook"].of(client)
    ax = figures.revenue_at_risk(one)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == one.table["account_id"].head(15).tolist()
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == pytest.approx(one.table["expected_loss"].head(15) / 1000)


def test_labels_of_effects_fit_into_the_picture(found):
    ax = figures.renewal_effects(found["effects"])
    ax.figure.canvas.draw()
    edge = ax.figure.get_window_extent()
    for label in ax.get_yticklabels():
        assert label.get_window_extent().x0 >= edge.x0 - 1


@pytest.mark.parametrize(
    ("table", "result"),
    [
        ("revenue_at_risk", "outlook"),
        ("renewal_effects", "effects"), ("model_comparison", "comparison"), ("model_card", "card"),
    ],
)  # fmt: skip
def test_tables_stand_with_and_without_results(found, nothing, table, result):
    full, empty = (getattr(tables, table)(results_[result]) for results_ in (found, nothing))
    assert "<table" in full.html
    assert "<caption>" in full.html
    assert len(repr(empty)) > 15
