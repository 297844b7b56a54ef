"""How often chat.update may be called."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Rate:
    """What a token bucket lets through. per_minute: no minute ever holds more. burst: what can be used at once; the
    rest comes evenly. reserve: what drafts leave for final texts."""

    per_minute: int
    burst: int
    reserve: int

    def __post_init__(self) -> None:
        if not 0 <= self.reserve < self.burst < self.per_minute:
            raise ValueError("reserve < burst < per_minute")

    @classmethod
    def of(cls, per_minute: int) -> Rate:
        """Two fifths may come at once, and two fifths of those are kept for final texts. per_minute: 3 or more."""
        burst = per_minute * 2 // 5
        return cls(per_minute, burst, burst * 2 // 5)

    @property
    def per_s(self) -> float:
        """How fast an empty bucket fills."""
        return (self.per_minute - self.burst) / 60


TIER_3 = Rate.of(50)
"""What Slack lets a workspace call chat.update (docs.slack.dev/apis/web-api/rate-limits, tier 3)."""


class Budget(Protocol):
    async def spare(self) -> bool:
        """Takes an update for a draft, if there are enough; never waits for one."""
        ...

    async def take(self) -> None:
        """Takes an update for a final text; waits for it, first come first served."""
        ...


class UpdateBudget:
    """A Budget of this process alone."""

    def __init__(self, rate: Rate = TIER_3, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._clock = clock
        self._left = float(rate.burst)
        self._at = clock()
        self._turn = asyncio.Lock()

    async def spare(self) -> bool:
        self._refill()
        if self._turn.locked() or self._left < self.rate.reserve + 1:
            return False
        self._left -= 1
        return True

    async def take(self) -> None:
        async with self._turn:
            self._refill()
            while self._left < 1:
                await asyncio.sleep((1 - self._left) / self.rate.per_s)
                self._refill()
            self._left -= 1

    def give_back(self) -> None:
        """One that was taken was not used."""
        self._left = min(self.rate.burst, self._left + 1)

    def _refill(self) -> None:
        now = self._clock()
        self._left = min(self.rate.burst, self._left + (now - self._at) * self.rate.per_s)
        self._at = now
