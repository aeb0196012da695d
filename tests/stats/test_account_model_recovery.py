"""What a panel was drawn with is found again, each number within its own standard error."""

import numpy as np
import pytest

from crqlab.stats import account_model
from tests.stats.account_panels import BETWEEN, CLIENT, DECAY, RHO, SHARE, WITHIN, drawn


@pytest.fixture(scope="module")
def panel():
    return drawn(clients=60, accounts=30, seed=11)


@pytest.fixture(scope="module")
def model(panel):
    return account_model.fit(panel.rows())


def test_shares_of_variance_are_recovered(model):
    share = np.diag(BETWEEN) / np.diag(BETWEEN + WITHIN)
    np.testing.assert_allclose(model.icc1, share, atol=0.03)


def test_correlations_between_and_within_are_recovered(model):
    for found, true in ((model.between, BETWEEN), (model.within, WITHIN)):
        sd, size = np.sqrt(np.diag(found)), np.sqrt(np.diag(true))
        np.testing.assert_allclose(found / np.outer(sd, sd), true / np.outer(size, size), atol=0.08)


def test_persistence_is_recovered_within_its_doubt(model):
    assert model.score_rho == pytest.approx(RHO, abs=0.06)
    assert model.person_share == pytest.approx(SHARE * DECAY, abs=0.05)
    assert abs(np.log(model.decay / DECAY)) < 3 * model.decay_se < 0.5
    own = np.sqrt(model.doubt[:, 1, 1] + model.shared[:, 1] ** 2)
    away = np.log(model.rho / (1 - model.rho)) - np.log(RHO / (1 - RHO))
    assert (np.abs(away) < 3 * own).all()


def test_roles_are_recovered_within_their_errors(model):
    spread = np.sqrt(np.diag(BETWEEN + WITHIN) + CLIENT**2)
    boss = model.role_effects[list(model.roles).index("boss")] * spread
    assert boss == pytest.approx(0.3, abs=0.06)
    assert (np.abs(boss - 0.3) < 3.5 * model.role_se[0] * spread).all()


def test_clients_and_turnout_are_recovered(panel, model):
    sd = np.sqrt(np.diag(model.clients)) / np.sqrt(np.diag(model.between))
    means = panel.truth.groupby(["client", "wave"])[list(model.scores)].mean()
    apart = means.to_numpy().var(axis=0) - np.diag(BETWEEN) / 30
    assert sd == pytest.approx(np.sqrt(apart / np.diag(BETWEEN)), abs=0.08)
    assert model.client_rho > 0.8
    assert (np.abs(model.turnout) < 3.5 * model.turnout_se).all()  # nothing to be found


def test_scores_lie_where_the_posterior_says(panel, model):
    found = account_model.posterior(model, panel.rows())
    truth = found.cells.merge(panel.truth, on=["client", "wave", "account"])
    z = (truth[list(model.scores)].to_numpy() - found.mean) / found.sd
    assert z.std(axis=0) == pytest.approx(1, abs=0.05)
    assert z.mean(axis=0) == pytest.approx(0, abs=0.06)


def test_probabilities_of_labels_and_moves_come_true(panel, model):
    def high(scores):
        return (scores["care"] > 5).astype(int)

    found = account_model.draws(model, panel.rows(), high)
    truth = found.cells.merge(panel.truth, on=["client", "wave", "account"])["care"] > 5
    p = found.shares(2)[:, 1]
    for low in (0.1, 0.3, 0.5, 0.7):
        mine = (p >= low) & (p < low + 0.2)
        assert truth[mine].mean() == pytest.approx(p[mine].mean(), abs=0.06)
    label = truth.to_numpy()
    stayed = label[found.pairs[:, 0]] == label[found.pairs[:, 1]]
    assert found.stayed().mean() == pytest.approx(stayed.mean(), abs=0.025)


def test_few_who_answered_everything_still_tell_of_persistence():
    panel = drawn(clients=40, accounts=25, seed=12, gaps=0.35)
    found = account_model.fit(panel.rows())
    assert found.score_rho == pytest.approx(RHO, abs=0.12)
    assert found.person_share == pytest.approx(SHARE * DECAY, abs=0.12)
    share = np.diag(BETWEEN) / np.diag(BETWEEN + WITHIN)
    np.testing.assert_allclose(found.icc1, share, atol=0.06)


def test_a_large_panel_is_thinned_by_whole_clients(panel):
    few = account_model.fit(panel.rows(), most=2000)
    assert few.n_clients == 20
    assert few.n_accounts == pytest.approx(600, abs=40)
