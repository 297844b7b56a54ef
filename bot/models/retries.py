"""How many further tries a server is given in all: when it is in trouble, tries must not add to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import monotonic

SHARE = 0.2
"""Further tries for each question of the last minute: a server that fails gets a fifth more requests, not three times
as many."""
LEAST = 10
"""Further tries a minute that there always are: with few questions a share of them is none."""
WINDOW_S = 60.0


class RetryBudget:
    """clock: monotonic seconds."""

    def __init__(self, share: float = SHARE, least: int = LEAST, clock: Callable[[], float] = monotonic) -> None:
        self._share = share
        self._least = least
        self._clock = clock
        self._questions: deque[float] = deque()
        self._tries: deque[float] = deque()

    def asked(self) -> None:
        """A question has begun its first try."""
        self._questions.append(self._clock())
        self._forget()

    def spare(self) -> bool:
        """Takes a further try, if there is one."""
        self._forget()
        if len(self._tries) >= max(self._least, self._share * len(self._questions)):
            return False
        self._tries.append(self._clock())
        return True

    def _forget(self) -> None:
        before = self._clock() - WINDOW_S
        for times in (self._questions, self._tries):
            while times and times[0] <= before:
                times.popleft()
