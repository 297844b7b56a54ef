"""How often chat.update may be called."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


class UpdateBudget:
    """A token bucket for chat.update, which Slack lets a workspace call about 50 times a minute
    (docs.slack.dev/apis/web-api/rate-limits, tier 3).

    burst: what can be used at once; the rest comes evenly, so that no minute holds more than per_minute. reserve: what
    drafts leave for final texts. One per process: with several, 429 and its Retry-After say when it is too much.
    """

    def __init__(
        self,
        per_minute: int = 50,
        *,
        burst: int = 20,
        reserve: int = 8,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not 0 <= reserve < burst < per_minute:
            raise ValueError("reserve < burst < per_minute")
        self._per_s = (per_minute - burst) / 60
        self._burst = burst
        self._reserve = reserve
        self._clock = clock
        self._left = float(burst)
        self._at = clock()
        self._turn = asyncio.Lock()

    def spare(self) -> bool:
        """Takes an update for a draft, if there are enough; never waits."""
        self._refill()
        if self._turn.locked() or self._left < self._reserve + 1:
            return False
        self._left -= 1
        return True

    async def take(self) -> None:
        """Takes an update for a final text; waits for it, first come first served."""
        async with self._turn:
            self._refill()
            while self._left < 1:
                await asyncio.sleep((1 - self._left) / self._per_s)
                self._refill()
            self._left -= 1

    def _refill(self) -> None:
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_s)
        self._at = now
