"""The key of a study, behind pseudonyms and forgotten people: apart from data and reports."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from crqlab.base.errors import StudyError
from crqlab.base.files import add
from crqlab.base.study import Study

KEY_BYTES = 32


def key(study: Study) -> bytes:
    """Return a study's key; made when first asked for.

    Parameters
    ----------
    study : Study

    Returns
    -------
    bytes
        The content of the file named in ``CRQLAB_KEY_FILE``; else of ``crqlab/STUDY.key`` in the
        user's folder for settings, which no copy of the project takes along.

    Raises
    ------
    StudyError
        The file lies with the data or the reports, others can read it, or it is too short.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> len(crq.report.key(study))  # bytes that pseudonyms are made with; never shown
    32
    """
    path = place(study)
    if not path.is_file():
        _make(path)
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise StudyError(
            f"The key {path.name} can be read by others on this machine; expected mode 0600. "
            f"Run: chmod 600 {path}"
        )
    content = path.read_bytes()
    if len(content) < KEY_BYTES:
        raise StudyError(
            f"The key {path.name} has {len(content)} bytes; expected {KEY_BYTES} or more. Restore "
            "it from your backup: with another key every pseudonym changes."
        )
    return content


def place(study: Study) -> Path:
    """Return where the study's key is or will be.

    Raises
    ------
    StudyError
        ``CRQLAB_KEY_FILE`` names a place that is copied together with what the key protects.
    """
    if not (named := os.environ.get("CRQLAB_KEY_FILE")):
        settings = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        return Path(settings) / "crqlab" / f"{study.name}.key"
    path = Path(named).expanduser().resolve()
    for folder in (study.root / "data", study.root / "reports"):
        if path.is_relative_to(folder.resolve()):
            raise StudyError(
                f"CRQLAB_KEY_FILE lies in {folder.name}/, where copies of the data go; expected a "
                "place apart from them. Name a file outside the project."
            )
    return path


def kept(study: Study) -> bytes:
    """Return a study's key, which must be there: what was hashed with it has to be found again.

    Raises
    ------
    StudyError
        As from `key`; or it is not on this machine.
    """
    if not (path := place(study)).is_file():
        raise StudyError(
            f"Study {study.name!r} has a forgotten.csv, but not the key that it was written with: "
            f"{path} is missing, and without it people who asked to be forgotten would come back. "
            "Copy the key from whoever holds it, or name its place in CRQLAB_KEY_FILE."
        )
    return key(study)


def _make(path: Path) -> None:
    """Write a new key for its owner alone; where two write at once, one key stays."""
    with suppress(OSError):  # `add` says what hinders
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    add(path, secrets.token_bytes(KEY_BYTES), mode=0o600)
