"""CRQ against NPS by hand, against what was planted, and where nothing can be said."""

import numpy as np
import pandas as pd
import pytest

from crqlab import construct, scores
from crqlab.base.contracts.cautions import codes
from crqlab.construct.criterion_validity import correlation, effect
from crqlab.construct.crq_and_nps import POOR, RICH
from crqlab.stats.agreement import icc1
from tests.construct.made import frames

DRAWS = {"draws": 200}


@pytest.fixture(scope="module")
def made():
    _table, people, book = frames(accounts=150, each=6, waves=("2024", "2025"), between=0.5)
    return scores.accounts(people, book), people


@pytest.fixture(scope="module")
def result(made):
    return construct.compare_with_nps(*made, **DRAWS)


def test_shared_variance_is_the_squared_correlation_of_the_last_wave(made, result):
    accounts, _ = made
    last = accounts[accounts["wave"] == "2025"]
    row = result.table.set_index("measure").loc["variance_shared"]
    assert row["estimate"] == pytest.approx(np.corrcoef(last["crq"], last["nps"])[0, 1] ** 2)
    assert row["low"] < row["estimate"] < row["high"]
    assert row["n"] == len(last) == 150
    assert f"share {row['estimate']:.0%}" in str(result)


def test_retest_is_the_correlation_of_paired_accounts(made, result):
    accounts, _ = made
    waves = accounts.pivot_table(index="account_id", columns="wave", values=["crq", "nps"])
    rows = result.table.set_index(["measure", "score"])["estimate"]
    found = {name: waves[name].corr().iloc[0, 1] for name in ("crq", "nps")}
    assert rows[("retest_correlation", "crq")] == pytest.approx(found["crq"])
    assert rows[("retest_correlation", "nps")] == pytest.approx(found["nps"])
    assert rows[("retest_difference", "both")] == pytest.approx(found["crq"] - found["nps"])


def test_answers_needed_follow_from_icc(made, result):
    _, people = made
    last = people[people["wave"] == "2025"]
    nps = 100.0 * ((last["ltr"] >= 9).astype(int) - (last["ltr"] <= 6).astype(int))
    rows = result.table.set_index(["measure", "score"])["estimate"]
    for name, values in (("crq", last["crq"]), ("nps", nps)):
        centred = values - values.groupby(last["client_id"]).transform("mean")
        icc = icc1(centred, last["client_id"] + last["account_id"], draws=10).value
        needed = (1.959964 / 0.5) ** 2 * (1 - icc) / icc
        found = rows[("answers_needed", name)]
        assert found == pytest.approx(needed, rel=1e-6)


def test_disagreements_are_poor_by_one_score_and_good_by_the_other():
    n = 40
    accounts = pd.DataFrame(
        {
            "client_id": "C1",
            "wave": "2025",
            "account_id": [f"A{i}" for i in range(n)],
            "n": 5,
            "n_ltr": 5,
            "crq": np.linspace(2, 6.9, n),
            "nps": np.linspace(-80, 80, n),
        }
    )
    accounts.loc[0, "nps"], accounts.loc[n - 1, "nps"] = 90.0, -90.0
    accounts.loc[1, ["n", "nps"]] = 2, 90.0  # too few answers to be listed
    people = pd.DataFrame(columns=["client_id", "wave", "account_id", "crq", "ltr"], dtype=object)
    found = construct.compare_with_nps(accounts, people, **DRAWS).disagreements
    listed = found.set_index("account_id")["kind"].to_dict()
    assert listed == {"A0": RICH, f"A{n - 1}": POOR}


def test_without_ltr_everything_says_why():
    _table, people, book = frames(accounts=30, ltr=False)
    result = construct.compare_with_nps(scores.accounts(people, book), people, **DRAWS)
    assert result.table["estimate"].isna().all()
    flags = result.table.set_index(["measure", "score"])["flag"]
    few = {"code": "few_accounts_answered", "n": 0, "answers": 3, "minimum": 4}
    assert codes(flags[("variance_shared", "both")]) == [few]
    assert flags[("answers_ratio", "both")] == "no_ltr_answers"
    assert not (flags == "ok").any()
    assert result.disagreements.empty
    assert str(result).startswith("CRQ and NPS cannot be compared: few accounts answered (n 0,")


def test_correlation_and_effect_cover_the_truth():
    rng = np.random.default_rng(5)
    truth, hits = 0.6, np.zeros(2)
    for _ in range(400):
        x = rng.normal(size=120)
        y = truth * x + np.sqrt(1 - truth**2) * rng.normal(size=120)
        r = correlation(pd.Series(x), pd.Series(y))
        d = effect(np.concatenate([x[:60], x[60:] + 1]), np.arange(120) >= 60, np.arange(120),
                   level=0.95)  # fmt: skip
        hits += [r.low < truth < r.high, d.low < 1 < d.high]
    assert (np.abs(hits / 400 - 0.95) < 0.035).all()


def test_sensitivity_by_hand():
    _table, people, book = frames(accounts=60, clients=6)
    bad = people["response_id"].iloc[:40]
    quality = pd.DataFrame({"response_id": bad})
    everybody = pd.concat([people, people.head(10).assign(crq=1.0)], ignore_index=True)
    result = construct.sensitivity(people, book, everybody=everybody, quality=quality)
    rows = result.table.set_index("choice")
    assert rows.loc["as_kept", "crq"] == pytest.approx(people["crq"].mean())
    assert rows.loc["with_excluded_responses", "crq"] == pytest.approx(everybody["crq"].mean())
    strict = people[~people["response_id"].isin(bad)]
    assert rows.loc["without_flagged_responses", "crq"] == pytest.approx(strict["crq"].mean())
    means = people.groupby("account_id")["crq"].mean()
    assert rows.loc["mean_of_account_means", "crq"] == pytest.approx(means.mean())
    weighted = people[list(result.weights.index)].to_numpy() @ result.weights.to_numpy()
    assert rows.loc["factor_score_weights", "crq"] == pytest.approx(weighted.mean())
    assert result.weights.sum() == pytest.approx(1)
    ranks = people.groupby("client_id")["crq"].mean().rank(), strict.groupby("client_id")["crq"]
    spearman = ranks[0].corr(ranks[1].mean().rank())
    assert rows.loc["without_flagged_responses", "rank_correlation"] == pytest.approx(spearman)
    assert rows["clients"].unique().tolist() == [6]


def test_sensitivity_without_ltr_or_several_clients_still_speaks():
    _table, people, book = frames(accounts=20, ltr=False, clients=1)
    result = construct.sensitivity(people, book)
    assert result.table[["with_ltr", "rank_correlation"]].isna().all(axis=None)
    assert str(result).startswith("Under 2 other choices the mean CRQ moves by")
