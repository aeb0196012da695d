"""Tables of drivers say what was found, with interval, n and caution, and can be heard."""

import re

import numpy as np
import pytest

from crqlab import drivers
from crqlab.base.contracts.cautions import code, joined
from crqlab.show import tables
from crqlab.show.number_format import number, percent
from tests.drivers.made import account_table, codebook, respondents


@pytest.fixture(scope="module")
def made():
    people = respondents(clients=13, accounts=12)
    found = drivers.weights(people, codebook(), draws=60)
    return found, drivers.priorities(found, people, codebook(), account_table(people))


def cells(shown):
    """Rows of a table as texts."""
    rows = re.findall(r"<tr>(.*?)</tr>", shown.html)[1:]
    return [
        [re.sub("<[^>]+>", "", c) for c in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)]
        for row in rows
    ]


def test_weights_come_by_both_methods_the_heaviest_first(made):
    rows = made[0].table.query("scope == 'panel'")
    shown = tables.driver_weights(rows)
    main = made[0].of(outcome="trust").sort_values("share", ascending=False)
    johnson = made[0].of(outcome="trust", method="Johnson 2000").set_index("driver")
    found = cells(shown)
    assert [row[0] for row in found] == main["label"].tolist()
    assert [row[1] for row in found] == [percent(v) for v in main["share"]]
    assert [row[3] for row in found] == [percent(johnson["share"][d]) for d in main["driver"]]
    assert f"n = {main['n'].max():,} respondents" in shown.html
    assert "156 accounts" in shown.html
    assert "What moves LTR" in tables.driver_weights(rows, outcome="ltr").html


def test_effects_are_points_per_point_with_intervals(made):
    rows = made[0].effects.query("scope == 'panel'")
    found = cells(tables.driver_effects(rows))
    own = rows[(rows["level"] == "all") & (rows["outcome"] == "trust")].iloc[0]
    assert found[0][0] == "Care"
    assert found[0][1].startswith(number(own["effect"], signed=True))
    assert "not a promise" in tables.driver_effects(rows).html


def test_the_map_puts_the_likeliest_driver_first(made):
    one = made[1].table.query("client_id == 'C03'")
    found = cells(tables.driver_map(one))
    first = one.loc[one["probability"].idxmax()]
    assert found[0][0] == first["label"]
    assert found[0][3] == number(first["performance"])
    assert found[0][-1] == percent(first["probability"])


def test_cautions_stand_in_words_beside_what_they_belong_to(made):
    one = made[1].table.query("client_id == 'C03'").sort_values("probability", ascending=False)
    flags = [joined([code("few_accounts", minimum=6), "no_gap"]), "ok", "ok"]
    found = cells(tables.driver_map(one.assign(flag=flags)))
    assert [row[-1] for row in found] == [
        "fewer than 6 accounts; no gap to the reference", "", ""
    ]  # fmt: skip
    left = made[0].questions.left_out
    said = cells(tables.plain(left, caption="Left out"))
    assert said == [["service", "", "its parts stand for it"]]


def test_focus_names_the_clear_and_does_not_pretend_for_others(made):
    focus = made[1].focus
    unclear = focus[~focus["clear"] & (focus["kind"] == "account")].head(3)
    shown = tables.driver_priorities(unclear, kind="account")
    assert all(row[1] == "no clear single thing" for row in cells(shown))
    assert shown.sentence == "0 of 3 accounts with one clear thing to fix"
    clear = focus[focus["clear"] & (focus["kind"] == "account")]
    shown = tables.driver_priorities(clear, kind="account", most=2)
    assert len(cells(shown)) == 2
    assert f"{len(clear) - 2:,} more, less sure" in shown.html
    named = clear.head(5).assign(label=["Value", "Care", "Care", "Speed", "Care"])
    assert tables.driver_priorities(named, kind="account").sentence == (
        "5 of 5 accounts with one clear thing to fix, most often Care (3)"
    )


def test_the_one_thing_is_a_sentence(made):
    mine = made[1].focus.query("client_id == 'C03'")
    row = mine[mine["kind"] == "client"].iloc[0]
    said = tables.first_priority(mine).sentence
    assert row["label"] in said
    assert percent(row["probability"]) in said
    assert said.startswith("C03: ")


def test_names_from_files_cannot_break_out(made):
    focus = made[1].focus.query("kind == 'account_manager'").head(1)
    shown = tables.driver_priorities(focus.assign(unit="<script>"), kind="account_manager")
    assert "<script>" not in shown.html
    assert "&lt;script&gt;" in shown.html


def test_where_nothing_is_known_a_sentence_stands(made):
    found, first = made
    for shown in (
        tables.driver_weights(found.table.head(0)),
        tables.driver_effects(found.effects.head(0)),
        tables.driver_map(first.table.head(0)),
        tables.driver_priorities(first.focus.head(0)),
    ):
        assert shown.sentence in shown.html
        assert "<table" not in shown.html
    unknown = found.table.assign(share=np.nan, flag=code("few_to_compare", drivers=3))
    said = "No weights: too few to compare for 3 drivers"
    assert tables.driver_weights(unknown).sentence == said
