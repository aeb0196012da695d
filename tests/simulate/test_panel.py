"""The panel against METHOD's targets: what was asked for is what was drawn."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from crqlab import CrqError, simulate
from crqlab.base import yaml_documents
from crqlab.base.codebook import Codebook
from crqlab.base.contracts import contract, schema
from crqlab.simulate.raw import CODEBOOK

SIX = ["trust", "commitment", "satisfaction", "service", "solution", "experience"]
UNIT = ["client_id", "wave", "account_id"]


@pytest.fixture(scope="module")
def instrument():
    return yaml_documents.load(CODEBOOK, Codebook).instrument


@pytest.fixture(scope="module")
def demo():
    return simulate.panel()


@pytest.fixture(scope="module")
def plain():
    """Everybody answers and leaves alike: nothing selects."""
    return simulate.panel(clients=300, nonresponse="random", churn="random", seed=11)


def scored(panel, instrument):
    """Construct means of complete answers, by the codebook and nothing else."""
    rows = panel.responses
    found = {
        name: rows[list(construct.items)].mean(axis=1)
        for name, construct in instrument.constructs.items()
        if construct.items
    }
    for name, construct in instrument.constructs.items():
        if construct.parts:
            found[name] = sum(found[part] for part in construct.parts) / len(construct.parts)
    scores = pd.DataFrame(found)
    scores["crq"] = scores[SIX].mean(axis=1)
    scores["uniqueness"] = scores[list(instrument.uniqueness)].mean(axis=1)
    scores["nps"] = 100.0 * ((rows["ltr"] >= 9).astype(int) - (rows["ltr"] <= 6).astype(int))
    return pd.concat([rows[[*UNIT, "ltr"]], scores], axis=1)


@pytest.fixture(scope="module")
def scores(demo, instrument):
    return scored(demo, instrument)


@pytest.mark.parametrize("table", ["responses", "contacts", "accounts", "outcomes", "clients"])
def test_every_table_keeps_its_contract(demo, instrument, table):
    schema.check(getattr(demo, table), contract(table), instrument)


def test_the_demo_is_of_the_promised_size(demo):
    assert len(demo.clients) == 150
    assert demo.clients["industry"].nunique() == 6
    assert demo.clients["country"].nunique() == 8
    assert 20_000 <= len(demo.responses) <= 25_000
    assert demo.clients["name"].is_unique


def test_the_panel_grows_by_joiners(demo):
    waves = demo.responses.groupby("wave")["client_id"].agg(set)
    assert waves["2023"] < waves["2024"] < waves["2025"]


def test_the_reported_client_is_presentable(demo):
    mine = demo.responses[demo.responses["client_id"] == "C017"]
    assert set(mine["wave"]) == {"2023", "2024", "2025"}
    assert (mine["wave"] == "2025").sum() >= 100
    frame = demo.contacts[
        (demo.contacts["client_id"] == "C017") & (demo.contacts["wave"] == "2025")
    ]
    assert 25 <= frame["account_id"].nunique() <= 40


def test_true_client_scores_are_normal_around_five():
    truth = simulate.panel(clients=600, waves=(2025,)).true_clients["crq"]
    assert truth.mean() == pytest.approx(5.0, abs=0.05)
    assert truth.std() == pytest.approx(0.45, abs=0.03)


def test_industries_and_countries_differ_as_published():
    panel = simulate.panel(clients=800, waves=(2025,))
    clients = panel.clients.merge(panel.true_clients)
    by = clients.groupby("industry")["crq"].mean()
    assert by.idxmin() == "IT and outsourcing"
    assert by[["Banking and insurance", "Professional services"]].min() > 5.05


def test_true_nps_follows_the_line(plain):
    line = stats.linregress(plain.true_clients["crq"], plain.true_clients["nps"])
    assert line.slope == pytest.approx(49, abs=2.5)
    assert line.intercept + 5 * line.slope == pytest.approx(5, abs=1.5)


def test_observed_nps_follows_the_line(plain, instrument):
    means = scored(plain, instrument).groupby(["client_id", "wave"])[["crq", "nps"]].mean()
    sizes = plain.responses.groupby(["client_id", "wave"]).size()
    means = means[sizes >= 50]
    line = stats.linregress(means["crq"], means["nps"])
    assert line.slope == pytest.approx(49, abs=4)
    assert line.intercept + 5 * line.slope == pytest.approx(5, abs=2)


def test_constructs_spread_and_correlate_as_asked(scores):
    R = scores[SIX].corr()
    pairs = R.to_numpy()[np.triu_indices(6, 1)]
    assert ((pairs > 0.40) & (pairs < 0.70)).all()
    assert R.loc["satisfaction", "commitment"] == pytest.approx(0.68, abs=0.03)
    assert 0.43 <= R.loc["trust", "satisfaction"] <= 0.60
    five = [name for name in SIX if name != "service"]  # a mean of three spreads less
    np.testing.assert_allclose(scores[five].std(), 1.2, atol=0.1)


def test_icc_is_recovered(plain, instrument):
    """ANOVA within clients and waves, pooled; the truth is exact for every client."""
    scores = scored(plain, instrument)
    scores["crq"] -= scores.groupby(["client_id", "wave"])["crq"].transform("mean")
    groups = scores.groupby(UNIT)["crq"].agg(["size", "mean", "var"])
    n, clients = groups["size"], groups.groupby(level=[0, 1]).ngroups
    within = (groups["var"].fillna(0) * (n - 1)).sum() / (n - 1).sum()
    share = (n**2).groupby(level=[0, 1]).sum() / n.groupby(level=[0, 1]).sum()
    k = (n.sum() - share.sum()) / (len(n) - clients)
    between = ((n * groups["mean"] ** 2).sum() / (len(n) - clients) - within) / k
    assert between / (between + within) == pytest.approx(0.30, abs=0.01)
    assert plain.true_clients["icc1"].mean() == pytest.approx(0.30, abs=0.01)


def test_completion_is_beta_over_clients():
    panel = simulate.panel(clients=600, waves=(2025,))
    completion = panel.true_clients["completion"]
    assert completion.mean() == pytest.approx(0.35, abs=0.02)
    assert stats.kstest(completion, stats.beta(2.2, 4.09).cdf).statistic < 0.06


def test_mature_programmes_complete_more(plain):
    completion = plain.true_clients.groupby("wave")["completion"].mean()
    assert completion.is_monotonic_increasing
    waves = plain.true_clients.groupby("client_id")["wave"].agg(["size", "max"])
    newest = plain.true_clients[plain.true_clients["wave"] == "2025"].set_index("client_id")
    first_timers = newest.loc[waves.index[waves["size"] == 1], "completion"]
    assert (
        first_timers.mean()
        < 1 / 3
        < newest.loc[waves.index[waves["size"] == 3]].mean(numeric_only=True)["completion"]
    )


def test_observed_completion_is_the_true_one(plain):
    frame = plain.contacts[plain.contacts["invited"]]
    keys = ["client_id", "wave"]
    observed = plain.responses.groupby(keys).size() / frame.groupby(keys).size()
    gap = observed - plain.true_clients.set_index(keys)["completion"]
    assert gap.mean() == pytest.approx(0, abs=0.005)


@pytest.mark.parametrize(("nonresponse", "gap"), [("random", 0.0), ("unhappy", 0.15)])
def test_unhappy_accounts_are_silent_only_where_asked(instrument, nonresponse, gap):
    panel = simulate.panel(clients=200, nonresponse=nonresponse, churn="random", seed=12)
    observed = scored(panel, instrument).groupby(["client_id", "wave"])["crq"].agg(["mean", "size"])
    truth = panel.true_clients.set_index(["client_id", "wave"])["crq"]
    observed = observed.join(truth)
    apart = observed["mean"] - observed["crq"]
    assert np.average(apart, weights=observed["size"]) == pytest.approx(gap, abs=0.03)


def test_contacts_per_account_are_one_and_a_negative_binomial(demo):
    sizes = demo.contacts.groupby(UNIT).size()
    assert sizes.min() == 1
    assert sizes.mean() == pytest.approx(5, abs=0.1)
    assert sizes.var() == pytest.approx(12, rel=0.1)


def test_a_fifth_of_the_accounts_brings_four_fifths_of_the_revenue(demo):
    revenue = demo.accounts.groupby("client_id")["revenue"]
    relative = (demo.accounts["revenue"] / revenue.transform("median")).sort_values()
    top = relative.iloc[-len(relative) // 5 :].sum() / relative.sum()
    assert top == pytest.approx(0.80, abs=0.05)


def test_account_managers_own_five_to_fifty_accounts(demo):
    owned = demo.accounts.groupby(["client_id", "account_manager"]).size()
    assert 5 <= owned.min() <= owned.max() <= 50
    assert owned.max() > 2 * owned.median()


def test_segments_mix_as_described(scores):
    """METHOD's starting rules on accounts with three voices or more: near 33/50/17."""
    means = scores.groupby(UNIT).mean(numeric_only=True)[scores.groupby(UNIT).size() >= 3]
    gap = (means["solution"] - means["experience"]).abs()
    poorer = means[["solution", "experience"]].min(axis=1)
    others = means[["service", "solution", "experience"]].min(axis=1)
    opponent = (means["crq"] < 3.75) & (means["service"] < 4)
    stalker = (means["crq"] < 4.5) & (means["value"] < np.minimum(4, others))
    stalker &= means["commitment"] < 4
    ambivalent = (means["crq"] < 4.5) | ((gap >= 1.25) & (poorer < 4.25))
    ambassador = (means["crq"] >= 5.5) & (means["uniqueness"] >= 5.25)
    ambassador &= (means["nps"] > 0) | (means["ltr"] >= 8)
    low = opponent | stalker | ambivalent
    assert (~low & ambassador).mean() == pytest.approx(0.33, abs=0.06)
    assert (~low & ~ambassador).mean() == pytest.approx(0.50, abs=0.06)
    assert low.mean() == pytest.approx(0.17, abs=0.05)
    assert all(kind.any() for kind in (opponent, stalker & ~opponent))


