"""What somebody sees who types crqlab thresholds."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from crqlab import EstimateError, segments
from crqlab.cli import app
from crqlab.segments.thresholds import STARTING
from tests.segments.made import CONSTRUCTS, instrument


def crqlab(*words, home):
    return CliRunner().invoke(app, list(words), env={"CRQLAB_HOME": str(home)})


def test_show_prints_a_file_that_reads_back(tmp_path):
    found = crqlab("thresholds", "show", home=tmp_path)
    assert found.exit_code == 0
    assert yaml.safe_load(found.output)["name"] == "crqlab starting rules"
    assert "# crqlab starting rules 1.1 (" in found.output


def test_check_names_the_line(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(STARTING.read_text().replace("below: 3.75", "belwo: 3.75"))
    found = crqlab("thresholds", "check", str(path), home=tmp_path)
    assert found.exit_code == 2
    assert "line 27" in found.output
    assert "did you mean 'below'" in found.output.replace("\n", " ")
    assert "nothing wrong" in crqlab("thresholds", "check", str(STARTING), home=tmp_path).output


def test_publish_keeps_a_release_once(tmp_path):
    first = crqlab("thresholds", "publish", str(STARTING), home=tmp_path)
    assert first.exit_code == 0
    assert (tmp_path / "data/processed/releases/thresholds/1.1.yaml").is_file()
    again = crqlab("thresholds", "publish", str(STARTING), home=tmp_path)
    assert again.exit_code == 2
    assert "published already" in again.output
    assert "sha256" in crqlab("thresholds", "show", "1.1", home=tmp_path).output


def rules(text):
    return segments.Thresholds.model_validate(yaml.safe_load(text))


def test_rescale_keeps_every_cut_at_its_share_of_the_scale(tmp_path):
    made = tmp_path / "ten.yaml"
    words = ["thresholds", "rescale", str(STARTING), "--scale", "0-10"]
    found = crqlab(*words, "--to", str(made), home=tmp_path)
    assert found.exit_code == 0, found.output
    old, new = segments.starting(), segments.read(made)
    assert (new.instrument.scale.low, new.instrument.scale.high) == (0, 10)
    shares = [
        ((cut - 1) / 6, to / 10) for (_, cut), (_, to) in zip(old.cuts, new.cuts, strict=True)
    ]
    assert all(abs(then - now) < 1e-12 for then, now in shares)
    assert "an assumption" in new.source
    assert "nothing wrong" in crqlab("thresholds", "check", str(made), home=tmp_path).output
    again = crqlab(*words, "--to", str(made), home=tmp_path)
    assert again.exit_code == 2
    assert "is there already" in again.output
    printed = crqlab(*words[:-1], "[0, 10]", "--version", "ten", home=tmp_path)
    assert rules(printed.output).version == "ten"
    assert rules(printed.output).cuts == new.cuts


def test_rescale_refuses_what_is_no_scale(tmp_path):
    for scale in ("10-0", "ten", "5"):
        found = crqlab("thresholds", "rescale", str(STARTING), "--scale", scale, home=tmp_path)
        assert found.exit_code == 2
        assert "as in --scale 0-10" in found.output


@pytest.fixture
def ten_points(tmp_path):
    """A study asked from 0 to 10, whose accounts churn by steps at 4 and 7."""
    rng = np.random.default_rng(4)
    crq_ = np.clip(rng.normal(6, 2.2, 3000), 0, 10)
    content = pd.DataFrame(dict.fromkeys((*CONSTRUCTS, "crq", "uniqueness"), crq_))
    keys = {"client_id": "C1", "account_id": [f"A{k:04d}" for k in range(3000)]}
    churn = np.array([0.8, 0.5, 0.2, 0.05])[np.searchsorted([4.0, 6.0, 8.0], crq_)]
    lost = rng.random(3000) < churn
    return FakeStudy(
        {
            "account_scores": content.assign(**keys, wave="2025", nps=10.0, mean_ltr=8.0),
            "responses": pd.DataFrame(
                {**keys, "wave": "2025", "started": pd.Timestamp("2025-03-01")}
            ),
            "outcomes": pd.DataFrame(
                {
                    **keys,
                    "due_on": pd.Timestamp("2025-09-01"),
                    "decided_on": pd.Timestamp("2025-08-01"),
                    "outcome": np.where(lost, "churned", "renewed"),
                    "revenue": 1.0,
                }
            ),
        }
    )


class FakeStudy:
    """What `derived_for` reads of a study."""

    def __init__(self, tables):
        self.tables, self.codebook = tables, SimpleNamespace(instrument=instrument((0, 10)))

    def read(self, name):
        return self.tables[name]


def test_cuts_are_derived_on_the_scale_that_was_asked(ten_points):
    found = segments.derived_for(ten_points, version="mine", seed=1)
    assert (found.thresholds.instrument.scale.low, found.thresholds.instrument.scale.high) == (
        0,
        10,
    )
    assert found.thresholds.version == "mine"
    assert found.table["cut"].between(0, 10).all()
    assert (found.table["cut"] - [4, 6, 8]).abs().max() < 0.75
    assert found.thresholds.unsuited(ten_points.codebook.instrument) == ""


def test_the_window_of_renewal_decides_which_contracts_count(ten_points):
    assert len(segments.derived_for(ten_points, seed=1).judged) == 4
    with pytest.raises(EstimateError):
        segments.derived_for(ten_points, horizon=90)


def test_derive_says_what_it_takes(tmp_path):
    (tmp_path / "data/raw/x").mkdir(parents=True)
    odd = crqlab("thresholds", "derive", "x", "--set", "horizn=5", home=tmp_path)
    assert odd.exit_code == 2
    assert "Did you mean 'horizon'" in odd.output
    odd = crqlab("thresholds", "derive", "x", "--target", "Top=many", home=tmp_path)
    assert "take numbers" in odd.output
