"""Alignment of many groups against what was put in, against exact invariance, and at its edges."""

import numpy as np
import pandas as pd
import pytest

from crqlab import EstimateError
from crqlab.base.contracts.cautions import has
from crqlab.stats.factors import alignment, invariance

ITEMS = list("abcde")
MODEL = {"trust": ITEMS}
LOADINGS = np.array([1.0, 0.8, 1.2, 0.9, 1.0])
MEANS = np.array([0, 0.5, -0.4, 0.3, -0.2, 0.6, 0.1, -0.5])
SDS = np.array([1, 1.2, 0.9, 1, 0.8, 1.1, 1, 1.2])


def answers(n=400, *, seed=1, odd=True):
    """Eight groups; ``odd``: one intercept of group 2, one of 5 and one loading of 6 differ."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(8), n)
    trust = MEANS[group] + SDS[group] * rng.normal(size=8 * n)
    items = trust[:, None] * LOADINGS + rng.normal(size=(8 * n, 5)) + 4
    if odd:
        items[group == 2, 1] += 0.8
        items[group == 5, 3] -= 0.7
        items[group == 6, 4] += 0.5 * trust[group == 6]
    return pd.DataFrame(items, columns=ITEMS).assign(land=group)


def test_finds_means_and_deviations_and_which_items_differ():
    found = alignment(answers(3000), MODEL, "land", reference=0)
    assert found.table["mean"].to_numpy() == pytest.approx(MEANS, abs=0.08)
    assert found.table["sd"].to_numpy() == pytest.approx(SDS, abs=0.06)
    table = found.parameters.set_index(["item", "group"])
    told = table.index[table["intercept_differs"]].tolist()
    assert sorted(told) == [("b", "2"), ("d", "5")]
    assert table.index[table["loading_differs"]].tolist() == [("e", "6")]
    assert found.share_different == pytest.approx(3 / 80)
    explained = found.items.set_index("item")
    assert explained.loc["a", "r2_intercept"] > 0.97
    assert explained.loc["b", "r2_intercept"] < 0.6
    assert found.flag == "ok"


def test_exact_invariance_would_have_been_led_astray():
    data = answers(1500)
    scalar = invariance(data, MODEL, "land").fits["scalar"].latent_means
    exact = scalar.set_index("group")["estimate"].to_numpy(float)
    found = alignment(data, MODEL, "land", reference=0).table["mean"].to_numpy()
    assert np.abs(found - MEANS).mean() < np.abs(exact - MEANS).mean()


def test_where_invariance_is_exact_alignment_agrees_with_it():
    data = answers(1500, odd=False)
    scalar = invariance(data, MODEL, "land").fits["scalar"]
    latent = np.array([scalar.latent.loc[str(g)].to_numpy()[0, 0] for g in range(8)])
    exact = scalar.latent_means["estimate"].to_numpy() / np.sqrt(latent[0])
    found = alignment(data, MODEL, "land", reference=0)
    assert found.table["mean"].to_numpy() == pytest.approx(exact, abs=0.04)
    assert found.table["sd"].to_numpy() == pytest.approx(np.sqrt(latent / latent[0]), abs=0.04)
    assert found.share_different < 0.02


@pytest.mark.slow
def test_errors_are_as_large_as_the_spread():
    tables = [alignment(answers(250, seed=s), MODEL, "land", reference=0).table for s in range(25)]
    spread = np.stack([table["mean"].to_numpy() for table in tables]).std(axis=0)[1:]
    error = np.stack([table["se"].to_numpy() for table in tables]).mean(axis=0)[1:]
    assert np.median(spread / error) == pytest.approx(1, abs=0.2)
    inside = [(t["low"] < MEANS) & (t["high"] > MEANS) for t in tables]
    # seven means share one reference: 25 samples tell the share to .025 (0.935 in 40 others)
    assert np.mean([row[1:] for row in inside]) > 0.87


def test_units_order_and_names_of_groups_do_not_matter():
    data = answers()
    here = alignment(data, MODEL, "land", reference=0)
    names = data["land"].map(lambda g: f"land {g}")
    moved = (data[ITEMS] * [1, 10, 0.1, 2, 3] - 7).assign(land=names).sample(frac=1, random_state=1)
    there = alignment(moved, MODEL, "land", reference="land 0")
    both = there.table.assign(group=there.table["group"].str[-1]).merge(here.table, on="group")
    assert both["mean_x"].to_numpy() == pytest.approx(both["mean_y"].to_numpy(), abs=1e-3)
    assert both["sd_x"].to_numpy() == pytest.approx(both["sd_y"].to_numpy(), abs=1e-3)


def test_another_reference_moves_the_scale_alone():
    data = answers(1500)
    first, other = (alignment(data, MODEL, "land", reference=g).table for g in (0, 4))
    assert other.loc[4, ["mean", "sd"]].tolist() == [0, 1]
    moved = (first["mean"] - first.loc[4, "mean"]) / first.loc[4, "sd"]
    assert other["mean"].to_numpy() == pytest.approx(moved.to_numpy(), abs=0.05)


def test_two_constructs_are_aligned_each_by_itself():
    data = answers(odd=False)
    rng = np.random.default_rng(9)
    more = data[["a"]].to_numpy() * 0.3 + rng.normal(size=(3200, 1)) + rng.normal(size=(3200, 4))
    data[list("wxyz")] = more
    found = alignment(data, {**MODEL, "value": list("wxyz")}, "land")
    assert found.table["construct"].tolist() == ["trust"] * 8 + ["value"] * 8
    assert len(found.parameters) == 8 * 9


def test_much_that_differs_is_said_and_what_cannot_be_aligned_refused():
    data = answers(1500, odd=False)
    rng = np.random.default_rng(3)
    data[ITEMS] += rng.normal(size=(8, 5))[data["land"]]
    assert has(alignment(data, MODEL, "land").flag, "much_non_invariance")
    with pytest.raises(EstimateError, match="none of the groups"):
        alignment(data, MODEL, "land", reference="se")
    with pytest.raises(EstimateError, match="three or more"):
        alignment(data, {"one": ["a", "b", "c"], "two": ["d", "e"]}, "land")
    with pytest.raises(EstimateError, match="has 1 group"):
        alignment(data.assign(land=1), MODEL, "land")
