"""A page of all keys of the codebook, made from the models that read it."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from crqlab.base.codebook import Codebook
from tools.manual.markdown import code, page, plain, prose, table

_ATTRIBUTE = re.compile(r"^(\w+(?:, \w+)*) :", re.MULTILINE)
_PLAIN = {str: "text", bool: "yes or no", int: "a whole number", float: "a number"}
_LEAD = (
    "`data/raw/STUDY/codebook.yaml` says what the files of a study do not say of themselves. "
    "`crqlab new` drafts it; `crqlab check` tells what is wrong in it, what was found and what was "
    "expected. A key that is not listed here is refused."
)


def codebook_pages() -> dict[str, str]:
    """Return the page of the codebook: a table for each of its parts."""
    parts = [_part(path, model) for path, model in models(Codebook)]
    return {"codebook.md": page("The codebook", _LEAD, *parts)}


def models(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield each part of a model with its path, the whole first.

    Examples
    --------
    >>> [path for path, _ in models(Codebook)][:2]
    ['', 'client']
    """
    yield path, model
    for name, field in model.model_fields.items():
        for kind, inside in _inside(field.annotation):
            yield from models(inside, f"{path}.{name}{kind}".lstrip("."))


def _inside(annotation: Any, kind: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """Models within a type: in a mapping below a name, in a list once for each."""
    if inspect.isclass(annotation) and not isinstance(annotation, types.GenericAlias):
        if issubclass(annotation, BaseModel):
            yield kind, annotation
        return
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is dict:
        yield from _inside(inner[1], ".NAME")
    elif origin in (tuple, list):
        yield from _inside(inner[0], "[]")
    else:
        for each in inner:
            if each is not type(None):
                yield from _inside(each, kind)


def _part(path: str, model: type[BaseModel]) -> str:
    told = meanings(model)
    rows = [
        [code(name), _kind(field.annotation), _default(field), prose(told.get(name, ""))]
        for name, field in model.model_fields.items()
    ]
    summary = prose((inspect.getdoc(model) or "").partition("\n\n")[0])
    head = f"## {code(path)}" if path else "## The whole"
    return "\n\n".join([head, summary, table(["key", "holds", "if left out", "means"], rows)])


def meanings(model: type[BaseModel]) -> dict[str, str]:
    """Return what a model's docstring says of each key.

    Examples
    --------
    >>> meanings(Codebook)["title"]
    'What the study is called on its pages.'
    """
    said = (inspect.getdoc(model) or "").partition("Attributes\n----------\n")[2]
    found, starts = {}, list(_ATTRIBUTE.finditer(said))
    for one, after in zip(starts, [*starts[1:], None], strict=False):
        body = said[one.end() : after.start() if after else len(said)]
        words = " ".join(
            line.strip() for line in body.splitlines()[1:] if line[:1] in " \t" or not line
        )
        for name in one[1].split(", "):
            found[name] = words.partition("Examples --------")[0].strip()
    return found


def _kind(annotation: Any) -> str:
    """What a key holds, in words."""
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _kind(inner[0])
    if origin is typing.Literal:
        return " or ".join(map(code, inner))
    if origin is dict:
        return f"names, each with {_kind(inner[1])}"
    if origin in (tuple, list):
        return f"a list of {_kind(inner[0])}"
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_kind(each) for each in inner if each is not type(None))
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return "keys, below"
    return plain(getattr(annotation, "__name__", annotation))


def _default(field: Any) -> str:
    given = field.default
    if field.is_required():
        return "must be given"
    if given is PydanticUndefined or given in (None, "", ()) or isinstance(given, BaseModel):
        return ""
    if isinstance(given, bool):
        return code("yes" if given else "no")
    return ", ".join(map(code, given)) if isinstance(given, tuple) else code(given)
