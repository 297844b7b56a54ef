"""Database work that may take no longer than there is time for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from retrieval.database import DatabaseFault

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class Deadlines:
    """Waits for work no longer than it may take; what is overdue ends in the background.

    No simple timeout: psycopg needs up to 10 s to let go of a connection that does not answer.
    """

    def __init__(self) -> None:
        self._overdue: set[asyncio.Task[Any]] = set()

    @property
    def overdue(self) -> bool:
        """Some work was given up on and has not ended yet: what comes now would only join it in waiting."""
        return bool(self._overdue)

    async def within(self, seconds: float, work: Coroutine[Any, Any, _T]) -> _T:
        """The work's result. Raises DatabaseFault when it takes longer; whether it took place is unknown then."""
        task = asyncio.create_task(work)
        try:
            await asyncio.wait({task}, timeout=seconds)
            if task.done():
                return task.result()
            self._overdue.add(task)
        finally:
            if not task.done():
                task.add_done_callback(self._ended)
                task.cancel()
        raise DatabaseFault(f"PostgreSQL did not answer within {seconds:g} s: check that it runs, and its load.")

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._overdue.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.debug("overdue work failed in the end: %s", type(error).__name__)
