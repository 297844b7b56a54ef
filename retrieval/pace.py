"""How fast a run reads its source, so that others get through too."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

T = TypeVar("T")
A = TypeVar("A")

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


async def in_order(
    coming: AsyncIterator[A] | Iterable[A], work: Callable[[A], Awaitable[T]], at_once: int
) -> AsyncGenerator[T, None]:
    """The results of `work`, as its arguments came, of which at most `at_once` are at work or wait to be taken. The
    first that fails ends those behind it; what comes before it was given out."""
    at_work: deque[asyncio.Future[T]] = deque()
    try:
        async for one in coming if isinstance(coming, AsyncIterator) else _each(coming):
            at_work.append(asyncio.ensure_future(work(one)))
            if len(at_work) >= at_once:
                yield await at_work[0]
                at_work.popleft()
        while at_work:
            yield await at_work[0]
            at_work.popleft()
    finally:
        for task in at_work:
            task.cancel()
        if at_work:
            await asyncio.wait(at_work)


async def _each(coming: Iterable[A]) -> AsyncGenerator[A, None]:
    for one in coming:
        yield one


class Gathered(Generic[A, T]):
    """Makes one call of those that come while the event loop goes round once: what is small costs less together.

    work: does several, at most `most`, and returns as many results in their order, an error in the place of its own.
    """

    def __init__(self, work: Callable[[Sequence[A]], Awaitable[Sequence[T | Exception]]], most: int) -> None:
        self._work = work
        self._most = most
        self._waiting: list[tuple[A, asyncio.Future[T]]] = []
        self._at_work: set[asyncio.Task[None]] = set()

    async def __call__(self, one: A) -> T:
        result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, result))
        if len(self._waiting) == 1:
            task = asyncio.create_task(self._go())
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)
        return await result

    async def close(self) -> None:
        """Ends what is at work; whoever waits for it is cancelled."""
        for task in self._at_work:
            task.cancel()
        if self._at_work:
            await asyncio.wait(self._at_work)

    async def _go(self) -> None:
        await asyncio.sleep(0)  # until all that came at once have asked
        waiting, self._waiting = self._waiting, []
        await together([self._do(waiting[n : n + self._most]) for n in range(0, len(waiting), self._most)])

    async def _do(self, asked: Sequence[tuple[A, asyncio.Future[T]]]) -> None:
        asked = [(one, result) for one, result in asked if not result.cancelled()]
        try:
            (done,) = await asyncio.gather(self._work([one for one, _ in asked]), return_exceptions=True)
        except asyncio.CancelledError:
            for _, result in asked:
                result.cancel()
            raise
        found = [done] * len(asked) if isinstance(done, BaseException) else done
        for (_, result), each in zip(asked, found, strict=True):
            if result.cancelled():
                continue
            if isinstance(each, BaseException):
                result.set_exception(each)
            else:
                result.set_result(each)
