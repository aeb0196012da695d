"""What the station keeps is what it found, whatever the study holds."""

import numpy as np
import pytest

from crqlab import DataError, construct
from tests.show.fixture import Shape, lay_out

KEPT = "evidence rivals loadings ladders head_to_head disagreements sensitivity".split()
OPTIONS = {"level": 0.9, "draws": 60, "seed": 7}


def run(study):
    """Do what the notebook does."""
    book, people = study.codebook, study.read("respondents")
    responses, accounts = study.read("responses"), study.read("accounts")
    return {
        "evidence": construct.evidence(responses, people, book, accounts, **OPTIONS),
        "nps_comparison": construct.compare_with_nps(
            study.read("account_scores"), people, **OPTIONS
        ),
        "sensitivity": construct.sensitivity(people, book, quality=study.read("quality")),
    }


@pytest.mark.parametrize("ltr", [True, False])
def test_tables_come_back_as_they_were_found(tmp_path, ltr):
    study = lay_out(tmp_path, Shape(accounts=8, ltr=ltr))
    found = run(study)
    paths = construct.keep(study, **found, **OPTIONS)
    assert [path.stem for path in paths] == [f"40_{name}" for name in KEPT]
    kept = study.read("evidence")
    assert kept["verdict"].tolist() == found["evidence"].table["verdict"].tolist()
    np.testing.assert_array_equal(kept["estimate"], found["evidence"].table["estimate"])
    assert len(study.read("disagreements")) == len(found["nps_comparison"].disagreements)
    assert study.read("sensitivity")["choice"].iloc[0] == "as_kept"


def test_a_broken_table_keeps_all_others_from_the_disk(tmp_path):
    study = lay_out(tmp_path, Shape(accounts=8))
    found = run(study)
    found["sensitivity"].table["choice"] = "twice"
    with pytest.raises(DataError, match="sensitivity breaks its contract"):
        construct.keep(study, **found, **OPTIONS)
    assert not any(study.has(name) for name in KEPT)
