"""What the machine refuses is one line with what to do, in a command, a worker and a cell."""

import errno
import os
import tempfile

import pytest
import typer
from typer.testing import CliRunner

from crqlab.base.system_errors import retold, told
from crqlab.cli.guard import Guarded
from crqlab.report.forking.work import outcome
from crqlab.report.run.execution import execute
from tests.report.test_parameters import SOURCE, notebook

FIXES = {
    errno.ENOSPC: "Free some space there; then run this again.",
    errno.EDQUOT: "Free some space there; then run this again.",
    errno.EROFS: "See to it that you may read and write there",
    errno.EACCES: "no program holds it open; then run this again.",
    errno.EBUSY: "It is open in another program, or protected: close it there",
    errno.EMFILE: "use fewer --jobs",
    errno.EIO: "Is the disk or network drive sound and connected?",
}


def refuse(code):
    raise OSError(code, os.strerror(code), "folder/a.xlsx")


def ended(work):
    app = typer.Typer(cls=Guarded, pretty_exceptions_enable=False)
    app.command()(work)
    app.command(name="other")(lambda: None)
    return CliRunner().invoke(app, [work.__name__])


@pytest.mark.parametrize("code", FIXES)
def test_a_command_says_it_in_one_line(code):
    def work():
        refuse(code)

    found = ended(work)
    assert found.exit_code == 2
    assert found.stderr.count("\n") == 1
    assert found.stderr.startswith(f"The machine refuses: {os.strerror(code)} (folder/a.xlsx). ")
    assert FIXES[code] in found.stderr


def test_a_fault_of_ours_is_not_put_on_the_machine():
    def work():
        refuse(errno.ENOENT)

    assert isinstance(ended(work).exception, FileNotFoundError)
    assert told(FileNotFoundError(errno.ENOENT, "No such file or directory")) == ""
    assert retold("FileNotFoundError", "[Errno 2] No such file or directory: 'a'") == ""


def test_no_room_for_temporary_files_is_a_full_disk(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [os.devnull])

    def work():
        tempfile.gettempdir()

    found = ended(work)
    assert "No usable temporary directory" in found.stderr
    assert "Free some space there; then run this again." in found.stderr
    assert "Traceback" not in found.output


def test_a_worker_says_it_too():
    said = outcome({"function": f"{__name__}:refuse", "arguments": {"code": errno.ENOSPC}})
    assert said["raised"].startswith("The machine refuses: No space left on device")
    said = outcome({"function": f"{__name__}:refuse", "arguments": {"code": errno.ENOENT}})
    assert said["raised"].startswith("FileNotFoundError: ")


def exhaust():
    raise MemoryError


def test_memory_that_runs_out_is_told_in_a_command_a_worker_and_a_cell(tmp_path):
    wanted = "Memory ran out. Close other programs, or use fewer --jobs; then run this again."
    found = ended(exhaust)
    assert (found.exit_code, found.stderr) == (2, f"{wanted}\n")
    said = outcome({"function": f"{__name__}:exhaust", "arguments": {}})
    assert said == {"raised": wanted}
    for raised in ("raise MemoryError", "import numpy\nnumpy.ones((1 << 44, 9))"):
        place = notebook(tmp_path, SOURCE, raised)
        with pytest.raises(Exception, match="Memory ran out") as e:
            execute(place, {}, home=tmp_path)
        assert "fault of the notebook" not in str(e.value)
    assert told(ImportError("a.so: failed to map segment from shared object")) == wanted
    assert told(ImportError("No module named 'a'")) == ""


def test_a_cell_that_meets_it_is_no_fault_of_the_notebook(tmp_path):
    place = notebook(tmp_path, SOURCE, "raise OSError(28, 'No space left on device', '/tmp/a')")
    with pytest.raises(Exception, match=r"The machine refuses: No space.*Free some space") as e:
        execute(place, {}, home=tmp_path)
    assert "fault of the notebook" not in str(e.value)
    assert e.value.lines == []
