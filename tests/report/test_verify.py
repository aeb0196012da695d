"""A page knows whether it was altered, and what of its inputs has changed since."""

import shutil
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from crqlab import ReportError, StudyError
from crqlab.cli import app
from crqlab.report import verified
from crqlab.report.clearance import gate, provenance
from crqlab.report.run import render
from tests.report.executed import REPORT, executed
from tests.report.neighbours import lay


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A study with the sealed report of its first client."""
    study = lay(tmp_path_factory.mktemp("sealed"), accounts=4)
    page = render.render(executed(study, client="C017", wave="2025"), title="Panel", language="en")
    study.reports.mkdir(parents=True)
    path = study.reports / "C017_2025.html"
    path.write_bytes(gate.passed({path.name: page.encode()}, study, "C017")[path.name])
    return study


@pytest.fixture
def study(made, tmp_path):
    """A copy that a test may spoil."""
    root = tmp_path / "copy"
    shutil.copytree(made.root, root)
    return type(made)("demo", root=root)


def page(study):
    return study.reports / "C017_2025.html"


def command(path, **options):
    return CliRunner().invoke(app, ["verify", str(path)], catch_exceptions=False, **options)


def longer(path):
    path.write_bytes(path.read_bytes() + b"\n")


def test_a_page_whose_inputs_are_the_same_holds(study):
    verdict = verified(page(study))
    assert verdict.holds, verdict.changes
    assert str(verdict).startswith("C017_2025.html: as it was made, and so are all")
    assert command(page(study)).exit_code == 0


def test_a_single_altered_digit_is_told(study):
    text = page(study).read_text(encoding="utf-8")
    page(study).write_text(text.replace("Nordwind", "Nordwimd", 1), encoding="utf-8")
    assert verified(page(study)).changes == [
        "page C017_2025.html: was altered after it was made; make it again"
    ]
    found = command(page(study))
    assert found.exit_code == 1
    assert "was altered" in found.output


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda s: (s.raw / "responses.csv").write_text("2"), "raw file responses.csv: was"),
        (lambda s: (s.raw / "responses.csv").unlink(), "raw file responses.csv: is no longer"),
        (lambda s: (s.raw / "decisions.csv").write_text("x"), "raw file decisions.csv: was not"),
        (lambda s: longer(s.raw / "codebook.yaml"), "codebook codebook.yaml: was"),
        (
            lambda s: longer(s.root / "notebooks" / REPORT.name),
            "notebook 90_report.ipynb: was",
        ),
        (
            lambda s: s.write("clients", s.read("clients").assign(country="FI")),
            "table clients: was",
        ),
    ],
)
def test_what_changed_is_named(study, spoil, told):
    spoil(study)
    fresh = type(study)("demo", root=study.root)
    changes = verified(page(fresh)).changes
    assert len(changes) == 1
    assert changes[0].startswith(told)


def test_last_digits_of_another_python_alter_nothing(study):
    rows = study.read("client_scores")
    study.write("client_scores", rows.assign(value=rows["value"] * (1 + 1e-9)))
    assert verified(page(study)).holds
    study.write("client_scores", rows.assign(value=rows["value"] + 1e-4))
    assert verified(page(study)).changes[0].startswith("table client_scores: was")


def test_another_release_of_a_package_is_told_and_alters_nothing(study, monkeypatch):
    newer = {**provenance.versions(), "Python": "9.9.9"}
    monkeypatch.setattr(provenance, "versions", lambda: newer)
    verdict = verified(page(study))
    assert verdict.holds
    assert "; version Python: was " in str(verdict)
    assert str(verdict).endswith("is 9.9.9")
    study.write("clients", study.read("clients").assign(country="FI"))
    assert not verified(page(study)).holds


def test_another_version_of_the_code_is_named(study, monkeypatch):
    monkeypatch.setattr("crqlab.report.clearance.provenance.code", lambda: "0" * 64)
    (change,) = verified(page(study)).changes
    assert change.startswith("code crqlab: was ")
    assert change.endswith("is 000000000000")


@pytest.mark.parametrize("version", ["0.0.1", "99.0"])
def test_a_page_of_any_other_crqlab_is_judged_by_itself(study, version):
    seen = verified(page(study))
    rows = seen.table.assign(
        state=["same" if part == "page" else "changed" for part in seen.table["part"]]
    )
    assert not replace(seen, table=rows).holds
    assert replace(seen, table=rows, made_by=version).holds


def test_a_copy_elsewhere_is_held_against_the_project_at_hand(study, tmp_path, monkeypatch):
    copy = shutil.copy(page(study), tmp_path / "from mail.html")
    monkeypatch.delenv("CRQLAB_HOME", raising=False)
    monkeypatch.chdir(study.processed)
    assert verified(copy).holds


def test_what_is_no_report_is_refused(study, tmp_path):
    other = tmp_path / "other.html"
    other.write_text("<p>Hello</p>")
    with pytest.raises(ReportError, match=r"other.html has no run card"):
        verified(other)
    with pytest.raises(StudyError, match="is not there"):
        verified(tmp_path / "none.html")
    assert command(other).exit_code == 2
