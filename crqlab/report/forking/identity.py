"""Which prepared process may serve whom: the same code, packages, interpreter and settings."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import crqlab
from crqlab.base.temporary_folders import KEPT, listened_to

PACKAGE = Path(crqlab.__file__).resolve().parent
LONGEST_FOLDER = 80  # bytes; a Unix socket's path may have 107
KEPT_NOTES = 86_400.0  # seconds that notes on starts are kept
#: Settings that libraries or the interpreter read once, when they are imported.
_READ_ONCE = ("PYTHON", "LD_", "MPL", "LC_", "ARROW_", "NUMEXPR_", "SKLEARN_", "XDG_C")
_READ_ONCE_WHOLE = ("HOME", "LANG", "LANGUAGE", "TZ", "MALLOC_ARENA_MAX", "LOCPATH")


class CannotForkError(Exception):
    """A process cannot be had by forking; the reason is for a log, not for a reader."""


def unsafe(environment: Mapping[str, str]) -> str:
    """Return why a process with this environment must be started the plain way, or nothing."""
    if sys.platform != "linux":
        return f"forking is not safe on {sys.platform}"
    return "CRQLAB_FORK is 0" if environment.get("CRQLAB_FORK", "") == "0" else ""


def key(environment: Mapping[str, str]) -> str:
    """Return a name for all that a prepared process depends on, as 20 hexadecimal digits."""
    read = {
        name: value
        for name, value in environment.items()
        if name.startswith(_READ_ONCE) or name in _READ_ONCE_WHOLE
    }
    parts = {
        "code": list(_files(PACKAGE)),
        "packages": [_changed(folder) for folder in _site_folders()],
        "python": [sys.version, sys.executable, sys.prefix, _changed(sys.executable)],
        "spaces": [_space(name) for name in ("mnt", "net", "pid")],
        "settings": read,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:20]


def folder() -> Path:
    """Return the user's own folder for sockets, made if need be.

    Raises
    ------
    CannotForkError
        It belongs to somebody else, is open to others, or its path is too long for a socket.
    """
    path = Path(tempfile.gettempdir()) / f"{KEPT}{os.getuid()}"
    if len(os.fsencode(path)) > LONGEST_FOLDER:
        raise CannotForkError(f"{path} is too long for a socket")
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise CannotForkError(f"{path}: {error}") from None
    private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
    if not private or found.st_uid != os.getuid():
        raise CannotForkError(f"{path} is not a private folder of this user")
    return path


@contextmanager
def locked() -> Iterator[Path]:
    """Hold the lock of the folder for sockets, and give the folder.

    The last prepared process takes folder and lock away: then both are made anew.

    Raises
    ------
    CannotForkError
        As for `folder`.
    """
    while (lock := _lock(folder())) is None:
        pass
    with lock:
        yield Path(lock.name).parent


def _lock(place: Path) -> BinaryIO | None:
    """Wait for the lock in a folder; None where it was taken away meanwhile."""
    import fcntl  # is not on every system; those without it never come here

    with suppress(FileNotFoundError):
        lock = open(place / "lock", "wb")  # noqa: SIM115 - the caller closes it
        fcntl.flock(lock, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(lock.fileno()), os.stat(place / "lock")):
                return lock
        lock.close()
    return None


def tidy(place: Path) -> None:
    """Take away what prepared processes left that were killed; the folder must be `locked`."""
    for path in place.glob("*.sock"):
        if not listened_to(path):
            path.unlink()
    for note in [*place.glob("*.log"), *place.glob("*.refused")]:
        found = note.stat()
        idle = not found.st_size or time.time() - found.st_mtime > KEPT_NOTES
        if idle and not note.with_suffix(".sock").exists():
            note.unlink()


def leave(place: Path) -> None:
    """Take away a folder that is `locked`, if it holds nothing but its lock."""
    if os.listdir(place) == ["lock"]:
        (place / "lock").unlink()
        place.rmdir()


def _files(folder: str | Path) -> Iterator[tuple[str, int, int]]:
    """Every file of the package with its size and when it changed, in order of names."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name == "__pycache__":
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path)
        else:
            found = entry.stat()
            yield entry.path, found.st_size, found.st_mtime_ns


def _site_folders() -> list[str]:
    return [path for path in sys.path if path.endswith("-packages")]


def _space(name: str) -> str:
    """What of the machine this process sees: a container, or a sandbox, sees other files."""
    try:
        return os.readlink(f"/proc/self/ns/{name}")
    except OSError:
        return ""


def _changed(path: str) -> tuple[str, int]:
    try:
        return path, os.stat(path).st_mtime_ns
    except OSError:
        return path, 0
