"""Executed notebooks as files: without traces of the machine, under names every system takes."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

from crqlab.report.run.image_metadata import bare

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
#: What libraries say of the machine rather than of the data, once in a machine's life.
_ASIDES = ("Matplotlib is building the font cache",)
#: A line of a parameters cell: name and value, up to its trailing comment.
_SET = re.compile(
    r"^(\w+) = (\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[^#\n]*?)(?=\s*(?:  #|$))", re.MULTILINE
)
#: An id that a cell was given, by which its words are found in other languages.
_TELLING = re.compile(r"(?!cell-)[a-z]+(?:-[a-z]+)*")
_DEVICES = re.compile(r"(?i:con|prn|aux|nul|(?:com|lpt)[0-9])")


def stem(*parts: str) -> str:
    """Return a file name without ending that no two texts share on any system.

    Parameters
    ----------
    *parts : str
        Ids as the data have them; joined by ``_``.

    Returns
    -------
    str
        Letters, digits, ``_`` and ``-``, at most 80 characters. A part that is not
        made of these alone carries a digest of its exact text, so that names that
        differ only by case or by what was replaced stay apart.

    Examples
    --------
    >>> stem("C017", "2025")
    'C017_2025'
    >>> stem("../../x", "2025")
    'x-9cdf6a50_2025'
    """
    return "_".join(_safe(part) for part in parts)


def _safe(part: str) -> str:
    if _PLAIN.fullmatch(part) and part == part.upper() and not _DEVICES.fullmatch(part):
        return part
    plain = re.sub(r"[^A-Za-z0-9]+", "-", part).strip("-")[:30]
    return f"{plain or 'name'}-{hashlib.sha256(part.encode()).hexdigest()[:8]}"


def cleaned(notebook: Any, *, images: bool = True) -> Any:
    """Return the notebook without timings, paths and random ids, changed in place.

    Markdown cells keep ids that say what they are about: their words are found by them.

    Parameters
    ----------
    notebook : NotebookNode
        As papermill returned it.
    images : bool
        Whether to keep pictures; committed notebooks have none.
    """
    language = {"name": "python"}
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook.metadata = type(notebook.metadata)(kernelspec=kernel, language_info=language)
    for number, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        cell.metadata = type(cell.metadata)({"tags": tags} if tags else {})
        if cell.cell_type != "markdown" or not _TELLING.fullmatch(cell.get("id", "")):
            cell.id = f"cell-{number}"
        if cell.cell_type != "code":
            continue
        cell.outputs = [output for output in cell.outputs if not _aside(output)]
        for output in cell.outputs:
            output.pop("execution_count", None)
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count
            output.metadata = type(cell.metadata)() if "metadata" in output else None
            if output.metadata is None:
                del output["metadata"]
            if "data" in output and not images:
                for kind in [kind for kind in output.data if kind.startswith("image/")]:
                    del output.data[kind]
            if "image/png" in output.get("data", {}):
                picture = base64.b64decode(output.data["image/png"])
                output.data["image/png"] = base64.b64encode(bare(picture)).decode()
    return notebook


def _aside(output: Any) -> bool:
    return output.output_type == "stream" and any(said in output.text for said in _ASIDES)


def defaults(notebook: Any) -> Any:
    """Return the notebook without the cell that papermill injected, changed in place."""
    notebook.cells = [
        cell
        for cell in notebook.cells
        if "injected-parameters" not in cell.metadata.get("tags", [])
    ]
    return notebook


def own(notebook: Any) -> Any:
    """Return the notebook with what it was told in place of its defaults, changed in place.

    The defaults name the demo's client, whom the client of a report must not meet.
    """
    told = "\n".join(
        cell.source
        for cell in notebook.cells
        if "injected-parameters" in cell.metadata.get("tags", [])
    )
    values = dict(_SET.findall(told))
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = _SET.sub(
                lambda line: f"{line[1]} = {values.get(line[1], line[2])}", cell.source
            )
    return defaults(notebook)
