"""The parent's side of the fork server: starting it, and talking to it and to its workers."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from dataclasses import asdict, dataclass
from pathlib import Path

from retrieval.errors import Fault
from retrieval.parse import fork_server
from retrieval.parse.wire import LENGTH, MAX_ANSWER, Limits, WireError

START_S = 60.0

_ROOT = Path(__file__).resolve().parents[2]
_START = (
    "import json, socket, sys; sys.path.insert(0, sys.argv[1]); "
    "from retrieval.parse import fork_server, wire; "
    "fork_server.main(socket.socket(fileno=int(sys.argv[2])), wire.Limits(**json.loads(sys.argv[3])))"
)
_CHUNK = 1 << 18


class SandboxFault(Fault):
    """The processes that parse cannot be started; no document is to blame."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a worker ended. signal, status: 0 where there was none. peak_mb: the most memory that it held."""

    signal: int
    status: int
    peak_mb: int


class Worker:
    """One process that parses; whoever asks it asks nothing else meanwhile."""

    def __init__(self, server: ForkServer, process: int, stream: socket.socket) -> None:
        self.server = server
        self._process = process
        self._stream = stream
        self.read = 0
        """Documents so far."""

    async def ask(self, request: bytes) -> bytes:
        """Raises EOFError or OSError when the process ends meanwhile, WireError for an answer that is too large."""
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(self._stream, request)
        # Nothing but one answer can be on its way, so its length and, mostly, all of it come at once.
        come = await self._at_least(LENGTH.size)
        (length,) = LENGTH.unpack_from(come)
        if length > MAX_ANSWER:
            raise WireError("an answer that is too large")
        whole = await self._at_least(LENGTH.size + length, come)
        if len(whole) > LENGTH.size + length:
            raise WireError("more than an answer")
        return whole[LENGTH.size :]

    async def end(self) -> Ending | None:
        """Kills it, if it lives. None: its server is gone, and it went along."""
        self._stream.close()
        return await self.server.end(self._process)

    async def _at_least(self, size: int, come: bytes = b"") -> bytes:
        loop = asyncio.get_running_loop()
        parts, missing = [come], size - len(come)
        while missing > 0:
            part = await loop.sock_recv(self._stream, _CHUNK)
            if not part:
                raise EOFError
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)


class ForkServer:
    """The process that forks workers. kept_from: what the operating system takes from them."""

    def __init__(self, process: Process, control: socket.socket, kept_from: frozenset[str]) -> None:
        self._process = process
        self._control = control
        self._alone = asyncio.Lock()
        self.kept_from = kept_from

    @classmethod
    async def start(cls, limits: Limits) -> ForkServer:
        """Raises SandboxFault."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        arguments = (str(_ROOT), str(theirs.fileno()), json.dumps(asdict(limits)))
        try:
            # -I: neither the environment nor the current folder says what is imported. A session of its own, so that
            # Ctrl-C reaches Naru alone, which then ends it.
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-c", _START, *arguments),
                env={},
                cwd="/",
                stdin=DEVNULL,
                stdout=DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        finally:
            theirs.close()
        try:
            async with asyncio.timeout(START_S):
                said = await asyncio.get_running_loop().sock_recv(ours, 4096)
        except TimeoutError:
            said = b""
        if not said:
            ours.close()
            process.kill() if process.returncode is None else None
            await process.wait()
            raise SandboxFault(
                f"The processes that read documents do not start ({sys.executable}): what they said stands above; "
                "install Naru anew if a library is missing."
            )
        return cls(process, ours, frozenset(json.loads(said)))

    async def fork(self) -> Worker:
        """Raises OSError or EOFError when the server is gone."""
        ours, theirs = socket.socketpair()
        with theirs:
            ours.setblocking(False)
            try:
                async with self._alone:
                    socket.send_fds(self._control, [fork_server.FORK], [theirs.fileno()])
                    process = int(await self._line())
            except BaseException:
                ours.close()
                raise
        return Worker(self, process, ours)

    async def end(self, process: int) -> Ending | None:
        try:
            async with self._alone:
                self._control.send(fork_server.END + b"%d" % process)
                signal, status, peak_kib = map(int, (await self._line()).split())
        except (OSError, EOFError):
            return None
        return Ending(signal, status, peak_kib // 1024)

    async def close(self) -> None:
        """Ends it and its workers."""
        self._control.close()
        await self._process.wait()

    async def _line(self) -> bytes:
        line = await asyncio.get_running_loop().sock_recv(self._control, 4096)
        if not line:
            raise EOFError
        return line
