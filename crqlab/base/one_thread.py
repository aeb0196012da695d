"""Sums on one thread, so that every lane gives the same digits."""

from __future__ import annotations

import os

from threadpoolctl import threadpool_limits

#: Read by the libraries that a later import loads.
VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
             "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")  # fmt: skip


def fix() -> None:
    """Keep BLAS and OpenMP on one thread, in this process and in those that it starts.

    Sums that several threads share are added up in another order, and end in other last digits:
    the same notebook would give other tables in JupyterLab than in ``crqlab run``. Matrices of
    some tens of rows are slower on several threads besides, and batches use the cores anyway.
    ``import crqlab`` calls this, so every lane passes here; nobody else sets threads.

    Examples
    --------
    >>> from threadpoolctl import threadpool_info
    >>> fix()
    >>> {one["num_threads"] for one in threadpool_info()}
    {1}
    """
    os.environ.update(dict.fromkeys(VARIABLES, "1"))
    threadpool_limits(1)
