"""Expected scores against brute force and against their own inverse."""

import numpy as np
import pytest

from crqlab.simulate import expected, model

LEVELS = np.array([model.LEVELS[name] for name in model.CONSTRUCTS])


@pytest.fixture(scope="module")
def pairs():
    """CRQ of two people from each of many accounts of one client, drawn item by item."""
    rng = np.random.default_rng(5)
    accounts, root = 60_000, model.latent().root.T
    z = np.sqrt(model.BETWEEN) * (rng.standard_normal((accounts, 1, 12)) @ root)
    z = z + np.sqrt(1 - model.BETWEEN) * (rng.standard_normal((accounts, 2, 12)) @ root)
    role = rng.choice(4, p=model.ROLE_SHARES, size=(accounts, 2))
    means = expected.latent_means(5.3 + LEVELS)
    level = means - model.CENTRE + model.SPREAD * z[..., :11]
    level += model.ROLE_SHIFTS[role][..., None]
    answers = []
    for construct, intercept, loading in model.ITEMS.values():
        k = model.CONSTRUCTS.index(construct)
        latent = model.CENTRE + intercept + loading * level[..., k]
        latent += model.NOISE * rng.standard_normal(latent.shape)
        answers.append(np.clip(np.floor(latent + 0.5), 1, 7))
    answers = np.stack(answers, axis=-1)
    return answers @ expected.averaging() @ model.crq_weights(), z[..., 11]


def test_expected_crq_is_the_mean_of_many_draws(pairs):
    truth = expected.constructs(expected.latent_means(5.3 + LEVELS)) @ model.crq_weights()
    assert truth == pytest.approx(5.3, abs=1e-4)
    assert pairs[0].mean() == pytest.approx(truth, abs=0.012)


def test_icc_and_spread_are_those_of_many_draws(pairs):
    means = expected.latent_means(5.3 + LEVELS)[None]
    icc, sd = expected.agreement(means)
    assert np.corrcoef(*pairs[0].T)[0, 1] == pytest.approx(icc[0], abs=0.015)
    assert pairs[0].std() == pytest.approx(sd[0], abs=0.01)


def test_expected_nps_is_the_share_difference_of_many_draws(pairs):
    cuts = model.ltr_cuts()
    latent = expected.ltr_latent(np.array(30.0))
    ltr = np.searchsorted(cuts, latent + pairs[1])
    observed = 100 * ((ltr >= 9).mean() - (ltr <= 6).mean())
    assert expected.nps(latent) == pytest.approx(30.0, abs=1e-4)
    assert observed == pytest.approx(30.0, abs=1.0)
    assert ltr.mean() == pytest.approx(expected.mean_ltr(latent), abs=0.03)


def test_latent_means_turn_expected_scores_back():
    observed = np.linspace(1.5, 6.8, 50)[:, None] + np.zeros(11)
    back = expected.constructs(expected.latent_means(observed))
    np.testing.assert_allclose(back, observed, atol=1e-4)


def test_an_account_scores_on_average_what_its_client_does():
    rng = np.random.default_rng(6)
    means = expected.latent_means(5.0 + LEVELS)
    effects = rng.standard_normal((200_000, 12)) @ model.latent().root.T
    accounts = means + model.SPREAD * np.sqrt(model.BETWEEN) * effects[:, :-1]
    scores = expected.within_accounts(accounts).mean(axis=0)
    np.testing.assert_allclose(scores, expected.constructs(means), atol=0.01)


def test_paths_leave_every_latent_with_variance_one():
    latent = model.latent()
    np.testing.assert_allclose(np.diag(latent.correlations), 1.0)
    assert (latent.residuals > 0.2).all()
    np.testing.assert_allclose(latent.root @ latent.root.T, latent.correlations, atol=1e-12)


def test_shifts_of_industries_and_countries_cancel_over_the_panel():
    for kinds in (model.INDUSTRIES, model.COUNTRIES):
        shares = np.array([share for share, _ in kinds.values()])
        assert shares.sum() == pytest.approx(1.0)
        assert shares @ [shift for _, shift in kinds.values()] == pytest.approx(0.0, abs=0.005)
