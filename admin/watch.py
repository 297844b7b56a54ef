"""What a Naru that runs for weeks looks at now and then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from uuid import uuid4

from admin import schema
from admin.app import App
from admin.ledger import LedgerFile
from bot.cloud_budget import SCOPES, Scope
from bot.cloud_use import CloudUse
from bot.waiting import happens
from bot.words import both, budget_told
from retrieval.database import Database, DatabaseFault

EVERY_S = 60.0
OPINION_EVERY_S = 20.0
"""The admins hear within a minute that questions stay in the building, and why."""
HISTORY_EVERY_S = 20.0
BUDGET_EVERY_S = 10.0

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
    and only if two looks in a row find it: a file that is being written is wrong for a moment, and no trouble. dated:
    its words name the day themselves, and are told once for good.
    """

    name: str
    look: Callable[[], Awaitable[str | None]]
    every_s: float = 2.0
    over: str = ""
    dated: bool = False

    def key(self, text: str) -> str:
        """What is told under one key is told once."""
        if self.over:
            return f"{self.name} {uuid4()}"
        said = sha256(text.encode()).hexdigest()
        return f"{self.name} {said}" if self.dated else f"{self.name} {datetime.now(UTC).date().isoformat()} {said}"


def watched(app: App) -> tuple[Watched, ...]:
    async def follow() -> None:
        await app.history.follow()

    looks = {**problems(app), "opt-outs": app.opting_out.register.problem}
    files = (
        Watched("history of the policy", follow, HISTORY_EVERY_S),
        *(Watched(name, partial(asyncio.to_thread, look)) for name, look in looks.items()),
        *budgets(app.use),
    )
    if (opinion := app.opinion) is None:
        return files

    async def away() -> str | None:
        why = await opinion.trouble()
        return None if why is None else both("opinion_away", why=why)

    return (*files, Watched("second opinion", away, OPINION_EVERY_S, both("opinion_back")))


def budgets(use: CloudUse) -> Iterator[Watched]:
    """One for each kind of budget that is set: of a day it is told once that one is nearly used up, and once that one
    is. Nobody is named."""
    for scope in SCOPES:
        if use.limits.limit(scope):
            yield Watched(f"budget of {scope}", BudgetLook(use, scope), BUDGET_EVERY_S, dated=True)


@dataclass(slots=True)
class BudgetLook:
    """While the database is away it finds what it found before."""

    use: CloudUse
    scope: Scope
    found: str | None = None

    async def __call__(self) -> str | None:
        day = self.use.today()
        try:
            state = (await self.use.standings())[self.scope].state
        except DatabaseFault:
            return self.found
        self.found = budget_told(state, self.scope, day, self.use.limits.warn_at) if state else None
        return self.found


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
