"""Effect sizes beside p: of changes between waves, and of groups against all others."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_ind

from crqlab import scores
from crqlab.base.contracts import contract
from crqlab.base.contracts.schema import check
from crqlab.scores.group_differences import against_others
from crqlab.scores.rollups import promoter_points
from tests.scores import made

BOOK = made.codebook()


@pytest.fixture(scope="module")
def people():
    return scores.respondents(made.responses(clients=2, accounts=20, seed=11), BOOK)


def pooled(*sides):
    n = sum(len(side) - 1 for side in sides)
    return np.sqrt(sum(((side - side.mean()) ** 2).sum() for side in sides) / n)


def test_a_change_is_told_in_standard_deviations_of_people_within_waves(people):
    found = scores.changes(people, BOOK)
    points = people.assign(nps=promoter_points(people["ltr"]), mean_ltr=people["ltr"])
    for row in found[found["client_id"] == "C0"].itertuples():
        own = points[points["client_id"] == "C0"].dropna(subset=[row.measure])
        sd = pooled(*(part[row.measure] for _, part in own.groupby("wave")))
        assert row.effect == pytest.approx(row.value / sd, nan_ok=True)
        assert row.effect_low == pytest.approx(row.low / sd, nan_ok=True)
        assert row.effect_high == pytest.approx(row.high / sd, nan_ok=True)


def test_answers_that_are_all_alike_have_no_effect_size(people):
    found = scores.changes(people.assign(trust=4.0), BOOK)
    rows = found[found["measure"] == "trust"]
    assert rows["effect"].isna().all()
    assert (rows.loc[rows["part"] == "all", "value"].abs() < 1e-12).all()


def test_weights_enter_the_standard_deviation():
    rng = np.random.default_rng(4)
    heavy = scores.respondents(
        made.responses(clients=1, seed=3).pipe(
            lambda d: d.assign(weight=rng.lognormal(0, 1, len(d)))), BOOK)  # fmt: skip
    rows = scores.changes(heavy, BOOK)
    row = rows[(rows["measure"] == "crq") & (rows["part"] == "all")].iloc[0]
    square = freedom = 0.0
    for _, part in heavy.dropna(subset=["crq"]).groupby("wave"):
        w, x = part["weight"].to_numpy(), part["crq"].to_numpy()
        square += w @ (x - np.average(x, weights=w)) ** 2
        freedom += w.sum() - (w**2).sum() / w.sum()
    assert row["effect"] == pytest.approx(row["value"] / np.sqrt(square / freedom))


def grouped(people, names):
    rng = np.random.default_rng(2)
    rows = people[["client_id", "wave", "response_id"]]
    return rows.assign(dimension="unit", group=rng.choice(names, len(rows)))


def test_a_group_is_held_against_all_others(people):
    units = grouped(people, ["North", "South", "West"])
    found = scores.breakdowns(people, units)
    check(found, contract("breakdown_scores"), BOOK.instrument)
    both = people.merge(units[["response_id", "group"]], on="response_id")
    both = both[both["ltr"].notna()].assign(points=lambda d: promoter_points(d["ltr"]))
    rows = found[(found["dimension"] == "unit")]
    assert len(rows) == 2 * 2 * 3
    for row in rows.itertuples():
        own = both[(both["client_id"] == row.client_id) & (both["wave"] == row.wave)]
        inside = own["group"] == row.group
        sides = own.loc[inside, "points"], own.loc[~inside, "points"]
        assert row.difference == pytest.approx(sides[0].mean() - sides[1].mean())
        assert row.effect == pytest.approx(row.difference / pooled(*sides))
        assert (row.difference_low > 0 or row.difference_high < 0) == (row.p < 0.05)
        assert row.q >= row.p
    everybody = found[found["dimension"] == "all"]
    assert everybody[["difference", "p", "effect"]].isna().all(axis=None)


def test_with_one_voice_an_account_the_test_is_nearly_welchs():
    rng = np.random.default_rng(5)
    n = 120
    points = rng.choice([-100.0, 0.0, 100.0], 2 * n, p=[0.3, 0.3, 0.4])
    points[:n] = rng.choice([-100.0, 0.0, 100.0], n, p=[0.2, 0.3, 0.5])
    rows = pd.DataFrame({"client_id": "C", "wave": "1", "dimension": "unit", "points": points,
                         "block": np.repeat([0, 1], n), "counts": 1.0,
                         "account_id": [f"A{k:03d}" for k in range(2 * n)]})  # fmt: skip
    found = against_others(rows, level=0.95).loc[0]
    welch = ttest_ind(points[:n], points[n:], equal_var=False)
    assert found["p"] == pytest.approx(welch.pvalue, rel=0.05)
    low, high = welch.confidence_interval(0.95)
    assert (found["difference_low"], found["difference_high"]) == pytest.approx(
        (low, high), rel=0.05
    )


def test_a_dimension_of_one_group_has_nothing_to_be_held_against(people):
    found = scores.breakdowns(people, grouped(people, ["North"]))
    rows = found[found["dimension"] == "unit"]
    assert rows["difference"].isna().all()
    assert rows["nps"].notna().all()


def test_weighted_differences_are_of_weighted_nps():
    people = scores.respondents(made.responses(clients=1, waves=("1",), accounts=30), BOOK)
    rng = np.random.default_rng(6)
    people["weight"] = rng.lognormal(0, 1, len(people))
    units = grouped(people, ["North", "South"])
    rows = scores.breakdowns(people, units)
    rows = rows[rows["dimension"] == "unit"].set_index("group")
    gap = rows.loc["North", "nps"] - rows.loc["South", "nps"]
    assert rows.loc["North", "difference"] == pytest.approx(gap)
    assert rows.loc["South", "difference"] == pytest.approx(-gap)


def test_weighted_groups_of_promoters_alone_stay_on_the_scale():
    people = scores.respondents(made.responses(clients=8, accounts=30), BOOK).assign(ltr=10.0)
    people["weight"] = np.random.default_rng(6).lognormal(0, 1, len(people))
    names = [f"unit {k}" for k in range(9)]
    found = scores.breakdowns(people, grouped(people, names))
    check(found, contract("breakdown_scores"), BOOK.instrument)
    check(scores.accounts(people, BOOK), contract("account_scores"), BOOK.instrument)
    assert found["nps"].to_numpy() == pytest.approx(100)
