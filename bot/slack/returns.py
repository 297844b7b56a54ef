"""What waits for a model that was away: handled again and again, until one answers."""

from __future__ import annotations

import asyncio
import logging

from bot.inbox import Inbox
from retrieval.database import DatabaseFault

_log = logging.getLogger(__name__)
EACH_S = 30.0
"""Seconds between two looks. Whoever handles it asks the models that it waits for, and no other."""


class Returns:
    """Opens again what waits, for every process."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def run(self) -> None:
        while True:
            await asyncio.sleep(EACH_S)
            try:
                await self._inbox.reopen()
            except DatabaseFault as fault:
                _log.info("what waits for a model waits on: %s", fault)
