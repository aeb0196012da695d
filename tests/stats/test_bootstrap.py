"""The account bootstrap: every sample by R, laws of repetition, coverage, edges."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from crqlab import EstimateError
from crqlab.stats.bootstrap import paired_difference, ratios
from crqlab.stats.cluster_draws import resampled, stream

FOLDER = Path(__file__).parents[1] / "reference/bootstrap"
REFERENCE = pd.read_csv(FOLDER / "every_sample.csv").set_index("quantity")
NAMES = pd.Index([*"abcdef"])
PEOPLE, TOTALS = np.array([2, 1, 3, 4, 1, 2.0]), np.array([11, 5.5, 12, 19, 4, 9.5])
BEFORE, EARLIER = np.array([2, 1, 3, 4, 1, 0.0]), np.array([10, 5, 14, 17, 5, 0.0])
FEW = '{"code": "few_accounts", "minimum": 6}'
REVENUE = np.array([5, 1, 2, 4, 3, 1.5])


def frame(*columns, index=NAMES):
    return pd.DataFrame(dict(zip("xyz", columns, strict=False)), index=index)


def block(rows, name="C017"):
    return pd.Series([name] * len(rows))


def assert_agrees(row, name):
    for end in ("low", "high"):
        reference, tolerance = REFERENCE.loc[f"{name} {end}", ["reference", "tolerance"]]
        assert row[end] == pytest.approx(reference, abs=tolerance)


def test_ratios_agree_with_every_sample_there_is():
    num, den = frame(TOTALS, REVENUE * TOTALS / PEOPLE), frame(PEOPLE, REVENUE)
    table = ratios(num, den, block(num), draws=200_000, level=0.8)
    assert_agrees(table.iloc[0], "everyone")
    assert_agrees(table.iloc[1], "revenue")


def test_change_agrees_with_every_sample_there_is():
    num = pd.concat([frame(EARLIER), frame(TOTALS)])
    den = pd.concat([frame(BEFORE), frame(PEOPLE)])
    later = pd.Series(np.arange(12) >= 6)
    row = paired_difference(num, den, block(num), later, draws=200_000, level=0.8).iloc[0]
    assert_agrees(row, "change")
    assert row["value"] == pytest.approx(61 / 13 - 51 / 11)
    assert (row["later"], row["earlier"]) == pytest.approx((61 / 13, 51 / 11))
    assert (row["n_clusters"], row["n_both"]) == (6, 5)


def panel(blocks=3, accounts=9, seed=4):
    rng = np.random.default_rng(seed)
    rows = blocks * accounts
    index = pd.Index([f"A{i % accounts:02d}" for i in range(rows)])
    people = rng.integers(1, 6, (rows, 2)).astype(float)
    return (
        pd.DataFrame(people * rng.normal(5, 1, (rows, 2)), index=index, columns=["crq", "trust"]),
        pd.DataFrame(people, index=index, columns=["crq", "trust"]),
        pd.Series(np.repeat([f"C{b}" for b in range(blocks)], accounts)),
    )


NUM, DEN, BLOCKS = panel()


@given(st.permutations(range(len(NUM))))
def test_the_order_of_accounts_changes_no_byte(order):
    shuffled = ratios(NUM.iloc[order], DEN.iloc[order], BLOCKS.iloc[order], draws=60)
    pd.testing.assert_frame_equal(shuffled, ratios(NUM, DEN, BLOCKS, draws=60), check_exact=True)


def test_other_blocks_change_no_byte():
    together = ratios(NUM, DEN, BLOCKS, draws=200)
    for name in BLOCKS.unique():
        mine = BLOCKS.eq(name).to_numpy()
        alone = ratios(NUM[mine], DEN[mine], BLOCKS[mine], draws=200)
        among = together[together["block"] == name].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, among, check_exact=True)


def test_other_measures_change_nothing():
    together = ratios(NUM, DEN, BLOCKS, draws=200)
    alone = ratios(NUM[["trust"]], DEN[["trust"]], BLOCKS, draws=200)
    among = together[together["measure"] == "trust"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, among, rtol=1e-12)


def test_the_seed_decides_and_blocks_have_draws_of_their_own():
    first, again = (ratios(NUM, DEN, BLOCKS, draws=100, seed=1) for _ in range(2))
    other = ratios(NUM, DEN, BLOCKS, draws=100, seed=2)
    assert first.equals(again)
    assert not first["low"].equals(other["low"])
    twin = ratios(frame(TOTALS), frame(PEOPLE), block(NAMES, "C018"), draws=100)
    assert (
        twin["low"] != ratios(frame(TOTALS), frame(PEOPLE), block(NAMES), draws=100)["low"]
    ).all()


@given(st.floats(-5, 5), st.floats(0.1, 10))
def test_follows_the_scale(shift, scale):
    here = ratios(NUM, DEN, BLOCKS, draws=60)
    moved = ratios(NUM * scale + shift * DEN, DEN, BLOCKS, draws=60)
    for end in ("value", "low", "high"):
        assert moved[end].to_numpy() == pytest.approx(here[end].to_numpy() * scale + shift)


def test_blocks_may_be_named_by_client_and_wave():
    keys = pd.MultiIndex.from_arrays([BLOCKS, [2025] * len(BLOCKS)])
    table = ratios(NUM, DEN, keys, draws=50)
    assert table["block"].iloc[0] == ("C0", 2025)
    assert table["value"].equals(ratios(NUM, DEN, BLOCKS, draws=50)["value"])


def test_pieces_that_fit_in_memory_are_the_whole(monkeypatch):
    whole = np.vstack(list(resampled(7, 100, stream(1, "C017"))))
    monkeypatch.setattr("crqlab.stats.cluster_draws.CELLS", 50)
    pieces = list(resampled(7, 100, stream(1, "C017")))
    assert len(pieces) > 10
    assert np.array_equal(np.vstack(pieces), whole)
    assert whole.mean(axis=0) == pytest.approx(1, abs=0.3)


def test_an_account_that_skipped_a_measure_does_not_count_for_it():
    num, den = frame(TOTALS, TOTALS), frame(PEOPLE, PEOPLE)
    num.loc["a", "y"], den.loc["b", "y"] = np.nan, 0
    table = ratios(num, den, block(num))
    assert table["n_clusters"].tolist() == [6, 4]
    assert table["value"].tolist() == pytest.approx([61 / 13, 44.5 / 10])
    assert table["flag"].tolist() == ["ok", FEW]
    assert table[["low", "high"]].notna().all(axis=None)


def test_a_silent_account_changes_no_byte():
    num, den = (f.copy() for f in (frame(TOTALS), frame(PEOPLE)))
    num.loc["g"], den.loc["g"] = 0, 0
    assert ratios(num, den, block(num)).equals(ratios(frame(TOTALS), frame(PEOPLE), block(NAMES)))


@pytest.mark.parametrize(
    ("people", "totals", "flag", "open_ended"),
    [
        ([0, 0], [0, 0], "no_answers", True),
        ([3, 0], [15, 0], "one_account", True),
        ([2, 3], [8, 15], FEW, False),
        ([1] * 6, [5] * 6, "accounts_alike", False),
        ([90] + [1] * 5, [450, 3, 4, 6, 5, 7], "few_dominate", False),
    ],
)
def test_says_what_an_interval_rests_on(people, totals, flag, open_ended):
    index = pd.Index(range(len(people)))
    num, den = (pd.DataFrame({"x": column}, index=index) for column in (totals, people))
    row = ratios(num, den, block(num)).iloc[0]
    assert row["flag"] == flag
    assert np.isnan([row["low"], row["high"]]).tolist() == [open_ended] * 2


def test_one_heavy_account_widens_the_interval():
    people = np.array([20, 1, 1, 1, 1, 1, 1, 1.0])
    index = pd.Index(range(8))
    num = pd.DataFrame({"x": people * np.array([5, 3, 4, 6, 5, 7, 5, 4.0])}, index=index)
    den = pd.DataFrame({"x": people}, index=index)
    row = ratios(num, den, block(num)).iloc[0]
    narrow = ratios(num, den, block(num), level=0.5).iloc[0]
    assert row["low"] < narrow["low"] < row["value"] < narrow["high"] < row["high"]
    assert row["high"] == pytest.approx(6.3, abs=0.8)  # nearly as far as the light ones reach


def test_no_change_is_no_change():
    num, den = pd.concat([NUM, NUM]), pd.concat([DEN, DEN])
    later = pd.Series(np.arange(len(num)) < len(NUM))
    table = paired_difference(num, den, pd.concat([BLOCKS, BLOCKS]), later, draws=100)
    assert (table[["value", "low", "high"]] == 0).all(axis=None)
    assert (table["p"] == 1).all()
    assert (table["n_both"] == 9).all()


def test_turning_time_round_turns_the_sign():
    num, den = pd.concat([frame(EARLIER), frame(TOTALS)]), pd.concat([frame(BEFORE), frame(PEOPLE)])
    later = pd.Series(np.arange(12) >= 6)
    there = paired_difference(num, den, block(num), later).iloc[0]
    back = paired_difference(num, den, block(num), ~later).iloc[0]
    assert (back["value"], back["low"], back["high"], back["p"]) == pytest.approx(
        (-there["value"], -there["high"], -there["low"], there["p"])
    )


def test_pairing_accounts_tells_more_than_keeping_waves_apart():
    rng = np.random.default_rng(6)
    steady = rng.normal(5, 1, 30)
    after = steady + 0.3 + rng.normal(0, 0.2, 30)
    num = pd.DataFrame({"x": [*steady, *after]}, index=[*range(30), *range(30)])
    later = pd.Series([False] * 30 + [True] * 30)
    same = paired_difference(num, num * 0 + 1, block(num), later).iloc[0]
    num.index = range(60)
    apart = paired_difference(num, num * 0 + 1, block(num), later).iloc[0]
    assert same["value"] == apart["value"]
    assert same["low"] > 0 > apart["low"]
    assert same["p"] < 0.01 < 0.1 < apart["p"]


def test_p_says_when_the_interval_touches_no_change():
    num = pd.DataFrame({"x": np.random.default_rng(2).normal(0.35, 1, 24)}, index=range(24))
    rows = pd.concat([num, num * 0]).set_axis([*range(24), *range(24)])
    later = pd.Series([True] * 24 + [False] * 24)
    options = {"draws": 20_000, "seed": 3}
    p = paired_difference(rows, rows * 0 + 1, block(rows), later, **options)["p"].iloc[0]
    touching = paired_difference(
        rows, rows * 0 + 1, block(rows), later, level=1 - p, **options
    ).iloc[0]
    assert 0.01 < p < 0.5
    assert touching["low"] == pytest.approx(0, abs=0.01)


def test_refuses_tables_that_cannot_be_resampled():
    num, den = frame(TOTALS), frame(PEOPLE)
    with pytest.raises(EstimateError, match="blocks= has 5 rows"):
        ratios(num, den, block(range(5)))
    with pytest.raises(EstimateError, match="same accounts and measures in the same order"):
        ratios(num, den.iloc[::-1], block(num))
    with pytest.raises(EstimateError, match="negative sums"):
        ratios(num, -den, block(num))
    with pytest.raises(EstimateError, match="more than once in a block"):
        ratios(pd.concat([num, num]), pd.concat([den, den]), block(range(12)))
    with pytest.raises(EstimateError, match="level= is 95"):
        ratios(num, den, block(num), level=95)


def simulated(accounts, runs, rng):
    """Accounts of unequal size and revenue, ICC .30; one block per run."""
    rows, index = runs * accounts, pd.Index(np.tile(np.arange(accounts), runs))
    size = 1 + rng.negative_binomial(1.2, 0.25, rows)
    account = np.repeat(np.arange(rows), size)
    level = rng.normal(0, np.sqrt(0.3), rows)
    score = 5 + level[account] + rng.normal(0, np.sqrt(0.7), len(account))
    total, revenue = np.bincount(account, score), rng.lognormal(0, 1.2, rows)
    net = np.bincount(account, score > 5.2) - np.bincount(account, score < 4)
    num = {"everyone": total, "mean": total / size, "revenue": revenue * total / size, "nps": net}
    den = {"everyone": size, "mean": 1.0, "revenue": revenue, "nps": size}
    blocks = pd.Series(np.repeat(np.arange(runs), accounts))
    return pd.DataFrame(num, index=index), pd.DataFrame(den, index=index), blocks


@pytest.mark.slow
@pytest.mark.parametrize("accounts", [8, 15, 40])
def test_intervals_cover_the_truth_as_often_as_they_say(accounts):
    num, den, blocks = simulated(accounts, 1000, np.random.default_rng(accounts))
    table = ratios(num, den, blocks, draws=600)
    truth = table["measure"].map(lambda name: 5 if name != "nps" else norm.sf(0.2) - norm.cdf(-1))
    covered = (table["low"] <= truth) & (truth <= table["high"])
    shares = covered.groupby(table["measure"]).mean()
    assert shares.between(0.93, 0.97).all(), shares.to_dict()


@pytest.mark.slow
@pytest.mark.parametrize("accounts", [8, 15, 40])
def test_change_intervals_cover_no_change_as_often_as_they_say(accounts):
    rng = np.random.default_rng(accounts)
    waves = [simulated(accounts, 1000, rng) for _ in range(2)]
    num, den, blocks = (pd.concat(parts) for parts in zip(*waves, strict=True))
    num, den = num[["everyone", "mean"]], den[["everyone", "mean"]]
    later = pd.Series(np.arange(len(num)) < len(num) / 2)
    table = paired_difference(num, den, blocks, later, draws=600)
    covered = (table["low"] <= 0) & (table["high"] >= 0)
    shares = covered.groupby(table["measure"]).mean()
    assert shares.between(0.93, 0.975).all(), shares.to_dict()
    assert (table["p"] < 0.05).mean() == pytest.approx(1 - covered.mean(), abs=0.005)


@pytest.mark.parametrize("accounts", [2, 3, 4, 5])
def test_interval_and_p_of_few_accounts_are_one_test(accounts):
    rng = np.random.default_rng(accounts)
    ids = [f"a{k}" for k in range(accounts)]
    for _ in range(60):
        first = pd.DataFrame({"crq": rng.normal(5, 1, accounts)}, index=ids)
        moved = first + rng.normal(0.4, 0.5, (accounts, 1))
        both = pd.concat([first, moved])
        later = pd.Series([False] * accounts + [True] * accounts)
        blocks = pd.Series(["C"] * 2 * accounts)
        found = paired_difference(both, both * 0 + 1, blocks, later, draws=200).iloc[0]
        assert (found["low"] > 0 or found["high"] < 0) == (found["p"] < 0.05)
