"""When to leave a server alone that does not answer."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic


class Breaker:
    """Opens after so many failures in a row; then one caller in each pause tries for all.

    pause_s: seconds. clock: monotonic seconds.
    """

    def __init__(self, after: int = 2, pause_s: float = 10.0, clock: Callable[[], float] = monotonic) -> None:
        self._after = after
        self._pause_s = pause_s
        self._clock = clock
        self._failures = 0
        self._wait_until = 0.0

    def lets_through(self) -> bool:
        """Whether to try now. Whoever tries while it is open holds the others back for another pause."""
        if self._failures < self._after:
            return True
        if self._clock() < self._wait_until:
            return False
        self._wait_until = self._clock() + self._pause_s
        return True

    def holds_back(self) -> bool:
        """Whether a try would not be let through now. Asking changes nothing."""
        return self._failures >= self._after and self._clock() < self._wait_until

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        self._failures += 1
        self._wait_until = self._clock() + self._pause_s
