"""Jupyter's kernels from the prepared process; plain kernels wherever that is not safe."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from crqlab.base.temporary_folders import TemporaryFolder
from crqlab.report.forking.identity import CannotForkError

_LOG = logging.getLogger(__name__)
_STILL = ("-Xfrozen_modules=off",)


class ForkProvisioner(LocalProvisioner):
    """Starts kernels by forking, and talks to them over sockets in a folder of their own.

    Known to Jupyter as ``crqlab-fork``: the kernel ``crqlab`` names it, and
    ``JUPYTER_DEFAULT_PROVISIONER_NAME=crqlab-fork`` gives it every kernel that names none.
    """

    sockets: TemporaryFolder | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose sockets that no other kernel can take; ports could be taken in between."""
        manager = self.parent
        plain = manager is not None and manager.transport == "tcp" and manager.shell_port == 0
        if sys.platform == "linux" and plain and not self.sockets:
            folder = TemporaryFolder()
            if len(os.fsencode(folder.path)) <= 90:
                self.sockets = folder
                manager.cache_ports = False
                manager.transport, manager.ip = "ipc", f"{folder.path}/kernel"
            else:
                folder.close()
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork a kernel, or start one."""
        try:
            arguments = _arguments(cmd)
            start = asyncio.get_running_loop().run_in_executor
            self.process = await start(None, _forked, arguments, kwargs)
        except CannotForkError as why:
            _LOG.info("a plain kernel is started: %s", why)
            return await super().launch_kernel(cmd, **kwargs)
        self.pid, self.pgid = self.process.pid, None  # signals go through the prepared process
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        """Take the sockets away, unless a restarted kernel needs them."""
        await super().cleanup(restart=restart)
        if self.sockets and not restart:
            self.sockets.close()
            self.sockets = None


def _arguments(cmd: list[str]) -> list[str]:
    """What a kernel's command says to the kernel, if it is an ordinary one of this Python."""
    words = [word for word in cmd[1:] if word not in _STILL]
    same = shutil.which(cmd[0]) and os.path.samefile(shutil.which(cmd[0]), sys.executable)
    ours = os.path.dirname(shutil.which(cmd[0]) or "") == os.path.dirname(sys.executable)
    if not (same and ours) or words[:2] != ["-m", "ipykernel_launcher"]:
        raise CannotForkError(f"not an ordinary kernel of this Python: {cmd[:3]}")
    return words[2:]


def _forked(arguments: list[str], options: dict[str, Any]) -> Any:
    from crqlab.report.forking.client import forked

    environment = {**(options.get("env") or os.environ), "JPY_PARENT_PID": str(os.getpid())}
    files = [options.get(name) for name in ("stdin", "stdout", "stderr")]
    odd = {
        "independent",
        "preexec_fn",
        "pass_fds",
        "executable",
        "user",
        "group",
        "process_group",
        "shell",
    }
    if found := odd & {name for name, value in options.items() if value}:
        raise CannotForkError(f"options {sorted(found)}")
    with open(os.devnull, "r+") as nothing:
        numbers = [nothing.fileno(), 1, 2]
        for place, file in enumerate(files):
            if file is not None:
                numbers[place] = _number(file, nothing.fileno(), numbers[1])
        return forked(
            "kernel",
            environment=environment,
            folder=options.get("cwd"),
            files=numbers,
            arguments=arguments,
        )


def _number(file: Any, nothing: int, output: int) -> int:
    """Return the number of an open file, asked for as `subprocess.Popen` lets one ask."""
    if file == subprocess.PIPE:
        raise CannotForkError("a pipe is asked for")
    known = {subprocess.DEVNULL: nothing, subprocess.STDOUT: output}
    return known.get(file, file) if isinstance(file, int) else file.fileno()
