"""What a Naru that runs for weeks looks at now and then."""

from __future__ import annotations

import asyncio

from admin import schema
from admin.ledger import LedgerFile
from bot.waiting import happens
from retrieval.database import Database, DatabaseFault

EVERY_S = 60.0


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
