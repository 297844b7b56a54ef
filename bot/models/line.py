"""Who is next at a model: so many are answered at once, and of those who wait whoever asked first."""

from __future__ import annotations

import asyncio
from bisect import insort
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from math import inf
from time import monotonic

from bot.models.faults import ModelFault

AT_ONCE = 8
"""Requests that a server is given at once, where nobody says how many."""
WORK_S, WAIT_S = 55.0, 120.0
"""Seconds that models may work for one question, all together, and that it may wait for its turn: nobody looks at a
placeholder for longer than a minute, unless it says why."""

Told = Callable[[int | None], None]
"""Told how many others come before one who waits, and None once it is their turn; it must not wait."""


def nobody_is_told(before: int | None) -> None:
    """Where nobody looks on."""


class LateFault(ModelFault):
    """A question stood in line for as long as somebody would wait for its answer."""

    def __init__(self) -> None:
        super().__init__("Too many other questions were before it.", again=False)


@dataclass(slots=True)
class Asking:
    """One question, as the models meet it: at all routes and in all tries together.

    asked_at: seconds since 1970. wait_s: how long it may still stand in line. work_s: how long models may still work
    for it. told: how many are before it.
    """

    asked_at: float = 0.0
    wait_s: float = inf
    work_s: float = inf
    told: Told = nobody_is_told


@dataclass(frozen=True, slots=True, order=True)
class _Waiting:
    asked_at: float
    number: int
    turn: asyncio.Future[None] = field(compare=False)
    told: Told = field(compare=False)


class Line:
    """at_once: how many have their turn at the same time."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = at_once
        self._waiting: list[_Waiting] = []
        self._numbers = count()

    @asynccontextmanager
    async def turn(self, asking: Asking) -> AsyncIterator[None]:
        """Its turn, for as long as the context is open; at once where a place is free. Raises LateFault."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(asking)
        try:
            yield
        finally:
            self._next()

    async def _wait(self, asking: Asking) -> None:
        if asking.wait_s <= 0:
            raise LateFault
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        mine = _Waiting(asking.asked_at, next(self._numbers), turn, asking.told)
        insort(self._waiting, mine)
        self._tell()
        began = monotonic()
        try:
            async with asyncio.timeout(None if asking.wait_s == inf else asking.wait_s):
                await turn
        except (TimeoutError, asyncio.CancelledError) as error:
            if turn.done() and not turn.cancelled():
                self._next()  # it came in the very moment in which nobody waited for it any more
            elif mine in self._waiting:
                self._waiting.remove(mine)
                self._tell()
            if isinstance(error, TimeoutError):
                raise LateFault from None
            raise
        finally:
            asking.wait_s -= monotonic() - began
        asking.told(None)

    def _next(self) -> None:
        while self._waiting:
            first = self._waiting.pop(0)
            if not first.turn.done():
                first.turn.set_result(None)
                return self._tell()
        self._free += 1

    def _tell(self) -> None:
        for before, one in enumerate(self._waiting):
            one.told(before)
