"""Only what was known before a decision enters; who cannot be foretold is listed with a reason."""

import numpy as np
import pandas as pd
import pytest

from crqlab import CrqError
from crqlab.base.contracts.cautions import code
from crqlab.renewal.covariates import covariates, varying
from tests.renewal import made


def _study(**dates):
    """One account, two waves with answers until 31 March, and the given contracts."""
    waves = ("2024", "2025")
    keys = pd.DataFrame({"client_id": "C1", "wave": waves, "account_id": "A1"})
    end = pd.to_datetime([f"{wave}-03-31" for wave in waves]).astype("datetime64[ns]")
    scores = keys.assign(
        trust=[4.0, 5.0], commitment=[3.0, 6.0], solution=5.0, crq=[4.0, 5.5], nps=[-100.0, 100.0],
        mean_ltr=[6.0, 9.0], sd=0.4, role_gap=np.nan, n=2,
    )  # fmt: skip
    rows = [
        {"client_id": "C1", "account_id": account, "due_on": due, "outcome": outcome,
         "decided_on": decided, "revenue": 100.0}
        for account, due, outcome, decided in dates["contracts"]
    ]  # fmt: skip
    outcomes = pd.DataFrame(rows).astype(
        {"due_on": "datetime64[ns]", "decided_on": "datetime64[ns]"}
    )
    facts = {"industry": "IT", "revenue": 500.0, "customer_since": pd.Timestamp("2020-03-31")}
    return {
        "responses": keys.assign(started=end),
        "contacts": keys.assign(invited=True, invited_on=end),
        "accounts": pd.DataFrame({"client_id": ["C1"], "account_id": ["A1"], **facts}),
        "account_scores": scores,
        "outcomes": outcomes,
    }


def contracts(*rows):
    return made.designed(_study(contracts=rows), most_months=18)


def test_a_contract_stands_beside_the_last_survey_that_ended_before_its_decision():
    table = contracts(
        ("A1", "2024-06-30", "renewed", "2024-06-15"),
        ("A1", "2025-03-31", "renewed", "2025-03-31"),
        ("A1", "2025-06-30", "churned", "2025-06-01"),
    ).table
    assert table["wave"].tolist() == ["2024", "2024", "2025"]
    assert table["commitment"].tolist() == [3.0, 3.0, 6.0]
    assert (table["cutoff"] < table["decided"]).all()
    assert table["lead"].iloc[0] == pytest.approx(76 / 365.25 * 12)


def test_history_and_change_are_as_of_the_cut_off():
    found = contracts(
        ("A1", "2023-06-30", "churned", "2023-06-30"),
        ("A1", "2024-06-30", "renewed", "2024-06-15"),
        ("A1", "2025-06-30", "renewed", "2025-06-01"),
    )
    table = found.table
    assert table["prior_churn"].tolist() == [1.0, 1.0]
    assert table["earlier_renewals"].tolist() == [0.0, 1.0]
    assert table["crq_change"].isna().tolist() == [True, False]
    assert table["commitment_change"].iloc[1] == 3.0
    assert table["crq_before"].iloc[1] == 4.0
    assert table["tenure"].tolist() == pytest.approx([4, 5], abs=0.01)
    assert found.excluded["due_on"].tolist() == [pd.Timestamp("2023-06-30")]
    assert found.excluded["reason"].tolist() == ["decided_before_survey_ended"]


def test_each_refusal_has_its_reason():
    found = contracts(
        ("A1", "2024-03-31", "renewed", "2024-03-30"),
        ("A1", "2027-06-30", "renewed", "2027-06-01"),
        ("A9", "2025-06-30", "renewed", "2025-06-01"),
    )
    reasons = found.excluded.set_index("due_on")["reason"]
    assert reasons[pd.Timestamp("2024-03-31")] == "decided_before_survey_ended"
    assert reasons[pd.Timestamp("2027-06-30")] == code("survey_too_old", months="18")
    assert reasons[pd.Timestamp("2025-06-30")] == "never_asked"
    assert found.table.empty
    assert "Nothing can be said" in str(found)


