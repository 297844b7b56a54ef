"""Which conversations know already that a model does not answer: it is said there once, and not with every answer."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from bot.domain import Route

TOLD_S = 3600.0
"""Then it is said once more: who came meanwhile has not seen it."""
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class _Told:
    away: frozenset[Route]
    question: UUID
    at: float


class Outages:
    """Of one process: another one says it once as well."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told: OrderedDict[str, _Told] = OrderedDict()

    def is_news(self, room: str, away: frozenset[Route], question: UUID) -> bool:
        """Whether it is to be said with this question's answer, and with that of another attempt at it."""
        told, now = self._told.get(room), self._clock()
        if told and told.away == away and told.question != question and now - told.at < TOLD_S:
            return False
        self._told[room] = _Told(away, question, now)
        self._told.move_to_end(room)
        if len(self._told) > _MOST:
            self._told.popitem(last=False)
        return True

    def over(self, room: str) -> None:
        """A model answered there: the next outage is another one."""
        self._told.pop(room, None)
