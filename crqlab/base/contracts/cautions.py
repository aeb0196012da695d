"""Cautions about numbers, and reasons of decisions: codes with numbers, never sentences.

A cell is ``ok``, one bare code, or JSON where a code carries numbers or several stand together:
``few_accounts``, ``{"code": "n_below_minimum", "minimum": 3}``, ``[{"code": ...}, ...]``.
What a code says in a reader's language is chosen where it is shown (`crqlab.language`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

OK = "ok"


def code(name: str, /, **numbers: Any) -> str:
    """Return one code as a cell holds it.

    Examples
    --------
    >>> code("few_accounts"), code("n_below_minimum", minimum=3)
    ('few_accounts', '{"code": "n_below_minimum", "minimum": 3}')
    """
    return json.dumps({"code": name, **numbers}, ensure_ascii=False) if numbers else name


def codes(cell: str | None) -> list[dict[str, Any]]:
    """Return the codes of one cell; none for ``ok``, for an empty cell and a missing one.

    Examples
    --------
    >>> codes("ok"), codes("few_accounts"), codes('{"code": "n_below_minimum", "minimum": 3}')
    ([], [{'code': 'few_accounts'}], [{'code': 'n_below_minimum', 'minimum': 3}])
    """
    if not isinstance(cell, str):
        return []
    return [dict(one) for one in _read(cell)]


def joined(cells: Iterable[str]) -> str:
    """Return one cell that says what several say, each code once.

    Examples
    --------
    >>> joined(["ok", "few_accounts", "ok"]), joined(["ok", "ok"])
    ('few_accounts', 'ok')
    >>> joined(["few_accounts", "one_client"])
    '[{"code": "few_accounts"}, {"code": "one_client"}]'
    """
    found: list[dict[str, Any]] = []
    for cell in cells:
        found += [one for one in codes(cell) if one not in found]
    if not found:
        return OK
    if len(found) == 1:
        numbers = dict(found[0])
        return code(numbers.pop("code"), **numbers)
    return json.dumps(found, ensure_ascii=False)


def has(cell: str | None, name: str) -> bool:
    """Whether a cell holds a code.

    Examples
    --------
    >>> has('{"code": "n_below_minimum", "minimum": 3}', "n_below_minimum"), has("ok", "ok")
    (True, False)
    """
    return any(one["code"] == name for one in codes(cell))


@lru_cache(maxsize=4096)
def _read(cell: str) -> tuple[dict[str, Any], ...]:
    if cell in (OK, ""):
        return ()
    if cell[0] == "{":
        return (json.loads(cell),)
    if cell[0] == "[":
        return tuple(json.loads(cell))
    return ({"code": cell},)
