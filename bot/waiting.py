"""Waiting for something, and for no longer than so long."""

from __future__ import annotations

import asyncio
from contextlib import suppress


async def happens(event: asyncio.Event, within_s: float) -> bool:
    """Returns once it is set, or after so many seconds; whether it is set."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            await event.wait()
    return event.is_set()
