"""Survey weights through the scores: against R's survey, by hand, and what they must not change."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from crqlab import scores
from crqlab.base.contracts import contract
from crqlab.base.contracts.cautions import codes
from crqlab.base.contracts.schema import check
from crqlab.stats.response_propensity import kish
from tests import oracle
from tests.scores import made

FOLDER = Path(__file__).parents[1] / "reference/weighting"


def people(frame, book):
    """Return a table of respondents with one and the same score on every construct."""
    keys = {
        "client_id": "C1",
        "wave": frame["wave"].astype(str),
        "response_id": [f"r{k:03d}" for k in range(len(frame))],
        "account_id": frame["account"],
        "contact_id": "p",
        "role": None,
        "seniority": np.nan,
        "confidence": np.nan,
        "n_items": 12,
    }
    scored = dict.fromkeys(["crq", "uniqueness", *book.instrument.constructs], frame["crq"])
    weight = frame["weight"] / frame.groupby("wave")["weight"].transform("mean")
    return pd.DataFrame(keys | scored).assign(ltr=frame["ltr"].astype(float), weight=weight)


@pytest.fixture(scope="module")
def reference():
    table = pd.read_csv(FOLDER / "survey.csv").set_index("quantity")
    return table["reference"]


@pytest.fixture(scope="module")
def surveyed():
    return people(pd.read_csv(FOLDER / "survey_people.csv"), made.codebook())


def of_client(table, measure, roll_up="respondents", method="account_t"):
    rows = table[(table["wave"] == "2025") & (table["method"] == method)]
    return rows.set_index(["measure", "roll_up"]).loc[(measure, roll_up)]


@pytest.mark.parametrize("measure", ["crq", "nps"])
def test_scores_of_a_client_are_those_of_survey(surveyed, reference, measure):
    found = scores.clients(surveyed, None, made.codebook())
    row = of_client(found, measure)
    for name in ("value", "low", "high"):
        assert row[name] == pytest.approx(reference[f"{measure} {name}"], abs=1e-9)
    assert row["n_effective"] == pytest.approx(reference["n_effective"])
    assert row["n_respondents"] == 60
    plain = of_client(found, measure, "unweighted")
    assert plain["value"] == pytest.approx(reference[f"{measure} unweighted"])
    assert plain["n_effective"] == 60
    equal = kish(surveyed[surveyed["wave"] == "2025"].groupby("account_id")["weight"].sum())
    se = (row["high"] - row["low"]) / 2 / t.ppf(0.975, equal - 1)
    assert se == pytest.approx(reference[f"{measure} se"], rel=0.03)  # 1 / (1 - h), n / (n - 1)


@pytest.mark.parametrize("measure", ["crq", "nps"])
def test_changes_are_those_of_survey(surveyed, reference, measure):
    found = scores.changes(surveyed, made.codebook())
    row = found.set_index(["measure", "part"]).loc[(measure, "all")]
    assert row["value"] == pytest.approx(reference[f"{measure} change"], abs=1e-9)
    assert row["n_respondents"] == 120
    se = reference[f"{measure} change se"]
    assert (row["high"] - row["low"]) / 2 / se == pytest.approx(t.ppf(0.975, 10), rel=0.1)


def test_parts_of_a_weighted_change_add_up(surveyed):
    found = scores.changes(surveyed, made.codebook()).pivot_table(
        index="measure", columns="part", values="value"
    )
    parts = found["same"] + found["joiners"] + found["leavers"]
    assert parts.to_numpy() == pytest.approx(found["all"].to_numpy())


def test_scores_of_accounts_are_those_of_survey(surveyed, reference):
    found = scores.accounts(surveyed, made.codebook())
    found = found[found["wave"] == "2025"].set_index("account_id")
    for account in ("A01", "A02", "A03"):
        assert found.loc[account, "crq"] == pytest.approx(reference[f"mean of {account}"])
    own = surveyed[surveyed["wave"] == "2025"].groupby("account_id")["weight"]
    assert found["n_effective"].to_numpy() == pytest.approx(own.apply(kish).to_numpy())
    assert found["n"].to_numpy() == pytest.approx(own.size().to_numpy())
    alone = found[found["n"] == 1]
    assert alone["sd"].isna().all()


def test_breakdowns_have_the_clients_nps(surveyed):
    found = scores.breakdowns(surveyed, pd.DataFrame(columns=contract("breakdowns").columns))
    row = found[(found["wave"] == "2025") & (found["dimension"] == "all")].iloc[0]
    client = of_client(scores.clients(surveyed, None, made.codebook()), "nps")
    assert row["nps"] == pytest.approx(client["value"])
    assert (row["nps_low"], row["nps_high"]) == pytest.approx((client["low"], client["high"]))
    assert row["n_effective"] == pytest.approx(client["n_effective"])
    assert row[["promoters", "passives", "detractors"]].sum() == row["n_respondents"] == 60


def test_every_roll_up_by_hand():
    """6 (executive, weight 3), 4 and 2 (users, weight 1 and 2); A has the first two."""
    book = made.codebook()
    frame = pd.DataFrame(
        {"wave": 1, "account": ["A", "A", "B"], "crq": [6.0, 4, 2], "ltr": [10, 8, 3]}
    )
    rows = people(frame.assign(weight=[3, 1, 2]), book).assign(
        role=["executive", "user", "user"], seniority=[1.0, 3, 3], confidence=[2.0, 6, np.nan]
    )
    pays = pd.DataFrame({"client_id": "C1", "account_id": ["A", "B"], "revenue": [30.0, 10.0]})
    found = scores.clients(rows, pays, book)
    found = found[found["measure"] == "crq"].set_index("roll_up")
    value = {
        "respondents": (3 * 6 + 4 + 2 * 2) / 6,
        "unweighted": 4.0,
        "accounts": (22 / 4 + 2) / 2,
        "revenue": (30 * 22 / 4 + 10 * 2) / 40,
        "role": (9 * 6 + 4 + 2 * 2) / 12,
        "confidence": (6 * 6 + 6 * 4) / 12,
        "senior": 4.0,
    }
    counts = {
        "respondents": [3, 1, 2],
        "unweighted": [1, 1, 1],
        "accounts": [3 / 4, 1 / 4, 1],
        "revenue": [30 * 3 / 4, 30 / 4, 10],
        "role": [9, 1, 2],
        "confidence": [6, 6],
        "senior": [1, 1],
    }
    assert set(found.index) == set(value)
    for name, wanted in value.items():
        assert found.loc[name, "value"] == pytest.approx(wanted), name
        assert found.loc[name, "n_effective"] == pytest.approx(kish(counts[name])), name


def test_equal_weights_on_any_scale_change_nothing():
    book, answers = made.codebook(), made.responses(seed=5)
    plain = scores.respondents(answers, book)
    assert plain["weight"].isna().all()
    equal = scores.respondents(answers.assign(weight=np.where(answers["wave"] == "2024", 8, 0.25)),
                               book)  # fmt: skip
    assert (equal["weight"] == 1).all()
    pairs = [
        (scores.accounts(people, book), scores.changes(people, book)) for people in (plain, equal)
    ]
    for one, other in zip(*pairs, strict=True):
        pd.testing.assert_frame_equal(one, other)
    clients = [scores.clients(people, made.revenues(answers), book) for people in (plain, equal)]
    assert "unweighted" not in set(clients[0]["roll_up"])
    weighted = clients[1][clients[1]["roll_up"] != "unweighted"].reset_index(drop=True)
    pd.testing.assert_frame_equal(clients[0], weighted)


def test_weights_are_relative_within_a_clients_wave():
    book, answers = made.codebook(), made.responses(seed=6)
    rng = np.random.default_rng(2)
    drawn = pd.Series(rng.lognormal(size=len(answers)))
    one = scores.respondents(answers.assign(weight=drawn), book)
    scale = answers["client_id"].map({"C0": 1.0, "C1": 300.0, "C2": 0.001})
    other = scores.respondents(answers.assign(weight=drawn * scale), book)
    assert one["weight"].to_numpy() == pytest.approx(other["weight"].to_numpy())
    assert one.groupby(["client_id", "wave"])["weight"].mean().to_numpy() == pytest.approx(1)
    table = scores.accounts(one, book)
    check(table, contract("account_scores"), book.instrument)
    assert (table["n_effective"] <= table["n"] + 1e-9).all()
    assert (table["n_effective"] < table["n"] - 0.1).any()


def test_one_person_more_than_weights_say_twice_is_two_people_less_certain():
    """Weight 2 for one person moves means as two people do, and is worth less than two."""
    book, answers = made.codebook(roles=False), made.responses(clients=1, waves=("1",), seed=9)
    heavy = np.arange(len(answers)) % 5 == 0
    doubled = pd.concat([answers, answers[heavy].assign(
        response_id=answers["response_id"][heavy] + "-again")], ignore_index=True)  # fmt: skip
    rows = [answers.assign(weight=1.0 + heavy), doubled]
    found = [scores.accounts(scores.respondents(each, book), book) for each in rows]
    for name in ("crq", "trust", "nps", "mean_ltr"):
        assert found[0][name].to_numpy() == pytest.approx(found[1][name].to_numpy(), nan_ok=True)
    assert (found[0]["n_effective"] <= found[1]["n_effective"] + 1e-9).all()


def test_a_real_airport_survey_agrees_with_survey():
    case, table = oracle.golden("nps_sfo2017"), oracle.data("sfo2017")
    table = table[table["NETPRO"].notna()].reset_index(drop=True)
    frame = pd.DataFrame({"wave": 2017, "account": table["AIRLINE_CODE"].astype(str),
                          "crq": 4.0, "ltr": table["NETPRO"],
                          "weight": table["WEIGHT"]})  # fmt: skip
    found = scores.clients(people(frame, made.codebook()), None, made.codebook())
    found = found[found["method"] == "account_t"].set_index(["measure", "roll_up"])
    row, plain = found.loc[("nps", "respondents")], found.loc[("nps", "unweighted")]
    truth, close = case["values"], case["tolerance"]
    assert row["value"] / 100 == pytest.approx(truth["weighted_clustered"]["nps"], **close)
    assert plain["value"] / 100 == pytest.approx(truth["nps"], **close)
    assert row["n_accounts"] == truth["weighted_clustered"]["n_clusters"]
    mean = oracle.golden("quantw_sfo2017")["values"]
    assert found.loc[("mean_ltr", "respondents"), "value"] == pytest.approx(mean["wtd_mean"])
    assert row["n_effective"] == pytest.approx(mean["kish_neff"])


def test_the_account_model_says_that_it_sets_weights_aside():
    book = made.codebook()
    answers = made.responses(clients=2, accounts=16, seed=8)
    later = (answers["wave"] == "2025").to_numpy()
    weighed = answers.assign(weight=np.where(later, 1.0 + np.arange(len(answers)) % 3, np.nan))
    tables = [scores.account_models(scores.respondents(rows, book), rows, book)
              for rows in (answers, weighed)]  # fmt: skip
    plain, told = (table.set_index("wave")["flag"].map(codes) for table in tables)
    aside = {"code": "survey_weights_set_aside"}
    assert aside not in plain["2025"]
    assert aside not in told["2024"]
    assert [one for one in told["2025"] if one != aside] == plain["2025"]
    assert aside in told["2025"]
    pd.testing.assert_frame_equal(*(table.drop(columns="flag") for table in tables))
