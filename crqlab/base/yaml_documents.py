"""YAML files that people write: read safely, checked, and corrected by line number.

YAML 1.1 reads ``NO`` (Norway) as false, ``2024-05-01`` as a date and silently keeps
the last of two equal keys. Here only ``true`` and ``false`` are truth values, dates
stay text and a repeated key is an error.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import yaml
from pydantic import BaseModel, ValidationError

from crqlab.base.errors import DataError, StudyError

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]

_TRUTH = "tag:yaml.org,2002:bool"
_DATE = "tag:yaml.org,2002:timestamp"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # libyaml's is ten times as fast
    """SafeLoader without the surprises of YAML 1.1."""


_Loader.yaml_implicit_resolvers = {
    first: [rule for rule in rules if rule[0] not in (_TRUTH, _DATE)]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_TRUTH, re.compile(r"^(?:true|false)$"), list("tf"))


def load(path: Path, model: type[Model], *, context: Any = None) -> Model:
    """Read a YAML file into a checked model.

    Parameters
    ----------
    path : Path
        An existing UTF-8 file.
    model : type of BaseModel
        What the file must say; unknown keys are refused where the model forbids them.
    context : optional
        What else the model's validators must know.

    Returns
    -------
    BaseModel
        An instance of ``model``.

    Raises
    ------
    StudyError
        The file does not exist.
    DataError
        Not YAML, a repeated key, or anything the model refuses: ``cases`` has one row
        per fault, ``row`` being the line in the file.
    """
    if not path.is_file():
        raise StudyError(f"{path.name} is missing in {path.parent}; write it or copy a template.")
    try:
        text = path.read_text(encoding="utf-8-sig")
        root = yaml.compose(text, Loader=_Loader)
    except UnicodeDecodeError as broken:
        fault = (1, "", "", f"not UTF-8 text ({broken.reason})", "save it as UTF-8")
        raise _refused(path, [fault]) from None
    except yaml.MarkedYAMLError as broken:
        line = broken.problem_mark.line + 1 if broken.problem_mark else 1
        fix = "check indentation, colons and quotes on this line and the one above"
        raise _refused(path, [(line, "", "", f"not YAML: {broken.problem}", fix)]) from None
    if not isinstance(root, yaml.MappingNode):
        fix = "start from a template: crqlab new"
        raise _refused(path, [(1, "", "", "must be a list of 'key: value' lines", fix)])
    lines: dict[Place, int] = {(): 1}
    repeated: list[tuple[int, str, str, str, str]] = []
    _number(root, (), lines, repeated)
    if repeated:
        raise _refused(path, repeated)
    try:
        return model.model_validate(_Loader(text).construct_document(root), context=context)
    except ValidationError as broken:
        raise _refused(path, [_fault(e, lines) for e in broken.errors()]) from None


def _number(node: yaml.Node, place: Place, lines: dict[Place, int], repeated: list) -> None:
    """Note the line of every key and list entry, and every key that comes twice."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            line, here = key.start_mark.line + 1, (*place, str(key.value))
            if key.value in seen:
                fix = "keep one of the two"
                repeated.append((line, _path(here), str(key.value), "the same key twice", fix))
            seen.add(key.value)
            lines[here] = line
            _number(value, here, lines, repeated)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[*place, index] = value.start_mark.line + 1
            _number(value, (*place, index), lines, repeated)


def _fault(error: Any, lines: dict[Place, int]) -> tuple[int, str, str, str, str]:
    """One pydantic error in the reader's words."""
    place = tuple(str(p) if isinstance(p, str) else p for p in error["loc"])
    known = next(place[:k] for k in range(len(place), -1, -1) if place[:k] in lines)
    value = "" if error["type"] == "missing" else str(error["input"])[:60]
    rule, fix = {
        "missing": ("is required and missing", "add this key"),
        "extra_forbidden": (
            "is not a key that is known here",
            "check its spelling or delete it",
        ),
    }.get(error["type"], (error["msg"].removeprefix("Value error, "), "correct the value"))
    return lines[known], _path(place), value, rule, fix


def _path(place: Place) -> str:
    return " > ".join(str(part) for part in place)


def _refused(path: Path, faults: list[tuple[int, str, str, str, str]]) -> DataError:
    cases = pd.DataFrame(faults, columns=["row", "column", "value", "rule", "fix"])
    cases.insert(0, "file", path.name)
    cases = cases.sort_values("row", kind="stable", ignore_index=True)
    first = cases.iloc[0]
    where = f"line {first['row']}" + (f", {first['column']}" if first["column"] else "")
    more = f" ({len(cases) - 1} more, listed below)" if len(cases) > 1 else ""
    return DataError(f"{path.name}, {where}: {first['rule']}; {first['fix']}.{more}", cases)
