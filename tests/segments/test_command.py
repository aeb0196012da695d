"""What somebody sees who types crqlab thresholds."""

import yaml
from typer.testing import CliRunner

from crqlab.cli import app
from crqlab.segments.thresholds import STARTING


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
