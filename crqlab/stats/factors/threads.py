"""Small matrices are quickest on one thread, above all where all cores are at work."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


@cache
def _controller() -> ThreadpoolController:
    """Look the linear algebra libraries up once; that takes longer than a small fit."""
    return ThreadpoolController()


def one_thread() -> AbstractContextManager:
    """Keep linear algebra on one thread inside a ``with`` block or a decorated function.

    Threads that wait for each other over matrices of some tens of rows cost up to ten times
    what they save, and a bootstrap uses the cores anyway.

    Examples
    --------
    >>> with one_thread():
    ...     1 + 1
    2
    """
    return _controller().limit(limits=1, user_api="blas")
