"""Folders for the length of some work; what a killed process left is swept at the next start."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from crqlab.base.file_locks import taken

PREFIX = "crqlab-"
#: Stays from one start to the next; see `crqlab.report.forking.identity`.
KEPT = "crqlab-fork-"
_OWNER = "owner"
_OLD = 3600.0  # seconds after which a folder without an owner is no longer being made
_YOUNG = 5.0  # seconds; Windows cannot take away a file whose lock it holds
_swept: set[str] = set()


class TemporaryFolder:
    """A folder of this process's own, in which it holds a lock until the folder is closed.

    A process is known to be over by its lock, not by its number: numbers are given again, after a
    restart of the machine too, and a container does not see those of its neighbours.

    Attributes
    ----------
    path : Path

    Examples
    --------
    >>> folder = TemporaryFolder()
    >>> folder.path.name.startswith("crqlab-")
    True
    >>> folder.close()
    >>> folder.path.exists()
    False
    """

    def __init__(self) -> None:
        sweep()
        self.path, self._lock = _owned()

    def close(self) -> None:
        """Take the folder away."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
            shutil.rmtree(self.path, ignore_errors=True)


def _owned() -> tuple[Path, int | None]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = os.open(path / _OWNER, os.O_RDWR | os.O_CREAT, 0o600)
        if taken(lock) and (path / _OWNER).exists():  # nobody swept in between
            return path, lock
        os.close(lock)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Make a folder and take it away at the end."""
    folder = TemporaryFolder()
    try:
        yield folder.path
    finally:
        folder.close()


def sweep(*, again: bool = False) -> None:
    """Take away this user's folders whose process is over; once in the life of a process.

    Parameters
    ----------
    again : bool
        Look again, although this process has looked.
    """
    with suppress(OSError):  # whoever needs a folder will hear why there can be none
        place = tempfile.gettempdir()
        if place in _swept and not again:
            return
        _swept.add(place)
        names = [name for name in os.listdir(place) if name.startswith(PREFIX)]
        for name in names:
            if not name.startswith(KEPT):
                with suppress(OSError):
                    _sweep(os.path.join(place, name))


def _sweep(folder: str) -> None:
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode) or (os.name == "posix" and found.st_uid != os.getuid()):
        return
    age = time.time() - found.st_mtime
    try:
        lock = os.open(os.path.join(folder, _OWNER), os.O_RDWR)
    except FileNotFoundError:  # of an older version, or just being made
        if age > _OLD and not any(map(listened_to, Path(folder).iterdir())):
            shutil.rmtree(folder, ignore_errors=True)
        return
    over = taken(lock) and (os.name == "posix" or age > _YOUNG)
    if over and os.name == "posix":
        shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)
    if over and os.name != "posix":
        shutil.rmtree(folder, ignore_errors=True)


def listened_to(path: Path) -> bool:
    """Whether a path is a socket that some process still answers at."""
    if not stat.S_ISSOCK(path.lstat().st_mode):
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.setblocking(False)
        try:
            line.connect(os.fspath(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            return True
    return True
