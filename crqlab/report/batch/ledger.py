"""What was made of a study, page by page: from which inputs, how it went, how long it took.

One small file for each page in ``reports/STUDY/manifest``, written whole and last: processes on
many machines need not wait for each other, and what was cut short has no entry. Files for other
programs have theirs in ``manifest/exports``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from crqlab.base.study import Study, fingerprint, replace

MADE, FAILED = "made", "failed"
#: Begins the names of files that are no pages; the rest is the file's own name.
EXPORTS = "exports/"


def entry(study: Study, name: str) -> dict[str, Any]:
    """Return what is known of a page; nothing where it was never tried or the entry is damaged.

    Parameters
    ----------
    study : Study
    name : str
        The page's file name without ending; of another file, its name behind `EXPORTS`.

    Returns
    -------
    dict
        ``status`` (made or failed), ``inputs`` (hash), ``parameters``, ``seconds``, and ``page``
        (hash of the page) with the names of a station's ``tables``, or ``error``.
    """
    try:
        found = json.loads(path(study, name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def entries(study: Study) -> dict[str, dict[str, Any]]:
    """Return what is known of every page, by file name without ending."""
    names = sorted(file.stem for file in _folder(study).glob("*.json"))
    return {name: found for name in names if (found := entry(study, name))}


def made(
    study: Study,
    name: str,
    *,
    inputs: str,
    parameters: Mapping[str, Any],
    seconds: float,
    tables: Iterable[str] = (),
) -> None:
    """Note that a page and all that belongs to it, the station's tables too, is in place."""
    page = fingerprint(_made(study, name))
    facts = {"inputs": inputs, "page": page, "parameters": dict(parameters), "status": MADE}
    if station := sorted(tables):
        facts["tables"] = station
    _write(study, name, {**facts, "seconds": round(seconds, 3)})


def failed(
    study: Study,
    name: str,
    *,
    inputs: str,
    parameters: Mapping[str, Any],
    seconds: float,
    error: str,
) -> None:
    """Note why a page could not be made; an older page of it stays where it is."""
    facts = {"error": error, "inputs": inputs, "parameters": dict(parameters), "status": FAILED}
    _write(study, name, {**facts, "seconds": round(seconds, 3)})


def holds(study: Study, name: str, inputs: str) -> bool:
    """Return whether a page was made from these inputs and is as it was made."""
    found, page = entry(study, name), _made(study, name)
    same = found.get("status") == MADE and found.get("inputs") == inputs
    return same and page.is_file() and found.get("page") == fingerprint(page)


def _made(study: Study, name: str) -> Path:
    """What the entry of a name is about."""
    file = name.removeprefix(EXPORTS)
    return study.reports / (f"{name}.html" if file == name else file)


def _folder(study: Study) -> Path:
    return study.reports / "manifest"


def path(study: Study, name: str) -> Path:
    """Return where the entry of a page, or of another file, is kept."""
    return _folder(study) / f"{name}.json"


def _write(study: Study, name: str, facts: Mapping[str, Any]) -> None:
    text = json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=False)
    replace(path(study, name), text.encode())
