"""What a Naru that runs for weeks looks at now and then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from admin import schema
from admin.ledger import LedgerFile
from bot.models.opinion import SecondOpinion
from bot.waiting import happens
from bot.words import both
from retrieval.database import Database, DatabaseFault
from retrieval.errors import Fault

EVERY_S = 60.0
OPINION_EVERY_S = 20.0
"""The admins hear within a minute that questions stay in the building, and why."""

Tell = Callable[[str], Awaitable[None]]
"""Says a sentence to the admins; raises a Fault where that did not work."""

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


async def watch_opinion(opinion: SecondOpinion, tell: Tell, every_s: float = OPINION_EVERY_S) -> None:
    """Tell the admins once when the second opinion goes away, and once when it is back. What could not be told is told
    in the next round."""
    told: str | None = None
    while True:
        trouble = await opinion.trouble()
        if (trouble is None) is not (told is None):
            _log.warning("second opinion: %s", trouble or "is back")
            try:
                await tell(both("opinion_away", why=trouble) if trouble else both("opinion_back"))
            except Fault as fault:
                _log.warning("the admins were not told: %s", fault)
            else:
                told = trouble
        await asyncio.sleep(every_s)


async def log_alone(sentence: str) -> None:
    """Where nobody can be written to; the log has said it already."""
