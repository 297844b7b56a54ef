"""What a Naru that runs for weeks looks at now and then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from uuid import uuid4

from admin import schema
from admin.app import App
from admin.ledger import LedgerFile
from bot.waiting import happens
from bot.words import both
from retrieval.database import Database, DatabaseFault

EVERY_S = 60.0
OPINION_EVERY_S = 20.0
"""The admins hear within a minute that questions stay in the building, and why."""
HISTORY_EVERY_S = 20.0

Tell = Callable[[str, str], Awaitable[int]]
"""Says a text to the admins, once for each key. How many have it now."""

_log = logging.getLogger(__name__)


async def watch(database: Database, ledger: LedgerFile, stop: asyncio.Event, every_s: float = EVERY_S) -> None:
    """Until `stop` is set: copy what was erased, and set `stop` once a newer Naru has migrated the database.

    Raises NewerFault then: this release must not write into tables that it does not know. A database that is away is
    asked again.
    """
    while not await happens(stop, every_s):
        await ledger.follow(database)
        try:
            problem = await schema.problem(database)
        except DatabaseFault:
            continue
        if isinstance(problem, schema.NewerFault):
            stop.set()
            raise problem


@dataclass(frozen=True, slots=True)
class Watched:
    """Something that can go wrong while Naru runs.

    look: what is wrong now, in words for an admin and never in those of a document or a question; None: nothing.
    every_s: between two looks. over: what is said once it is right again; only its beginning and its end are told then,
    at the first look, each time anew and whatever its words become meanwhile. Empty: each wording is told once a day,
    and only if two looks in a row find it: a file that is being written is wrong for a moment, and no trouble.
    """

    name: str
    look: Callable[[], Awaitable[str | None]]
    every_s: float = 2.0
    over: str = ""

    def key(self, text: str) -> str:
        """What is told under one key is told once."""
        if self.over:
            return f"{self.name} {uuid4()}"
        return f"{self.name} {datetime.now(UTC).date().isoformat()} {sha256(text.encode()).hexdigest()}"


def watched(app: App) -> tuple[Watched, ...]:
    async def follow() -> None:
        await app.history.follow()

    looks = {**problems(app), "opt-outs": app.opting_out.register.problem}
    files = (
        Watched("history of the policy", follow, HISTORY_EVERY_S),
        *(Watched(name, partial(asyncio.to_thread, look)) for name, look in looks.items()),
    )
    if (opinion := app.opinion) is None:
        return files

    async def away() -> str | None:
        why = await opinion.trouble()
        return None if why is None else both("opinion_away", why=why)

    return (*files, Watched("second opinion", away, OPINION_EVERY_S, both("opinion_back")))


def problems(app: App) -> Mapping[str, Callable[[], str | None]]:
    """What can be looked at without asking anybody, by name."""
    return {
        "policy": app.policy.notice,
        "lists": app.lists.notice,
        "prompts": app.prompts.problem,
        "models": app.deps.shores.missing.problem,
    }


async def watch_over(one: Watched, tell: Tell) -> None:
    """For ever: tell what it finds. What nobody could be told is told at the next look."""
    told = seen = ""
    while True:
        text = await one.look() or ""
        now = one.name if text and one.over else text
        if now != told and (one.over or now == seen):
            says = text or one.over
            if not says or await tell(one.key(says), says):
                _log.warning("%s: %s", one.name, says or "is over")
                told = now
        seen = now
        await asyncio.sleep(one.every_s)


async def log_alone(key: str, text: str) -> int:
    """Where nobody can be written to; the log says it anyway."""
    return 1
