"""vLLM as a process of ours: waited for, looked at, started again when it dies, and never left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from admin.serving import kept
from retrieval.errors import Fault

PAUSES_S = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Before it is started again; the last one repeats. What has run for longer than that begins anew."""
_LOOK_S = 0.5
_EACH_S = 15.0
"""How often it is said that it still loads."""
_WELL_EACH_S = 5.0
_DEAF = 6
"""So many looks without an answer, one after the other, and it counts as dead."""
_STOP_S = kept.PATIENCE_S + 5.0


class ServeFault(Fault):
    """A model that cannot be served, and why."""


@dataclass(frozen=True, slots=True)
class Supervisor:
    """command: as admin/serving/command.py has it, asked for at each start. log: takes what it prints, anew at each
    start. answers: whether it is well. say: told in sentences. start_s: how long it may load."""

    command: Callable[[], Sequence[str]]
    environment: Mapping[str, str]
    log: Path
    answers: Callable[[], Awaitable[bool]]
    say: Callable[[str], None]
    start_s: float
    pauses_s: Sequence[float] = PAUSES_S

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. Raises ServeFault where the first start fails; a later one is tried again for ever."""
        failures, first = 0, True
        while not stop.is_set():
            began = monotonic()
            process = await self._start()
            try:
                how = await self._served(process, stop)
            finally:
                await _ended(process)
            if stop.is_set():
                return
            if first and how.before_ready:
                raise ServeFault(f"vLLM {how.sentence}. The end of {self.log}:\n{_tail(self.log)}")
            first = False
            failures = 0 if monotonic() - began > self.pauses_s[-1] else failures + 1
            pause = self.pauses_s[min(max(failures - 1, 0), len(self.pauses_s) - 1)]
            self.say(f"vLLM {how.sentence}; it is started again in {pause:g} s. {self.log} may say why.")
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await stop.wait()

    async def _start(self) -> asyncio.subprocess.Process:
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        try:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                kept.__file__,
                *self.command(),
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=dict(self.environment),
                start_new_session=True,
            )
        finally:
            os.close(log)

    async def _served(self, process: asyncio.subprocess.Process, stop: asyncio.Event) -> _End:
        """How it ended: by itself, by what stands in the way of its answers, or by `stop`."""
        ended, stopped = asyncio.create_task(process.wait()), asyncio.create_task(stop.wait())
        ready = asyncio.create_task(self._until_ready())
        deaf: asyncio.Task[None] | None = None
        try:
            await asyncio.wait([ready, ended, stopped], return_when=asyncio.FIRST_COMPLETED)
            if not ready.done():
                return _End(f"ended by itself (status {process.returncode})", before_ready=True)
            if not ready.result():
                return _End(f"did not answer within {self.start_s:g} s", before_ready=True)
            deaf = asyncio.create_task(self._watched())
            await asyncio.wait([deaf, ended, stopped], return_when=asyncio.FIRST_COMPLETED)
            gone = process.returncode is not None
            return _End(f"died (status {process.returncode})" if gone else "answers no more", before_ready=False)
        finally:
            tasks = [task for task in (ready, ended, stopped, deaf) if task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _until_ready(self) -> bool:
        began = said = monotonic()
        while monotonic() - began < self.start_s:
            if await self.answers():
                self.say(f"vLLM is ready after {monotonic() - began:.0f} s.")
                return True
            if monotonic() - said > _EACH_S:
                said = monotonic()
                self.say(f"vLLM is loading, for {said - began:.0f} of at most {self.start_s:g} s ...")
            await asyncio.sleep(_LOOK_S)
        return False

    async def _watched(self) -> None:
        """Returns once it has been deaf for too long."""
        deaf = 0
        while deaf < _DEAF:
            await asyncio.sleep(_WELL_EACH_S)
            deaf = 0 if await self.answers() else deaf + 1


@dataclass(frozen=True, slots=True)
class _End:
    sentence: str
    before_ready: bool


async def _ended(process: asyncio.subprocess.Process) -> None:
    """It and all that it started, whatever state they are in."""
    if process.stdin is not None:
        process.stdin.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(_STOP_S):
            await process.wait()
    with suppress(ProcessLookupError):  # none of the group is left
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-8:])
