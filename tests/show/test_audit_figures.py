"""The funnel draws every account manager who was compared, with limits, and says whom to ask."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

from crqlab.show import alt_text
from crqlab.show.figures.selection_audit import FEW, funnel


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def table(n=5, raised=(2,)):
    value = np.linspace(-0.5, 1.5, n)
    half = 3 / np.sqrt(np.arange(5, 5 + n))
    return pd.DataFrame(
        {
            "account_manager": [f"M{i:02d}" for i in range(n)],
            "topic": "scores",
            "question": "scores_above_similar",
            "value": value,
            "low": value - half,
            "high": value + half,
            "unit": "scale_points",
            "p": 0.5,
            "n_accounts": np.arange(5, 5 + n),
            "raised": np.isin(np.arange(n), raised),
        }
    )


def drawn(ax):
    return {line.get_label(): line for line in ax.lines}


def test_draws_every_account_manager_once_and_the_raised_apart():
    rows = table()
    lines = drawn(funnel(rows))
    assert lines["account manager"].get_ydata() == pytest.approx(rows["value"].drop(2))
    assert lines["worth asking about"].get_xydata() == pytest.approx(np.array([[7, 0.5]]))
    assert lines["worth asking about"].get_marker() != lines["account manager"].get_marker()


def test_few_have_limits_of_their_own_around_no_difference():
    rows = table()
    segments = funnel(rows).collections[0].get_segments()
    half = ((rows["high"] - rows["low"]) / 2).to_numpy()
    assert [ends[1, 1] for ends in segments] == pytest.approx(half)
    assert [ends[0, 1] for ends in segments] == pytest.approx(-half)


def test_many_share_a_funnel_that_narrows():
    ax = funnel(table(FEW + 1))
    curve = drawn(ax)["typical limits of chance"].get_xydata()
    assert not ax.collections
    assert curve[:, 1] == pytest.approx(3 / np.sqrt(curve[:, 0]))


def test_says_who_is_worth_asking_about_and_names_them_in_the_picture():
    ax = funnel(table())
    assert "5 account managers" in alt_text.said(ax.figure)
    assert alt_text.said(ax.figure).endswith("Worth asking about: M02 (+0.50, 7 accounts)")
    assert [text.get_text() for text in ax.texts] == ["M02"]
    asks = "What lies behind scores so far above those of similar accounts?"
    assert ax.get_title(loc="left") == asks
    assert "scale points" in ax.get_ylabel()


def test_says_so_when_nobody_is():
    assert alt_text.said(funnel(table(raised=())).figure).endswith("None is worth asking about")


def test_who_could_not_be_compared_is_not_drawn():
    rows = table()
    rows.loc[[0, 4], "p"] = np.nan
    assert "3 account managers" in alt_text.said(funnel(rows).figure)
    nothing = funnel(rows.assign(p=np.nan))
    assert alt_text.said(nothing.figure).startswith("Nothing to show about scores")
    assert funnel(rows, topic="late").texts


def test_draws_on_the_axes_it_is_given():
    ax = plt.figure().add_subplot()
    assert funnel(table(), ax=ax) is ax
