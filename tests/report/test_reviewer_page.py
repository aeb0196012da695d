"""A reviewer sees what the client sees, and the code behind it."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from typer.testing import CliRunner

from crqlab.base.errors import ReportError
from crqlab.cli import app
from crqlab.report import reviewed


@pytest.fixture
def reported(study_of):
    """A study with the executed notebook of one report."""
    study = study_of(accounts=5)

    def put(said="<p>CRQ 5.21</p>"):
        shown = new_output("display_data", data={"text/html": said})
        hidden = new_markdown_cell("Only reviewers", metadata={"tags": ["reviewer"]})
        cells = [
            new_markdown_cell("# How good?\n\n**Reads** all."),
            new_code_cell("view = crq.report.view(study)", outputs=[shown]),
            hidden,
        ]
        study.reports.mkdir(parents=True, exist_ok=True)
        nbformat.write(new_notebook(cells=cells), study.reports / "C017_2025.ipynb")
        return study

    return put


def test_code_and_methods_are_shown_beside_the_same_output(reported):
    study = reported()
    path = reviewed(study, "C017", "2025")
    page = path.read_text(encoding="utf-8")
    assert path == study.reports / "reviewer" / "C017_2025.html"
    assert "view = crq.report.view(study)" in page
    assert "<p>CRQ 5.21</p>" in page
    assert "Only reviewers" in page
    assert "<strong>Reads</strong> all." in page
    assert reviewed(study, "C017", "2025").read_text(encoding="utf-8") == page


def test_a_report_that_was_not_made_is_asked_for(study_of):
    with pytest.raises(ReportError, match="crqlab report --study demo --client C018 --wave 2025"):
        reviewed(study_of(accounts=5), "C018", "2025")


def test_the_command_offers_it():
    said = CliRunner().invoke(app, ["report", "--help"], env={"COLUMNS": "200"}).output
    assert "--reviewer" in said
