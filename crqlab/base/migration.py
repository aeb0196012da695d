"""A study of an older crqlab brought to today's words; what cannot be made again is kept.

Tables are made again by the next run, releases stay as they are for ever. What a person wrote, the
codebook, is given the keys that are new, its comments kept, the version before kept beside.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from crqlab.base.contracts import TABLES
from crqlab.base.study import Study, replace


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


def with_keys(text: str, place: tuple[str, ...], new: dict[str, dict[str, str]]) -> str:
    r"""Return a YAML text with keys added to entries of one mapping; all else stays as written.

    Parameters
    ----------
    text : str
        The file.
    place : tuple of str
        Keys that lead to the mapping.
    new : dict of entry to dict of key to plain value
        Keys that an entry has already are left alone.

    Examples
    --------
    >>> print(with_keys("a:\n  x: {label: X} # mine\n  y:\n    label: Y\n", ("a",),
    ...                 {"x": {"concept": "trust"}, "y": {"concept": "value"}}))
    a:
      x: {label: X, concept: trust} # mine
      y:
        label: Y
        concept: value
    <BLANKLINE>
    """
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    for key in place:
        node = _value(node, key)
    edits = []
    for entry, keys in new.items():
        inner = _value(node, entry)
        there = {key.value for key, _ in inner.value}
        added = {key: value for key, value in keys.items() if key not in there}
        if not added:
            continue
        if inner.flow_style:
            said = "".join(f", {key}: {value}" for key, value in added.items())
            edits.append((inner.end_mark.index - 1, said))
        else:
            first, (_, last) = inner.value[0][0], inner.value[-1]
            indent = " " * first.start_mark.column
            end = text.find("\n", _end(last, text))
            said = "".join(f"\n{indent}{key}: {value}" for key, value in added.items())
            edits.append((len(text) if end < 0 else end, said))
    for at, said in sorted(edits, reverse=True):
        text = text[:at] + said + text[at:]
    return text


def _value(node: yaml.MappingNode, key: str) -> yaml.MappingNode:
    return next(value for name, value in node.value if name.value == key)


def _end(node: yaml.Node, text: str) -> int:
    """Where a value's last character is; block values end at the start of what follows."""
    end = node.end_mark.index
    while end > node.start_mark.index and text[end - 1] in " \n":
        end -= 1
    return max(end, node.start_mark.index)
