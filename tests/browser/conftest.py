"""A chromium for all browser tests, and the demo reports they look at."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.page import AXE

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
APPS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


def missing(what: str) -> None:
    """Skip with a reason; where everything must be tested, fail with it."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(what)


def chromium() -> str | None:
    """Return where a chromium is; None if there is none."""
    candidates = [os.environ.get("CRQLAB_CHROMIUM"), *map(shutil.which, NAMES), *APPS]
    return next((path for path in candidates if path and Path(path).exists()), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """A headless chromium that never asks the network for anything of its own."""
    sync_api = pytest.importorskip("playwright.sync_api")
    found = chromium()
    if found is None:
        missing("no chromium found; install one or name it in CRQLAB_CHROMIUM")
    if not AXE.exists():
        missing("axe-core is missing; run `make test-browser`, which fetches it")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def demo_reports(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The demo's reports and their index, made by the command that users run."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "notebooks", home / "notebooks")
    (home / "data" / "raw").mkdir(parents=True)
    subprocess.run(
        [Path(sys.executable).with_name("crqlab"), "demo"],
        env={**os.environ, "CRQLAB_HOME": str(home)},
        check=True,
    )
    return sorted((home / "reports" / "demo").glob("*.html"))
