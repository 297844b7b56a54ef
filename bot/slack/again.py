"""Setting a message once more, some seconds after it was set."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.waiting import happens
from retrieval.errors import Fault

_log = logging.getLogger(__name__)

AGAIN_S = 15.0
"""Longer than a process is stopped and continued, or a call is under way: then comes what Slack took late. A call to
Slack cannot be fenced."""
CLOSE_S = 10.0
"""As long as one call to Slack: whoever is told to stop has waited for the answers already."""

Work = Callable[[], Awaitable[None]]


class Again:
    """What is to be done once more, each `after_s` seconds after it was planned."""

    def __init__(self, after_s: float = AGAIN_S) -> None:
        self._after_s = after_s
        self._closing = asyncio.Event()
        self._planned: set[asyncio.Task[None]] = set()

    def plan(self, work: Work) -> None:
        task = asyncio.create_task(self._later(work))
        self._planned.add(task)
        task.add_done_callback(self._planned.discard)

    async def close(self, within_s: float = CLOSE_S) -> None:
        """Do now what is planned, as far as it does not take longer."""
        self._closing.set()
        if not self._planned:
            return
        _, late = await asyncio.wait(self._planned, timeout=within_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _later(self, work: Work) -> None:
        await happens(self._closing, self._after_s)
        try:
            await work()
        except Fault as fault:
            _log.info("an answer was not set once more: %s", fault)
