"""Pictures and tables of segments show what was counted and carry their words with them."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.colors import to_rgb

from crqlab import segments
from crqlab.base.contracts.frames import empty
from crqlab.language import language
from crqlab.language.segment_words import SegmentWords
from crqlab.show import alt_text, colours, figures, tables
from tests.segments.made import RULES, instrument
from tests.segments.test_tables import ACCOUNTS, OUTCOMES, PEOPLE, RESPONSES, SCORED


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def panel():
    tables_ = (SCORED, PEOPLE, ACCOUNTS, RESPONSES, OUTCOMES)
    return segments.panel(*tables_, RULES, instrument(), draws=20)


@pytest.fixture(scope="module")
def nobody():
    tables_ = (SCORED, PEOPLE, ACCOUNTS, RESPONSES, OUTCOMES)
    return segments.panel(*tables_, RULES, instrument(scale=(1, 5)), draws=20)


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_shares_fill_both_bars(panel):
    mix = segments.mix(panel)
    ax = figures.segment_shares(mix)
    widths = np.array([bar.get_width() for bar in ax.patches]).reshape(-1, 2)
    np.testing.assert_allclose(widths.sum(axis=0), 100)
    last = mix.total[mix.total["wave"] == "2025"]
    np.testing.assert_allclose(widths[:-1, 0], 100 * last["share"].dropna())
    assert "Ambassador" in alt_text.said(ax.figure)


def test_nothing_is_said_of_a_revenue_that_nobody_knows():
    bare = ACCOUNTS.assign(revenue=np.nan)
    poor = segments.panel(SCORED, PEOPLE, bare, RESPONSES, OUTCOMES, RULES, instrument(), draws=20)
    mix = segments.mix(poor)
    assert str(mix).startswith("Wave 2025: Opponent ")
    ax = figures.segment_shares(mix)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["accounts"]
    assert "% of accounts" in alt_text.said(ax.figure)
    assert "revenue" not in alt_text.said(ax.figure)
    moves = figures.segment_migration(segments.migration(poor)[0], RULES.names, by="revenue")
    said = alt_text.said(moves.figure)
    assert said == "The revenue of accounts sorted in two waves is not known"


def test_the_map_holds_every_account_of_the_last_wave_and_all_its_cuts(panel):
    ax = figures.segment_map(panel)
    assert sum(len(dots.get_offsets()) for dots in ax.collections) == panel.latest.sum()
    at = sorted(line.get_xdata()[0] for line in ax.lines if len(set(line.get_xdata())) == 1)
    assert at == [3.75, 4.5, 5.5]
    assert figures.segment_map(panel, y="nps").get_ylabel() == "NPS of the account (points)"


def test_strips_stand_at_the_median(panel):
    ax = figures.membership(panel)
    names = [label.get_text() for label in ax.get_yticklabels()]
    middle = panel.table.groupby("segment")["p"].median()
    drawn = [line[0, 0] for line in ax.collections[-1].get_segments()]
    np.testing.assert_allclose(drawn, middle[names])
    fills = colours.segments(RULES.traits)
    strips = [strip.get_facecolor()[0][:3] for strip in ax.collections[:-1]]
    several = panel.table.groupby("segment")["p"].count() > 1  # one point has no spread to draw
    drawn = [to_rgb(fills[name]) for name in names if several[name]]
    np.testing.assert_allclose(strips, drawn)


def test_renewal_shows_rate_interval_and_n(panel):
    rows = segments.renewal(segments.as_then(panel.table).assign(due_revenue=1.0), RULES.names)
    ax = figures.segment_renewal(rows)
    rows = rows[rows["n"] > 0]
    np.testing.assert_allclose(ax.lines[0].get_xdata(), 100 * rows["value"])
    assert ax.get_yticklabels()[0].get_text().endswith(f"(n = {rows['n'].iloc[0]:,})")


def test_rows_of_the_migration_are_hundred_per_cent(panel):
    rows, _ = segments.migration(panel)
    ax = figures.segment_migration(rows, RULES.names)
    np.testing.assert_allclose(ax.collections[0].get_array().sum(axis=1), 1)


def test_bars_of_the_sensitivity_are_moved_accounts(panel):
    rows = segments.sensitivity(panel.scored, RULES)
    ax = figures.segment_sensitivity(rows)
    widths = sorted(bar.get_width() for bars in ax.containers for bar in bars)
    moved = rows.drop_duplicates(["score", "cut", "change"])["moved"]
    np.testing.assert_allclose(widths, sorted(100 * moved))


def test_cuts_stand_beside_those_in_use(panel):
    rows = segments.suggested(panel, seed=1, draws=30)
    ax = figures.segment_cuts(rows)
    np.testing.assert_allclose(ax.lines[0].get_xdata(), rows["cut"])
    np.testing.assert_allclose(ax.lines[1].get_xdata(), rows["old"])


def test_tables_name_every_row(panel):
    mix = segments.mix(panel).table.query("client_id == 'C0' and wave == '2025'")
    shown = tables.segment_mix(mix, thresholds=RULES.quoted)
    assert all(name in shown.html for name in RULES.names)
    assert RULES.quoted in shown.sentence
    few = panel.table.head(3)
    assert SegmentWords(language("en")).reason(few["reason"].iloc[0]) in (
        tables.segment_accounts(few).html
    )
    hostile = tables.segment_accounts(few, pd.Series(["<b>x</b>"] * 3))
    assert "<b>x" not in hostile.html


def test_where_nothing_is_sorted_a_sentence_stands(nobody):
    mix = segments.mix(nobody)
    drawn = [
        figures.segment_shares(mix),
        figures.segment_map(nobody),
        figures.membership(nobody),
        figures.segment_renewal(empty("segment_renewal")),
        figures.segment_migration(empty("migration"), RULES.names),
        figures.segment_sensitivity(empty("segment_sensitivity")),
        figures.segment_cuts(empty("segment_cuts")),
    ]
    assert all(alt_text.said(ax.figure) and words(ax) for ax in drawn)
    assert "no mix" in str(mix)
    assert "Too few accounts" in str(segments.rival(nobody))
    for name, table in (
        ("segments", tables.segment_accounts),
        ("lifts", tables.segment_lifts),
    ):
        assert table(empty(name)).sentence
    assert tables.segment_actions(empty("actions"), segments.shipped()).sentence
