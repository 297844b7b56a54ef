"""What Slack said, kept for a while: one call at a time for each thing, and none that an event has made untrue."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

from retrieval.errors import Fault

V = TypeVar("V")
Clock = Callable[[], float]
"""Seconds, monotonic."""


class UnsureFault(Fault):
    """Slack did not say who may read, or not in time."""


class Changes:
    """What events said has changed, in the order in which they were seen."""

    def __init__(self) -> None:
        self.now = 0
        self._last: dict[str, int] = {}
        self._all = 0

    def mark(self, key: str) -> None:
        self.now += 1
        self._last[key] = self.now

    def mark_all(self) -> None:
        self.now += 1
        self._all = self.now
        self._last.clear()

    def touched(self, keys: Collection[str], since: int) -> bool:
        """Whether one of the keys has changed after the moment that `now` was `since`."""
        return self._all > since or any(self._last.get(key, 0) > since for key in keys)


class Pace:
    """Keeps to a method's limit: half of what a minute allows at once, then the other half spread over the minute.

    So no window of a minute ever holds more than the limit (a token bucket, in the form of GCRA).
    """

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self.interval_s = 120 / per_minute
        self._clock = clock
        self._taken_until = float("-inf")

    def spare(self) -> bool:
        """Whether a turn would still leave half of what may be used at once."""
        now = self._clock()
        return max(self._taken_until, now - 60) + self.interval_s <= now - 30

    async def turn(self) -> None:
        now = self._clock()
        self._taken_until = max(self._taken_until, now - 60) + self.interval_s
        if self._taken_until > now:
            await asyncio.sleep(self._taken_until - now)


@dataclass(frozen=True, slots=True)
class Kept(Generic[V]):
    """asked_at, seen: the time, and the last event seen, when the call began: what it says is at least as new."""

    value: V
    asked_at: float
    seen: int


class Fetched(Generic[V]):
    """Values by key. Whoever asks for one that is not kept, or too old, waits for a call; those who ask while one is
    under way share the next one, so that there are never more than two however many ask."""

    def __init__(self, fetch: Callable[[str], Awaitable[V]], pace: Pace, changes: Changes, clock: Clock) -> None:
        self._fetch = fetch
        self._pace = pace
        self._changes = changes
        self._clock = clock
        self._kept: dict[str, Kept[V]] = {}
        self._waiting: dict[str, asyncio.Task[Kept[V]]] = {}
        self._running: dict[str, tuple[int, asyncio.Task[Kept[V]]]] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def kept(self, key: str, within_s: float) -> Kept[V] | None:
        """What is known without a call: asked for less than `within_s` ago, and no event since."""
        kept = self._kept.get(key)
        if kept is None or self._clock() - kept.asked_at >= within_s or self._changes.touched([key], kept.seen):
            return None
        return kept

    def is_running(self, key: str) -> bool:
        return key in self._running

    async def get(self, key: str, within_s: float, *, modest: bool = False) -> Kept[V]:
        """Not older than `within_s` seconds; 0: from a call that begins after this one. modest: without a call that
        would make others wait. Raises what the call raises, and UnsureFault."""
        kept = self.kept(key, within_s)
        if kept is not None:
            return kept
        task = (self._under_way(key) if within_s > 0 else None) or self._waiting.get(key)
        if task is None and modest and not self._pace.spare():
            raise UnsureFault("Slack's limits leave no room to ask for a draft.")
        # Shielded: one who gives up waiting must not take the answer from the others.
        return await asyncio.shield(task or self._begin(key))

    async def close(self) -> None:
        """End the calls that are still under way, before the client's session is closed."""
        tasks = [*self._waiting.values(), *(task for _, task in self._running.values())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _under_way(self, key: str) -> asyncio.Task[Kept[V]] | None:
        seen, task = self._running.get(key, (0, None))
        return None if task is None or self._changes.touched([key], seen) else task

    def _begin(self, key: str) -> asyncio.Task[Kept[V]]:
        task = asyncio.create_task(self._call(key))
        # Read the error even when everybody has stopped waiting for it: else asyncio complains of it in the log.
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._waiting[key] = task
        return task

    async def _call(self, key: str) -> Kept[V]:
        async with self._locks[key]:
            await self._pace.turn()
            asked_at, seen = self._clock(), self._changes.now
            self._running[key] = (seen, self._waiting.pop(key))
            try:
                kept = Kept(await self._fetch(key), asked_at, seen)
            finally:
                del self._running[key]
            self._kept[key] = kept
            return kept
