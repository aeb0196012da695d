"""Tables of the panel show each cut and place with its interval, peers and caution."""

import pytest

from crqlab import benchmark
from crqlab.benchmark import Rules
from crqlab.benchmark.peers import in_words
from crqlab.show import tables
from tests.benchmark.made import client_scores

NEAR = Rules(min_clients=10, min_accounts=1)


@pytest.fixture(scope="module")
def scores():
    return client_scores(clients=90)


def test_cuts_stand_with_their_intervals(scores):
    rows = benchmark.deciles(scores, rules=NEAR, by=[], draws=40).cell("crq")
    shown = tables.deciles(rows)
    for row in rows.itertuples():
        assert f"{row.estimate:.2f}" in shown.html
        assert f"{row.low:.2f} to {row.high:.2f}" in shown.html
    assert "90 clients with 3,600 accounts" in repr(shown)


def test_places_stand_with_decile_change_gap_and_peers(scores):
    result = benchmark.position(scores, rules=NEAR, draws=60)
    shown = tables.positions(result, "C000", "2025")
    row = result.table.query("client_id == 'C000' and wave == '2025' and measure == 'crq'").iloc[0]
    assert in_words(row["peers"]).startswith("industry ")
    assert f"<bdi>{in_words(row['peers'])}</bdi>" in shown.html
    assert f"{100 * row['percentile']:.0f}\u00a0%" in shown.html
    assert "the client&#39;s own score is taken as certain" in shown.html
    assert repr(shown) == f"{result.of('C000', '2025')}."


def test_without_peers_a_sentence_stands():
    result = benchmark.position(client_scores(clients=3), draws=20)
    shown = tables.positions(result, "C000", "2025")
    assert "<table" not in shown.html
    assert "too few peers" in repr(shown)
    empty = benchmark.deciles(client_scores(clients=3)).table
    assert repr(tables.deciles(empty)) == "No cell of the panel may be shown."
