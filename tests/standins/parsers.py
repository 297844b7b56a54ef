"""The fork server of the parsers from a process that has loaded them already: the real one, started sooner.

Loading them takes a second of a processor, and each whole Naru of a test starts a fork server of its own. What it gives
up and how it forks is what retrieval/parse/fork_server.py does; only its import is shared.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from retrieval.parse.wire import Limits
from retrieval.parse.workers import ForkServer

_ROOT = Path(__file__).parents[2]
_PROGRAM = """
import json, os, signal, socket, sys
sys.path.insert(0, sys.argv[1])
from retrieval.parse import fork_server, wire
fork_server._warm_up()
fork_server._warm_up = lambda: None
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
asked = socket.socket(fileno=int(sys.argv[2]))
while True:
    said, given, _, _ = socket.recv_fds(asked, 4096, 2)
    if not said:
        break
    if os.fork() == 0:
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            asked.close()
            os.setsid()
            fork_server.main(socket.socket(fileno=given[0]), wire.Limits(**json.loads(said)))
        finally:
            os._exit(0)
    for descriptor in given:
        os.close(descriptor)
"""


@cache
def _loaded() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """The way to the process that has them, and that one; it ends with this one."""
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", _PROGRAM, str(_ROOT), str(theirs.fileno())],
        env={},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=(theirs.fileno(),),
        start_new_session=True,
    )
    theirs.close()
    return ours, process


class _Forked:
    """As asyncio's Process, as far as a ForkServer asks. alive: closed by its other side when that ends."""

    returncode = None

    def __init__(self, alive: socket.socket) -> None:
        self._alive = alive

    async def wait(self) -> int:
        self._alive.setblocking(False)
        await asyncio.get_running_loop().sock_recv(self._alive, 1)
        self._alive.close()
        return 0


async def start(limits: Limits) -> ForkServer:
    """In the place of ForkServer.start."""
    ours, theirs = socket.socketpair()
    alive, gone = socket.socketpair()
    ours.setblocking(False)
    with theirs, gone:
        socket.send_fds(_loaded()[0], [json.dumps(asdict(limits)).encode()], [theirs.fileno(), gone.fileno()])
    said = await asyncio.get_running_loop().sock_recv(ours, 4096)
    process: Any = _Forked(alive)
    return ForkServer(process, ours, frozenset(json.loads(said)))
