"""Thresholds as releases: a version once published stays what it is."""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from crqlab.base.errors import StudyError
from crqlab.base.study import home, replace
from crqlab.segments.thresholds import Thresholds, read, starting


def folder(root: Path | None = None) -> Path:
    """Return where published thresholds live."""
    return (root or home()) / "data" / "processed" / "releases" / "thresholds"


def publish(thresholds: Thresholds, root: Path | None = None) -> Path:
    """Write a read-only file with the rules and their hash; never over an older one.

    Parameters
    ----------
    thresholds : Thresholds
    root : Path, optional
        The project's folder; found by `home` if not given.

    Returns
    -------
    Path
        ``data/processed/releases/thresholds/VERSION.yaml``.

    Raises
    ------
    StudyError
        That version is published already.
    """
    sealed = thresholds.model_copy(update={"sha256": thresholds.fingerprint})
    path = folder(root) / f"{thresholds.version}.yaml"
    text = yaml.safe_dump(sealed.document(), sort_keys=False, allow_unicode=True)
    draft = replace(path.with_name(f".{path.name}.{os.getpid()}"), text.encode())
    try:
        draft.chmod(0o444)
        os.link(draft, path)
    except FileExistsError:
        raise StudyError(
            f"Thresholds {thresholds.version} are published already ({path.name}); a release never "
            "changes. Give the new rules a version of their own."
        ) from None
    finally:
        draft.unlink()
    return path


def published(version: str = "", *, root: Path | None = None) -> Thresholds:
    """Return a published set; without a version, the rules that crqlab proposes.

    Raises
    ------
    StudyError
        No such version.
    DataError
        The file was changed after it was published.
    """
    if not version:
        return starting()
    path = folder(root) / f"{version}.yaml"
    if not path.is_file():
        there = ", ".join(sorted(p.stem for p in folder(root).glob("*.yaml"))) or "none yet"
        raise StudyError(
            f"Thresholds {version!r} are not published (there are: {there}). "
            "Publish them with: crqlab thresholds publish FILE"
        )
    return read(path)