def test_accounts_and_people_mostly_persist(demo):
    for unit, low, high in (("account_id", 0.85, 0.95), ("contact_id", 0.65, 0.85)):
        frames = demo.contacts[["client_id", "wave", unit]].drop_duplicates()
        before, after = frames[frames["wave"] == "2024"], frames[frames["wave"] == "2025"]
        after = after[after["client_id"].isin(before["client_id"])]
        both = before.merge(after, on=["client_id", unit])
        assert low < len(both) / len(before) < high
        assert len(both) < len(after)


def test_outcomes_follow_the_wave_that_foretells_them(demo):
    invited = demo.contacts.groupby(["client_id", "wave"])["invited_on"].max()
    answered = demo.responses.groupby(["client_id", "wave"])["started"].max()
    decided = demo.outcomes.dropna(subset=["decided_on"])
    first = pd.concat([invited, answered], axis=1).max(axis=1).groupby(level=0).min()
    later = decided.merge(first.rename("closed"), on="client_id")
    later = later[later["due_on"] > later["closed"]]
    assert (later["decided_on"] > later["closed"]).mean() > 0.999
    assert set(demo.outcomes["outcome"]) == {"renewed", "churned", "open"}
    still_open = demo.outcomes[demo.outcomes["outcome"] == "open"]
    assert (still_open["due_on"] > "2025-12-31").all()


