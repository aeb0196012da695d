"""Lay out a new study: a folder and a codebook that a person only needs to edit."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from crqlab.base.codebook import Source
from crqlab.base.errors import StudyError
from crqlab.base.study import Study, replace
from crqlab.responses import codebook_draft
from crqlab.responses.faults import Faults
from crqlab.responses.file_formats import load


def new(name: str, root: Path, *, export: Path | None = None) -> Path:
    """Lay out ``data/raw/NAME`` with a commented codebook.

    Parameters
    ----------
    name : str
        The study's name: letters, digits, ``_`` and ``-``.
    root : Path
        The project's folder.
    export : Path, optional
        A survey export. It is copied into the study, and the codebook is drafted from it:
        items, wording, scale, missing codes and columns. Without it the codebook is a
        template of the 24-item instrument.

    Returns
    -------
    Path
        The codebook.

    Raises
    ------
    StudyError
        The study is there already, or there is no such export; nothing is changed.
    DataError
        The export cannot be read; nothing is changed.
    """
    study = Study(name, root=Path(root))
    codebook = study.raw / "codebook.yaml"
    if codebook.exists():
        raise StudyError(
            f"Study {name!r} has a codebook already, and it is kept: edit {codebook}, or choose "
            "another name."
        )
    if export is None:
        template = files("crqlab.responses") / "template" / "codebook.yaml"
        text = template.read_text(encoding="utf-8").replace("STUDY", name)
        return replace(codebook, text.encode())
    return _from_export(study, codebook, Path(export))


def _from_export(study: Study, codebook: Path, export: Path) -> Path:
    if not export.is_file():
        raise StudyError(f"There is no file {str(export)!r}; give the path of a survey export.")
    copy = study.raw / export.name
    inside = copy.exists() and copy.samefile(export)
    if copy.exists() and not inside:
        raise StudyError(
            f"data/raw/{study.name} has another file named {export.name}, and it is kept: "
            "rename one of the two."
        )
    faults = Faults()
    grid = load(export.parent, Source(file=export.name), faults)
    faults.stop(study.name)
    text = codebook_draft.codebook(study.name, grid)
    if not inside:
        replace(copy, export.read_bytes())
    return replace(codebook, text.encode())
