"""When there may be something in the inbox to claim."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

from bot.waiting import happens
from retrieval.database import Database, DatabaseFault

_TICK_S = 1.0
_LISTEN_S = 60.0
_RECONNECT_S = (0.1, 5.0)


async def wakeups(database: Database) -> AsyncGenerator[None, None]:
    """Yields when there may be something to claim, and each second, so that an expired lease, a lost notice
    and the database's return are seen. Does not end, and raises nothing for a database that is away."""
    wake = asyncio.Event()
    listening = asyncio.create_task(_listen(database, wake.set))
    try:
        while True:
            await happens(wake, _TICK_S)
            if listening.done():
                listening.result()
            wake.clear()
            yield
    finally:
        listening.cancel()
        await asyncio.wait({listening}, timeout=_TICK_S)


async def _listen(database: Database, wake: Callable[[], None]) -> None:
    first_s, most_s = _RECONNECT_S
    pause_s = first_s
    while True:
        try:
            # Not for ever: one that is open and deaf is noticed by nothing but its replacement.
            async with asyncio.timeout(_LISTEN_S):
                await _heed(database, wake)
        except TimeoutError:
            pause_s = first_s
        except DatabaseFault:
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, most_s)


async def _heed(database: Database, wake: Callable[[], None]) -> None:
    async with database.transaction() as connection:
        listener: Any = (await connection.get_raw_connection()).driver_connection
        try:
            await listener.execute("listen inbox")
            await listener.commit()
            wake()  # for what came while nobody listened
            async for _ in listener.notifies():
                wake()
        finally:
            await connection.invalidate()  # one that listens is not for others
