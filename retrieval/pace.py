"""How fast a run reads its source, so that others get through too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

T = TypeVar("T")

AT_ONCE = 8
"""Documents read at the same time."""


class Pace:
    """at_once: documents read at the same time. per_second: documents begun in a second; None: as fast as it goes."""

    def __init__(self, at_once: int = AT_ONCE, per_second: float | None = None) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._between_s = 1 / per_second if per_second else 0.0
        self._next = 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Entered when the next document may be read, left when it is."""
        async with self._free:
            if self._between_s:
                now = asyncio.get_running_loop().time()
                begins = max(self._next, now)
                self._next = begins + self._between_s
                await asyncio.sleep(begins - now)
            yield


async def together(work: Sequence[Awaitable[T]]) -> list[T]:
    """The results in order. The first that fails ends the others, and its error is raised as it is."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
