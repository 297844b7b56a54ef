"""How often Slack lets a method be called: docs.slack.dev/apis/web-api/rate-limits."""

from __future__ import annotations

from collections import defaultdict, deque
from math import ceil

from tests.standins.slack.limits import ApiError, Limit, Strictness
from tests.standins.slack.timing import Clock

TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100
SPECIAL = 600
"""auth.test, chat.getPermalink, setStatus and posting over all channels: hundreds a minute."""
RECONNECTS = 20
"""apps.connections.open is tier 1 on paper, but Slack lets a restarting app have its ten connections."""
MINUTE, SECOND = 60.0, 1.0


class Rates:
    """Counts calls in sliding windows, for the workspace and, for posts, for each channel."""

    def __init__(self, strictness: Strictness, clock: Clock) -> None:
        self._strictness = strictness
        self._clock = clock
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)

    def count_call(self, method: str, per_minute: int) -> None:
        if self._strictness.holds(Limit.METHOD_RATE):
            self._take(method, per_minute, MINUTE)

    def count_post(self, channel: str) -> None:
        if self._strictness.holds(Limit.POST_RATE):
            self._take(f"post {channel}", 1, SECOND)

    def _take(self, key: str, most: int, window: float) -> None:
        """A refused call costs nothing: the window holds those that were let through."""
        now, calls = self._clock.now(), self._calls[key]
        while calls and calls[0] <= now - window:
            calls.popleft()
        if len(calls) >= most:
            wait = str(max(1, ceil(calls[0] + window - now)))
            raise ApiError("ratelimited", status=429, headers={"Retry-After": wait})
        calls.append(now)
