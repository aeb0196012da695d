"""A pytest plugin that takes away what Windows has not, as far as that can be done elsewhere.

    python tools/lanes.py windowslike

No forking, no ``resource``, no symbolic links, no sockets as files, consoles and pipes of Windows'
code page, processes that are spawned. Not taken away: file names that tell case apart, long
paths, files that an open one cannot replace; `tests/report/test_other_systems.py` looks at these.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path

WITHOUT = Path(__file__).parent / "fixtures" / "windowslike"  # its sitecustomize.py, for children


def refuse(*_, **__):
    raise OSError(1314, "A required privilege is not held by the client")


def pytest_configure(config):
    sys.modules["resource"] = None
    os.symlink = refuse
    Path.symlink_to = refuse
    multiprocessing.set_start_method("spawn", force=True)
    os.environ.update(
        CRQLAB_FORK="0",
        PYTHONIOENCODING="cp1252",
        PYTHONUTF8="0",
        PYTHONPATH=os.pathsep.join([str(WITHOUT), os.environ.get("PYTHONPATH", "")]),
    )
    from crqlab.report.run import execution

    execution.LONGEST_FOLDER = 0  # kernels are spoken to over TCP, encrypted
