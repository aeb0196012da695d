"""Kernels for Jupyter, nbval and papermill that start ready: like plain ones, only sooner."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory

from crqlab.report.forking.client import Forked
from crqlab.report.forking.identity import CannotForkError
from crqlab.report.forking.provisioner import _arguments
from tests.report.test_forking import LOOK, TRACES
from tests.report.test_parameters import SOURCE, notebook

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
ENTRY = [sys.executable, "-m", "ipykernel_launcher", "-f", "x.json"]


FORKED, PLAIN = "crqlab-fork", "local-provisioner"


@contextmanager
def provisioned(by):
    """Let kernels be had as JUPYTER_DEFAULT_PROVISIONER_NAME would; it is read once."""
    factory = KernelProvisionerFactory.instance()
    before, factory.default_provisioner_name = factory.default_provisioner_name, by
    try:
        yield
    finally:
        factory.default_provisioner_name = before


@contextmanager
def kernel(by=FORKED, *, wait=True):
    """A running kernel and a client that asks it to print."""
    with provisioned(by):
        yield from running(wait)


def running(wait):
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(stderr=subprocess.DEVNULL)
    client = manager.blocking_client()
    client.start_channels()
    try:
        if wait:
            client.wait_for_ready(timeout=60)
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def said(client, code):
    heard = []

    def hear(message):
        if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
            heard.append(message["content"]["text"])

    reply = client.execute_interactive(code, timeout=60, output_hook=hear)
    return "".join(heard) or reply["content"].get("ename", "")


@pytest.mark.slow
def test_a_kernel_of_jupyter_is_forked_talks_in_private_and_leaves_nothing():
    with kernel() as (manager, client):
        assert isinstance(manager.provisioner.process, Forked)
        assert manager.transport == "ipc"
        folder = Path(manager.ip).parent
        assert folder.stat().st_mode & 0o777 == 0o700
        ready = "import sys; print('pandas' in sys.modules, sys.argv[1], __name__)"
        assert said(client, ready).startswith("True -f __main__")
    assert not folder.exists()


@pytest.mark.slow
def test_a_kernel_opened_in_jupyterlab_keeps_its_state_when_the_prepared_process_is_killed(
    monkeypatch,
):
    place = tempfile.mkdtemp(prefix="t-")  # a prepared process of this test's own
    monkeypatch.setattr(tempfile, "tempdir", place)
    monkeypatch.setenv("TMPDIR", place)
    folder = Path(__file__).parents[2] / "notebooks"
    named = {nbformat.read(p, 4).metadata.kernelspec.name for p in folder.glob("*.ipynb")}
    assert named == {"python3"}  # what JupyterLab starts for them
    with kernel(FORKED) as (other, _), kernel(PLAIN) as (_, client):
        said(client, "kept = 17")
        zygote = int(Path(f"/proc/{other.provisioner.pid}/stat").read_text().split()[3])
        os.kill(zygote, signal.SIGKILL)
        end = time.monotonic() + 10
        while other.is_alive() and time.monotonic() < end:
            time.sleep(0.01)
        assert not other.is_alive()  # a forked one would be gone
        assert said(client, "print(kept)") == "17\n"
    shutil.rmtree(place)


@pytest.mark.slow
def test_a_forked_kernel_sees_what_a_plain_one_sees():
    more = "print(sys.path, sys.argv[0], os.getcwd(), __builtins__['__import__'] if 0 else '')"
    found = []
    for by in (FORKED, PLAIN):
        with kernel(by) as (_, client):
            said(client, TRACES)
            found.append(said(client, LOOK) + said(client, more))
    assert found[0] == found[1]


@pytest.mark.slow
def test_it_is_interrupted_restarted_and_killed_like_any_other():
    with kernel() as (manager, client):
        first = manager.provisioner.pid
        waiting = client.execute("import time; time.sleep(60)")
        time.sleep(0.3)
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=30)
        assert reply["parent_header"]["msg_id"] == waiting
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        manager.restart_kernel(now=True)
        client.wait_for_ready(timeout=60)
        assert isinstance(manager.provisioner.process, Forked)
        assert manager.provisioner.pid != first
        assert said(client, "print(1)") == "1\n"
        os.kill(manager.provisioner.pid, signal.SIGKILL)
        end = time.monotonic() + 10
        while manager.is_alive() and time.monotonic() < end:
            time.sleep(0.01)
        assert not manager.is_alive()


@pytest.mark.slow
def test_kernels_that_start_at_once_do_not_meet():
    with ExitStack() as running:
        kernels = [running.enter_context(kernel(wait=False)) for _ in range(6)]
        for number, (_, client) in enumerate(kernels):
            client.wait_for_ready(timeout=60)
            assert said(client, f"print({number})") == f"{number}\n"


@pytest.mark.slow
def test_papermill_runs_a_notebook_by_the_engine_and_the_kernel(tmp_path):
    import papermill

    path = notebook(tmp_path, SOURCE, "print(draws)")
    for by, options in ((PLAIN, {"engine_name": "crqlab-fork"}), (FORKED, {})):
        words = {"kernel_name": "python3", "progress_bar": False, **options}
        told = {"language": "python", **words}
        with provisioned(by):
            done = papermill.execute_notebook(str(path), None, {"draws": 3}, **told)
        assert [output.text for output in done.cells[-1].outputs] == ["3\n"]


@pytest.mark.parametrize(
    "command",
    [
        ["/usr/bin/python9", *ENTRY[1:]],
        [sys.executable, "-m", "other_kernel", "-f", "x.json"],
        [sys.executable, "-O", *ENTRY[1:]],
        ["bash", "-c", "true"],
    ],
)
def test_an_odd_command_is_started_the_plain_way(command):
    with pytest.raises(CannotForkError, match="not an ordinary kernel"):
        _arguments(command)


def test_an_ordinary_command_says_where_the_connection_is():
    assert _arguments(ENTRY) == ["-f", "x.json"]
    assert _arguments([ENTRY[0], "-Xfrozen_modules=off", *ENTRY[1:]]) == ["-f", "x.json"]
