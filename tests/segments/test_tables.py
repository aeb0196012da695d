"""The station hands over what its contracts say, also where it cannot answer."""

import pandas as pd
import pytest

from crqlab import segments
from crqlab.base.contracts.frames import empty
from crqlab.base.contracts.segments import TABLES
from tests.segments.made import RULES, instrument, respondents, scored
from tests.show.fixture import Shape, lay_out

PEOPLE = respondents(accounts=40, seed=11)
SCORED = scored(PEOPLE)
KEYS = ["client_id", "account_id"]
ACCOUNTS = SCORED[KEYS].drop_duplicates().assign(revenue=10.0, account_manager="Eva")
RESPONSES = PEOPLE.assign(started=pd.Timestamp("2024-05-01"))
OUTCOMES = ACCOUNTS[KEYS].assign(
    due_on=pd.Timestamp("2024-09-01"), decided_on=pd.NaT, outcome="renewed", revenue=10.0
)


def test_a_panel_holds_every_account_with_all_that_belongs_to_it():
    quiet = pd.DataFrame([["C0", "2025", "quiet"]], columns=["client_id", "wave", "account_id"])
    panel = segments.panel(
        SCORED, PEOPLE, ACCOUNTS, RESPONSES, OUTCOMES, RULES, instrument(), silent=quiet, draws=20
    )
    assert len(panel.table) == len(SCORED) + 1
    assert (panel.table["thresholds"] == RULES.quoted).all()
    assert (panel.table["status"] == "silent").sum() == 1
    assert panel.table.loc[panel.table["p"] < 0.6, "status"].isin(["not_settled"]).all()
    assert panel.scored["renewed"].notna().any()
    assert panel.latest.sum() == (SCORED["wave"] == "2025").sum() + 1
    assert "1 silent" in str(panel)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return lay_out(tmp_path_factory.mktemp("study"), Shape(accounts=8))


def kept(study, rules):
    names = ("account_scores", "respondents", "accounts", "responses")
    tables = [study.read(name) for name in names]
    options = {"draws": 20, "seed": 1}
    panel = segments.panel(*tables, empty("outcomes"), rules, study.codebook.instrument, **options)
    found = segments.described(panel, study, level=0.95, **options)
    return panel, segments.keep(study, panel, found, level=0.95, **options)


def test_an_instrument_that_lacks_scores_hands_over_empty_tables_and_says_why(study):
    panel, paths = kept(study, RULES)
    assert "look at service, value" in str(panel)
    assert len(paths) == len(TABLES)
    assert all(study.read(table.name).empty for table in TABLES)


SIMPLE = type(RULES).model_validate(
    {
        **RULES.document(),
        "format": 1,
        "name": "simple",
        "segments": [
            {"name": "Ambassador", "all": [{"crq": {"at_least": 5.2}}, {"nps": {"above": 0}}]},
            {"name": "Rational", "next": "Ambassador", "otherwise": True},
        ],
        "instrument": {"scale": [1, 7], "constructs": []},
    }
)


def test_rules_that_fit_are_kept_with_their_version(study):
    panel, _ = kept(study, SIMPLE)
    table = study.read("segments")
    assert len(table) == len(study.read("account_scores"))
    assert set(table["segment"].dropna()) == {"Ambassador", "Rational"}
    assert study.manifest["tables"]["segments"]["made"]["thresholds"] == SIMPLE.quoted
    assert len(study.read("migration")) > 0
    assert (
        study.read("actions")["action"]
        .isin(["recognise", "ask_for_referral", "co_create", "differentiate"])
        .all()
    )
    assert str(panel).startswith("24 accounts by simple 1.1")
