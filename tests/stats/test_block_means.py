"""Means of all accounts of a client's wave, where only a slice of them was asked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crqlab.stats import account_model
from crqlab.stats.account_model import block_means, fit
from tests.stats.account_panels import SCORES, Drawn, drawn

QUARTERS = np.arange(8) / 4


def sliced(whole: Drawn, slices: int = 4) -> pd.DataFrame:
    """Keep answers of every fourth account in each quarter, and a row of every other."""
    number = whole.people["account"].str[1:].astype(int)
    turn = whole.people["wave"].str[1:].astype(int)
    asked = whole.people[number % slices == turn % slices]
    times = pd.DataFrame({"wave": [f"W{i}" for i in range(8)], "time": QUARTERS})
    every = whole.truth[["client", "wave", "account"]].merge(times)
    return pd.concat([asked, every], ignore_index=True)


def lined_up(table: pd.DataFrame) -> account_model.Answers:
    return account_model.answers(
        table[list(SCORES)],
        client=table["client"],
        account=table["account"],
        wave=table["wave"],
        time=table["time"],
        person=table["person"],
        role=table["role"],
    )


@pytest.fixture(scope="module")
def quarters():
    """A panel of eight quarters in slices: truth of all accounts, and draws of their means."""
    whole = drawn(clients=40, accounts=24, waves=8, seed=5, years=QUARTERS)
    rows = lined_up(sliced(whole))
    found = block_means(fit(rows), rows, n=200)
    truth = whole.truth.groupby(["client", "wave"])[list(SCORES)].mean()
    return found, truth.reindex(pd.MultiIndex.from_frame(found.blocks[["client", "wave"]]))


def test_means_of_all_accounts_cover_the_truth_though_a_quarter_was_asked(quarters) -> None:
    found, truth = quarters
    held = []
    for name in SCORES:
        low, high = np.quantile(found.means[name], [0.025, 0.975], axis=1)
        held.append((low <= truth[name]) & (truth[name] <= high))
    assert 0.90 <= np.mean(held) <= 0.99  # 960 intervals, those of a client alike


def test_change_is_that_of_the_same_accounts_and_covers_it(quarters) -> None:
    found, truth = quarters
    last, before = (found.blocks["wave"] == wave for wave in ("W7", "W3"))
    step = found.means["care"][last] - found.means["care"][before]
    true = truth["care"].to_numpy()[last] - truth["care"].to_numpy()[before]
    low, high = np.quantile(step, [0.025, 0.975], axis=1)
    assert 34 <= ((low <= true) & (true <= high)).sum() <= 40


def test_all_accounts_are_counted_and_those_without_weight_are_not() -> None:
    whole = drawn(clients=4, accounts=12, waves=2, seed=2)
    rows = whole.rows()
    model = fit(rows)
    once = (rows.keys()["account"] == "A003").to_numpy()
    alone = block_means(model, rows, weight=once, n=100)
    mean = account_model.posterior(model, rows).table.set_index(["client", "wave", "account"])
    blocks = alone.blocks[alone.blocks["weight"] > 0]
    for row, block in blocks.iterrows():
        own = mean.loc[(block["client"], block["wave"], "A003"), "care"]
        assert alone.means["care"][row].mean() == pytest.approx(own, abs=0.12)


def test_the_interval_grows_with_those_not_asked() -> None:
    whole = drawn(clients=20, accounts=20, waves=8, seed=9, years=QUARTERS)
    every, some = whole.rows(), lined_up(sliced(whole))
    model = fit(every)
    width = [
        np.diff(
            np.quantile(block_means(model, rows, n=100).means["care"], [0.1, 0.9], axis=1), axis=0
        ).mean()
        for rows in (every, some)
    ]
    assert width[1] > 1.3 * width[0]
