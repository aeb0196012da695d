"""Files as they lie on a disk: their hash, their name, and writing them whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from unicodedata import normalize

from crqlab.base.errors import StudyError
from crqlab.base.system_errors import fix

#: Nanoseconds after which a file that was written is sure to have another time than before.
_SETTLED = 2_000_000_000
#: Hashes by the state of the file: path, number, size and times.
FINGERPRINTS: dict[tuple[str | int, ...], str] = {}


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, as 64 hexadecimal digits.

    A file that lies there as it lay when it was last read is not read again, unless it had only
    just been written: clocks of file systems are coarse.
    """
    with path.open("rb") as file:
        found = os.fstat(file.fileno())
        times = (found.st_mtime_ns, found.st_ctime_ns)
        state = (str(path), found.st_ino, found.st_size, *times)
        if state not in FINGERPRINTS:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            if time.time_ns() - max(times) < _SETTLED:
                return digest
            FINGERPRINTS[state] = digest
    return FINGERPRINTS[state]


def replace(path: Path, content: bytes, *, mode: int = 0o660) -> Path:
    """Write a file whole or not at all, and return its path.

    Parameters
    ----------
    path : Path
    content : bytes
    mode : int
        Who may do what with it, as far as umask lets them: the owner and the group if left out.

    Raises
    ------
    StudyError
        The disk is full, or one may not write there; what was there stays as it was.
    """
    with _drafted(path, content, mode) as draft:
        try:
            return draft.replace(path)
        except PermissionError as held:  # the draft could be written: the name is what is held
            raise OSError(errno.EBUSY, held.strerror) from held


def add(path: Path, content: bytes, *, mode: int = 0o660) -> bool:
    """Write a file that is not there yet, whole or not at all; return False where it is.

    Parameters
    ----------
    path : Path
    content : bytes
    mode : int
        Who may do what with it, as far as umask lets them.

    Raises
    ------
    StudyError
        As for `replace`.
    """
    with _drafted(path, content, mode) as draft:
        try:
            _named_once(draft, path)
        except FileExistsError:
            return False
    return True


@contextmanager
def _drafted(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    """Write a file under another name beside its own; nothing of it stays in any case."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(mode=0o770, parents=True, exist_ok=True)
        with open(draft, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(content)
        yield draft
    except OSError as refused:
        raise StudyError(unwritten(path, refused)) from refused
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _named_once(draft: Path, path: Path) -> None:
    """Give a draft its name in one step, unless somebody has it: then FileExistsError."""
    if os.name == "nt":
        draft.rename(path)  # which never replaces there
        return
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:  # some disks know no second name of a file
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        draft.replace(path)


def unwritten(path: Path, refused: OSError) -> str:
    """Say in one line why a file could not be written, and what to do.

    Examples
    --------
    >>> unwritten(Path("x/a.csv"), OSError(errno.ENOSPC, "No space left on device"))
    'a.csv cannot be written to x: No space left on device. Free some space there; what was...'
    """
    todo = fix(refused.errno) or "See to it that the folder can be written to"
    why = refused.strerror or type(refused).__name__
    return (
        f"{path.name} cannot be written to {path.parent}: {why}. {todo}; what was there before is "
        "as it was. Then run this again."
    )


def located(folder: Path, name: str) -> Path:
    """Return the file of a name, in whichever Unicode form the disk keeps it.

    Raises
    ------
    StudyError
        Two files have this name in two forms.
    """
    path = folder / name
    if name.isascii():
        return path
    wanted, there = normalize("NFC", path.name), path.parent
    alike = (
        [p for p in there.iterdir() if normalize("NFC", p.name) == wanted] if there.is_dir() else []
    )
    if len(alike) > 1:
        raise StudyError(
            f"{there.name} has {len(alike)} files named {wanted!r}, written in different forms of "
            "Unicode; rename one of them."
        )
    return alike[0] if alike else path
