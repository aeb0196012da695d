"""What the station keeps is what it found, whatever the study holds."""

import numpy as np
import pandas as pd
import pytest

from crqlab import renewal
from crqlab.base.contracts.cautions import codes
from tests.renewal import made
from tests.show.fixture import Shape, lay_out

KEPT = (
    "opportunities refused effects mediation retention contest contest_pairs outlook "
    "revenue_at_risk model_card"
).split()
OPTIONS = {"level": 0.9, "draws": 40, "seed": 7}


def run(study):
    """Do what the notebook does."""
    names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    design = renewal.design(*(study.read(name) for name in names), study.codebook)
    found = {
        "design": design,
        "effects": renewal.effects(design, level=0.9),
        "mediation": renewal.mediation(design, **OPTIONS),
        "retention": renewal.retention(design, level=0.9),
        "comparison": renewal.compare_models(design, machines=False, **OPTIONS),
        "outlook": renewal.outlook(design, study.read("accounts"), **OPTIONS),
    }
    told = ("design", "effects", "comparison", "outlook")
    card = renewal.model_card(*(found[name] for name in told))
    return {**found, "card": card}


def outcomes(study, share=0.25, n=None):
    """Outcomes some months after each wave, some of them churns."""
    accounts = study.read("accounts")[["client_id", "account_id"]].head(n)
    rng = np.random.default_rng(3)
    rows = [
        accounts.assign(
            due_on=pd.Timestamp(f"{wave}-09-01"),
            outcome=np.where(rng.random(len(accounts)) < share, "churned", "renewed"),
            decided_on=pd.Timestamp(f"{wave}-08-20"),
            revenue=1000.0,
        )
        for wave in ("2023", "2024", "2025")
    ]
    table = pd.concat(rows, ignore_index=True)
    return table.astype(dict.fromkeys(("due_on", "decided_on"), "datetime64[ns]"))


@pytest.fixture
def study_of(tmp_path):
    """Lay out a study whose answers have dates and whose contracts have outcomes."""

    def lay(shape, share=0.25, n=None):
        study = lay_out(tmp_path, shape)
        if not shape.contacts:
            study.write("contacts", lay_out(tmp_path / "x", Shape()).read("contacts").iloc[:0])
        answers = study.read("responses")
        began = pd.to_datetime(answers["wave"] + "-03-15").astype("datetime64[ns]")
        study.write("responses", answers.assign(started=began))
        study.write("outcomes", outcomes(study, share, n))
        return study

    return lay


def test_tables_come_back_as_they_were_found(study_of):
    study = study_of(Shape(accounts=30, most=3))
    found = run(study)
    paths = renewal.keep(study, **found, **OPTIONS)
    assert [path.stem for path in paths] == [f"50_{name}" for name in KEPT]
    kept = study.read("outlook")
    np.testing.assert_array_equal(kept["p_renew"], found["outlook"].table["p_renew"])
    assert len(study.read("opportunities")) == len(found["design"].table)
    assert study.read("effects")["flag"].tolist() == found["effects"].table["flag"].tolist()
    assert study.read("revenue_at_risk")["level"].unique().tolist() == [0.9]
    says = study.read("model_card").set_index("topic")["says"]
    decided = found["design"].decided
    assert codes(says["size"]) == [
        {"code": "sizes", "clients": 1, "accounts": 32, "contracts": len(decided),
         "churned": int((decided["outcome"] == "churned").sum())}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "share", "n"),
    [
        (Shape(accounts=4), 0.0, None),
        (Shape(accounts=4, ltr=False), 0.5, None),
        (Shape(accounts=2, waves=("2025",)), 1.0, None),
        (Shape(accounts=6, contacts=False, ltr=False), 0.3, None),
        (Shape(accounts=12), 0.3, 0),
        (Shape(accounts=1, silent=1), 0.3, None),
    ],
)
def test_poor_studies_come_through_with_sentences(study_of, shape, share, n):
    study = study_of(shape, share, n)
    found = run(study)
    renewal.keep(study, **found, **OPTIONS)
    for name in KEPT:
        assert study.has(name)
    for one in found.values():
        assert len(str(one)) > 20
        assert "nan" not in str(one)


def test_a_study_with_undated_answers_says_so(tmp_path):
    study = lay_out(tmp_path, Shape(accounts=5))
    study.write("outcomes", outcomes(study))
    found = run(study)
    renewal.keep(study, **found, **OPTIONS)
    assert found["design"].refusal == "survey_undated"
    assert len(study.read("refused")) == 24
    assert study.read("outlook").empty


def test_the_card_names_what_was_not_asked_and_what_was_left_out():
    design = made.designed(made.panel(clients=4, each=20, seed=2), made.codebook(parts=("care",)))
    assert design.constructs == {}
