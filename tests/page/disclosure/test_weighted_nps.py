"""Survey weights that differ make sums of sides unique: NPS of few people is written in tens."""

import numpy as np
import pandas as pd
import pytest

from crqlab.page.assembly import view
from crqlab.page.disclosure.audit import doomed, released
from tests.page.disclosure.made import people, study_of


def weighted_study(root, seed):
    draw = np.random.default_rng(seed)
    rows = pd.concat([people(draw, 12, wave=wave) for wave in ("2024", "2025")])
    rows = rows.assign(weight=draw.choice([0.6, 1.0, 1.7], len(rows)))
    return study_of(root, rows, managers=["Ada", "Bo"])


@pytest.mark.parametrize("seed", [1, 3, 4])
def test_a_weighted_study_keeps_its_nps_in_tens(tmp_path, seed):
    """In units each of these three lost the NPS of a wave: no two weights would change sides."""
    study = weighted_study(tmp_path, seed)
    gone = [one for one in doomed(study, "C017", "2025") if one.measure == "nps"]
    assert "scores.trend" not in {one.table for one in gone}
    seen = view(study, client="C017", wave="2025")
    row = seen.measure("nps")
    assert np.isfinite(row["value"])
    assert [row[end] % 10 for end in ("value", "low", "high")] == [0, 0, 0]
    (sides,) = [one for one in released(study, "C017", "2025") if one.answers.measure == "nps"]
    assert not [one for one in sides.findings() if not one.protected]


def test_without_weights_nps_has_its_units(tmp_path):
    draw = np.random.default_rng(1)
    rows = pd.concat([people(draw, 12, wave=wave) for wave in ("2024", "2025")])
    seen = view(study_of(tmp_path, rows), client="C017", wave="2025")
    exact = seen.scores.trend
    exact = exact[(exact["measure"] == "nps").to_numpy(bool)]["value"]
    assert [value % 10 for value in exact] != [0] * len(exact)
