"""The company's own command for documents that a rights management system has wrapped."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from retrieval.parse.refusals import Refusal

SECONDS = 30.0
PLACE = "{file}"


class Decrypt:
    """Writes a document where only this account may look, runs the command, and takes what it prints.

    command: a program and its arguments, one of them with {file}; no shell, and none of Naru's own environment, which
    holds keys. max_mb: the most that it may print.
    """

    def __init__(self, command: Sequence[str], max_mb: int, seconds: float = SECONDS) -> None:
        self._command = tuple(command)
        self._max_mb = max_mb
        self._seconds = seconds

    async def __call__(self, suffix: str, content: bytes) -> bytes:
        """The document as it is without protection. Raises Refusal, also for what the command did wrong."""
        with tempfile.TemporaryDirectory(prefix="naru-decrypt-") as folder:  # 0700
            path = Path(folder, "document" + (suffix if re.fullmatch(r"\.\w{1,10}", suffix) else ""))
            await asyncio.to_thread(_write, path, content)
            return await self._run(path)

    async def _run(self, path: Path) -> bytes:
        command = [part.replace(PLACE, str(path)) for part in self._command]
        environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(path.parent)}
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=path.parent,
                env=environment,
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=DEVNULL,
                start_new_session=True,
            )
        except OSError:
            raise Refusal("decrypt_missing") from None
        try:
            async with asyncio.timeout(self._seconds):
                plain = await self._printed(process)
                status = await process.wait()
        except TimeoutError:
            raise Refusal("decrypt_slow", seconds=round(self._seconds)) from None
        finally:
            await _end(process)
        if status != 0 or not plain:
            raise Refusal("decrypt_failed", status=abs(status))
        return plain

    async def _printed(self, process: Process) -> bytes:
        assert process.stdout is not None
        parts: list[bytes] = []
        size = 0
        while part := await process.stdout.read(1 << 16):
            parts.append(part)
            size += len(part)
            if size > self._max_mb * 1024**2:
                raise Refusal("decrypt_big", mb=self._max_mb)
        return b"".join(parts)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


async def _end(process: Process) -> None:
    """It and what it started, whichever still lives."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
