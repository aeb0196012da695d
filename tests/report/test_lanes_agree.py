"""Plain papermill on many threads gives the bytes that crqlab run gives."""

import os
import shutil
import subprocess
import sys

import pytest

from crqlab import Study, simulate
from crqlab.report import execute
from crqlab.report.clearance.provenance import shipped

pytestmark = pytest.mark.slow
WANTED = ("10", "20", "30", "40")


def laid_out(root):
    """Lay a small demo out, its notebooks beside it."""
    (root / "notebooks").mkdir(parents=True)
    for path in shipped():
        shutil.copy(path, root / "notebooks")
    simulate.write(root, clients=6)
    return sorted(p for p in (root / "notebooks").glob("*.ipynb") if p.name.startswith(WANTED))


def test_both_lanes_write_the_same_bytes(tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for path in laid_out(ours):
        execute(path, {}, home=ours)
    wide = {"CRQLAB_HOME": str(theirs), "OMP_NUM_THREADS": "4", "OPENBLAS_NUM_THREADS": "4"}
    for path in laid_out(theirs):
        words = [sys.executable, "-m", "papermill", path, tmp_path / path.name]
        done = subprocess.run(
            [*words, "--no-progress-bar"], cwd=path.parent, env=os.environ | wide,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
    tables = sorted(Study("demo", ours).processed.glob("*.parquet"))
    assert len(tables) > 30
    differ = [
        path.name
        for path in tables
        if path.read_bytes() != (Study("demo", theirs).processed / path.name).read_bytes()
    ]
    assert differ == []
