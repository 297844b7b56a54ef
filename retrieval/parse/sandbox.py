"""Parsing in other processes, which can be killed and can do little else than parse."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence
from signal import SIGXCPU
from types import TracebackType

from retrieval.pace import Gathered
from retrieval.parse import Parsed
from retrieval.parse.decrypt import Decrypt
from retrieval.parse.families import TEXTS, named
from retrieval.parse.refusals import Refusal
from retrieval.parse.wire import OUT_OF_MEMORY, Limits, Unread, WireError, answers, outcome, request
from retrieval.parse.workers import Ending, ForkServer, Worker

KEPT_FROM = frozenset({"network", "files", "account"})
"""What a Linux that allows it takes from a process that parses, beside its limits."""

DOCUMENTS = 1_000
"""Texts that one worker reads. Anything else gets a worker of its own: what takes a parser over learns nothing of other
documents and changes none."""

_log = logging.getLogger(__name__)
_PROTECTED = ("encrypted", "drm", "distribution")
_CROWDED = 0.4
"""The share of its memory that a worker held when it crashed, from which on it counts as having run out of it."""
_KILL_S = 0.2
"""What ending a worker may take: the limit is what a document may cost in all."""
_SMALL, _TEXTS, _TOGETHER = 1 << 16, 4, 0.1
"""Bytes of a text that is sent together with others, how many at most, and what share of a document's time they may
take in all."""
_LARGE = 1 << 18
"""Bytes of an answer that takes a moment to look through: a thread does it, and the process goes on answering."""


class Sandbox:
    """Reads documents in `workers` processes at a time; an async context manager. Nothing is started before the first
    document. decrypt: the command for what is protected, with {file} where its path belongs; empty: none."""

    def __init__(self, limits: Limits | None = None, decrypt: Sequence[str] = (), workers: int | None = None) -> None:
        self._limits = limits or Limits()
        self._decrypt = Decrypt(decrypt, self._limits.max_mb) if decrypt else None
        self._free = asyncio.Semaphore(workers or min(4, os.cpu_count() or 1))
        self._idle: list[Worker] = []
        self._server: ForkServer | None = None
        self._starting = asyncio.Lock()
        self._peak_mb = 0
        self._small: Gathered[Unread, bytes | None] = Gathered(self._together, _TEXTS)

    @property
    def peak_mb(self) -> int:
        """The most memory that a worker held, of those that have ended."""
        return self._peak_mb

    async def __aenter__(self) -> Sandbox:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._small.close()
        while self._idle:
            await self._end(self._idle.pop())
        if self._server is not None:
            await self._server.close()

    async def kept_from(self) -> frozenset[str]:
        """What of KEPT_FROM this system takes from the parsers; the limits always hold."""
        return (await self._started()).kept_from

    async def parse(self, uri: str, content: bytes, suffix: str | None = None) -> Parsed:
        """suffix: of its family; None: the uri's own. Raises UnreadableFault, and SandboxFault."""
        name, own = named(uri)
        try:
            return await self._decrypted(name, suffix or own, content)
        except Refusal as refusal:
            raise refusal.fault(uri) from None

    async def _decrypted(self, name: str, suffix: str, content: bytes) -> Parsed:
        try:
            return await self._read(name, suffix, content)
        except Refusal as refusal:
            if self._decrypt is None or refusal.why not in _PROTECTED:
                raise
        plain = await self._decrypt(suffix, content)
        try:
            return await self._read(name, suffix, plain)
        except Refusal as refusal:
            raise Refusal("decrypt_useless") if refusal.why in _PROTECTED else refusal from None

    async def _read(self, name: str, suffix: str, content: bytes) -> Parsed:
        if len(content) > self._limits.max_mb * 1024**2:
            raise Refusal("too_big", mb=self._limits.max_mb)
        try:
            answer = await self._said_of(Unread(name, suffix, content))
            return outcome(answer) if len(answer) < _LARGE else await asyncio.to_thread(outcome, answer)
        except WireError:
            raise Refusal("crashed") from None

    async def _said_of(self, one: Unread) -> bytes:
        text = one.suffix.lower() in TEXTS
        seconds = self._limits.seconds - _KILL_S
        if text and len(one.content) <= _SMALL:
            answer = await self._small(one)
            if answer is not None:
                return answer
            seconds -= _TOGETHER * self._limits.seconds
        async with self._free:
            return (await self._answers([one], seconds, once=not text))[0]

    async def _together(self, texts: Sequence[Unread]) -> Sequence[bytes | None]:
        """None for each where one of them made it slow or fail: then each is read alone, and answers for itself."""
        if len(texts) == 1:
            return [None]
        try:
            async with self._free:
                return await self._answers(texts, _TOGETHER * self._limits.seconds, once=False)
        except (Refusal, WireError):
            return [None] * len(texts)

    async def _answers(self, asked: Sequence[Unread], seconds: float, *, once: bool, again: bool = True) -> list[bytes]:
        """once: by a worker that is asked nothing else. again: once more, should the server be killed meanwhile."""
        worker = self._idle.pop() if self._idle and not once else await self._forked()
        try:
            async with asyncio.timeout(seconds):
                found = answers(await worker.ask(request(asked)), len(asked))
        except (OSError, EOFError) as error:
            ending = await self._end(worker)
            late = isinstance(error, TimeoutError)  # which is an OSError
            if ending is None and again and not late:
                await self._drop(worker.server)
                return await self._answers(asked, seconds, once=once, again=False)
            raise self._reason(None if late else ending) from None
        except BaseException:
            await asyncio.shield(self._end(worker))
            raise
        worker.read += len(asked)
        if once or worker.read >= DOCUMENTS:
            await self._end(worker)
        else:
            self._idle.append(worker)
        return found

    def _reason(self, ending: Ending | None) -> Refusal:
        """Why a worker ended; None: it was ended."""
        if ending is None or ending.signal == SIGXCPU:
            return Refusal("too_slow", seconds=round(self._limits.seconds))
        crowded = ending.signal and ending.peak_mb > _CROWDED * self._limits.memory_mb
        if ending.status == OUT_OF_MEMORY or crowded:
            return Refusal("too_much_memory", mb=self._limits.memory_mb)
        return Refusal("crashed")

    async def _forked(self) -> Worker:
        server = await self._started()
        try:
            return await server.fork()
        except (OSError, EOFError):  # it was killed: another one is as good
            await self._drop(server)
        return await (await self._started()).fork()

    async def _drop(self, server: ForkServer) -> None:
        """A server that is gone, and its workers."""
        if self._server is server:
            self._server = None
            while self._idle:
                await self._end(self._idle.pop())
            await server.close()

    async def _started(self) -> ForkServer:
        async with self._starting:
            if self._server is None:
                self._server = await ForkServer.start(self._limits)
                if missing := sorted(KEPT_FROM - self._server.kept_from):
                    _log.warning("this system leaves to the processes that read documents: %s", ", ".join(missing))
            return self._server

    async def _end(self, worker: Worker) -> Ending | None:
        ending = await worker.end()
        self._peak_mb = max(self._peak_mb, ending.peak_mb if ending else 0)
        return ending
