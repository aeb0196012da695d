"""Folders of a killed process are swept at the next start; nobody else's are."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

import pytest

from crqlab.base.temporary_folders import TemporaryFolder, sweep, temporary_folder

POSIX = pytest.mark.skipif(os.name == "nt", reason="signals and sockets are other ones on Windows")
HOLD = """
import sys, time
from crqlab.base.temporary_folders import TemporaryFolder
folder = TemporaryFolder()
(folder.path / "kernel-1").write_text("left")
print(folder.path, flush=True)
time.sleep(60)
"""


@pytest.fixture
def place(monkeypatch):
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        monkeypatch.setenv("TMPDIR", folder)
        yield folder


@pytest.fixture
def holder(place):
    """Another process that holds a folder."""
    with subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True) as one:
        yield one, one.stdout.readline().strip()
        one.kill()


def aged(folder, seconds):
    before = time.time() - seconds
    os.utime(folder, (before, before))


def test_a_folder_is_gone_at_the_end_also_after_an_error(place):
    def work():
        with temporary_folder() as folder:
            (folder / "deep").mkdir()
            raise KeyError

    with pytest.raises(KeyError):
        work()
    assert os.listdir(place) == []


@POSIX
def test_what_a_killed_process_left_is_swept_and_what_a_live_one_holds_is_not(place, holder):
    process, theirs = holder
    sweep(again=True)
    assert os.path.isfile(os.path.join(theirs, "kernel-1"))  # of a live process
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert os.path.isdir(theirs)
    with temporary_folder() as own:
        sweep(again=True)
        assert os.listdir(place) == [own.name]
    assert os.listdir(place) == []


@POSIX
def test_the_next_start_sweeps_by_itself(place, holder):
    process, theirs = holder
    process.kill()
    process.wait()
    run = [sys.executable, "-c", "from crqlab.cli import app; app(['list'])"]
    subprocess.run(run, check=False, capture_output=True)
    assert not os.path.exists(theirs)


@POSIX
def test_folders_of_older_versions_go_when_nobody_listens_in_them(place):
    old = [os.path.join(place, f"crqlab-{name}") for name in ("silent", "spoken", "young")]
    for folder in old:
        os.mkdir(folder)
    with socket.socket(socket.AF_UNIX) as dead, socket.socket(socket.AF_UNIX) as live:
        dead.bind(f"{old[0]}/kernel-1")
        live.bind(f"{old[1]}/kernel-1")
        live.listen()
        for folder in old[:2]:
            aged(folder, 7200)
        dead.close()
        sweep(again=True)
    assert sorted(os.listdir(place)) == ["crqlab-spoken", "crqlab-young"]


@POSIX
def test_only_folders_of_ours_are_looked_at(place):
    for name in ("other-1", "crqlab-fork-0"):
        os.mkdir(os.path.join(place, name))
    target = os.path.join(place, "other-1")
    try:
        os.symlink(target, os.path.join(place, "crqlab-link"))
    except OSError:
        pytest.skip("no symbolic links here")
    for name in os.listdir(place):
        aged(os.path.join(place, name), 7200)
    sweep(again=True)
    assert sorted(os.listdir(place)) == ["crqlab-fork-0", "crqlab-link", "other-1"]


def test_closing_twice_closes_nothing_else(place):
    folder = TemporaryFolder()
    folder.close()
    with open(os.path.join(place, "mine"), "wb") as mine:  # takes the number that was free
        folder.close()
        mine.write(b"x")
    with open(os.path.join(place, "mine"), "rb") as mine:
        assert mine.read() == b"x"


def test_a_temporary_place_that_cannot_be_read_is_no_error(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", os.path.join(os.devnull, "nowhere"))
    sweep(again=True)
