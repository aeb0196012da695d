"""Which notebooks may run in a forked shell, and which need a kernel."""

from __future__ import annotations

import ast
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from crqlab.base.study import fingerprint

LANES = ("fork", "kernel")
_ALONE = frozenset({"crqlab"})
_ASKS = frozenset({"input", "exit", "quit", "open", "exec", "eval", "__import__", "get_ipython"})


def fitting(notebook: Path) -> str:
    """Return the lane for a notebook: ``"fork"`` if it is of the house's kind.

    A notebook of the house's kind is plain Python without magics, imports nothing but crqlab
    and asks nobody anything: in a forked shell it puts out what it would in a kernel. Any other
    gets the kernel it was written for, with its widgets, its ``input()`` and what C code prints.

    Parameters
    ----------
    notebook : Path
        An existing notebook.

    Returns
    -------
    str
        One of `LANES`.
    """
    return _fitting(notebook, fingerprint(notebook))


@lru_cache(maxsize=32)
def _fitting(notebook: Path, content: str) -> str:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    return "fork" if all(_plain(source) for source in sources) else "kernel"


def _plain(source: str) -> bool:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return False
    return not any(_odd(node) for node in ast.walk(tree))


def _odd(node: Any) -> bool:
    match node:
        case ast.Import():
            return any(alias.name.split(".")[0] not in _ALONE for alias in node.names)
        case ast.ImportFrom():
            return (node.module or "").split(".")[0] not in _ALONE
        case ast.Name():
            return node.id in _ASKS
        case ast.Await() | ast.AsyncFor() | ast.AsyncWith():
            return True
    return False
