"""PostgreSQL: there, right, quick, with room, and on time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy import text

from admin import schema
from admin.check.finding import Finding, Status, fail, of, ok, warn
from admin.check.scene import Scene
from admin.embedded import MIB, NEEDED_TO_CREATE
from admin.ledger import LedgerFile
from retrieval.database import POOL_SIZE, Database, DatabaseFault, Server
from retrieval.erasures import LedgerFault, since

SLOW_S = 0.05
"""A question takes some twenty round trips: at this one second of waiting."""
SKEW_S = 2.0
MANY_SKEW_S = 60.0
_CONNECTIONS = 2 * POOL_SIZE + 2
"""Of one `naru run`: for answers, for what comes in, and for waking up."""


async def server(scene: Scene) -> AsyncIterator[Finding]:
    if scene.database is None:
        yield scene.away
        return
    offers = await scene.database.server()
    yield of_server(offers)
    if scene.settings.database_url is None:
        yield ok(f"It is the one that Naru brings along; its data are in {scene.settings.home / 'pg'}.")
    async for finding in _answers(scene.database):
        yield finding


def of_server(offers: Server) -> Finding:
    """What a server lacks, or what it is."""
    lacking = offers.lacks()
    if lacking is not None:
        return of(DatabaseFault(lacking))
    vector = offers.vector_installed or f"{offers.vector_available}, to be created by the first start"
    return ok(f"PostgreSQL {offers.major} answers, in {offers.encoding}, with pgvector {vector}.")


async def _answers(database: Database) -> AsyncIterator[Finding]:
    async with database.transaction() as connection:
        times = []
        for _ in range(5):
            began = time.perf_counter()
            await connection.execute(text("select 1"))
            times.append(time.perf_counter() - began)
        took = sorted(times)[2]
        slow = f"A round trip to it takes {took * 1000:.1f} ms"
        yield (
            ok(f"{slow}.")
            if took < SLOW_S
            else warn(f"{slow}, and an answer takes some twenty.", "Move Naru and its database closer together.")
        )
        allowed = int((await connection.execute(text("show max_connections"))).scalar_one())
        used = (await connection.execute(text("select count(*) from pg_stat_activity"))).scalar_one()
    if allowed - used < _CONNECTIONS:
        yield warn(
            f"{allowed - used} of its {allowed} connections are free, and one `naru run` may use {_CONNECTIONS}.",
            "Raise max_connections, or let fewer programs connect.",
        )


async def tables(scene: Scene) -> AsyncIterator[Finding]:
    if scene.database is None:
        return
    problem = await schema.problem(scene.database)
    if problem is None:
        yield ok(f"Its tables are those of this release (revision {await schema.revision(scene.database)}).")
        return
    # An older release's tables and none at all are what the next start mends.
    mended = not isinstance(problem, schema.NewerFault) and "half-migrated" not in str(problem)
    yield of(problem, Status.WARN if mended else Status.FAIL)


async def room(scene: Scene) -> AsyncIterator[Finding]:
    if scene.database is None:
        return
    async with scene.database.transaction() as connection:
        size = (await connection.execute(text("select pg_database_size(current_database())"))).scalar_one()
    if scene.settings.database_url is not None:
        yield ok(f"It takes {size / MIB:,.0f} MB; how much room its server has left, only the server knows.")
        return
    yield of_room(size, scene.machine.free(scene.settings.home), scene.settings.home)


def of_room(size: int, free: int, home: Path) -> Finding:
    """Whether the embedded database may grow. size, free: bytes."""
    left = f"The database takes {size / MIB:,.0f} MB, and the disk of {home} has {free / MIB:,.0f} MB free"
    fix = "Free some space, or set NARU_HOME to a folder on another disk."
    if free < NEEDED_TO_CREATE:
        return fail(f"{left}: it will stop soon.", fix)
    if free < max(size, 1024 * MIB):
        return warn(f"{left}: a re-index in full or a backup may not fit.", fix)
    return ok(f"{left}.")


async def clock(scene: Scene) -> AsyncIterator[Finding]:
    if scene.database is None:
        return
    async with scene.database.transaction() as connection:
        await connection.execute(text("select 1"))
        before = scene.machine.now()
        theirs = (await connection.execute(text("select clock_timestamp()"))).scalar_one()
        after = scene.machine.now()
    offset = (theirs - (before + (after - before) / 2)).total_seconds()
    if abs(offset) <= SKEW_S:
        yield ok(f"Its clock and this machine's agree within {SKEW_S:g} s.")
        return
    yield (fail if abs(offset) > MANY_SKEW_S else warn)(
        f"Its clock and this machine's differ by {abs(offset):.0f} s.", "Let both machines keep time by NTP (chrony)."
    )


async def ledger(scene: Scene) -> AsyncIterator[Finding]:
    """Whether the copy of what was erased would do, should the database be lost."""
    if scene.database is None or await schema.problem(scene.database) is not None:
        return
    copy = LedgerFile(scene.settings.home)
    fix = "The next `naru run` copies it anew."
    try:
        entries = await asyncio.to_thread(copy.entries)
    except LedgerFault as fault:
        yield warn(str(fault), fix)
        return
    async with scene.database.transaction() as connection:
        kept = await since(connection, 0)
    if entries[-1:] == kept[-1:]:
        yield ok(f"Its ledger of {len(kept) - 1} erasures is copied to {copy.path}.")
    else:
        yield warn(f"Its ledger of {len(kept) - 1} erasures is not copied in full to {copy.path} yet.", fix)
