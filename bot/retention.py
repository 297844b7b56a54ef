"""What is done is forgotten after some time."""

from __future__ import annotations

import asyncio
import logging

from bot.inbox import Inbox
from retrieval.database import DatabaseFault

_log = logging.getLogger(__name__)

EVERY_S = 3600.0
BATCH = 1000


class Retention:
    """days: how long the inbox remembers what is done. batch: rows that are deleted at once, so that nobody waits
    long for a lock. Several processes may do this at the same time: they pass over each other's rows."""

    def __init__(self, inbox: Inbox, days: int, *, every_s: float = EVERY_S, batch: int = BATCH) -> None:
        self._inbox = inbox
        self._days = days
        self._every_s = every_s
        self._batch = batch

    async def run(self) -> None:
        """Does not end. A database that is away is asked again at the next time."""
        while True:
            try:
                while await self._inbox.forget(self._days, self._batch) == self._batch:
                    pass
            except DatabaseFault as fault:
                _log.warning("the inbox was not cleared of what is long done: %s", fault)
            await asyncio.sleep(self._every_s)
