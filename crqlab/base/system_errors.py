"""What a machine refuses: no space, no right, a file that another program holds; in one line."""

from __future__ import annotations

import builtins
import errno
import re

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
#: The file is open in another program; Windows says "permission denied" of it.
HELD = frozenset({errno.EBUSY, errno.ETXTBSY})
_MANY = frozenset({errno.EMFILE, errno.ENFILE, errno.EAGAIN})
_MEDIUM = frozenset(
    getattr(errno, name, 0) for name in ("EIO", "ESTALE", "ENODEV", "ENXIO", "ENOTCONN", "ENOTSUP")
)
_NO_TEMPORARY = "No usable temporary directory"  # Python's words where all of them are full
_CODE = re.compile(r"\[(?:Errno|WinError) (\d+)\] ")
FREE = "Free some space there"
CLOSE = "It is open in another program, or protected: close it there"
MEMORY = "Memory ran out. Close other programs, or use fewer --jobs; then run this again."
#: What loaders say of a library for which there is no room.
_UNLOADED = ("failed to map segment", "annot allocate memory")
ALLOW = "See to it that you may read and write there and that no program holds it open"


def fix(code: int | None) -> str:
    """Return what to do about an error number; nothing where the machine is not to blame.

    Examples
    --------
    >>> fix(errno.ENOSPC)
    'Free some space there'
    >>> fix(errno.EBUSY)
    'It is open in another program, or protected: close it there'
    >>> fix(errno.ENOENT)
    ''
    """
    if code in FULL:
        return FREE
    if code in HELD:
        return CLOSE
    if code in DENIED:
        return ALLOW
    if code in _MANY:
        return "Close other programs, or use fewer --jobs"
    if code in _MEDIUM:
        return "Is the disk or network drive sound and connected? Another folder may do"
    return "Close other programs, or use fewer --jobs" if code == errno.ENOMEM else ""


def told(error: Exception) -> str:
    """Say what the machine refuses and what to do; nothing where it is not to blame.

    Examples
    --------
    >>> told(MemoryError())
    'Memory ran out. Close other programs, or use fewer --jobs; then run this again.'
    >>> told(PermissionError(13, "Permission denied", "a.xlsx"))
    'The machine refuses: Permission denied (a.xlsx). See to it that you may read and write...'
    >>> told(FileNotFoundError(2, "No such file or directory", "a.xlsx"))
    ''
    """
    unloaded = isinstance(error, ImportError) and any(one in str(error) for one in _UNLOADED)
    if unloaded or isinstance(error, MemoryError):
        return MEMORY
    if not isinstance(error, OSError):
        return ""
    what, place = error.strerror or "", f" ({error.filename})" if error.filename else ""
    todo = FREE if what.startswith(_NO_TEMPORARY) else fix(error.errno)
    return f"The machine refuses: {what}{place}. {todo}; then run this again." if todo else ""


def retold(name: str, message: str) -> str:
    """Do what `told` does for an error of another process, by its class and its words.

    Examples
    --------
    >>> retold("OSError", "[Errno 28] No space left on device: '/tmp/a'")
    "The machine refuses: No space left on device: '/tmp/a'. Free some space there; then run..."
    >>> retold("KeyError", "'a'")
    ''
    """
    kind, code = getattr(builtins, name, None), _CODE.match(message)
    if not (isinstance(kind, type) and issubclass(kind, OSError | MemoryError | ImportError)):
        return told(MemoryError()) if name.endswith("MemoryError") else ""
    if issubclass(kind, OSError):
        return told(kind(int(code[1]), message[code.end() :])) if code else ""
    return told(kind(message))
