"""A notebook runs in a kernel of its own; what fails in it is told in words."""

import os
import subprocess
import sys
import tempfile
import time

import pytest

from crqlab.report.run.execution import RunError, execute, transport
from crqlab.report.run.notebook_files import cleaned, stem
from tests.report.test_parameters import SOURCE, notebook


def outputs(executed):
    return [o for cell in executed.cells if cell.cell_type == "code" for o in cell.outputs]


def test_runs_with_the_given_values_at_the_given_home(tmp_path):
    path = notebook(tmp_path, SOURCE, "import os\nprint(draws, os.environ['CRQLAB_HOME'])")
    before = path.read_bytes()
    executed = execute(path, {"draws": "7"}, home=tmp_path)
    assert outputs(executed)[0].text == f"7 {tmp_path}\n"
    assert path.read_bytes() == before


def test_our_own_errors_come_without_a_traceback(tmp_path):
    path = notebook(tmp_path, SOURCE, "import crqlab as crq\ncrq.Study('../x')")
    with pytest.raises(RunError, match=r"10_test.ipynb: StudyError: study is '../x'") as caught:
        execute(path, {}, home=tmp_path)
    assert caught.value.ename == "StudyError"
    assert len(caught.value.lines) == 1


def test_other_errors_say_which_cell(tmp_path):
    path = notebook(tmp_path, SOURCE, "1 / 0")
    with pytest.raises(RunError, match="cell 2 failed with ZeroDivisionError"):
        execute(path, {}, home=tmp_path)


def test_a_cell_that_never_ends_is_ended(tmp_path):
    path = notebook(tmp_path, SOURCE, "import time\ntime.sleep(60)")
    with pytest.raises(RunError, match="ran out of time; a cell may take 1 s"):
        execute(path, {}, home=tmp_path, seconds=1)


def test_a_kernel_that_dies_is_told(tmp_path):
    path = notebook(tmp_path, SOURCE, "import os\nos._exit(1)")
    with pytest.raises(RunError, match="lost its kernel"):
        execute(path, {}, home=tmp_path)


def test_the_same_run_leaves_the_same_document(tmp_path):
    import nbformat

    path = notebook(tmp_path, SOURCE, "print(draws)\ndraws")
    texts = {nbformat.writes(cleaned(execute(path, {"draws": 5}, home=tmp_path))) for _ in range(2)}
    assert len(texts) == 1
    assert str(tmp_path) not in texts.pop()


def test_kernels_that_start_at_once_share_no_socket(tmp_path):
    with transport() as one, transport() as other:
        assert one.get("ip", 1) != other.get("ip", 2)


@pytest.mark.skipif(sys.platform != "linux", reason="sockets are files on Linux only")
def test_a_folder_too_deep_for_a_socket_falls_back_to_tcp(tmp_path, monkeypatch):
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with transport() as options:
        assert options.pop("connection_file").startswith(str(deep))
        assert options == {"transport_encryption": "auto"}


@pytest.mark.skipif(sys.platform != "linux", reason="a killed process is one on Linux here")
@pytest.mark.slow
def test_nothing_stays_behind_when_a_run_is_killed_and_another_starts(tmp_path, monkeypatch):
    place = tempfile.mkdtemp(prefix="t-")
    monkeypatch.setenv("TMPDIR", place)
    monkeypatch.setenv("CRQLAB_FORK", "0")
    sleep = f"open({str(tmp_path / 'begun')!r}, 'w').close(); import time; time.sleep(60)"
    path = notebook(tmp_path, SOURCE, sleep)
    lines = "from pathlib import Path; from crqlab.report.run.execution import execute; "
    lines += f"execute(Path({str(path)!r}), {{}}, home=Path({str(tmp_path)!r}))"
    with subprocess.Popen([sys.executable, "-c", lines], stderr=subprocess.DEVNULL) as run:
        end = time.monotonic() + 60
        while not (tmp_path / "begun").exists() and time.monotonic() < end:
            time.sleep(0.05)
        left = os.listdir(place)
        run.kill()
    assert left  # there was something to leave
    listed = [sys.executable, "-c", "from crqlab.cli import app; app(['list'])"]
    subprocess.run(listed, check=False, capture_output=True)
    assert os.listdir(place) == []
    os.rmdir(place)


@pytest.mark.parametrize(
    "name", ["../../x", "con", "c017", "x" * 300, "Ärlig AB", "", "a/b", "\u202eabc", "=1+1"]
)
def test_file_names_are_plain_short_and_never_shared(name):
    made = stem(name, "2025")
    assert made.isascii()
    assert len(made) < 80
    assert not set(made) & set("/\\:.<>|*?\"'= ")
    assert made.casefold() != stem(name + " ", "2025").casefold()
    assert made.casefold() != stem(name.upper() + "x", "2025").casefold()


def test_ids_that_differ_by_case_only_stay_apart():
    names = [stem(x, "1").casefold() for x in ("ab", "AB", "Ab", "aB")]
    assert len(set(names)) == 4


def test_what_a_library_says_of_the_machine_is_no_part_of_the_document(tmp_path):
    said = "Matplotlib is building the font cache; this may take a moment."
    source = f"import sys\nprint({said!r}, file=sys.stderr)\nsys.stderr.flush()\nprint('kept')"
    executed = cleaned(execute(notebook(tmp_path, SOURCE, source), {}, home=tmp_path))
    assert [output.text for output in outputs(executed)] == ["kept\n"]
