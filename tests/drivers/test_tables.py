"""What the station keeps is what it found, whatever the study holds."""

import numpy as np
import pandas as pd
import pytest

from crqlab import DataError, drivers
from tests.show.fixture import Shape, lay_out

KEPT = "driver_weights driver_effects driver_map driver_focus".split()
OPTIONS = {"level": 0.9, "draws": 40, "seed": 7}


def run(study):
    """Do what the notebook does."""
    book, people = study.codebook, study.read("respondents")
    weights = drivers.weights(people, book, **OPTIONS)
    accounts = study.read("accounts")
    return {
        "weights": weights,
        "priorities": drivers.priorities(weights, people, book, accounts, seed=7),
    }


@pytest.mark.parametrize(
    "shape",
    [
        Shape(accounts=8),
        Shape(accounts=8, ltr=False, waves=("2025",)),
        Shape(accounts=1, most=2, silent=1, waves=("2025",)),
    ],
)
def test_tables_come_back_as_they_were_found(tmp_path, shape):
    study = lay_out(tmp_path, shape)
    found = run(study)
    paths = drivers.keep(study, **found, **OPTIONS)
    assert [path.stem for path in paths] == [f"70_{name}" for name in KEPT]
    kept = study.read("driver_weights")
    assert len(kept) == len(found["weights"].table) > 0
    np.testing.assert_array_equal(kept["weight"], found["weights"].table["weight"].astype(float))
    assert len(study.read("driver_focus")) == len(found["priorities"].focus)
    assert study.read("driver_map")["driver"].tolist() == list(found["priorities"].table["driver"])


def test_a_broken_table_keeps_all_others_from_the_disk(tmp_path):
    study = lay_out(tmp_path, Shape(accounts=8))
    found = run(study)
    found["priorities"].table["importance"] = 2.0
    with pytest.raises(DataError, match="driver_map breaks its contract"):
        drivers.keep(study, **found, **OPTIONS)
    assert not any(study.has(name) for name in KEPT)


def test_lifts_are_read_where_the_segments_station_kept_them(tmp_path):
    study = lay_out(tmp_path, Shape(accounts=8))
    rows = pd.DataFrame({"client_id": ["C017"], "wave": ["2025"]})
    assert drivers.lifts(study, rows).empty
    assert drivers.lifts(study, rows.head(0)).empty
    facts = {"client_id": "C017", "wave": "2025", "segment": "Rational", "target": "Ambassador"}
    facts |= {"change": "Solution up by 0.4", "size": 0.4, "now": 0.1, "flag": "ok"}
    kept = pd.DataFrame([facts | {"account_id": f"A{i}", "probability": i / 10} for i in range(3)])
    study.write("lifts", kept)
    found = drivers.lifts(study, rows)
    assert found["account_id"].tolist() == ["A2", "A1", "A0"]
    assert found["change"].iloc[0] == "Solution up by 0.4"
