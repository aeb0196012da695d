"""Changes of a YAML text in place: comments, order and all else stay as somebody wrote them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import yaml

from crqlab.base.errors import CrqError


def with_keys(text: str, place: Sequence[str], new: Mapping[str, Mapping[str, str]]) -> str:
    r"""Return a YAML text with keys added to entries of one mapping.

    Parameters
    ----------
    text : str
        The file.
    place : sequence of str
        Keys that lead to the mapping.
    new : mapping of entry to mapping of key to plain value
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
    node = _composed(text)
    for key in place:
        node = _value(node, key)
    edits = []
    for entry, keys in new.items():
        inner = _value(node, entry)
        there = {key.value for key, _ in inner.value}
        added = {key: value for key, value in keys.items() if key not in there}
        if added:
            edits.append(_addition(text, inner, added))
    for at, said in sorted(edits, reverse=True):
        text = text[:at] + said + text[at:]
    return text


def with_value(text: str, path: str, value: str) -> str:
    r"""Return a YAML text in which one place holds another value.

    Parameters
    ----------
    text : str
        The file.
    path : str
        Keys parted by points, and places of lists by number: ``responses.files.0.wave``.
    value : str
        As YAML writes it in one line.

    Raises
    ------
    CrqError
        The path leads nowhere, or the value is no YAML.

    Examples
    --------
    >>> print(with_value("client: {id: C1, name: Mine} # EDIT\n", "client.name", "Acme"))
    client: {id: C1, name: Acme} # EDIT
    <BLANKLINE>
    >>> print(with_value("accounts: {file: a.csv}\n", "accounts.decimal", "','"))
    accounts: {file: a.csv, decimal: ','}
    <BLANKLINE>
    >>> print(with_value("title: Acme\n", "privacy.min_scores", "5"))
    title: Acme
    privacy: {min_scores: 5}
    <BLANKLINE>
    """
    try:
        yaml.safe_load(value)
    except yaml.YAMLError:
        raise CrqError(f"{value!r} is no value in YAML; quote it, as in \"'a: b'\"") from None
    node, (*keys, last) = _composed(text), path.split(".")
    for depth, key in enumerate(keys):
        if isinstance(node, yaml.MappingNode) and _child(node, key) is None:
            for inner in reversed([*keys[depth + 1 :], last]):  # what holds it is made with it
                value = f"{{{inner}: {value}}}"
            last = key
            break
        node = _inside(node, key, ".".join(keys[: depth + 1]))
    child = _child(node, last)
    if child is None:
        if not isinstance(node, yaml.MappingNode):
            raise CrqError(f"{path} leads nowhere in the codebook; look at it and correct the path")
        at, said = _addition(text, node, {last: value})
        return text[:at] + said + text[at:]
    end = _end(child, text)
    return text[: child.start_mark.index] + value + text[end:]


def without_entries(text: str, key: str, gone: Sequence[str]) -> str:
    r"""Return a YAML text whose list of a top-level key lacks entries; an empty list goes whole.

    Examples
    --------
    >>> without_entries("a: 1\nopen: # these\n  - x\n  - y # why\nb: 2\n", "open", ["y"])
    'a: 1\nopen: # these\n  - x\nb: 2\n'
    >>> without_entries("a: 1\nopen:\n  - x\nb: 2\n", "open", ["x"])
    'a: 1\nb: 2\n'
    """
    node = _composed(text)
    pair = next(((name, held) for name, held in node.value if name.value == key), None)
    if pair is None:
        return text
    name, held = pair
    left = [one for one in held.value if one.value not in gone]
    lines = text.splitlines(keepends=True)
    drop = {one.start_mark.line for one in held.value if one.value in gone}
    if not left:
        drop |= set(range(name.start_mark.line, held.value[-1].end_mark.line + 1))
    return "".join(line for number, line in enumerate(lines) if number not in drop)


def _composed(text: str) -> yaml.Node:
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _addition(text: str, node: yaml.MappingNode, added: Mapping[str, str]) -> tuple[int, str]:
    """Where keys are added to a mapping, and as what."""
    if node.flow_style:
        said = ", ".join(f"{key}: {value}" for key, value in added.items())
        return node.end_mark.index - 1, f", {said}" if node.value else said
    first, (_, last) = node.value[0][0], node.value[-1]
    indent = " " * first.start_mark.column
    end = text.find("\n", _end(last, text))
    said = "".join(f"\n{indent}{key}: {value}" for key, value in added.items())
    return (len(text) if end < 0 else end), said


def _value(node: yaml.MappingNode, key: str) -> yaml.MappingNode:
    return next(value for name, value in node.value if name.value == key)


def _child(node: yaml.Node, key: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == key), None)
    if isinstance(node, yaml.SequenceNode) and key.isdecimal() and int(key) < len(node.value):
        return node.value[int(key)]
    return None


def _inside(node: yaml.Node, key: str, path: str) -> yaml.Node:
    found = _child(node, key)
    if found is None:
        raise CrqError(f"{path} leads nowhere in the codebook; look at it and correct the path")
    return found


def _end(node: yaml.Node, text: str) -> int:
    """Where a value's last character is; block values end at the start of what follows."""
    end = node.end_mark.index
    while end > node.start_mark.index and text[end - 1] in " \n":
        end -= 1
    return max(end, node.start_mark.index)
