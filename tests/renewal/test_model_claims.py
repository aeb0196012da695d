"""What is said of candidate models follows from their own row, and from no other."""

from math import nan

import pandas as pd
import pytest

from crqlab.base.contracts.cautions import has
from crqlab.renewal import model_comparison
from crqlab.renewal.model_comparison import ModelComparison

#: Decoys before and after the row that counts: another pair of each end, another measure.
PAIRS = [
    ("nps_and_crq", "crq", "auc_difference", 0.20, 0.11, 0.31),
    ("crq", "nps", "auc_difference", 0.30, 0.22, 0.41),
    ("nps_and_crq", "nps", "brier_difference", -0.05, -0.07, -0.03),
    ("nps_and_crq", "nps", "auc_difference", 0.04, 0.01, 0.07),
    ("everything", "nps", "auc_difference", 0.50, 0.42, 0.61),
]


def pairs(**own):
    rows = pd.DataFrame(PAIRS, columns=["first", "second", "measure", "estimate", "low", "high"])
    return rows.assign(**{name: rows[name].mask(rows.index == 3, v) for name, v in own.items()})


@pytest.mark.parametrize(
    ("low", "claim"), [(0.01, "adds"), (0.0, "not_shown"), (-0.01, "not_shown"), (nan, "unknown")]
)
def test_crq_adds_to_nps_where_the_whole_interval_of_that_pair_lies_above_zero(low, claim):
    assert model_comparison._claim(pairs(low=low)) == claim


def test_without_that_pair_nothing_is_claimed():
    assert model_comparison._claim(pairs().drop(index=3)) == "unknown"


def told(table, differences, claim):
    blank = [pd.DataFrame()] * 4
    return ModelComparison(table, differences, *blank, claim, "", 0.95, 1200, 90)


TABLE = pd.DataFrame(
    [
        ("nps", "auc", 0.61, 0.58, 0.64), ("crq", "brier", 0.99, 0.9, 1.0),
        ("crq", "auc", 0.67, 0.64, 0.70), ("nps_and_crq", "auc", 0.66, 0.63, 0.69),
        ("everything", "auc", nan, nan, nan),
    ],
    columns=["candidate", "measure", "estimate", "low", "high"],
)  # fmt: skip


@pytest.mark.parametrize(
    ("claim", "says"),
    [
        ("adds", "CRQ adds to NPS"),
        ("not_shown", "CRQ is not shown to add to NPS"),
        ("unknown", "what CRQ adds to NPS cannot be said"),
    ],
)
def test_the_best_candidate_and_what_crq_adds_are_told_with_their_intervals(claim, says):
    assert str(told(TABLE, pairs(), claim)) == (
        "CRQ foretells churn best: AUC 0.67 [0.64, 0.70]; "
        f"{says}: +0.040 AUC [+0.010, +0.070]; n = 1,200 contracts, 90 churned"
    )


def test_what_is_not_known_is_said_to_be_so():
    bare = told(TABLE[TABLE["measure"] != "auc"], pairs().drop(index=3), "unknown")
    assert str(bare) == (
        "no AUC can be given; what CRQ adds to NPS cannot be said; n = 1,200 contracts, 90 churned"
    )
    assert told(TABLE, pairs(), "adds").value("crq", "auc")["estimate"] == 0.67
    assert told(TABLE, pairs(), "adds").value("crq", "lift") is None


@pytest.mark.parametrize(
    ("area", "leaks"),
    [(model_comparison.LEAK, False), (model_comparison.LEAK + 0.001, True)],
)
def test_a_candidate_that_foretells_too_well_is_suspected_in_all_its_rows(area, leaks):
    table = TABLE.assign(estimate=TABLE["estimate"].mask(TABLE.index == 2, area), flag="ok")
    flagged = model_comparison._flagged(table, {"nps": "few_events"}, "ok")
    suspected = [has(cell, "leak") for cell in flagged["flag"]]
    assert suspected == [False, leaks, leaks, False, False]
    assert [has(cell, "few_events") for cell in flagged["flag"]] == [True] + [False] * 4


@pytest.mark.parametrize(("clients", "clusters"), [(29, 58), (30, 30)])
def test_clients_are_clusters_from_thirty_on_and_accounts_below(clients, clusters):
    rows = [(f"C{c}", f"A{a}") for c in range(clients) for a in range(2)] * 2
    decided = pd.DataFrame(rows, columns=["client_id", "account_id"])
    found = model_comparison.design_clusters(decided)
    assert len(set(found)) == clusters
    assert (found[: len(rows) // 2] == found[len(rows) // 2 :]).all()