def test_outcomes_from_after_the_data_end_count_as_open():
    rows = (("A1", "2024-06-30", "renewed", "2024-06-15"), ("A1", "2025-09-30", "churned", None))
    table = made.designed(_study(contracts=rows), as_of="2025-06-01").table
    assert table["outcome"].tolist() == ["renewed", "open"]
    assert table["flag"].tolist() == ["ok", "decided_after_data_end"]
    late = made.designed(_study(contracts=rows)).table
    assert late["flag"].tolist() == ["ok", "no_decision_date"]


def test_a_cut_off_of_ones_own_moves_every_wave_that_ended_before_it():
    rows = (("A1", "2024-06-30", "renewed", "2024-06-15"), ("A1", "2025-09-30", "churned", None))
    found = made.designed(_study(contracts=rows), cutoff="2025-04-15")
    assert found.table["due_on"].tolist() == [pd.Timestamp("2025-09-30")]
    assert found.table["cutoff"].tolist() == [pd.Timestamp("2025-04-15")]


def test_accounts_are_followed_to_churn_the_next_survey_or_the_end():
    rows = contracts(("A1", "2025-06-30", "churned", "2025-06-30")).accounts
    assert rows["churned"].tolist() == [False, True]
    assert rows["followed"].tolist() == pytest.approx([1.0, 91 / 365.25], abs=0.002)


def test_undated_surveys_refuse_everything_and_say_so():
    tables = _study(contracts=[("A1", "2025-06-30", "churned", "2025-06-30")])
    blank = pd.Series(pd.NaT, index=[0, 1], dtype="datetime64[ns]")
    tables["responses"] = tables["responses"].assign(started=blank)
    tables["contacts"] = tables["contacts"].assign(invited_on=blank)
    found = made.designed(tables)
    assert found.table.empty
    assert found.refusal == "survey_undated"
    assert str(found) == "Nothing can be said of renewals: survey undated"


def test_nothing_known_after_the_decision_can_change_a_row():
    tables = made.panel(clients=6, each=10, seed=3)
    early = made.designed(tables).table
    later = {name: rows.copy() for name, rows in tables.items()}
    scores = later["account_scores"]
    scores.loc[scores["wave"] == "2025", ["trust", "commitment", "crq", "nps"]] = 1.0
    again = made.designed(later).table
    kept = early["decided"] <= pd.Timestamp("2025-03-31")
    assert kept.any()
    pd.testing.assert_frame_equal(early[kept], again[kept])
    assert (again.loc[again["wave"] == "2025", "crq"].dropna() == 1).all()


def test_silent_accounts_stay_in_and_gaps_are_told():
    found = made.designed(made.panel(clients=6, each=20, seed=4))
    filled = covariates(found.decided, found.constructs)
    quiet = found.decided["silent"] == 1
    assert quiet.any()
    assert filled.X.notna().all(axis=None)
    told = filled.told.set_index("covariate")
    assert told.loc["trust"].tolist() == [quiet.sum(), quiet.sum(), "mean"]
    means = found.decided.groupby(["client_id", "wave"])["trust"].transform("mean")
    assert filled.X.loc[quiet, "trust"].tolist() == pytest.approx(means[quiet].tolist())
    assert "revenue" in varying(filled.X.assign(revenue=np.arange(len(filled.X))))


def test_concepts_are_measured_by_their_constructs_or_by_those_named():
    tables = made.panel(clients=2, each=4, seed=5)

    def measured(constructs=None):
        return made.designed(tables, constructs=constructs).constructs

    assert measured() == {"trust": "trust", "commitment": "commitment"}
    assert measured({"satisfaction": "solution", "trust": ""}) == {
        "trust": "trust", "commitment": "commitment", "satisfaction": "solution",
    }  # fmt: skip
    assert measured({"satisfaction": "trust"}) == {
        "commitment": "commitment", "satisfaction": "trust",
    }  # fmt: skip
    with pytest.raises(CrqError, match="'trsut'"):
        measured({"trust": "trsut"})
    with pytest.raises(CrqError, match="constructs="):
        measured({"loyalty": "solution"})
