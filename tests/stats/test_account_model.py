"""The account model against brute force, and its views: order, gaps, waves, names."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from crqlab import EstimateError
from crqlab.base.contracts import cautions
from crqlab.stats import account_model
from crqlab.stats.account_model import AccountModel
from crqlab.stats.account_model.client_means import Prior, client_means
from crqlab.stats.account_model.components import components
from crqlab.stats.account_model.covariances import account_means
from crqlab.stats.account_model.estimation import known_of
from crqlab.stats.account_model.layout import batches
from crqlab.stats.account_model.persistence import Persistence
from crqlab.stats.account_model.posterior import Judged, latent_moments
from tests.stats.account_panels import BETWEEN, SCORES, WITHIN, drawn, exact

PARTS = components(
    BETWEEN,
    WITHIN,
    Persistence(np.array([0.9, 0.7, 0.5]), np.array([0.3, 0.5, 0.8]), 0.7),
)
PRIOR = Prior(
    np.array([0.2, -0.1, 0.3]), np.array([[0.4, 0.1, 0], [0.1, 0.3, 0], [0, 0, 0.2]]), 0.8
)


@pytest.fixture(scope="module")
def panel():
    return drawn()


@pytest.fixture(scope="module")
def model(panel):
    return account_model.fit(panel.rows())


def high(scores):
    """Label of a draw: how many of two scores are above 5."""
    return (scores["care"] > 5).astype(int) + (scores["price"] > 5)


@pytest.mark.parametrize("gaps", [0.0, 0.3])
@pytest.mark.parametrize("prior", [None, PRIOR])
def test_posterior_is_that_of_one_large_system(gaps, prior):
    given = drawn(clients=3, accounts=4, seed=5, gaps=gaps, most=3, years=[0.0, 0.7, 2.0]).rows()
    values = given.values - 5  # noqa: PD011
    known = known_of(given, batches(given), values, PARTS)
    means = client_means(given, known, prior=prior)
    judged = Judged(np.zeros((len(given.cell_account), 3)), PARTS, known, means)
    mean, covariance = exact(given, values, PARTS, prior)
    seen = np.zeros(len(mean), dtype=bool)
    for one in known:
        cells = one.batch.cells
        theta = account_means(one, means).transpose(0, 2, 1) @ PARTS.basis.T
        np.testing.assert_allclose(theta, mean[cells], atol=2e-4)
        sd = np.sqrt(np.diagonal(covariance[cells], axis1=-2, axis2=-1))
        np.testing.assert_allclose(latent_moments(judged, one)[1], sd, rtol=2e-3)
        seen[cells] = True
    assert seen.all()


def test_accounts_of_one_pattern_are_worked_out_once():
    given = drawn(clients=30, accounts=30, waves=2, most=2).rows()
    patterns = sum(len(batch.first) for batch in batches(given))
    assert patterns < 30 < 700 < len(given.account_client)


def test_draws_have_the_posterior_as_their_law(panel, model):
    rows = panel.rows()
    found = account_model.posterior(model, rows)
    drawn_ = account_model.draws(model, rows, high, n=2000, sets=1)
    z = (found.mean[:, 0] - 5) / found.sd[:, 0]
    w = (found.mean[:, 1] - 5) / found.sd[:, 1]
    told = drawn_.shares(3) @ np.arange(3)
    np.testing.assert_allclose(told, norm.cdf(z) + norm.cdf(w), atol=0.12)
    assert np.abs(told - norm.cdf(z) - norm.cdf(w)).mean() < 0.02


def test_draws_of_two_waves_belong_together(panel, model):
    found = account_model.draws(model, panel.rows(), high, n=400, sets=1)
    alone = found.shares(3)
    apart = (alone[found.pairs[:, 0]] * alone[found.pairs[:, 1]]).sum(axis=1)
    assert found.stayed().mean() > apart.mean() + 0.04
    up, down = found.moved(np.array([0, 1, 2]))
    np.testing.assert_allclose(up + down + found.stayed(), 1)
    keys = found.cells.loc[found.pairs.ravel(), ["client", "account"]].to_numpy()
    assert (keys[::2] == keys[1::2]).all()


def test_a_mix_is_the_share_of_labels_draw_by_draw(panel, model):
    found = account_model.draws(model, panel.rows(), high, n=50, sets=1)
    group = pd.factorize(found.cells["client"])[0]
    group[found.cells["wave"] == "W0"] = -1
    mix = found.mix(group, 3)
    assert mix.shape == (40, 50, 3)
    np.testing.assert_allclose(mix.sum(axis=-1), 1, rtol=1e-5)
    mine = (group == 7).nonzero()[0]
    assert mix[7, 11, 2] == pytest.approx((found.labels[mine, 11] == 2).mean(), abs=1e-6)


def test_nothing_depends_on_the_order_of_rows_or_the_number_of_threads(panel, model):
    shuffled = panel.people.sample(frac=1, random_state=3)
    again = type(panel)(shuffled, panel.truth).rows()
    other = account_model.fit(again)
    np.testing.assert_array_equal(other.between, model.between)
    one = account_model.draws(model, panel.rows(), high, n=20, jobs=1)
    two = account_model.draws(model, again, high, n=20, jobs=4)
    np.testing.assert_array_equal(one.labels, two.labels)


def test_later_answers_do_not_exist_for_an_earlier_wave(panel, model):
    later = panel.people["wave"] == "W2"
    changed = panel.people[list(SCORES)].mask(later, 1.0)
    rows, others = panel.rows(), panel.rows(**changed)
    then = account_model.posterior(model, rows, until="W1")
    np.testing.assert_array_equal(
        then.mean, account_model.posterior(model, others, until="W1").mean
    )
    assert set(then.cells["wave"]) == {"W0", "W1"}
    first = account_model.fit(rows.until("W1"))
    assert first.document() == account_model.fit(others.until("W1")).document()
    all_waves = account_model.posterior(model, rows)
    keys = ["client", "wave", "account"]
    both = then.cells.assign(sd=then.sd[:, 0]).merge(
        all_waves.cells.assign(all=all_waves.sd[:, 0]), on=keys
    )
    assert both["all"].mean() < both["sd"].mean() - 0.01
    assert (both["all"] <= 1.05 * both["sd"]).all()  # near the ends of the answers a bit more
    with pytest.raises(EstimateError, match="until= is 'W9'; the waves are W0, W1, W2"):
        account_model.posterior(model, rows, until="W9")


def test_an_account_of_which_nobody_was_heard_is_told_by_its_other_wave_and_its_client(model):
    table = pd.DataFrame(
        {
            "client": "C",
            "account": ["a", "a", "a", "b"],
            "wave": ["W0", "W0", "W1", "W1"],
            "time": [0.0, 0.0, 1.0, 1.0],
            "person": ["p", "q", None, "r"],
            "role": "user",
            "care": [7.0, 7.0, np.nan, 5.0],
            "price": [7.0, 7.0, np.nan, 5.0],
            "speed": [7.0, 7.0, np.nan, 5.0],
        }
    )
    found = account_model.posterior(model, type(drawn(clients=1))(table, table).rows())
    assert found.cells["n"].tolist() == [2, 0, 1]
    heard, silent, other = found.mean[:, 0]
    assert heard > silent > other
    assert found.sd[1, 0] > 1.2 * found.sd[0, 0]


def test_an_answer_left_out_is_told_by_the_others(model):
    def care(price):
        table = drawn(clients=1, accounts=3, waves=1).people
        mine = table["account"] == table["account"].iloc[0]
        table.loc[mine, "care"] = np.nan
        table.loc[mine, "price"] = price
        return account_model.posterior(model, type(drawn(clients=1))(table, table).rows()).mean[
            0, 0
        ]

    assert care(7.0) > care(5.0) > care(3.0)


def test_a_release_carries_the_model_as_plain_json(panel, model):
    written = json.dumps(model.document())
    again = AccountModel.from_document(json.loads(written))
    rows = panel.rows()
    np.testing.assert_array_equal(
        account_model.posterior(again, rows).mean, account_model.posterior(model, rows).mean
    )
    assert "C0" not in written
    assert "A0" not in written
    with pytest.raises(EstimateError, match="The account model lacks basis"):
        AccountModel.from_document({n: v for n, v in model.document().items() if n != "basis"})


def test_other_scores_are_refused(panel, model):
    rows = account_model.answers(
        panel.people[["care"]],
        client=panel.people["client"],
        account=panel.people["account"],
        wave=panel.people["wave"],
    )
    with pytest.raises(EstimateError, match="rows= has the scores care, the model is of care, pr"):
        account_model.posterior(model, rows)


@pytest.mark.parametrize(
    ("options", "changes", "flag"),
    [
        ({"waves": 1}, {}, "persistence_assumed"),
        ({"waves": 2}, {"person": None}, "person_share_assumed"),
        ({"waves": 1, "most": 1}, {}, "between_assumed"),
    ],
)
def test_what_answers_cannot_tell_is_told(options, changes, flag):
    found = account_model.fit(drawn(accounts=15, clients=12, **options).rows(**changes))
    assert cautions.has(found.flag, flag)
    assert np.isfinite(found.between).all()
    assert found.shared.max() + found.doubt.max() > 0.3  # and in wide doubt


def test_one_client_tells_nothing_of_clients():
    found = account_model.fit(drawn(clients=1, accounts=30).rows())
    assert found.mean is None
    assert found.clients is None
    rows = drawn(clients=1, accounts=30, seed=8).rows()
    seen = account_model.posterior(found, rows)
    care = rows.values[:, 0]  # noqa: PD011
    assert abs(seen.mean[:, 0].mean() - np.nanmean(care)) < 0.1


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (pd.DataFrame({"x": []}), {}, "values= has no rows"),
        (pd.DataFrame({"x": [1.0]}), {"client": ["C", "C"]}, "client= has 2 rows and values= 1"),
        (pd.DataFrame({"x": [1.0]}), {"account": [None]}, "account= is missing in 1 rows"),
        (pd.DataFrame({"x": [1.0]}), {"waves": ["2"]}, "waves= must name every wave"),
        (
            pd.DataFrame({"x": [1.0, 2.0]}),
            {"client": ["C", "C"], "account": ["a", "a"], "wave": ["1", "2"], "time": [2.0, 1.0]},
            "does not rise from a client's wave to the next",
        ),
    ],
)
def test_refuses_what_cannot_be_lined_up(table, options, message):
    usual = {
        "client": ["C"] * len(table),
        "account": ["a"] * len(table),
        "wave": ["1"] * len(table),
    }
    with pytest.raises(EstimateError, match=message):
        account_model.answers(table, **{**usual, **options})


def test_a_score_that_follows_from_others_does_no_harm(panel, model):
    table = panel.people[list(SCORES)].assign(
        twice=panel.people["care"], both=panel.people["care"] + panel.people["price"], fixed=3.0
    )
    names = ("client", "account", "wave", "time", "person", "role")
    keys = {name: panel.people[name] for name in names}
    rows = account_model.answers(table, **keys)
    found = account_model.posterior(account_model.fit(rows), rows)
    usual = account_model.posterior(model, panel.rows())
    assert np.isfinite(found.sd).all()
    np.testing.assert_allclose(found.mean[:, 3], found.mean[:, 0], atol=1e-6)
    np.testing.assert_allclose(found.mean[:, 5], 3.0)
    assert np.abs(found.mean[:, :3] - usual.mean).mean() < 0.03


def test_what_was_never_asked_is_to_be_left_out(panel):
    with pytest.raises(EstimateError, match="Nobody answered price; leave out what was never"):
        account_model.fit(panel.rows(price=np.nan))


def test_central_intervals_hold_as_much_as_they_say_of_small_counts():
    rng = np.random.default_rng(4)
    chance = rng.uniform(0.2, 0.8, 4000)
    true = rng.binomial(12, chance)
    low, high = account_model.central(rng.binomial(12, chance[:, None], (4000, 400)))
    assert ((low <= true) & (true <= high)).mean() == pytest.approx(0.95, abs=0.012)
    ends = account_model.central(rng.normal(size=(1, 5000)))
    np.testing.assert_allclose(np.ravel(ends), [-1.96, 1.96], atol=0.12)


def test_a_promoter_score_is_what_people_around_the_mean_would_give():
    rng = np.random.default_rng(5)
    level = rng.normal(0, np.sqrt(0.4), 20_000)
    cuts = np.array([-2.4, -2.1, -1.9, -1.6, -1.3, -1.0, -0.5, 0.0, 0.6, 1.2])
    answer = np.searchsorted(cuts, level[:, None] + rng.normal(0, np.sqrt(0.6), (20_000, 60)))
    rows = account_model.answers(
        pd.DataFrame({"ltr": answer[:1500, :4].ravel().astype(float)}),
        client=np.repeat(np.arange(1500) % 30, 4),
        account=np.repeat(np.arange(1500), 4),
        wave=np.repeat("1", 6000),
    )
    curve = account_model.fit(rows).promoters("ltr")
    mean, nps = answer.mean(axis=1), 100 * ((answer > 8).mean(axis=1) - (answer < 7).mean(axis=1))
    for low in (4.0, 6.0, 7.5, 8.5):
        mine = (mean >= low) & (mean < low + 0.5)
        assert curve.nps(mean[mine]).mean() == pytest.approx(nps[mine].mean(), abs=3)


def test_two_accounts_are_needed():
    rows = account_model.answers(
        pd.DataFrame({"x": [1.0, 2.0]}), client=["C", "C"], account=["a", "a"], wave=["1", "1"]
    )
    with pytest.raises(EstimateError, match="answers of fewer than two accounts"):
        account_model.fit(rows)


def test_one_client_s_few_accounts_are_told_with_more_doubt_than_a_panel_s():
    """Standard errors and draws are wider by one factor, as covariances are in doubt."""
    rng = np.random.default_rng(4)
    account = np.repeat(np.arange(30), 4)
    scores = pd.DataFrame({"crq": 4 + rng.normal(0, 0.5, 30)[account] + rng.normal(0, 0.8, 120)})
    rows = account_model.answers(scores, client=["C1"] * 120, account=account, wave=["1"] * 120)
    model = account_model.fit(rows)
    panel = replace(model, n_clients=10)
    assert model.widening == pytest.approx(np.sqrt(1 + 1 / 60))
    assert panel.widening == 1.0
    wide, narrow = (account_model.posterior(one, rows) for one in (model, panel))
    assert (wide.sd / narrow.sd).mean() == pytest.approx(model.widening, rel=1e-3)
    np.testing.assert_allclose(wide.mean, narrow.mean, atol=1e-2)

    def above(drawn):
        return (drawn["crq"] > 4.5).astype(int)

    high = {
        name: account_model.draws(one, rows, above, n=400).shares(2)
        for name, one in (("alone", model), ("panel", panel))
    }
    away = {name: np.abs(shares[:, 1] - 0.5).mean() for name, shares in high.items()}
    assert away["alone"] < away["panel"]
