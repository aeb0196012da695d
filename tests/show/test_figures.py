"""Figures for exploration draw what the table says and carry their words with them."""

import base64

import matplotlib as mpl
import pytest
from IPython.core.formatters import DisplayFormatter

mpl.use("Agg")

import matplotlib.pyplot as plt

from crqlab.show import alt_text, figures


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_account_scores_draws_both_scores_of_every_account(study_of):
    rows = study_of().read("account_scores").query("wave == '2025'")
    ax = figures.account_scores(rows)
    ordered = rows.sort_values("shrunken", ascending=False)
    drawn = {line.get_label(): line.get_ydata() for line in ax.lines}
    assert drawn["shrunken"] == pytest.approx(ordered["shrunken"])
    assert drawn["mean"] == pytest.approx(ordered["crq"])
    assert f"{ordered['shrunken'].max():.2f}" in alt_text.said(ax.figure)


def test_waves_draws_values_and_intervals(study_of):
    rows = study_of().read("client_scores")
    ax = figures.waves(rows)
    kept = rows[(rows["measure"] == "crq") & (rows["roll_up"] == "respondents")]
    assert ax.lines[0].get_ydata() == pytest.approx(kept["value"])
    assert len(ax.collections[0].get_segments()) == 3
    assert "2024" in alt_text.said(ax.figure)


def test_client_scores_rank_one_dot_a_client(study_of):
    rows = study_of().read("client_scores").query("wave == '2025'")
    ax = figures.client_scores(rows, measure="nps")
    assert len(ax.lines[0].get_ydata()) == 1
    assert alt_text.said(ax.figure).startswith("NPS (points) of 1 client")


def test_answers_counts_each_answer_and_spread_everybody(study_of):
    rows = study_of().read("respondents")
    counted = figures.answers(rows)
    heights = [bar.get_height() for bar in counted.patches]
    assert heights == [int((rows["ltr"] == k).sum()) for k in range(11)]
    lain = figures.spread(rows)
    assert sum(bar.get_height() for bar in lain.patches) == len(rows)
    assert f"{rows['crq'].median():.2f}" in alt_text.said(lain.figure)


def test_a_figure_is_drawn_on_the_axes_it_is_given(study_of):
    ax = plt.figure().add_subplot()
    assert figures.spread(study_of().read("respondents"), ax=ax) is ax


def test_two_pictures_on_one_figure_say_two_sentences():
    one, two = plt.subplots(1, 2)[1]
    alt_text.say(one, "First")
    alt_text.say(two, "Second")
    assert alt_text.said(one.figure) == "First. Second"


def test_a_notebook_keeps_the_sentence_beside_the_picture(monkeypatch):
    formatter = DisplayFormatter()
    shell = type("Shell", (), {"display_formatter": formatter})()
    monkeypatch.setattr(alt_text, "_shell", lambda: shell)
    alt_text.register()
    figure = plt.figure()
    alt_text.say(figure.add_subplot(), "Seven accounts above 5.2")
    data, _ = formatter.format(figure, include=["text/plain"])
    assert data["text/plain"] == "Seven accounts above 5.2"


def test_outside_notebooks_nothing_is_registered(monkeypatch):
    monkeypatch.setattr(alt_text, "_shell", lambda: None)
    assert alt_text.register() is None


def test_a_figure_without_words_says_what_matplotlib_says():
    assert alt_text.said(plt.figure()).startswith("<Figure size")


def test_pictures_are_the_same_bytes_twice(study_of, tmp_path):
    rows = study_of().read("respondents")
    made = []
    for number in (1, 2):
        path = tmp_path / f"{number}.svg"
        figures.spread(rows).figure.savefig(path, metadata={"Date": None})
        made.append(base64.b64encode(path.read_bytes()))
    assert made[0] == made[1]
