"""Waiting for something, and for no longer than so long; and how much waits."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

AWAY = "away"
"""The outcome of an event that waits for a model which does not answer: it keeps its body and is opened again."""


async def happens(event: asyncio.Event, within_s: float) -> bool:
    """Returns once it is set, or after so many seconds; whether it is set."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            await event.wait()
    return event.is_set()


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many events are not done, and the age of the oldest of them in seconds."""

    count: int
    oldest_s: float
