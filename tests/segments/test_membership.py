"""P(segment) is what a panel drawn from the same law says, whatever order rows are in."""

import numpy as np
import pandas as pd
import pytest

from crqlab import EstimateError
from crqlab.base.contracts.cautions import codes
from crqlab.segments import assign, membership
from tests.segments.made import CONSTRUCTS, CRQ, RULES, UNIQUE, respondents, scored

PEOPLE = respondents(accounts=40, seed=4)
ACCOUNTS = scored(PEOPLE)


@pytest.fixture(scope="module")
def found():
    return membership(ACCOUNTS, PEOPLE, RULES, draws=100, seed=1)


def test_probabilities_are_shares_of_all_segments(found):
    assert found.shares.shape == (len(ACCOUNTS), 5)
    np.testing.assert_allclose(found.shares.sum(axis=1), 1)
    names = np.array(found.names)
    own = found.shares[
        np.arange(len(ACCOUNTS)), [list(names).index(s) for s in found.table["segment"]]
    ]
    np.testing.assert_allclose(found.table["p"], own)
    assert (found.table["second"] != found.table["segment"]).all()
    assert found.table["segment"].tolist() == assign(ACCOUNTS, RULES)["segment"].tolist()


def test_ignores_the_order_of_rows_and_the_names_of_accounts(found):
    rng = np.random.default_rng(0)
    order, mixed = rng.permutation(len(ACCOUNTS)), PEOPLE.sample(frac=1, random_state=1)
    again = membership(ACCOUNTS.iloc[order], mixed, RULES, draws=100, seed=1)
    np.testing.assert_allclose(again.shares, found.shares[order])
    named = [t.assign(account_id="Z" + t["account_id"]) for t in (ACCOUNTS, PEOPLE)]
    np.testing.assert_allclose(membership(*named, RULES, draws=100, seed=1).shares, found.shares)


def test_threads_do_not_matter(found):
    many = membership(ACCOUNTS, PEOPLE, RULES, draws=100, seed=1, jobs=2)
    np.testing.assert_array_equal(many.shares, found.shares)


@pytest.mark.slow
def test_distance_is_that_of_a_change_which_turns_the_segment(found):
    for row in (
        row
        for row in found.table.join(ACCOUNTS[["crq"]]).itertuples()
        if codes(row.nearest) and codes(row.nearest)[0]["scores"] == ["crq"]
    ):
        scores = ACCOUNTS.loc[[row.Index]]
        cut = codes(row.nearest)[0]["cut"]
        away = np.sign(cut - row.crq) * (row.distance + 1e-6)
        near = np.sign(cut - row.crq) * (row.distance - 1e-6)
        assert assign(scores.assign(crq=row.crq + away), RULES)["segment"].item() != row.segment
        assert assign(scores.assign(crq=row.crq + near), RULES)["segment"].item() == row.segment


def test_a_shift_to_the_top_makes_everybody_an_ambassador():
    up = {name: np.full(len(ACCOUNTS), 200.0) for name in RULES.scores}
    shares = membership(ACCOUNTS, PEOPLE, RULES, shift=up, draws=50).shares
    assert (shares[:, RULES.names.index("Ambassador")] == 1).all()


def test_one_voice_each_leaves_the_probability_unknown():
    alone = PEOPLE.drop_duplicates(["client_id", "wave", "account_id"])
    found = membership(scored(alone), alone, RULES, draws=20)
    assert found.table["p"].isna().all()
    assert (found.table["flag"] == "nobody_shares_account").all()
    assert "cannot be told" in str(found)


def test_nobody_is_refused():
    with pytest.raises(EstimateError, match="comes from people's answers"):
        membership(ACCOUNTS, PEOPLE.head(0), RULES)


def panel(rng, accounts):
    """True scores of accounts, and what a few of their people say."""
    width = len(CONSTRUCTS)
    truth = 5 + rng.normal(0, 0.45, (accounts, 1)) + rng.normal(0, 0.45, (accounts, width))
    n = 1 + rng.poisson(2, accounts)
    account = np.repeat(np.arange(accounts), n)
    noise = rng.normal(0, 0.7, (len(account), 1)) + rng.normal(0, 0.7, (len(account), width))
    tables = []
    for values, who in ((truth, np.arange(accounts)), (truth[account] + noise, account)):
        table = pd.DataFrame(values, columns=list(CONSTRUCTS))
        ids = [f"A{k:05d}" for k in who]
        table = table.assign(client_id="C", wave="1", account_id=ids, ltr=9.0)
        table["crq"] = table[list(CRQ)].mean(axis=1)
        tables.append(table.assign(uniqueness=table[list(UNIQUE)].mean(axis=1)))
    return tables


@pytest.mark.slow
def test_probabilities_come_true():
    truth, people = panel(np.random.default_rng(5), 3000)
    accounts = scored(people)
    found = membership(accounts, people, RULES, draws=200)
    truly = assign(scored(truth), RULES)["segment"]
    right = (truly == found.table["segment"]).to_numpy()
    p = found.table["p"].to_numpy()
    assert right.mean() == pytest.approx(p.mean(), abs=0.03)
    for low, high in ((0, 0.3), (0.3, 0.6), (0.6, 0.8), (0.8, 1.01)):
        mine = (p >= low) & (p < high)
        error = 3 * np.sqrt(0.25 / mine.sum())
        assert right[mine].mean() == pytest.approx(p[mine].mean(), abs=0.05 + error)
