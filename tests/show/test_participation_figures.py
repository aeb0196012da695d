"""Pictures of participation draw what the tables say and carry their words with them."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

from crqlab import participation
from crqlab.show import alt_text, figures
from tests.participation.made import panel
from tests.participation.test_wave_plan import ASKED, scored

ONE = {"client": "C1", "wave": "2025"}
DRAWS = {"draws": 60}


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def tables():
    return panel(clients=6, accounts_each=12, completion=0.3)


@pytest.fixture(scope="module")
def completion(tables):
    return participation.completion(*tables[:3], **DRAWS)


def sentence(ax):
    return alt_text.said(ax.figure)


def test_histogram_counts_clients_and_marks_published_figures(completion):
    ranks = participation.completion_ranks(completion)
    ax = figures.completion_histogram(ranks, client="C1")
    heights = [p.get_height() for p in ax.patches if p.get_label() != "most common band, published"]
    assert sum(heights) == len(ranks.latest) == 6
    lines = {line.get_label(): line.get_xdata()[0] for line in ax.lines}
    assert lines["average, published"] == 35
    mine = ranks.latest.set_index("client_id").loc["C1", "value"]
    assert lines["C1"] == pytest.approx(100 * mine)
    assert "published: average about 35 %" in sentence(ax)
    assert f"C1: {100 * mine:.0f} % of contacts" in sentence(ax)


def test_histogram_bars_are_the_published_bands(completion):
    ranks = participation.completion_ranks(completion)
    ax = figures.completion_histogram(ranks)
    bars = [p for p in ax.patches if p.get_height() > 0 and p.get_label() == "_nolegend_"]
    shown = {f"{np.ceil(b.get_x()):.0f}": b.get_height() for b in bars if b.get_y() == 0}
    counts = ranks.latest["band"].value_counts()
    assert {str(k): v for k, v in shown.items()} == {
        band.split("-")[0]: n for band, n in counts.items()
    }


def test_coverage_draws_every_unit_with_its_interval(completion):
    one = completion.of(**ONE)
    ax = figures.coverage(one, dimension="role")
    rows = one.table[one.table["dimension"].isin(["all", "role"])]
    drawn = {line.get_label(): line.get_xdata() for line in ax.lines}
    for unit in ("contacts", "accounts", "revenue"):
        part = rows[(rows["unit"] == unit) & rows["value"].notna()].set_index("group")
        part = part.loc[["all", *[g for g in part.index if g != "all"]]]
        assert drawn[unit] == pytest.approx(100 * part["value"].to_numpy())
    bars = ax.collections[0].get_segments()
    whole = rows[(rows["unit"] == "contacts") & (rows["group"] == "all")].iloc[0]
    assert bars[0][:, 0] == pytest.approx([100 * whole["low"], 100 * whole["high"]])
    assert "boss" in sentence(ax)
    assert "they speak for" in sentence(ax)


def test_silent_accounts_stand_by_revenue_with_their_since(tables):
    silent = participation.silent(*tables)
    client, wave = silent.table.groupby(["client_id", "wave"]).size().idxmax()
    one = silent.of(client, wave)
    ax = figures.silent_accounts(one)
    assert [p.get_width() for p in ax.patches] == pytest.approx(one.table["revenue"] / 1000)
    texts = [text.get_text() for text in ax.texts]
    assert all(
        f"since {row.silent_since}" in t
        for t, row in zip(texts, one.table.itertuples(), strict=True)
    )
    assert one.table["account_id"].iloc[0] in sentence(ax)


@pytest.mark.parametrize("measure", ["crq", "nps"])
def test_nonresponse_draws_all_views_side_by_side(tables, measure):
    one = participation.adjusted(*tables, **DRAWS).of(**ONE)
    ax = figures.nonresponse(one, measure=measure)
    rows = one.table[one.table["measure"] == measure]
    dots = np.asarray(ax.collections[1].get_offsets())
    assert dots[:, 0] == pytest.approx(rows["value"].to_numpy())
    ends = np.array([s[:, 0] for s in ax.collections[0].get_segments()])
    assert ends == pytest.approx(rows[["low", "high"]].to_numpy())
    assert "silent as detractors" in sentence(ax)
    assert "as answered" in sentence(ax)


def test_concentration_draws_revenue_and_goodwill(tables):
    people = tables[3]
    found = participation.concentration(tables[2], people, scored(people), ASKED).of(**ONE)
    ax = figures.concentration(found)
    rows = found.table[found.table["holder"] == "account_manager"]
    widths = [bar.get_width() for bars in ax.containers for bar in bars]
    expected = 100 * rows[["revenue_share", "goodwill_share"]].to_numpy().T.ravel()
    assert widths == pytest.approx(expected)
    assert rows["name"].iloc[0] in sentence(ax)


def test_wave_plan_stacks_the_contacts_of_every_quarter(tables):
    plan = participation.plan(tables[2], *tables[:2], tables[3]).of("C1")
    ax = figures.wave_plan(plan)
    tops = pd.Series({round(p.get_x() + 0.35): 0.0 for p in ax.patches})
    for patch in ax.patches:
        tops[round(patch.get_x() + 0.35)] += patch.get_height()
    assert tops.to_dict() == plan.table.groupby("slice")["contacts"].sum().to_dict()
    assert "Contacts to ask by quarter" in sentence(ax)


def test_where_there_is_nothing_the_picture_says_so(tables, completion):
    nobody = {"client": "C9", "wave": "2025"}
    empty = [
        figures.coverage(completion.of(**nobody)),
        figures.silent_accounts(participation.silent(*tables).of(**nobody)),
        figures.nonresponse(participation.adjusted(*tables, **DRAWS).of(**nobody)),
        figures.completion_histogram(participation.completion_ranks(completion.of(**nobody))),
        figures.wave_plan(participation.plan(tables[2], *tables[:2], tables[3]).of("C9")),
    ]
    for ax in empty:
        assert len(sentence(ax)) > 20
        assert ax.texts[0].get_text() == sentence(ax)


def test_a_figure_is_drawn_on_the_axes_it_is_given(completion):
    ax = plt.figure().add_subplot()
    assert figures.coverage(completion.of(**ONE), ax=ax) is ax
