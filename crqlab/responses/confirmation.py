"""A person confirms what was drafted: point by point, correcting what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from crqlab.base.codebook import Codebook
from crqlab.base.errors import CrqError, StudyError, listed
from crqlab.base.faults import Faults
from crqlab.base.sources import Source
from crqlab.base.study import Study, replace
from crqlab.base.temporary_folders import temporary_folder
from crqlab.base.yaml_documents import load
from crqlab.base.yaml_edits import with_value, without_entries
from crqlab.responses import file_formats
from crqlab.responses.export_series import series
from crqlab.responses.instrument_draft import draft

LEAST_SURE = 0.5  # nothing below it is accepted in a heap


def unconfirmed(study: Study) -> dict[str, str]:
    """Return the points that nobody has confirmed, each with what is asked.

    Parameters
    ----------
    study : Study

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> crq.responses.unconfirmed(study)
    {}
    """
    asked = {path: why for path, (_, why) in _drafted(study).items()}
    return {path: asked.get(path, "drafted") for path in study.codebook.unconfirmed}


def confirm(
    study: Study,
    *,
    values: Mapping[str, str] | None = None,
    accept: Iterable[str] = (),
    accept_sure: float | None = None,
) -> list[str]:
    """Set values and take points off the list of what is unconfirmed; comments stay.

    Parameters
    ----------
    study : Study
    values : mapping of path to value, optional
        As YAML writes them in one line; a point at or above such a path counts as confirmed.
    accept : iterable of str
        Points that are right as drafted.
    accept_sure : float, optional
        Accept every point that the draft was at least so sure of, in [0.5, 1].

    Returns
    -------
    list of str
        Points that are still unconfirmed.

    Raises
    ------
    CrqError
        A point that is not on the list, a path that leads nowhere, a value that the codebook
        refuses; nothing is changed.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> crq.responses.confirm(study)  # what is left to be confirmed
    []
    """
    path = study.raw / "codebook.yaml"
    text = before = path.read_text(encoding="utf-8-sig")
    open_ = list(study.codebook.unconfirmed)
    done = list(accept)
    if stray := [one for one in done if one not in open_]:
        known = listed(open_) if open_ else "nothing, all is confirmed"
        raise CrqError(f"{stray[0]!r} is not unconfirmed in study {study.name!r}; there is {known}")
    text, settled = with_values(text, values or {}, open_)
    done += settled
    if accept_sure is not None:
        if not LEAST_SURE <= accept_sure <= 1:
            raise CrqError(f"accept_sure= is {accept_sure}; it must lie in {LEAST_SURE} to 1")
        sure = _drafted(study)
        done += [one for one in open_ if sure.get(one, (0.0, ""))[0] >= accept_sure]
    text = without_entries(text, "unconfirmed", done)
    if text != before:
        _keep(study, before, text)
    return [one for one in open_ if one not in done]


def with_values(
    text: str, values: Mapping[str, str], points: Iterable[str]
) -> tuple[str, list[str]]:
    """Return a codebook's text with values at their places, and the points that they settle."""
    settled: list[str] = []
    for place, value in values.items():
        text = with_value(text, place, value)
        settled += [one for one in points if _about(place, one)]
    return text, settled


def _about(place: str, point: str) -> bool:
    """Whether a value at a place settles a point: the point itself, or a part of it."""
    return place == point or place.startswith(f"{point}.")


def _keep(study: Study, before: str, text: str) -> None:
    """Write a codebook if it is one, and the version before beside it."""
    path = study.raw / "codebook.yaml"
    refuse_wrong(path, text)
    replace(path.with_name("codebook.before.yaml"), before.encode())
    replace(path, text.encode())


def refuse_wrong(path: Path, text: str) -> None:
    """Refuse a text that is no codebook; what stands at the path is not touched."""
    with temporary_folder() as folder:
        load(replace(folder / path.name, text.encode()), Codebook)


def _drafted(study: Study) -> dict[str, tuple[float, str]]:
    """Draft the study's exports once more: how sure each point was, and what is asked."""
    files = study.codebook.responses.files
    grids = [file_formats.load(study.raw, Source(file=one.file, sheet=one.sheet), Faults())
             for one in files]  # fmt: skip
    drafts = [draft(grid) for grid in grids if grid is not None]
    found: dict[str, tuple[float, str]] = {}
    for path, sure, why in series(drafts).points() if drafts else ():
        found.setdefault(path, (sure, why))
    return found


def refuse_draft(study: Study) -> None:
    """Refuse to make anything for a client from a draft that nobody has confirmed.

    Raises
    ------
    StudyError
        Lists what is unconfirmed.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> crq.responses.refuse_draft(study)
    """
    if open_ := study.codebook.unconfirmed:
        shown = "\n".join(f"  {one}" for one in open_)
        raise StudyError(
            f"{len(open_)} points of the codebook of {study.name!r} are drafted and not confirmed, "
            f"so nothing is made for a client yet. Go through them with: crqlab confirm "
            f"{study.name}, or add --draft for pages that say so.\n{shown}"
        )
