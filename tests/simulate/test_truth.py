"""What is true of accounts, and worlds in which nothing is."""

import numpy as np
import pandas as pd
import pytest

from crqlab import CrqError, scores, segments, simulate
from crqlab.base import yaml_documents
from crqlab.base.codebook import Codebook
from crqlab.simulate.raw import CODEBOOK
from crqlab.simulate.truth import RULED

UNIT = ["client_id", "wave", "account_id"]
SMALL = {"clients": 30, "seed": 21}


@pytest.fixture(scope="module")
def panel():
    return simulate.panel(clients=60, nonresponse="random", churn="random", seed=21)


def test_truth_has_every_score_that_the_shipped_rules_look_at(panel):
    rules = segments.starting()
    assert set(rules.scores) == set(RULED)
    assert panel.true_accounts[[*RULED, "segment"]].notna().all(axis=None)


def test_true_segments_are_those_of_the_shipped_rules(panel):
    truth = panel.true_accounts
    by_rules = segments.assign(truth, segments.starting())["segment"]
    assert (by_rules == truth["segment"]).all()
    assert set(truth["segment"]) == set(segments.starting().names)


def test_true_scores_are_what_people_answer_on_average(panel):
    book = yaml_documents.load(CODEBOOK, Codebook)
    people = scores.respondents(panel.responses, book).assign(
        nps=lambda t: 100.0 * (t["ltr"] >= 9) - 100.0 * (t["ltr"] <= 6),
        mean_ltr=lambda t: t["ltr"],
    )
    rows = people.merge(panel.true_accounts, on=UNIT, suffixes=("", "_true"))
    for name in RULED:
        apart = rows[name] - rows[f"{name}_true"]
        of_accounts = apart.groupby([rows[key] for key in UNIT]).mean()
        error = of_accounts.std() / np.sqrt(len(of_accounts))
        assert abs(apart.mean()) < 4 * error, name
        assert np.corrcoef(rows[name], rows[f"{name}_true"])[0, 1] > 0.4, name


def test_without_change_every_wave_has_the_same_truth():
    drawn = simulate.panel(**SMALL, change="none", churn="random")
    for table, unit in ((drawn.true_clients, "client_id"), (drawn.true_accounts, "account_id")):
        waves = table.groupby(unit)
        for name in ("crq", "mean_ltr", "solution", "nps"):
            assert np.ptp(waves[name].transform("first") - table[name]) < 1e-9
    segment = drawn.true_accounts.groupby("account_id")["segment"]
    assert (segment.transform("first") == drawn.true_accounts["segment"]).all()
    answers = drawn.responses.groupby("wave")["tru_1"].mean()
    assert answers.nunique() == 3  # people are drawn anew all the same


def test_without_differences_all_clients_are_one_and_the_same():
    alike = simulate.panel(**SMALL, differences="none").true_clients
    assert np.ptp(alike["crq"]) < 1e-9
    assert np.ptp(alike["nps"]) < 1e-9
    assert alike["crq"].iloc[0] == pytest.approx(5.0, abs=1e-3)
    assert simulate.panel(**SMALL).true_clients["crq"].std() > 0.3


def test_a_world_without_change_or_differences_is_the_same_people():
    """Options move what is true, not what is drawn: accounts and contacts stay who they are."""
    usual = simulate.panel(**SMALL, churn="random", nonresponse="random")
    null = simulate.panel(
        **SMALL, churn="random", nonresponse="random", change="none", differences="none"
    )
    pd.testing.assert_frame_equal(usual.accounts, null.accounts)
    pd.testing.assert_frame_equal(usual.contacts, null.contacts)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"change": "no"}, r"change= is 'no'; use 'drift' or 'none'"),
        ({"differences": "no"}, r"differences= is 'no'; use 'clients' or 'none'"),
    ],
)
def test_refuses_a_world_that_it_does_not_know(options, message):
    with pytest.raises(CrqError, match=message):
        simulate.panel(clients=1, **options)
