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

_LONGEST = 4 << 20  # bytes
_MOST, _DEEPEST = 100_000, 60  # entries and levels of a document
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
_ADDRESS = re.compile(r"://.*", re.DOTALL)  # may hold a password
_TEMPLATE = "start from a template: crqlab new"
_MAPPING, _LIST, _WHOLE = "must be 'key: value' lines", "must be a list", "must be a whole number"
#: Kinds of pydantic's errors, in the words of somebody who edits a file.
_RULES = {
    **dict.fromkeys(["model_type", "dict_type"], _MAPPING),
    **dict.fromkeys(["tuple_type", "list_type", "set_type", "frozen_set_type"], _LIST),
    **dict.fromkeys(["int_type", "int_parsing", "int_from_float", "int_parsing_size"], _WHOLE),
    **dict.fromkeys(["float_type", "float_parsing", "finite_number"], "must be a number"),
    **dict.fromkeys(["bool_type", "bool_parsing"], "must be true or false"),
    **dict.fromkeys(["date_type", "date_parsing", "date_from_datetime_parsing"],
                    "must be a day, as in 2025-01-31"),
    "string_type": "must be text",
    "string_pattern_mismatch": "must be written after the pattern {pattern}",
    "string_too_short": "must not be empty",
    "literal_error": "must be {expected}",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must have at least {min_length} entries, and has {actual_length}",
    "too_long": "must have at most {max_length} entries, and has {actual_length}",
}  # fmt: skip
_TRUTH = "tag:yaml.org,2002:bool"
_DATE = "tag:yaml.org,2002:timestamp"
_NOTHING = "tag:yaml.org,2002:null"


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
    text, lines = _text(path), {(): 1}
    try:
        root = yaml.compose(text, Loader=_Loader)
        if not isinstance(root, yaml.MappingNode):
            raise _refused(path, [(1, "", "", "must be a list of 'key: value' lines", _TEMPLATE)])
        if faults := _Numbered(path, lines).faults(root):
            raise _refused(path, faults)
        return model.model_validate(_Loader(text).construct_document(root), context=context)
    except DataError:
        raise
    except ValidationError as broken:
        raise _refused(path, [_fault(e, lines) for e in broken.errors()]) from None
    except yaml.MarkedYAMLError as broken:
        line = broken.problem_mark.line + 1 if broken.problem_mark else 1
        fix = "check indentation, colons and quotes on this line and the one above"
        raise _refused(path, [(line, "", "", f"not YAML: {broken.problem}", fix)]) from None
    except (yaml.YAMLError, ValueError, RecursionError) as broken:  # as of a number of 5,000 digits
        raise _refused(path, [(1, "", "", f"not YAML: {broken}", _TEMPLATE)]) from None


def _text(path: Path) -> str:
    """The file's text, if it is text that a person may have written."""
    if path.stat().st_size > _LONGEST:
        rule = f"is longer than {_LONGEST >> 20} MB, which no person writes"
        raise _refused(path, [(1, "", "", rule, "is this another file? start from a template")])
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as broken:
        fault = (1, "", "", f"not UTF-8 text ({broken.reason})", "save it as UTF-8")
        raise _refused(path, [fault]) from None
    if found := _CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        rule = f"holds the control character U+{ord(found[0]):04X}, which cannot be seen"
        raise _refused(path, [(line, "", "", rule, "delete it, or type this line again")])
    return text


class _Numbered:
    """Notes the line of every key and list entry, and what no mapping may hold.

    What an alias stands for is counted each time: few lines may stand for more than any memory.
    """

    def __init__(self, path: Path, lines: dict[Place, int]) -> None:
        self._path, self._lines = path, lines
        self._found: list[tuple[int, str, str, str, str]] = []

    def faults(self, root: yaml.MappingNode) -> list[tuple[int, str, str, str, str]]:
        """Look through a document and return what is wrong with its keys."""
        self._mapping(root, ())
        return self._found

    def _node(self, node: yaml.Node, place: Place, line: int) -> None:
        self._lines[place] = line
        if len(self._lines) > _MOST or len(place) > _DEEPEST:
            rule = f"holds more than {_MOST:,} entries, or {_DEEPEST} levels, once aliases are read"
            fix = "write out what the aliases (*name) stand for, or leave them out"
            raise _refused(self._path, [(line, _path(place[:1]), "", rule, fix)])
        if isinstance(node, yaml.MappingNode):
            self._mapping(node, place)
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                self._node(value, (*place, index), value.start_mark.line + 1)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> None:
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or key.tag == _NOTHING:
                rule, fix = "a list, a mapping or nothing as a key", "write a word before the colon"
                self._found.append((line, _path(place), "", rule, fix))
                continue
            here = (*place, str(key.value))
            if key.value in seen:
                fix = "keep one of the two"
                self._found.append((line, _path(here), key.value, "the same key twice", fix))
            seen.add(key.value)
            self._node(value, here, line)


def _fault(error: Any, lines: dict[Place, int]) -> tuple[int, str, str, str, str]:
    """One pydantic error in the reader's words."""
    place = tuple(str(p) if isinstance(p, str) else p for p in error["loc"])
    known = next(place[:k] for k in range(len(place), -1, -1) if place[:k] in lines)
    value = "" if error["type"] == "missing" else _ADDRESS.sub("://…", str(error["input"]))[:60]
    rule, fix = {
        "missing": ("is required and missing", "add this key"),
        "extra_forbidden": (
            "is not a key that is known here",
            "check its spelling or delete it",
        ),
    }.get(error["type"], (_rule(error), "correct the value"))
    return lines[known], _path(place), value, rule, fix


def _rule(error: Any) -> str:
    """What a value must be, without the words of a programming language."""
    if error["type"] in _RULES:
        return _RULES[error["type"]].format(**error.get("ctx", {}))
    return error["msg"].removeprefix("Value error, ")


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