def test_churn_depends_on_commitment_more_than_on_trust(demo):
    truth = demo.true_accounts
    hazard = np.log(-np.log1p(-truth["hazard"]))
    latent = ["latent_commitment", "latent_trust", "latent_calculative"]
    X = np.column_stack([np.ones(len(truth)), truth[latent].to_numpy()])
    _, commitment, trust, calculative = np.linalg.lstsq(X, hazard, rcond=None)[0]
    assert commitment == pytest.approx(-0.70, abs=0.05)
    assert trust == pytest.approx(-0.10, abs=0.05)
    assert calculative == pytest.approx(-0.15, abs=0.05)


def test_churn_happens_as_often_as_its_hazard_says(demo):
    frames = demo.true_accounts.assign(year=lambda t: t["wave"].astype(int))
    known = demo.outcomes[demo.outcomes["outcome"] != "open"]
    known = known.assign(year=(known["due_on"] - pd.Timedelta(days=135)).dt.year)
    merged = frames.merge(known, on=["client_id", "account_id", "year"])
    bands = pd.qcut(merged["hazard"], 3)
    happened = (merged["outcome"] == "churned").groupby(bands, observed=True).mean()
    meant = merged["hazard"].groupby(bands, observed=True).mean()
    np.testing.assert_allclose(happened, meant, atol=0.02)
    assert happened.is_monotonic_increasing


def test_random_churn_has_one_hazard(plain):
    hazard = plain.true_accounts["hazard"]
    assert hazard.min() == hazard.max()


def test_comments_are_varied_and_follow_the_scores(demo):
    best = demo.responses["best"].dropna()
    assert best.nunique() > 1000
    assert best.value_counts(normalize=True).iloc[0] < 0.03
    says_fair_price = demo.responses["best"].str.contains("price is fair", na=False)
    value = demo.responses[["val_1", "val_2"]].mean(axis=1)
    assert value[says_fair_price].mean() > value.mean() + 0.5


def test_a_small_panel_is_the_beginning_of_a_large_one():
    small, large = simulate.panel(clients=20), simulate.panel(clients=40)
    for table in ("responses", "contacts", "accounts", "outcomes", "true_clients"):
        whole = getattr(large, table)
        part = whole[whole["client_id"] <= "C020"].reset_index(drop=True)
        pd.testing.assert_frame_equal(getattr(small, table), part)


def test_another_seed_is_another_panel(demo):
    other = simulate.panel(clients=5, seed=1)
    mine = demo.true_clients[demo.true_clients["client_id"] <= "C005"]
    assert not set(other.true_clients["crq"]) & set(mine["crq"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"clients": 0}, r"clients= is 0; draw one or more"),
        ({"nonresponse": "hapy"}, r"nonresponse= is 'hapy'; use 'unhappy' or 'random'"),
        ({"churn": "no"}, r"churn= is 'no'; use 'relationship' or 'random'"),
        ({"waves": (2025, 2023)}, r"waves= is \(2025, 2023\); give consecutive years"),
        ({"waves": ()}, r"waves= is \(\); give consecutive years"),
        ({"seed": -1}, r"seed= is -1; give a whole number"),
    ],
)
def test_refuses_what_cannot_be_drawn(options, message):
    with pytest.raises(CrqError, match=message):
        simulate.panel(**{"clients": 1, **options})
