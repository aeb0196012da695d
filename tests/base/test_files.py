"""Files are written whole or not at all, for their owner, and what hinders it is one line."""

import os
import stat
import subprocess
import sys
import textwrap
import time

import pytest

from crqlab import StudyError
from crqlab.base.files import add, fingerprint, located, replace

POSIX = pytest.mark.skipif(os.name == "nt", reason="rights and limits are other ones on Windows")


def left(folder):
    return sorted(path.name for path in folder.iterdir())


@POSIX
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o640), (0o002, 0o660), (0o077, 0o600)])
def test_a_file_is_for_its_owner_and_as_umask_says_for_the_group(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        path = replace(tmp_path / "new" / "a.html", b"secret")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert not stat.S_IMODE(path.parent.stat().st_mode) & stat.S_IRWXO
    path.chmod(0o644)  # by an older version
    replace(path, b"again")
    assert not stat.S_IMODE(path.stat().st_mode) & stat.S_IRWXO


def refused(code):
    """Run lines in a process whose files may have 8 kB, and return what it says."""
    lines = f"""
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
    {code}
    """
    run = [sys.executable, "-c", textwrap.dedent(lines)]
    return subprocess.run(run, capture_output=True, text=True, check=False).stderr


@POSIX
def test_a_disk_that_is_full_loses_nothing_and_is_told_in_one_line(tmp_path):
    pytest.importorskip("resource", reason="limits of files cannot be set here")
    path = replace(tmp_path / "a.parquet", b"before")
    told = refused(
        f"from crqlab.base.files import replace, Path; replace(Path({str(path)!r}), b'x' * 99999)"
    )
    assert "StudyError: a.parquet cannot be written to" in told
    assert "Free some space there; what was there before is as it was" in told
    assert path.read_bytes() == b"before"
    assert left(tmp_path) == ["a.parquet"]


@POSIX
def test_a_folder_that_may_not_be_written_to_is_told(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StudyError, match=r"a\.csv cannot be written to .*file: .*run this again"):
        replace(tmp_path / "file" / "a.csv", b"x")
    path = replace(tmp_path / "a.csv", b"before")

    def held(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", held)  # root may write anywhere
    with pytest.raises(StudyError, match="that no program holds it open"):
        replace(path, b"after")
    monkeypatch.undo()
    assert path.read_bytes() == b"before"
    assert left(tmp_path) == ["a.csv", "file"]


def test_a_file_that_another_program_holds_is_told_as_that(tmp_path, monkeypatch):
    path = replace(tmp_path / "a.xlsx", b"before")

    def held(*_):
        raise PermissionError(13, "Permission denied")  # as Windows says of a workbook in Excel

    monkeypatch.setattr("pathlib.Path.replace", held)
    with pytest.raises(StudyError, match=r"a\.xlsx cannot be written .* open in another program"):
        replace(path, b"after")
    assert path.read_bytes() == b"before"
    assert left(tmp_path) == ["a.xlsx"]


def test_what_may_be_written_once_keeps_what_was_first(tmp_path):
    path = tmp_path / "new" / "a.key"
    assert add(path, b"first", mode=0o600)
    assert not add(path, b"second")
    assert path.read_bytes() == b"first"
    assert left(path.parent) == ["a.key"]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_disk_without_second_names_for_files_keeps_what_was_first_too(tmp_path, monkeypatch):
    def unknown(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", unknown)
    assert add(tmp_path / "a", b"first")
    assert not add(tmp_path / "a", b"second")
    assert (tmp_path / "a").read_bytes() == b"first"
    assert left(tmp_path) == ["a"]


def test_a_clock_that_was_moved_back_hides_no_change(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1")
    later = time.time() + 10_000
    os.utime(path, (later, later))
    first = fingerprint(path)
    path.write_text("2")
    os.utime(path, (later, later))
    assert fingerprint(path) != first
    path.write_text("1")
    os.utime(path, (1, 1))
    assert fingerprint(path) == first


def test_a_name_is_found_in_the_form_in_which_the_disk_keeps_it(tmp_path):
    composed, apart = "Gr\u00fc\u00dfe.csv", "Gru\u0308\u00dfe.csv"
    (tmp_path / apart).write_text("x")
    assert located(tmp_path, composed).read_text() == "x"
    assert located(tmp_path, "nothing-\u00e9.csv").name == "nothing-\u00e9.csv"
    (tmp_path / composed).write_text("y")
    if len(left(tmp_path)) == 2:
        with pytest.raises(StudyError, match="has 2 files named"):
            located(tmp_path, composed)
