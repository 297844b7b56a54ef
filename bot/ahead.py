"""How many others are before a question that waits for a model, shown while it waits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.models.line import Told
from bot.waiting import happens
from retrieval.errors import Fault

_log = logging.getLogger(__name__)

FIRST_S = 1.0
"""Seconds of waiting after which it is worth a word."""
APART_S = 5.0
"""Seconds from one number to the next: each is a call, and drafts and answers use the same budget."""

ShowAhead = Callable[[int], Awaitable[None]]


@asynccontextmanager
async def shown_ahead(show: ShowAhead, *, first_s: float = FIRST_S, apart_s: float = APART_S) -> AsyncIterator[Told]:
    """Yields who is to be told how many are before the question. Once it is closed no number is under way any more. A
    Fault of `show` ends the numbers, and the answer still comes."""
    ahead = _Ahead()
    showing = asyncio.create_task(ahead.run(show, first_s, apart_s))
    try:
        yield ahead
        ahead.end()
        await showing
    except BaseException:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)
        raise


class _Ahead:
    """The newest number; None: it does not wait."""

    def __init__(self) -> None:
        self._ended, self._told = asyncio.Event(), asyncio.Event()
        self._before: int | None = None

    def __call__(self, before: int | None) -> None:
        self._before = before
        self._told.set()

    def end(self) -> None:
        self._ended.set()
        self._told.set()

    async def run(self, show: ShowAhead, first_s: float, apart_s: float) -> None:
        shown: int | None = None
        try:
            while True:
                await self._told.wait()
                self._told.clear()
                if await happens(self._ended, first_s if shown is None else apart_s):
                    return
                if self._before not in (None, shown):
                    shown = self._before
                    await show(shown)
        except Fault as fault:
            _log.info("nobody is told any more how many are before this question: %s", fault)
