"""What a notebook may be told: its parameters cell, read without starting anything."""

from __future__ import annotations

import ast
import io
import json
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from crqlab.base.errors import CrqError, StudyError, one_of
from crqlab.base.study import fingerprint

_WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One line of a parameters cell.

    Attributes
    ----------
    name : str
    default : object
        A literal; its type is the parameter's type, None leaves it open.
    says : str
        The trailing comment.
    """

    name: str
    default: Any
    says: str

    def typed(self, value: Any) -> Any:
        """Return ``value`` in this parameter's type, or refuse it.

        Raises
        ------
        CrqError
            The value is of another type, or cannot be read as this one.

        Examples
        --------
        >>> Parameter("level", 0.95, "coverage").typed("0.9")
        0.9
        >>> Parameter("wave", "2025", "round").typed("2024")
        '2024'
        >>> Parameter("draws", 1000, "draws").typed("many")
        Traceback (most recent call last):
        crqlab.base.errors.CrqError: draws is 'many'; it must be a whole number, as in 1000.
        """
        kind = type(self.default)
        if self.default is None or type(value) is kind or (kind is float and type(value) is int):
            return value
        if isinstance(value, str) and kind is not str:
            try:
                read = ast.literal_eval({"true": "True", "false": "False"}.get(value, value))
            except (ValueError, SyntaxError):
                read = value
            if type(read) is kind or (kind is float and type(read) is int):
                return read
        wanted = _WORDS.get(kind, kind.__name__)
        raise CrqError(f"{self.name} is {value!r}; it must be {wanted}, as in {self.default!r}.")


def declared(notebook: Path) -> dict[str, Parameter]:
    """Return the parameters of a notebook, in the order of its parameters cell.

    Raises
    ------
    StudyError
        No such notebook.
    CrqError
        It is no notebook, or has no cell tagged ``parameters``.
    """
    if not notebook.is_file():
        raise StudyError(f"{notebook.name} is not in {notebook.parent}; see: crqlab doctor")
    return dict(_declared(notebook, fingerprint(notebook)))


@lru_cache(maxsize=32)
def _declared(notebook: Path, content: str) -> dict[str, Parameter]:
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError, TypeError):
        raise CrqError(f"{notebook.name} is no notebook; restore it from the project.") from None
    for cell in cells:
        if "parameters" in cell["metadata"].get("tags", []):
            return _read("".join(cell["source"]))
    raise CrqError(f"{notebook.name} has no cell tagged 'parameters'; add one.")


def checked(notebook: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the given parameters, typed; refuse what the notebook does not declare.

    papermill itself only logs an unknown parameter and runs on with the default, which
    would print the demo study's numbers under a client's name.
    """
    known = declared(notebook)
    for name in given:
        one_of(f"Parameter of {notebook.name}", name, known)
    return {name: known[name].typed(value) for name, value in given.items()}


def _read(source: str) -> dict[str, Parameter]:
    comments = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    return {
        line.targets[0].id: Parameter(
            line.targets[0].id, ast.literal_eval(line.value), comments.get(line.lineno, "")
        )
        for line in ast.parse(source).body
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
    }
