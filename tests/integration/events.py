"""Events and a handler for tests of the inbox and its worker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from sqlalchemy import text

from bot.inbox import Claimed, Event, Inbox
from bot.seal import Seal
from bot.spool import Spool
from retrieval.database import Database

SEAL = Seal(b"k" * 32)
_numbers = count(1)


def an_event(thread: str = "C1/1700000000.000100", ts: str | None = None, **body: Any) -> Event:
    """A new message; later ones have later times."""
    ts = ts or f"1700000000.{next(_numbers):06d}"
    return Event(f"{thread}@{ts}/", "message", thread.partition("/")[0], thread, ts, body or {"text": "연차"})


def as_claimed(event: Event) -> Event:
    """As it comes out of the table, which names no thread."""
    return replace(event, thread=SEAL.pseudonym(event.thread))


async def rows(database: Database, columns: str = "*") -> list[Any]:
    async with database.transaction() as connection:
        return list((await connection.execute(text(f"select {columns} from inbox order by ts, id"))).all())


async def run(database: Database, *statements: str) -> None:
    async with database.transaction() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def lease_runs_out(database: Database) -> None:
    await run(database, "update inbox set lease = now() where state = 'running'")


async def claimed(inbox: Inbox) -> Claimed:
    found = await inbox.claim()
    assert found is not None
    return found


def an_inbox(database: Database, folder: Any, **settings: float) -> Inbox:
    return Inbox(database, SEAL, Spool(folder / "spool", SEAL), **settings)


async def until(number: Callable[[], int], enough: int) -> None:
    """Until there are so many of something."""
    async with asyncio.timeout(10):
        while number() != enough:  # noqa: ASYNC110 - the stand-in sets no event
            await asyncio.sleep(0.02)
