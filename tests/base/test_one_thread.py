"""Every lane counts on one thread: libraries that are there, and those that come later."""

import os
import subprocess
import sys

import pytest

BEFORE, AFTER = "import numpy", "import scipy.linalg, sklearn.mixture, sklearn.ensemble"
ASKED = """
from threadpoolctl import threadpool_info
print(sorted({one["num_threads"] for one in threadpool_info()}), len(threadpool_info()) > 1)
"""


def threads(*imports, asked="4"):
    wide = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"], asked)
    told = [sys.executable, "-c", "\n".join([*imports, ASKED])]
    done = subprocess.run(told, env=os.environ | wide, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize(
    "imports",
    [(BEFORE, "import crqlab", AFTER), ("import crqlab", BEFORE, AFTER), (AFTER, "import crqlab")],
)
def test_whoever_asks_for_more_threads_gets_one(imports):
    assert threads(*imports) == "[1] True"


def test_without_crqlab_there_would_be_more():
    assert "4" in threads(BEFORE, AFTER)


def test_processes_that_it_starts_have_one_thread_too():
    inner = (
        "import subprocess, sys; print(subprocess.run([sys.executable, '-c', INNER]).returncode)"
    )
    inner = inner.replace("INNER", repr(f"{AFTER}\n{ASKED}"))
    assert threads("import crqlab", inner).splitlines()[0].startswith("[1] True")
