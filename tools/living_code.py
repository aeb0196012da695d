"""The code of functions that live, exchanged for that of a changed source."""

from __future__ import annotations

import gc
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from types import CodeType, FunctionType

OPTIMIZED = 1  # the flag of a function's code, which neither a module's nor a class's has
Key = tuple[str, str, int]


def changed_functions(path: Path, after: str) -> dict[Key, CodeType] | None:
    """Return the code of the functions that a mutant changes; None if it is more than these."""
    place = str(path.resolve())
    try:
        new = compile(after, place, "exec", dont_inherit=True)
    except SyntaxError:
        return None
    found: dict[Key, CodeType] = {}
    pairs = [(compile(path.read_text(encoding="utf-8"), place, "exec", dont_inherit=True), new)]
    seen: Counter[Key] = Counter()
    for before, later in pairs:
        inner = [
            [part for part in code.co_consts if isinstance(part, CodeType)]
            for code in (before, later)
        ]
        if len(inner[0]) != len(inner[1]):
            return None
        pairs.extend(zip(*inner, strict=True))
        key = _key(before)
        seen[key] += 1
        if before.co_flags & OPTIMIZED:
            if before != later and not before.co_name.endswith(("comp>", "genexpr>")):
                found[key] = later
        elif _own(before) != _own(later):
            return None
    return None if any(seen[key] > 1 for key in found) else found


def _own(code: CodeType) -> tuple:
    plain = [(type(part), part) for part in code.co_consts if not isinstance(part, CodeType)]
    return code.co_code, repr(plain), code.co_names, code.co_freevars


def _key(code: CodeType) -> Key:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def living(folder: str) -> dict[Key, list[FunctionType]]:
    """Return the functions that live, of files whose path holds a folder."""
    found: dict[Key, list[FunctionType]] = defaultdict(list)
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and folder in one.__code__.co_filename:
            found[_key(one.__code__)].append(one)
    return found


def swap(changed: Mapping[Key, CodeType], functions: Mapping[Key, list[FunctionType]]) -> None:
    """Give living functions the code that has changed."""
    for key, code in changed.items():
        for one in functions.get(key, ()):
            one.__code__ = code
