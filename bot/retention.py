"""What is done, and what is kept of people, is forgotten after some time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.forget import old
from bot.forget.reach import Reach
from bot.inbox import Inbox
from bot.seal import Seal
from bot.slack import posted
from retrieval.database import Database
from retrieval.errors import Fault

_log = logging.getLogger(__name__)

EVERY_S = 3600.0
BATCH = 1000

Forget = Callable[[int], Awaitable[bool]]
"""Forgets at most so many rows of what is too old; whether there may be more. Raises a Fault."""
Kept = Callable[[AsyncConnection], Awaitable[Reach]]
"""What a legal hold keeps, as of now."""


class Retention:
    """what: what is forgotten, by what it is called. batch: rows that are deleted at once, so that nobody waits long
    for a lock. Several processes may do this at the same time: they pass over each other's rows."""

    def __init__(self, what: Mapping[str, Forget], *, every_s: float = EVERY_S, batch: int = BATCH) -> None:
        self._what = dict(what)
        self._every_s = every_s
        self._batch = batch

    async def run(self) -> None:
        """Does not end. A database that is away is asked again at the next time."""
        while True:
            await self.once()
            await asyncio.sleep(self._every_s)

    async def once(self) -> None:
        for name, forget in self._what.items():
            try:
                while await forget(self._batch):
                    pass
            except Fault as fault:
                _log.warning("the %s were not cleared of what is too old: %s", name, fault)


def events(inbox: Inbox, days: int) -> Forget:
    """Events that were done so many days ago."""

    async def forget(most: int) -> bool:
        return await inbox.forget(days, most) == most

    return forget


def records(database: Database, seal: Seal, days: Mapping[str, int], kept: Kept) -> dict[str, Forget]:
    """What is kept of people, by its names in `[retention]`."""

    async def texts(most: int) -> bool:
        after: str | None = None
        while True:
            async with database.transaction() as connection:
                done = await old.texts(connection, days, await kept(connection), seal, after, most)
            if (after := done.after) is None:
                return False

    async def unfounded(most: int) -> bool:
        async with database.transaction() as connection:
            return await old.unfounded(connection, await kept(connection), most) == most

    def simple(expire: Callable[[AsyncConnection, int, int], Awaitable[int]], limit: int) -> Forget:
        async def forget(most: int) -> bool:
            async with database.transaction() as connection:
                # Of these rows nobody can tell whose they are, so while the law keeps anything they stay.
                return not await kept(connection) and await expire(connection, limit, most) == most

        return forget

    return {
        "records": texts,
        "answers to what was erased": unfounded,
        "placeholders": simple(old.placeholders, days["placeholders"]),
        "samples": simple(old.samples, days["samples"]),
        "costs": simple(old.costs, days["costs"]),
        "posted": simple(posted.expire, days["posted"]),
    }
