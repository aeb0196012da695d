"""Where a wheel alone is installed: notebooks and folders to work in, laid out."""

from __future__ import annotations

import os
from pathlib import Path

from crqlab.base.errors import StudyError
from crqlab.base.files import replace
from crqlab.base.study import home, project_above
from crqlab.report.clearance.provenance import shipped


def notebooks_into(folder: Path) -> list[Path]:
    """Copy the shipped notebooks into a folder, which is a project of its own if none is above.

    Parameters
    ----------
    folder : Path
        Made where it is missing.

    Returns
    -------
    list of Path
        The notebooks, in the order of the journey.

    Raises
    ------
    StudyError
        One lies there already and is another; then nothing is written.

    Examples
    --------
    >>> import crqlab as crq
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as root:
    ...     print(crq.report.notebooks_into(Path(root))[0].name)
    10_responses.ipynb
    """
    texts = {folder / path.name: path.read_bytes() for path in shipped()}
    others = [str(p) for p, text in texts.items() if p.exists() and p.read_bytes() != text]
    if others:
        raise StudyError(
            f"{', '.join(others)}: not ours as shipped, and left alone; nothing was written. "
            "Name another folder, or move your own notebooks away."
        )
    above = project_above(folder.resolve())
    for path, text in texts.items():
        replace(path, text)
    if above is None:
        (folder / "data" / "raw").mkdir(parents=True, exist_ok=True)
    return list(texts)


def project() -> Path:
    """Return the project's folder; this one is laid out as one where there is none.

    Raises
    ------
    StudyError
        There is none, and folders of these names are somebody else's.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> (crq.report.project() / "data" / "raw" / "demo").is_dir()
    True
    """
    here = Path.cwd()
    taken = [name for name in ("notebooks", "data", "reports") if (here / name).exists()]
    if os.environ.get("CRQLAB_HOME") or project_above(here) or taken:
        return home()
    (here / "data" / "raw").mkdir(parents=True)
    (here / "notebooks").mkdir()
    notebooks_into(here / "notebooks")
    return here
