"""Works through the inbox: claims, has it handled, keeps the lease, says that it is done. Restarts nothing itself:
what a killed worker leaves is claimed by any other once its lease has run out."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from traceback import walk_tb
from typing import Any

from bot.inbox import Claimed, Fenced, Inbox
from bot.waiting import AWAY
from retrieval.database import DatabaseFault
from retrieval.errors import Fault

_log = logging.getLogger(__name__)

ATTEMPTS = 5
"""How often an event is handled, crashes of whole processes included, before its asker gets an apology. What passes by
itself, a database that is away or a Slack that has trouble, counts only once nobody hopes for the answer any more."""
PAUSE_S, PAUSES_S = 2.0, 16.0
"""The wait after an attempt that failed, doubled each time, and the longest one."""
RENEW_S = 1.0
_RESTART_S = 1.0

Handle = Callable[[Claimed], Awaitable[str]]
GiveUp = Callable[[Claimed], Awaitable[None]]


class Worker:
    """handle: does the work and returns its outcome, a word; it is run again after a crash, so it resumes. give_up:
    tells the asker that it did not work; it is tried again until it returns. renew_s: a fraction of the lease. pause_s:
    the wait after a first attempt that failed."""

    def __init__(
        self,
        inbox: Inbox,
        handle: Handle,
        give_up: GiveUp,
        *,
        at_once: int = 8,
        renew_s: float = RENEW_S,
        pause_s: float = PAUSE_S,
    ) -> None:
        self._inbox = inbox
        self._handle = handle
        self._give_up = give_up
        self._at_once = at_once
        self._renew_s = renew_s
        self._pause_s = pause_s
        self._running: dict[asyncio.Task[None], Claimed] = {}
        self._stopping = False
        self._trouble: str | None = None

    async def run(self) -> None:
        """Works until stop(), which it follows within a second. A database that is away is waited for."""
        async with aclosing(self._inbox.wakeups()) as wakeups:
            async for _ in wakeups:
                if self._stopping:
                    break
                await self._step()

    async def stop(self, patience_s: float) -> None:
        """Begin nothing more, let what runs finish, and after `patience_s` give the rest to other workers."""
        self._stopping = True
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=patience_s)
        left = [self._running[task] for task in late if task in self._running]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        await asyncio.gather(*map(self._release, left))  # at once: a silent database keeps each waiting for seconds

    async def _step(self) -> None:
        trouble = None
        for work in (self._inbox.drain_spool, self._claim):
            try:
                await work()
            except Fault as fault:
                trouble = str(fault)
        if trouble is not None and self._trouble is None:
            _log.warning("the worker waits: %s", trouble)
        self._trouble = trouble

    async def _claim(self) -> None:
        while len(self._running) < self._at_once and not self._stopping:
            claimed = await self._inbox.claim()
            if claimed is None:
                return
            if self._stopping:
                await self._release(claimed)
                return
            task = asyncio.create_task(self._work(claimed))
            self._running[task] = claimed
            task.add_done_callback(self._running.pop)

    async def _work(self, claimed: Claimed) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                renewing = group.create_task(self._renew(claimed))
                outcome = await self._outcome(claimed)
                await self._finish(claimed, outcome)
                renewing.cancel()
        except* Fenced:
            _log.info("event %d: attempt %d was overtaken and stopped", claimed.id, claimed.attempt)
        except* Exception as errors:  # noqa: BLE001 - the edge of the process: one event must not end the others
            for error in errors.exceptions:
                _log.error("event %d: attempt %d failed: %s", claimed.id, claimed.attempt, described(error))
            passes = all(isinstance(error, Fault) and error.again for error in errors.exceptions)
            await self._again_later(claimed, excused=passes)

    async def _outcome(self, claimed: Claimed) -> str:
        if claimed.tries <= ATTEMPTS and claimed.readable:
            return await self._handle(claimed)
        why = f"failed {ATTEMPTS} times" if claimed.readable else "cannot be read (was NARU_KEY changed?)"
        _log.error("event %d %s: its asker is told", claimed.id, why)
        await self._give_up(claimed)
        return "failed"

    async def _again_later(self, claimed: Claimed, *, excused: bool) -> None:
        """The row stays with us for the pause, so that its thread waits too. Tried until the database hears it: an
        attempt whose end it does not know counts."""
        only_to_apologise = claimed.tries == ATTEMPTS and not excused
        longest_s = min(self._pause_s * 2.0 ** min(claimed.attempt - 1, 10), PAUSES_S)
        after_s = 0.0 if only_to_apologise else longest_s * random.uniform(0.75, 1.0)
        while True:
            try:
                return await self._inbox.release(claimed, after_s=after_s, excused=excused)
            except Fenced:
                return
            except DatabaseFault:
                await asyncio.sleep(self._renew_s)

    async def _finish(self, claimed: Claimed, outcome: str) -> None:
        """To handle it again would be the worse for a database that is away for a moment."""
        while True:
            try:
                return await self._inbox.done(claimed, outcome, keep=outcome == AWAY)
            except DatabaseFault:
                await asyncio.sleep(self._renew_s)

    async def _renew(self, claimed: Claimed) -> None:
        while True:
            await asyncio.sleep(self._renew_s)
            try:
                await self._inbox.renew(claimed)
            except DatabaseFault as fault:
                _log.warning("event %d: its lease was not renewed: %s", claimed.id, fault)

    async def _release(self, claimed: Claimed) -> None:
        try:
            await self._inbox.release(claimed)
        except (Fenced, DatabaseFault) as error:
            _log.info("event %d was not released, its lease runs out: %s", claimed.id, type(error).__name__)


async def supervised(run: Callable[[], Awaitable[None]]) -> None:
    """What ends by an error is begun again: a worker that is gone answers nobody, and nobody would know."""
    while True:
        try:
            return await run()
        except Exception as error:  # noqa: BLE001 - the edge of the process
            _log.error("the worker ended and is begun again: %s", described(error))
        await asyncio.sleep(_RESTART_S)


def described(error: BaseException) -> str:
    """An error's types, causes and places. Its own words only when they are a Fault's: others may quote a text."""
    words = f": {error}" if isinstance(error, Fault) else ""
    places = [f"{f.f_code.co_filename}:{line} in {f.f_code.co_name}" for f, line in walk_tb(error.__traceback__)]
    own = f"{type(error).__name__}{words} at " + " > ".join(places)
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    beneath = [described(e) for e in (*inner, error.__cause__ or error.__context__) if e is not None]
    return "\n  from ".join((own, *beneath))


async def ended(*tasks: asyncio.Task[Any], again_s: float) -> None:
    """Cancel them, and again every `again_s` until they are done: what they call can swallow a cancellation
    (asyncio.wait_for in Python 3.11; a queue's worker that is only starting)."""
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=again_s)
