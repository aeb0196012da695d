"""Small clients: the arithmetic of the page's section, and a small sample of it."""

import pandas as pd
import pytest

from tests.validation import small_clients
from tests.validation.small_clients import Settings


def people():
    """Seven accounts of one client with two people each, in two waves."""
    keys = [(w, a, k) for w in ("2024", "2025") for a in range(7) for k in range(2)]
    return pd.DataFrame(
        {
            "client_id": "C1",
            "wave": [w for w, _, _ in keys],
            "account_id": [f"A{a}" for _, a, _ in keys],
            "response_id": [f"{w}{a}{k}" for w, a, k in keys],
        }
    )


def test_clients_are_cut_into_clients_of_so_many_accounts():
    found = small_clients.cut(people(), 3, Settings(seed=1, clients=1))
    assert found.groupby("client_id")["account_id"].nunique().tolist() == [3, 3]
    assert found["account_id"].nunique() == 6  # one is left over
    assert len(set(small_clients.cut(people(), 3, Settings(1, 1, most=1))["client_id"])) == 1


def rows(**columns):
    table = {
        "shape": "as drawn",
        "size": 3,
        "flag": ["ok", "ok", "few_accounts", "ok"],
        "client_id": ["C1-0", "C1-0", "C2-0", "C2-0"],
        "of": "change",
        "measure": ["crq", "value", "crq", "value"],
        "value": 0.5,
        "low": [0.1, -1.0, -0.1, 0.2],
        "high": [0.9, 1.0, 1.1, 0.8],
        "p": [0.2, 0.9, 0.3, 0.1],
        "truth": 0.0,
        "verdict": ["no_clear_change", "no_clear_change", "no_clear_change", "higher"],
    }
    return pd.DataFrame({**table, **columns})


def test_verdicts_count_clients_of_which_anything_is_told():
    found = small_clients.verdicts(rows()).loc[3]
    assert found["crq"] == 0.5
    assert found["headline"] == 0.5
    assert found["any"] == 1.0
    assert (found["said"], found["said_any"]) == (0.0, 0.5)
    assert found["p_low"] == found["p_high"] == 0.2


def test_coverage_counts_what_lies_in_the_interval():
    found = small_clients.coverage(rows())
    assert found.loc[("as drawn", "change crq", 3), "covered"] == 0.5
    assert found.loc[("as drawn", "change constructs", 3), "covered"] == 0.5
    assert found.loc[("as drawn", "change crq", 3), "error"] == pytest.approx(0.3536, abs=1e-4)


def test_a_caution_is_counted_where_it_doubts_the_interval():
    levels = rows(of="level")
    assert small_clients.doubted(levels).loc["as drawn", 3] == 0.5
    levels["flag"] = ["ok", "ok", "variance_of_wave", "ok"]
    assert small_clients.doubted(levels).loc["as drawn", 3] == 0


def test_unique_clients_are_counted_beside_what_could_be_known():
    names = ["told", "known", "guessed", "true"]
    said = pd.DataFrame(
        [(1, 1, 1, 1), (1, 0, 1, 0), (0, 1, 1, 1), (0, 0, 1, 0)], columns=names
    ).astype(bool)
    found = small_clients._of_size(8, said.assign(size=8))
    assert found == "| 8 | 2 | 2 | 50% | 1 | 2 | 50% | 50% |"


@pytest.mark.validation
def test_intervals_of_three_accounts_are_judged_against_an_unchanged_panel():
    found = small_clients.judged(small_clients.QUICK)
    levels = found[(found["shape"] == "as drawn") & (found["of"] == "level")]
    crq = levels[levels["measure"] == "crq"].groupby("size")[["value", "truth"]].mean()
    assert (crq["value"] - crq["truth"]).abs().max() < 0.1
    changes = found[found["of"] == "change"]
    assert changes.groupby("size")["value"].mean().abs().max() < 0.5
    covered = small_clients.coverage(found)["covered"]
    assert covered[("as drawn", "level crq", 12)] > covered[("as drawn", "level crq", 3)]
