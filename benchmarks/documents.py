"""Documents that are made to hurt, one after the other, and how many harmless ones are read in a second."""

from __future__ import annotations

import asyncio
import os
import platform
from time import monotonic

from benchmarks import Machine, Row, Tell
from retrieval.parse import UnreadableFault
from retrieval.parse.sandbox import Sandbox
from tests.bombs import BOMBS, Bomb

LIMIT_S, LIMIT_MB = 10, 512
PER_SECOND = 2_000
TEXTS = 10_000
AT_ONCE = 8


async def measure(tell: Tell) -> list[Row]:
    machine = Machine.now()
    escapes, slowest, most = 0, 0.0, 0
    for name, make in BOMBS.items():
        ok, seconds, mb = await _bomb(make())
        tell(f"{name}: {'' if ok else 'NOT '}as it should be, {seconds:.2f} s, {mb} MB")
        escapes += not ok
        slowest, most = max(slowest, seconds), max(most, mb)
    speed = await _texts()
    conditions = (
        f"each bomb once, {TEXTS} texts of 100 bytes; Python {platform.python_version()}, {os.cpu_count()} CPUs, "
        f"load {machine.load:.2f} before and {os.getloadavg()[0]:.2f} after"
    )
    return [
        Row.at_most(f"bombs that were not stopped or went wrong, of {len(BOMBS)}", escapes, 0, conditions),
        Row.at_most("longest time for one (s)", slowest, LIMIT_S, conditions),
        Row.at_most("most memory for one (MB)", most, LIMIT_MB, conditions),
        Row.at_least("small texts read in a second", speed, PER_SECOND, conditions),
    ]


async def _bomb(bomb: Bomb) -> tuple[bool, float, int]:
    """Whether it went as it should, in how many seconds, with how many MB."""
    async with Sandbox() as sandbox:
        await sandbox.kept_from()  # started now: a bomb waits for no import
        started = monotonic()
        try:
            await sandbox.parse(f"bomb{bomb.suffix}", bomb.content)
            ok = bomb.read
        except UnreadableFault as fault:
            ok = fault.why in bomb.why
        seconds = monotonic() - started
    return ok, seconds, sandbox.peak_mb


async def _texts() -> float:
    async with Sandbox() as sandbox:
        await sandbox.kept_from()
        numbers = iter(range(TEXTS))

        async def read() -> None:
            for number in numbers:
                await sandbox.parse(f"{number}.md", f"# 제목 {number}\n\n## 연차\n\n연차는 15일입니다.".encode())

        started = monotonic()
        await asyncio.gather(*(read() for _ in range(AT_ONCE)))
        return TEXTS / (monotonic() - started)
