"""Every notebook keeps the house shape; nbval checks that it also runs."""

import ast
import io
import re
import sys
import tokenize
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from crqlab.report.run.parameters import declared
from crqlab.stats import defaults, response_propensity
from tests.show.fixture import Shape, lay_out

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("[0-9][0-9]_*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def words(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def test_level_and_seed_of_every_notebook_are_the_packages(path):
    asked = declared(path)
    owned = {"level": defaults.LEVEL, "seed": defaults.SEED, "cap": response_propensity.CAP}
    shared = {name: value for name, value in owned.items() if name in asked}
    assert {name: asked[name].default for name in shared} == shared
    assert shared or path.stem in ("10_responses", "90_report")


def test_the_journey_has_its_first_third_and_last_station():
    assert {path.stem for path in NOTEBOOKS} >= {"10_responses", "30_scores", "90_report"}


def test_opens_with_a_question_and_says_what_it_reads_writes_and_decides(notebook):
    first = notebook.cells[0]
    assert first.cell_type == "markdown"
    assert re.match(r"# .*\?\n", first.source)
    for word in ("**Reads**", "**Writes**", "**Decides**"):
        assert word in first.source


def test_asks_one_question_only(notebook):
    titles = [cell for cell in words(notebook) if re.search(r"^# ", cell.source, re.MULTILINE)]
    assert len(titles) == 1


def test_first_code_cell_holds_the_parameters_and_their_demo_defaults(notebook, path):
    first = code(notebook)[0]
    assert first.metadata.tags == ["parameters"]
    assert 'study = "demo"' in first.source
    assert all(parameter.says for parameter in declared(path).values())


def test_second_code_cell_is_the_only_import(notebook):
    imports = [cell for cell in code(notebook) if re.search(r"\bimport\b", cell.source)]
    assert imports == code(notebook)[1:2]
    assert imports[0].source == "import crqlab as crq"


def test_cells_are_few_and_short_and_define_nothing(notebook):
    assert len(notebook.cells) <= 36
    for cell in code(notebook)[1:]:
        kinds = {type(node) for node in ast.walk(ast.parse(cell.source))}
        assert len(cell.source.splitlines()) <= 6, cell.source
        assert not kinds & {ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.For, ast.While}


def test_every_code_cell_after_the_first_reading_is_announced(notebook):
    bare = [
        b.source for a, b in pairwise(notebook.cells[3:]) if a.cell_type == b.cell_type == "code"
    ]
    assert bare == []


def test_code_cells_hold_no_comments_but_those_of_parameters(notebook):
    for cell in code(notebook)[1:]:
        tokens = tokenize.generate_tokens(io.StringIO(cell.source).readline)
        assert not [token.string for token in tokens if token.type == tokenize.COMMENT]


def test_committed_notebooks_hold_no_pictures_no_errors_and_no_paths(notebook):
    for cell in code(notebook):
        assert "execution" not in cell.metadata
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr"
            assert not [kind for kind in output.get("data", {}) if kind.startswith("image/")]
            assert not re.search(r"/(home|root|tmp|work|Users)/", str(output))
    assert "papermill" not in notebook.metadata


@pytest.mark.slow
@pytest.mark.parametrize("wave", ["2025", "2024"])
def test_the_report_runs_under_plain_papermill(tmp_path, monkeypatch, wave):
    sys.modules.setdefault("rfc3987_syntax", None)
    from papermill.cli import papermill

    monkeypatch.setenv("CRQLAB_HOME", str(lay_out(tmp_path, Shape(accounts=4)).root))
    out = tmp_path / "out.ipynb"
    report = str(next(path for path in NOTEBOOKS if path.stem == "90_report"))
    arguments = [report, str(out), "-p", "client", "C017", "-p", "wave", wave, "--no-progress-bar"]
    papermill(arguments, standalone_mode=False)
    executed = nbformat.read(out, as_version=4)
    assert f"wave {wave}" in executed.cells[4].outputs[0].data["text/plain"]
