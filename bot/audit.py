"""What was done, by whom and with which effect; only ever added to. The only writer of `audit` and `audit_seal`.

An entry holds ids, levels, kinds, hashes and counts, and people as keyed pseudonyms: never text. Entries are sealed in
batches (bot/audit_chain.py), and deleted, when they are old, by whole seals; the seals stay.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import audit_chain, tables
from bot.audit_chain import FORGOTTEN, Entry, Verified
from bot.seal import Seal
from retrieval.database import Database

BATCH = 1000
"""Entries that are sealed, or read, at once."""


class Audit:
    """seal: for the pseudonyms, and for what only its key can make."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    async def note(
        self,
        connection: AsyncConnection,
        kind: str,
        body: Mapping[str, Any],
        *,
        actor: str | None = None,
        subject: str | None = None,
        pseudonym: str | None = None,
    ) -> None:
        """Add one entry, in the transaction that does what it says. actor: a person's id, or None for Naru itself;
        subject: as str(Subject) says it. pseudonym: the actor's, where nothing else of them is known."""
        named = pseudonym or self._named(actor)
        row = {"kind": kind, "body": dict(body), "actor": named, "subject": self._named(subject)}
        await connection.execute(insert(tables.audit), row)

    async def note_change(self, database: Database, kind: str, body: Mapping[str, Any]) -> bool:
        """Add an entry unless the last one of its kind says the same; whether it was added."""
        a = tables.audit
        last = select(a.c.body).where(a.c.kind == kind).order_by(a.c.id.desc()).limit(1)
        async with database.transaction() as connection:
            if await connection.scalar(last) == body:
                return False
            await self.note(connection, kind, body)
        return True

    async def seal(self, database: Database) -> int:
        """Seal what is not sealed yet; how many entries. Raises DatabaseFault, also where somebody writes for long."""
        sealed = 0
        while True:
            async with database.transaction() as connection:
                count = await self._seal_next(connection)
            sealed += count
            if count < BATCH:
                return sealed

    async def forget(self, database: Database, days: int) -> int:
        """Delete the entries of seals that are older than that, and write down which; how many. While somebody's data
        are under a legal hold nothing of the audit is deleted: in part it proves nothing."""
        s, h, a = tables.audit_seal, tables.legal_hold, tables.audit
        old = sa.func.now() - sa.cast(f"{days} days", sa.Interval)
        await self.seal(database)
        async with database.transaction() as connection:
            await _alone(connection)
            if await connection.scalar(select(sa.exists().where(h.c.until.is_(None)))):
                return 0
            ripe = select(s.c.id, s.c.last).where(s.c.sealed_at < old).order_by(s.c.id.desc()).limit(1)
            through = (await connection.execute(ripe)).one_or_none()
            if through is None or not await connection.scalar(select(sa.exists().where(a.c.id <= through.last))):
                return 0
            gone = int(await connection.scalar(text("select audit_forget(:id)"), {"id": through.id}) or 0)
            await self.note(connection, FORGOTTEN, {"seal": through.id, "last": through.last, "entries": gone})
            # In the same transaction: until it is sealed, what is missing would look as if somebody had taken it.
            await self._seal_next(connection)
        return gone

    async def verified(self, database: Database, head: str | None) -> Verified:
        """Look at all of it. head: the line of the last seal that is kept outside the database; None: there is none."""
        async with database.transaction() as connection:
            # One moment: what is written meanwhile would look as if it were not as it was sealed.
            await connection.execute(text("set transaction isolation level repeatable read, read only"))
            seals = await _seals(connection)
            return await audit_chain.verified(_entries(connection), seals, head, self._seal.digest)

    async def last_seal(self, database: Database) -> audit_chain.Seal | None:
        """The newest seal; None: nothing was sealed yet."""
        async with database.transaction() as connection:
            return await _last(connection)

    async def knows(self, database: Database, line: str) -> bool:
        """Whether the database still has the seal that this line is of."""
        async with database.transaction() as connection:
            s = tables.audit_seal
            row = (await connection.execute(select(s).where(s.c.id == json.loads(line)[0]))).mappings().one_or_none()
        return row is not None and audit_chain.Seal(**row).line() == line

    async def _seal_next(self, connection: AsyncConnection) -> int:
        await _alone(connection)
        before = await _last(connection)
        a = tables.audit
        unsealed = select(a).where(a.c.id > (before.last if before else 0)).order_by(a.c.id).limit(BATCH)
        entries = [Entry(**row) for row in (await connection.execute(unsealed)).mappings()]
        if not entries:
            return 0
        at = (await connection.execute(select(sa.func.clock_timestamp()))).scalar_one()
        made = audit_chain.sealed(entries, before, at, self._seal.digest)
        columns = tables.audit_seal.columns.keys()
        await connection.execute(insert(tables.audit_seal), {name: getattr(made, name) for name in columns})
        return len(entries)

    def _named(self, who: str | None) -> str | None:
        return None if who is None else self._seal.pseudonym(who)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries. after: ids above it. since, until: the second is excluded. kinds: none for all."""

    after: int = 0
    since: datetime | None = None
    until: datetime | None = None
    kinds: tuple[str, ...] = ()


async def read(database: Database, wanted: Wanted, most: int = BATCH) -> Sequence[Entry]:
    """The next entries, by id; empty at the end. Only those that no entry with a lower id can join any more: whoever
    goes on from the last one misses none. Raises DatabaseFault."""
    a = tables.audit
    query = select(a).where(a.c.id > wanted.after).order_by(a.c.id).limit(most)
    if wanted.since is not None:
        query = query.where(a.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(a.c.at < wanted.until)
    if wanted.kinds:
        query = query.where(a.c.kind.in_(wanted.kinds))
    async with database.transaction() as connection:
        await _alone(connection)
        settled = await connection.scalar(select(sa.func.max(a.c.id))) or 0
    async with database.transaction() as connection:
        rows = (await connection.execute(query.where(a.c.id <= settled))).mappings()
        return [Entry(**row) for row in rows]


async def newest(database: Database, wanted: Wanted, most: int) -> int:
    """The id after which the last `most` entries that are wanted come."""
    a = tables.audit
    query = select(a.c.id).order_by(a.c.id.desc()).offset(most).limit(1)
    if wanted.kinds:
        query = query.where(a.c.kind.in_(wanted.kinds))
    async with database.transaction() as connection:
        return await connection.scalar(query) or 0


async def of_decision(database: Database, kind: str, decision: str) -> Sequence[Entry]:
    """The entries of a kind about one decision."""
    a = tables.audit
    query = select(a).where(a.c.kind == kind, a.c.body["decision"].astext == decision).order_by(a.c.id)
    async with database.transaction() as connection:
        return [Entry(**row) for row in (await connection.execute(query)).mappings()]


async def _alone(connection: AsyncConnection) -> None:
    """Until the end of this transaction nobody else writes an entry: each writer holds the same lock, shared."""
    await connection.execute(text("set local lock_timeout = '500ms'"))
    await connection.execute(text("select pg_advisory_xact_lock(hashtextextended('naru audit', 0))"))


async def _last(connection: AsyncConnection) -> audit_chain.Seal | None:
    s = tables.audit_seal
    row = (await connection.execute(select(s).order_by(s.c.id.desc()).limit(1))).mappings().one_or_none()
    return None if row is None else audit_chain.Seal(**row)


async def _seals(connection: AsyncConnection) -> Sequence[audit_chain.Seal]:
    s = tables.audit_seal
    return [audit_chain.Seal(**row) for row in (await connection.execute(select(s).order_by(s.c.id))).mappings()]


async def _entries(connection: AsyncConnection) -> AsyncIterator[Entry]:
    """All of them; a batch at a time, so that years of them need no memory."""
    a, after = tables.audit, 0
    while True:
        query = select(a).where(a.c.id > after).order_by(a.c.id).limit(BATCH)
        batch = [Entry(**row) for row in (await connection.execute(query)).mappings()]
        for entry in batch:
            yield entry
        if len(batch) < BATCH:
            return
        after = batch[-1].id
