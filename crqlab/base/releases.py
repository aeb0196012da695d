"""Files of the release that a study quotes, for whoever needs one of them alone."""

from __future__ import annotations

import json
from pathlib import Path

from crqlab.base.errors import StudyError
from crqlab.base.files import fingerprint
from crqlab.base.study import Study

FOLDER = Path("data/processed/releases")
FACTS = "release.json"
THRESHOLDS, ASKED, MODEL = "thresholds.yaml", "instrument.json", "account_model.json"


def quoted(study: Study, file: str) -> Path | None:
    """Return a file of the release that the study's codebook names.

    Parameters
    ----------
    study : Study
    file : str
        ``thresholds.yaml``, ``instrument.json`` or ``account_model.json``.

    Returns
    -------
    Path or None
        None where the codebook names no release, or the release has no such file, as older ones
        have no account model.

    Raises
    ------
    StudyError
        The release is not there, or the file is not what was published.
    """
    if not (name := study.codebook.release):
        return None
    folder = study.root / FOLDER / name
    if not folder.is_dir():
        raise StudyError(
            f"Release {name!r}, which the codebook of study {study.name!r} names, is not in "
            "data/processed/releases. Copy its folder there."
        )
    path = folder / file
    if not path.is_file():
        return None
    if fingerprint(path) != _published(folder).get(file):
        raise StudyError(
            f"Release {name!r} is not what was published: {file} was changed. Do not quote it; "
            "copy the release again from where it was published."
        )
    return path


def _published(folder: Path) -> dict[str, str]:
    """Hashes of the files as they were published; none where the list cannot be read."""
    try:
        return dict(json.loads((folder / FACTS).read_text(encoding="utf-8"))["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}
