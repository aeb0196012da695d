"""Examples that begin with ``crq.Study("demo")`` find a small demo, made once a test run.

They read like what a user types after ``crqlab demo``; nothing of a checkout's own data is touched.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

CLIENTS, DRAWS = 20, 20
PATIENCE = 900  # seconds that a worker waits for the one that makes it
#: Their examples write reports, exports and releases: each into a project of its own.
WRITERS = ("crqlab.report.", "crqlab.benchmark.")


@pytest.fixture(scope="session")
def small_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with the demo's study, one for all workers."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-gw") else base
    home, ready = shared / "small_demo", shared / "small_demo" / "ready"
    try:
        home.mkdir()
    except FileExistsError:
        end = time.monotonic() + PATIENCE
        while not ready.exists() and time.monotonic() < end:
            time.sleep(0.2)
        assert ready.exists(), "another worker did not finish the small demo"
        return home
    from crqlab import Study, simulate
    from crqlab.report import stations

    (home / "notebooks").mkdir()
    simulate.write(home, clients=CLIENTS)
    stations(Study("demo", home), {"draws": DRAWS}, lambda line: None)
    shutil.copytree(home, shared / "unchanged_demo")
    ready.touch()
    return home


@pytest.fixture(scope="session")
def seen():
    """Return `crq.page.view` for many examples that look at one client: it is made once."""
    from crqlab.page.assembly import view

    return cache(view)


@pytest.fixture(autouse=True)
def _example(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lead an example to the small demo, and draw its pictures without a screen."""
    example = getattr(request.node, "dtest", None)
    text = getattr(example, "docstring", None) or ""
    if 'crq.Study("demo")' in text and ">>> study" in text:
        home = request.getfixturevalue("small_demo")
        if example.name.startswith(WRITERS):
            unchanged, home = home.parent / "unchanged_demo", request.getfixturevalue("tmp_path")
            shutil.copytree(unchanged, home, dirs_exist_ok=True)
        monkeypatch.setenv("CRQLAB_HOME", str(home))
        monkeypatch.setenv("MPLBACKEND", "Agg")
        monkeypatch.setattr("crqlab.page.assembly.view", request.getfixturevalue("seen"))
    yield
    if text and "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
