"""A pytest plugin that makes `pytest --nbval notebooks` quick and leaves no trace.

    python -m pytest -p tests.fast_notebooks --nbval notebooks

Kernels find a project of their own with a fresh demo panel, so a run neither reads nor changes the
user's studies. One notebook reads what the one before wrote: they run in order, in one process.
They draw no pictures, because nbval does not compare pictures; the demo draws every one of them.
Kernels are forked from one process that has the imports done, where that is safe.
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import entry_points

from crqlab import simulate
from crqlab.base.temporary_folders import TemporaryFolder

# jsonschema then takes this parser for not installed: no notebook needs it, and it takes a second
sys.modules.setdefault("rfc3987_syntax", None)

PROVISIONER = "crqlab-fork"
NO_PICTURES = "c.InlineBackend.figure_formats = set()\n"


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        return
    own = TemporaryFolder()
    config.add_cleanup(own.close)
    folder = own.path
    profile = folder / "ipython" / "profile_default"
    profile.mkdir(parents=True)
    (profile / "ipython_kernel_config.py").write_text(NO_PICTURES)
    os.environ.update(
        CRQLAB_HOME=str(folder),
        IPYTHONDIR=str(folder / "ipython"),
        PYDEVD_DISABLE_FILE_VALIDATION="1",
    )
    if entry_points(group="jupyter_client.kernel_provisioners", name=PROVISIONER):
        os.environ["JUPYTER_DEFAULT_PROVISIONER_NAME"] = PROVISIONER
    simulate.write(folder)
