"""Thresholds as releases: a version once published stays what it is."""

from __future__ import annotations

from pathlib import Path

import yaml

from crqlab.base.errors import StudyError
from crqlab.base.files import add
from crqlab.base.study import Study, home
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

    Examples
    --------
    >>> import crqlab as crq
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as root:
    ...     print(crq.segments.publish(crq.segments.starting(), Path(root)).name)
    1.1.yaml
    """
    sealed = thresholds.model_copy(update={"sha256": thresholds.fingerprint})
    path = folder(root) / f"{thresholds.version}.yaml"
    text = yaml.safe_dump(sealed.document(), sort_keys=False, allow_unicode=True)
    if not add(path, text.encode(), mode=0o444):
        raise StudyError(
            f"Thresholds {thresholds.version} are published already ({path.name}); a release never "
            "changes. Give the new rules a version of their own."
        )
    return path


def published(version: str = "", *, root: Path | None = None) -> Thresholds:
    """Return a published set; without a version, the rules that crqlab proposes.

    Raises
    ------
    StudyError
        No such version.
    DataError
        The file was changed after it was published.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.segments.published())  # ours, as no version is named
    crqlab starting rules ...
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


def rules(study: Study, version: str = "") -> Thresholds:
    """Return the version asked for, else what the study's release holds, else our own.

    Parameters
    ----------
    study : Study
    version : str
        Of thresholds in ``data/processed/releases/thresholds``; empty for what the study says.

    Raises
    ------
    StudyError
        No such version, or not the release that the codebook names.
    DataError
        The file was changed after it was published.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.segments.rules(study))
    crqlab starting rules ...: Opponent...
    """
    release = study.codebook.release
    if version or not release:
        return published(version, root=study.root)
    quoted = folder(study.root).parent / release
    if not quoted.is_dir():
        raise StudyError(
            f"Release {release!r}, which the codebook of study {study.name!r} names, is not in "
            "data/processed/releases. Copy its folder there."
        )
    path = quoted / "thresholds.yaml"
    return read(path) if path.is_file() else starting()


def along(study: Study, path: Path | None = None) -> Path | None:
    """Return the sealed file of thresholds that a release of this study takes along.

    The rules of ``path``, else the starting ones, are published under their version where they
    are not yet; None where the starting ones do not suit the instrument.

    Raises
    ------
    CrqError
        Rules that do not suit the instrument; a version that is taken by other rules.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.segments.along(study).name)  # what a release takes along
    1.1.yaml
    """
    chosen = read(path) if path else starting()
    if path is None and chosen.unsuited(study.codebook.instrument):
        return None
    chosen.refuse(study.codebook.instrument)
    kept = folder(study.root) / f"{chosen.version}.yaml"
    same = kept.is_file() and read(kept).fingerprint == chosen.fingerprint
    return kept if same else publish(chosen, study.root)
