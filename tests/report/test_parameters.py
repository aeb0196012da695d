"""A parameter that is misspelt or of the wrong type never starts a kernel."""

import nbformat
import pytest

from crqlab import CrqError, StudyError
from crqlab.report.run.execution import execute
from crqlab.report.run.parameters import checked, declared

SOURCE = """study = "demo"  # folder below data/raw
level = 0.95  # coverage of all intervals
draws = 1000  # bootstrap draws
shown = True  # whether to show it
wave = None  # the latest"""


def notebook(folder, *sources, tags=("parameters",)):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells[0].metadata["tags"] = list(tags)
    path = folder / "10_test.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def test_reads_names_defaults_and_comments(tmp_path):
    found = declared(notebook(tmp_path, SOURCE))
    assert [(p.name, p.default) for p in found.values()] == [
        ("study", "demo"),
        ("level", 0.95),
        ("draws", 1000),
        ("shown", True),
        ("wave", None),
    ]
    assert found["level"].says == "coverage of all intervals"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"level": "0.9"}, 0.9),
        ({"level": 1}, 1),
        ({"draws": "50"}, 50),
        ({"study": "007"}, "007"),
        ({"study": "NO"}, "NO"),
        ({"shown": "false"}, False),
        ({"wave": "2024"}, "2024"),
    ],
)
def test_text_from_a_command_line_takes_the_declared_type(tmp_path, given, read):
    (value,) = checked(notebook(tmp_path, SOURCE), given).values()
    assert value == read
    assert type(value) is type(read)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"stduy": "x"}, "'stduy'; use 'study', 'level', 'draws', 'shown' or 'wave'. Did you mean"),
        ({"x=1; print": "x"}, "'x=1; print'; use"),
        ({"level": "high"}, "level is 'high'; it must be a number, as in 0.95"),
        ({"draws": "1.5"}, "draws is '1.5'; it must be a whole number, as in 1000"),
        ({"draws": True}, "draws is True; it must be a whole number"),
        ({"shown": "1"}, "shown is '1'; it must be true or false"),
        ({"study": 7}, "study is 7; it must be text, as in 'demo'"),
    ],
)
def test_anything_else_is_refused_before_a_kernel_starts(tmp_path, given, message):
    path = notebook(tmp_path, SOURCE, "open('started', 'w')")
    with pytest.raises(CrqError, match=message.replace("?", ".")):
        execute(path, given, home=tmp_path)
    assert not (tmp_path / "started").exists()


def test_a_file_that_is_no_notebook_is_told(tmp_path):
    with pytest.raises(StudyError, match="not in"):
        declared(tmp_path / "none.ipynb")
    (tmp_path / "bad.ipynb").write_text("{}")
    with pytest.raises(CrqError, match="is no notebook"):
        declared(tmp_path / "bad.ipynb")
    with pytest.raises(CrqError, match="no cell tagged 'parameters'"):
        declared(notebook(tmp_path, SOURCE, tags=()))
