"""When things happen: a clock that a test can move, and the delays that Slack documents."""

from __future__ import annotations

import time
from dataclasses import dataclass


class Clock:
    """Slack's clock, in seconds since 1970: it runs by itself, and `advance` jumps.

    Everything that Slack forgets or counts by the minute (rates, streams, triggers, response addresses) reads this
    clock. What the other side waits for (acks, retries, pings) takes real time: see Timings.
    """

    def __init__(self) -> None:
        self._ahead = 0.0
        self._last_us = 0

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    def stamp(self) -> str:
        """A message's ts: never given twice, and later ones sort later."""
        self._last_us = max(self._last_us + 1, int(self.now() * 1_000_000))
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06d}"


@dataclass(frozen=True)
class Timings:
    """Seconds of real time. The defaults are Slack's; a test that cannot wait for them gives its own."""

    ack: float = 3.0
    retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    """After each failed delivery of an event; interactions and commands are delivered once."""
    ping: float = 10.0
    goodbye: float = 10.0
    """From a `disconnect` message to the end of the connection."""
