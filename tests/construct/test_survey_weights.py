"""Survey weights among the other choices: against statsmodels' weighted statistics."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.weightstats import DescrStatsW

from crqlab import construct, scores
from tests.scores import made

BOOK = made.codebook()
CHOICE = "by_survey_weights"


@pytest.fixture(scope="module")
def people():
    rows = scores.respondents(made.responses(clients=12, waves=("2025",), seed=9), BOOK)
    rng = np.random.default_rng(2)
    weight = rng.lognormal(0, 0.8, len(rows)) * np.where(rows["crq"] > 4.5, 0.5, 1.5)
    mean = pd.Series(weight).groupby(rows["client_id"]).transform("mean")
    return rows.assign(weight=weight / mean)


@pytest.fixture(scope="module")
def found(people):
    return construct.sensitivity(people, BOOK).table.set_index("choice")


def test_means_and_correlations_are_those_of_statsmodels(people, found):
    rows = people[people["crq"].notna()]
    weighed = DescrStatsW(rows["crq"], weights=rows["weight"])
    assert found.loc[CHOICE, "crq"] == pytest.approx(weighed.mean)
    both = rows[rows["ltr"].notna()]
    pair = DescrStatsW(both[["crq", "ltr"]], weights=both["weight"])
    assert found.loc[CHOICE, "with_ltr"] == pytest.approx(pair.corrcoef[0, 1])
    assert found.loc[CHOICE, "crq"] < found.loc["as_kept", "crq"] - 0.1
    assert found.loc[CHOICE, "low"] < weighed.mean < found.loc[CHOICE, "high"]


def test_clients_are_ranked_by_weighted_means(people, found):
    rows = people[people["crq"].notna()]
    plain = rows.groupby("client_id")["crq"].mean()
    weighed = rows.groupby("client_id")[["crq", "weight"]].apply(
        lambda d: np.average(d["crq"], weights=d["weight"])
    )
    assert found.loc[CHOICE, "rank_correlation"] == pytest.approx(plain.corr(weighed, "spearman"))


def test_equal_weights_are_as_kept_and_none_are_no_choice(people):
    table = construct.sensitivity(people.assign(weight=1.0), BOOK).table.set_index("choice")
    columns = ["crq", "low", "high", "sd", "with_ltr", "places", "n"]
    one, other = (table.loc[name, columns].astype(float) for name in (CHOICE, "as_kept"))
    pd.testing.assert_series_equal(one, other, check_names=False)
    bare = construct.sensitivity(people.drop(columns="weight"), BOOK).table
    assert CHOICE not in set(bare["choice"])
