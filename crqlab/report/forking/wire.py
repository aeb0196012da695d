"""Messages between processes of one user: JSON with its length before it, and open files."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

_LENGTH = struct.Struct("!Q")
LONGEST = 1 << 30  # bytes; a length beyond it is no message of ours


def send(line: socket.socket, message: dict[str, Any], files: tuple[int, ...] = ()) -> None:
    """Send one message, with open files if the line is a Unix socket."""
    body = json.dumps(message, allow_nan=True).encode("utf-8", "surrogatepass")
    frame = _LENGTH.pack(len(body)) + body
    sent = socket.send_fds(line, [frame], files) if files else 0
    line.sendall(frame[sent:])


def receive(line: socket.socket, files: int = 0) -> tuple[dict[str, Any], list[int]]:
    """Wait for one message and the files that came with it.

    Parameters
    ----------
    line : socket
    files : int
        How many open files the message may bring.

    Raises
    ------
    EOFError
        The other side is gone.
    TimeoutError
        The line's time ran out.
    """
    first, found, _, _ = socket.recv_fds(line, _LENGTH.size, files)
    size = _LENGTH.unpack(first + _exactly(line, _LENGTH.size - len(first), bool(first)))[0]
    if size > LONGEST:
        raise EOFError("not a message")
    return json.loads(_exactly(line, size, True).decode("utf-8", "surrogatepass")), found


def _exactly(line: socket.socket, size: int, begun: bool) -> bytes:
    parts, missing = [], size
    while missing:
        part = line.recv(min(missing, 1 << 20)) if begun else b""
        if not part:
            raise EOFError("the other side is gone")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
