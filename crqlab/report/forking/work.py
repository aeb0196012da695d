"""A worker's side: calls come one after the other, their answers go back.

python -m crqlab.report.forking.work        where there is no forking: lines of JSON
"""

from __future__ import annotations

import json
import os
import socket
import sys
from importlib import import_module
from typing import Any

from crqlab.report.forking import wire


def answer(file: int) -> int:
    """Answer calls over a line until it ends; returns an exit code."""
    with socket.socket(fileno=file) as line:
        while True:
            try:
                work, _ = wire.receive(line)
            except EOFError:
                return 0
            wire.send(line, outcome(work))


def outcome(work: dict[str, Any]) -> dict[str, Any]:
    """Call a function in this process; what it raises is an answer too.

    Examples
    --------
    >>> outcome({"function": "math:gcd", "arguments": {}})
    {'returned': 0}
    >>> outcome({"function": "math:gdc", "arguments": {}})
    {'raised': "AttributeError: module 'math' has no attribute 'gdc'"}
    """
    from crqlab.base.errors import CrqError
    from crqlab.base.system_errors import told

    module, _, name = work["function"].partition(":")
    try:
        return {"returned": getattr(import_module(module), name)(**work["arguments"])}
    except CrqError as error:
        return {"raised": str(error)}
    except Exception as error:  # noqa: BLE001 - a fault of ours is told, and the rest goes on
        return {"raised": told(error) or f"{type(error).__name__}: {error}"}


def main() -> None:
    """Answer calls that come as lines on standard input."""
    reply = os.dup(1)
    os.dup2(2, 1)  # what the work prints is no part of the answers
    with os.fdopen(reply, "w", encoding="utf-8") as told:
        for line in sys.stdin:
            print(json.dumps(outcome(json.loads(line))), file=told, flush=True)


if __name__ == "__main__":
    main()
