"""A study of an older crqlab brought to today's words; what cannot be made again is kept.

Tables are made again by the next run, releases stay as they are for ever. What a person wrote, the
codebook, is given the keys that are new, its comments kept, the version before kept beside.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crqlab.base.contracts import TABLES
from crqlab.base.study import Study, replace
from crqlab.base.yaml_edits import with_keys


def migrate(study: Study) -> list[str]:
    """Bring a study to today's words, and say what was done.

    Parameters
    ----------
    study : Study

    Returns
    -------
    list of str
        One line for each thing that was done; empty where nothing was to be done.

    Raises
    ------
    StudyError, DataError
        The codebook cannot be read; nothing is changed.
    """
    return [*_concepts(study), *_stale_tables(study)]


def _concepts(study: Study) -> Iterator[str]:
    """Write the concepts that names tell into the codebook, where a person can correct them."""
    asked = study.codebook.instrument
    if not asked.drafted:
        return
    path = study.raw / "codebook.yaml"
    before = path.read_text(encoding="utf-8-sig")
    new = {
        name: {"concept": asked.concepts[name], "kind": asked.kind(name)} for name in asked.drafted
    }
    text = with_keys(before, ("instrument", "constructs"), new)
    kept = _beside(path)
    replace(kept, before.encode())
    replace(path, text.encode())
    yield (
        f"codebook.yaml: {len(new)} constructs have their concepts written down; correct them if "
        f"they are wrong (the version before is {kept.name})"
    )


def _beside(path: Path) -> Path:
    """A name for the version before that no file has."""
    n = 1
    while (kept := path.with_name(f"{path.stem}.before{n}{path.suffix}")).exists():
        n += 1
    return kept


def _stale_tables(study: Study) -> Iterator[str]:
    """Take away tables whose names are no longer used; the next run makes their successors."""
    known = {f"{one.notebook[:2]}_{name}.parquet" for name, one in TABLES.items()}
    for path in sorted(study.processed.glob("[0-9][0-9]_*.parquet")):
        if path.name not in known:
            path.unlink()
            yield f"{path.name}: no table has this name any more; crqlab run makes its successor"
