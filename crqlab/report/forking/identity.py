"""Which prepared process may serve whom: the same code, packages, interpreter and settings."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import crqlab

PACKAGE = Path(crqlab.__file__).resolve().parent
LONGEST_FOLDER = 80  # bytes; a Unix socket's path may have 107
#: Settings that libraries or the interpreter read once, when they are imported.
_READ_ONCE = ("PYTHON", "LD_", "MPL", "LC_", "ARROW_", "NUMEXPR_", "SKLEARN_", "XDG_C")
_READ_ONCE_WHOLE = ("HOME", "LANG", "LANGUAGE", "TZ", "MALLOC_ARENA_MAX", "LOCPATH")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class CannotForkError(Exception):
    """A process cannot be had by forking; the reason is for a log, not for a reader."""


def unsafe(environment: Mapping[str, str]) -> str:
    """Return why a process with this environment must be started the plain way, or nothing."""
    if sys.platform != "linux":
        return f"forking is not safe on {sys.platform}"
    if environment.get("CRQLAB_FORK", "") == "0":
        return "CRQLAB_FORK is 0"
    wide = [name for name in _THREADS if environment.get(name, "1") != "1"]
    return f"{wide[0]} asks for several threads" if wide else ""


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
    path = Path(tempfile.gettempdir()) / f"crqlab-fork-{os.getuid()}"
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


def _changed(path: str) -> tuple[str, int]:
    try:
        return path, os.stat(path).st_mtime_ns
    except OSError:
        return path, 0
