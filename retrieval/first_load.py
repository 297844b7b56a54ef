"""The index of terms around a first load: taken away before it and built once behind it, which costs a tenth of
keeping it row by row. Without it a search reads every passage: the same passages are found, only slower.

Whoever is killed in between leaves the index lacking, and the next run of any source builds it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from retrieval.database import Database, DatabaseFault

MANY = 2_000
"""Documents from which it is worth it: building the index anew costs as much as some hundred documents cost without."""

BUILD_MEMORY = "256MB"
_INDEX = "passage_terms_idx"
_LOADING = "first load"
_WAIT = "set local lock_timeout = '1s'"


@asynccontextmanager
async def first_load(database: Database) -> AsyncIterator[None]:
    """Where nothing is stored yet: until its end no search has an index of terms, and nobody builds one."""
    async with database.exclusively(_LOADING) as alone:
        if alone:
            await _without_index(database)
        yield


async def settle(database: Database) -> None:
    """An index of terms that is whole, and without a list of waiting rows that each search has to walk. Where a first
    load goes on it is left to that."""
    async with database.exclusively(_LOADING) as alone:
        if not alone:
            return
        async with database.transaction() as connection:
            valid = await connection.scalar(_VALID)
            if valid:
                await connection.execute(text(f"select gin_clean_pending_list('{_INDEX}')"))
        if not valid:
            await _build(database)


async def _without_index(database: Database) -> None:
    try:
        async with database.transaction() as connection:
            # Not for long: whoever comes behind this lock waits with it.
            await connection.execute(text(_WAIT))
            await connection.execute(text("lock table passage in access exclusive mode"))
            if not await connection.scalar(text("select exists (select from passage)")):
                await connection.execute(text(f"drop index if exists {_INDEX}"))
    except DatabaseFault:
        # Somebody reads the table for long, a backup perhaps: the load is slower with the index, and as good.
        return


async def _build(database: Database) -> None:
    """Beside searches and other writers; one that a crash left half-built is made anew."""
    await database.alone(f"drop index concurrently if exists {_INDEX}")
    # As in tables.py: a list of at most 256 kB.
    await database.alone(
        f"create index concurrently {_INDEX} on passage using gin (terms)"
        " with (fastupdate = on, gin_pending_list_limit = 256)",
        maintenance_work_mem=BUILD_MEMORY,
    )
    # A planner that does not know yet how many passages there are would not take the index.
    await database.alone("analyze passage, document, audience, term")


_VALID = text(f"select exists (select from pg_index where indexrelid = to_regclass('{_INDEX}') and indisvalid)")
