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

import numpy as np
from numpy.typing import ArrayLike, NDArray

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
    return _joined(tuple(cells))


def column(rows: int, *cautions: tuple[ArrayLike, ArrayLike]) -> NDArray:
    """Return the cells of a column, each with every caution that applies to its row.

    Parameters
    ----------
    rows : int
    *cautions : (bool or array of bool, str or array of str)
        Where a caution applies, and the cell that says it.

    Examples
    --------
    >>> column(3, ([True, False, False], "few_accounts"), ([True, True, False], "one_client"))
    array(['[{"code": "few_accounts"}, {"code": "one_client"}]', 'one_client',
           'ok'], dtype=object)
    """
    spread = [
        [np.broadcast_to(np.asarray(part, dtype=kind), rows).tolist()
         for part, kind in zip(caution, (bool, object), strict=True)]
        for caution in cautions
    ]  # fmt: skip
    found = [
        _joined(tuple(cells[row] for applies, cells in spread if applies[row]))
        for row in range(rows)
    ]
    return np.array(found, dtype=object)


def has(cell: str | None, name: str) -> bool:
    """Whether a cell holds a code.

    Examples
    --------
    >>> has('{"code": "n_below_minimum", "minimum": 3}', "n_below_minimum"), has("ok", "ok")
    (True, False)
    """
    return any(one["code"] == name for one in codes(cell))


def plain(cell: str | None) -> str:
    """Spell codes out for a terminal, in the English words that they are made of.

    Examples
    --------
    >>> plain('[{"code": "few_accounts", "minimum": 30}, {"code": "one_client"}]'), plain("ok")
    ('few accounts (minimum 30); one client', '')
    """
    return "; ".join(_plain(dict(one)) for one in codes(cell))


def _plain(one: dict[str, Any]) -> str:
    words = one.pop("code").replace("_", " ")
    numbers = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in one.items())
    return f"{words} ({numbers})" if numbers else words


@lru_cache(maxsize=4096)
def _joined(cells: tuple[str, ...]) -> str:
    found: list[dict[str, Any]] = []
    for cell in cells:
        found += [one for one in codes(cell) if one not in found]
    if not found:
        return OK
    if len(found) == 1:
        numbers = dict(found[0])
        return code(numbers.pop("code"), **numbers)
    return json.dumps(found, ensure_ascii=False)


@lru_cache(maxsize=4096)
def _read(cell: str) -> tuple[dict[str, Any], ...]:
    if cell in (OK, ""):
        return ()
    if cell[0] == "{":
        return (json.loads(cell),)
    if cell[0] == "[":
        return tuple(json.loads(cell))
    return ({"code": cell},)
